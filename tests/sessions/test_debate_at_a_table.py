"""A debate at a table: who reads what, and that neither a kill nor a limit nor rubbish does it harm."""

from contextlib import suppress
from typing import Any

import pytest

from bot.discussion.model.steerings import QuestionTaken, TurnsChanged
from bot.sessions.guest_turns import Heard
from bot.store.models import PostKind, PostStatus, Status
from bot.store.store import Store
from tests.support.debaters import debaters
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.killed_store import Killed, KilledStore
from tests.support.session_table import NAMES, open_table

DEBATE: dict[str, Any] = {"format": "debate", "turns": 7, "wrap_up": 2, "vote_seconds": 0}


async def test_a_debate_comes_to_its_end_and_nobody_reads_a_private_view(
    store: Store, server: ScriptedEndpoint
) -> None:
    server.answer = debaters(server, view="For", ballot="Against")
    async with open_table(store, server, **DEBATE) as table:
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        turns = await table.stored_turns()
        views = [turn.text for turn in turns if turn.kind == "position"]
        assert len(views) == 3
        for prompt in server.prompts:
            assert not [view for view in views if view in prompt]
        assert not [request for request in server.asked if "response_format" in request.body], "nobody needed a form"
        before, after = (turn for turn in turns if turn.kind == "result")
        assert before.text == ""
        assert "The side against the motion wins: it gained 3 votes" in after.text
        assert server.prompts[-1].count("wins: it gained 3 votes") == 2, "in the transcript, and to be stated"
        posts = await store.posts.of_session(table.run.id, PostKind.NOTICE)
        assert [post.content for post in posts].count("The closings: one speech a side, without new arguments.") == 1


async def test_who_answers_rubbish_is_moved_nowhere(store: Store, server: ScriptedEndpoint) -> None:
    server.answer = debaters(server, view="maybe", ballot="I would rather not say.")
    async with open_table(store, server, **DEBATE) as table:
        await table.run.take_turns()
        turns = await table.stored_turns()
        assert [turn.text for turn in turns if turn.kind == "result"] == ["", "Nobody voted, so nobody has won."]
        held = [request for request in server.asked if "response_format" in request.body]
        assert len(held) == 2 * len(NAMES), "each was asked once more for a choice, and for a ballot"
        assert turns[-1].kind == "summary"


async def test_a_guest_s_question_is_heard_at_once_and_answered_in_its_time(
    store: Store, server: ScriptedEndpoint
) -> None:
    server.answer = debaters(server)
    async with open_table(store, server, **dict(DEBATE, turns=8)) as table:
        assert await table.run.hear(table.place.guest("Who lets them in?")) is Heard.TAKEN
        await table.run.take_turns()
        taken = next(t.seq for t, s in table.run.record.steerings() if isinstance(s, QuestionTaken))
        speeches = [prompt for prompt in server.prompts if prompt.rstrip().endswith(tuple(f"\n{n}:" for n in NAMES))]
        asked = [prompt.rpartition("(A note")[2].count('"Who lets them in?"') for prompt in speeches]
        assert sum(asked) == 2, "both sides answer it"
        assert asked.index(1) == 3 + sum(turn.seq < taken for turn in table.spoken), "behind the three private views"
        assert all('Kim (guest): "Who lets them in?"' in prompt for prompt in speeches)


async def test_a_limit_leads_to_the_vote(store: Store, server: ScriptedEndpoint) -> None:
    server.answer = debaters(server)
    async with open_table(store, server, **DEBATE) as table:
        await table.run.steer(TurnsChanged(turns=2), "")
        await table.run.take_turns()
        kinds = [turn.kind for turn in await table.stored_turns()]
        assert kinds.count("persona") == 2
        assert kinds[-5:] == ["ballot"] * 3 + ["result", "summary"]


@pytest.mark.parametrize("transactions", range(2, 40, 3))
async def test_killed_at_any_time_it_goes_on_as_if_nothing_had_been(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    server.answer = debaters(server)
    dials: dict[str, Any] = {"format": "debate", "turns": 4, "vote_seconds": 0}
    async with open_table(store, server, **dials) as table:
        with monkeypatch.context() as patch:
            KilledStore(store, patch, transactions)
            with suppress(Killed):
                await table.run.take_turns()
                pytest.fail("was not killed")
    stored = await store.session(table.run.id)
    assert stored is not None
    async with open_table(store, server, stored=stored, place=table.place) as again:
        await again.run.open()
        await again.resume()
        assert again.run.status is Status.ENDED
        kinds = [turn.kind for turn in await again.stored_turns()]
        assert [kinds.count(kind) for kind in ("position", "persona", "ballot", "result", "summary")] == [3, 4, 3, 2, 1]
    posts = await store.posts.of_session(stored.id)
    assert {post.status for post in posts} == {PostStatus.POSTED}
    told = [
        "Before anybody speaks",
        "For the motion",
        "The openings",
        "Three turns left",
        "The debate is over",
        "The side against",
    ]
    assert [sum(text.lstrip("-# ").startswith(begins) for text in again.place.texts) for begins in told] == [1] * 6
