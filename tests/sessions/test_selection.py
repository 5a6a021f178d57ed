"""A moderator's floor: the model chooses who speaks next, on a real store and a real HTTP endpoint."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest

from bot.discussion.model.steerings import FloorChosen, FloorGiven
from bot.discussion.prompts.selector_prompt import CHOICE_TOKENS
from bot.errors import UserError
from bot.sessions import steering
from bot.sessions.composing.limits import Limits
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import (
    Answer,
    Request,
    ScriptedEndpoint,
    fails,
    overflow,
    says,
    stalls,
)
from tests.support.killed_store import Killed, KilledStore
from tests.support.session_table import NAMES, SessionTable, open_table

NOTE = "\n(A note from the moderator"


def asks_for_a_choice(request: Request) -> bool:
    return request.prompt.endswith("\nNext speaker:")


def head(request: Request) -> str:
    """A prompt's preamble and transcript."""
    return request.prompt.rpartition(NOTE)[0]


def chosen(run: SessionRunner) -> list[str | None]:
    return [s.name for _, s in run.record.steerings() if isinstance(s, FloorChosen)]


@pytest.fixture
async def table(store: Store, server: ScriptedEndpoint) -> AsyncIterator[SessionTable]:
    async with open_table(store, server, floor="moderator", turns=4, dissent_every=0, topic_every=1000) as table:
        yield table


async def test_whom_the_model_chooses_speaks(table: SessionTable) -> None:
    server = table.server
    for name in ("Mira", "Ravi Menon.", "**Professor Virtanen**", "Ravi"):
        server.enqueue(name, server.sentence())
    await table.run.take_turns()
    assert table.run.status is Status.ENDED
    assert [t.speaker for t in table.spoken] == ["Mira", "Ravi", "Aino", "Ravi"]
    assert chosen(table.run) == ["Mira", "Ravi", "Aino", "Ravi"]
    assert [asks_for_a_choice(r) for r in server.asked] == [True, False] * 4 + [False]
    for request in server.asked[:8:2]:
        assert (request.body["max_tokens"], request.body["temperature"]) == (CHOICE_TOKENS, 0)
    await table.assert_stored()


async def test_a_choice_costs_the_server_nothing_but_its_tail(table: SessionTable) -> None:
    """Its prompt is that of the turn which follows, byte for byte, up to the moderator's note."""
    await table.run.take_turns()
    asked = table.server.asked
    for choice, turn in zip(asked[:8:2], asked[1:8:2], strict=True):
        assert asks_for_a_choice(choice)
        assert head(choice) == head(turn)
        assert len(choice.prompt) - len(head(choice)) < 700


async def test_a_choice_is_seen_in_no_place_but_its_cost_is_stored(table: SessionTable) -> None:
    await table.run.take_turns()
    turns = [t for t in await table.stored_turns() if isinstance(t.steering, FloorChosen)]
    assert len(turns) == 4
    assert all(t.usage and t.usage.prompt_tokens and not t.text and not t.raw for t in turns)
    costs = sum(len(r.prompt) // 4 for r in table.server.asked)
    assert table.run.status_report().tokens == pytest.approx(costs, rel=0.2)
    assert not any("Next speaker" in text for text in table.place.texts)


@pytest.mark.parametrize("answer", ["", "Nobody.", "<think>", "Aino"])
async def test_an_answer_that_names_nobody_else_leaves_it_to_the_rules(table: SessionTable, answer: str) -> None:
    table.server.enqueue("Aino", "Ravi, what do you say?", answer, "I say no.")
    await table.run.take_turns()
    assert [t.speaker for t in table.spoken[:2]] == ["Aino", "Ravi"]
    assert chosen(table.run)[:2] == ["Aino", None]
    assert len(table.spoken) == 4


async def test_a_guest_overrules_the_choice(table: SessionTable) -> None:
    table.server.enqueue("Mira", stalls())
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(2)
    await table.run.hear(table.place.guest("Aino, is it safe?"))
    await table.run.pause()
    await loop
    table.server.enqueue(table.server.sentence())
    await table.resume()
    assert table.spoken[0].speaker == "Aino"
    assert "Kim has just spoken to you" in table.server.prompts[2]


async def test_the_floor_given_meanwhile_gives_up_the_question_to_the_model(table: SessionTable) -> None:
    table.server.enqueue(stalls())
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(1)
    await table.run.steer(FloorGiven(name="Ravi"), "")
    await loop
    assert table.spoken[0].speaker == "Ravi"
    assert asks_for_a_choice(table.server.asked[0])
    assert not asks_for_a_choice(table.server.asked[1])
    assert len(chosen(table.run)) == 3


async def test_a_skip_asks_the_model_anew_without_the_one_who_was_skipped(table: SessionTable) -> None:
    table.server.enqueue("Mira", stalls())
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(2)
    await steering.skip(table.run, by="Kim")
    await loop
    assert "one of these: Aino, Ravi.\n" in table.server.prompts[2]
    assert table.spoken[0].speaker != "Mira"


async def test_nobody_can_be_skipped_before_somebody_was_chosen(table: SessionTable) -> None:
    table.server.enqueue(stalls())
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(1)
    with pytest.raises(UserError, match="the model has still to choose"):
        await steering.skip(table.run, by="Kim")
    await table.run.pause()
    await loop


async def test_an_endpoint_that_fails_the_choice_pauses_and_goes_on(table: SessionTable) -> None:
    table.server.enqueue(fails(500))
    await table.run.take_turns()
    assert table.run.status is Status.PAUSED
    assert "has a fault of its own (HTTP 500)" in table.place.texts[-1]
    await table.resume()
    assert table.run.status is Status.ENDED
    assert len(table.spoken) == 4


async def test_a_choice_that_overflows_compacts_and_is_asked_again(table: SessionTable) -> None:
    server = table.server
    server.enqueue("Mira", server.sentence(), "Aino", server.sentence(), overflow(), "Ravi")
    await table.run.take_turns()
    assert table.run.status is Status.ENDED
    assert table.spoken[2].speaker == "Ravi"
    assert len(server.prompts[5]) < len(server.prompts[4])
    assert head(server.asked[5]) == head(server.asked[6])


def chooses(*names: str) -> Callable[[Request], Answer]:
    """Answers that depend on the prompt alone: the first name before the first turn, and so on."""

    def answer(request: Request) -> Answer:
        spoken = len(re.findall(r", number \d+\.\n", head(request)))
        return says(names[spoken]) if asks_for_a_choice(request) else Answer()

    return answer


@pytest.mark.parametrize("calls", range(1, 9))
async def test_a_table_given_up_in_any_call_goes_on_with_the_choice_that_stands(
    store: Store, server: ScriptedEndpoint, calls: int
) -> None:
    order = ["Mira", "Ravi", "Mira", "Aino"]
    server.answer = chooses(*order)
    async with open_table(store, server, floor="moderator", turns=4) as first:
        loop = asyncio.create_task(first.run.take_turns())
        await server.until_asked(calls)
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
    async with open_table(store, server, stored=first.run.stored, place=first.place) as second:
        await second.run.open()
        await second.run.take_turns()
        assert [t.speaker for t in second.spoken] == order
        await second.assert_stored()
    # Only a call that had no answer yet is made again.
    assert sum(map(asks_for_a_choice, server.asked)) == 4 + calls % 2


@pytest.mark.parametrize("transactions", range(1, 32, 3))
async def test_killed_before_any_transaction_the_table_goes_on_the_same_way(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    order = ["Mira", "Ravi", "Mira", "Aino"]
    server.answer = chooses(*order)
    async with open_table(store, server, floor="moderator", turns=4) as first:
        with monkeypatch.context() as patch:
            KilledStore(store, patch, transactions)
            with suppress(Killed):
                await first.run.take_turns()
    async with open_table(store, server, stored=first.run.stored, place=first.place) as second:
        await second.run.open()
        await second.run.take_turns()
        assert [t.speaker for t in second.spoken] == order
        assert chosen(second.run) == order
        await second.assert_stored()


async def test_a_limit_that_the_choice_reaches_has_the_table_sum_up(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, floor="moderator", turns=10) as table:
        table.run._budget._limits = Limits(session_tokens=4000)
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        assert [t.kind for t in table.run.record][-1] == "summary"
        assert 0 < len(table.spoken) < 10


async def test_two_at_a_table_are_never_asked_about(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, floor="moderator", turns=4) as table:
        table.server.enqueue("Mira", server.sentence())
        await steering.unseat(table.run, "Ravi")
        await table.run.take_turns()
    assert sum(map(asks_for_a_choice, server.asked)) == 1  # only about who begins
    assert {t.speaker for t in table.spoken} == NAMES - {"Ravi"}
