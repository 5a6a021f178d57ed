"""Who convinced people: which questions are voted on, that each vote is put once, and what becomes of the votes."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from bot.discussion.model.ballots import ballot_on, current_ballot
from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.model.record import moderator_turn
from bot.discussion.model.steerings import QuestionPut, SeatAdded, TurnsChanged
from bot.minutes.account import PlaceNames
from bot.sessions.delivery.minutes import minutes_files
from bot.sessions.delivery.stage import RejectReason
from bot.sessions.privacy.session_erasure import erase_member
from bot.store.models import Post, PostKind, PostStatus
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.killed_store import Killed, KilledStore
from tests.support.memory_place import refused
from tests.support.recorded_table import RecordedTable, persona
from tests.support.samples import GUILD, stored_session
from tests.support.session_table import SessionTable, open_table


def shown(table: SessionTable) -> list[str]:
    """What was sent, in order: votes by their question, turns and notices by what they say."""
    return [f"vote on {p.turn_seq}" if p.kind is PostKind.VOTE else p.content for p in table.stage.sends]


def test_what_is_voted_on_is_told_by_the_record() -> None:
    table = RecordedTable(dials=Dials(vote=True))
    assert current_ballot(table.session, table.record) is None
    table.steer(QuestionPut(question="One?"))
    table.say("Ravi")
    table.guest("I think so.")
    table.say("Mira", "")
    table.say("Aino", withheld=True)
    assert current_ballot(table.session, table.record) is None, "one was heard: there is nothing to choose"
    table.steer(SeatAdded(persona=persona("Zoltan")))
    table.say("Zoltan")
    found = current_ballot(table.session, table.record)
    assert found is not None
    assert (found.question_seq, found.question) == (1, "One?")
    assert {number: p.name for number, p in found.choices.items()} == {1: "Ravi", 4: "Zoltan"}
    table.steer(QuestionPut(question="Two?"))
    assert current_ballot(table.session, table.record) is None
    assert ballot_on(table.session, table.record, 1) == found
    assert ballot_on(table.session, table.record, 2) is None
    table.dials = Dials()
    assert current_ballot(table.session, table.record) is None


async def test_each_question_is_voted_on_before_the_next_and_before_the_summary(
    store: Store, server: ScriptedEndpoint
) -> None:
    async with open_table(store, server, turns=5, topic_every=1000, vote=True) as table:
        await table.speak(2)
        await table.run.steer(QuestionPut(question="And bread?"), "And bread?")
        await table.resume()
        first, second = [t.seq for t, s in table.run.record.steerings() if isinstance(s, QuestionPut)]
        seen = shown(table)
        assert [text for text in seen if text.startswith("vote")] == [f"vote on {first}", f"vote on {second}"]
        assert seen.index(f"vote on {first}") + 1 == seen.index("And bread?")
        assert seen.index(f"vote on {second}") + 1 == seen.index(table.run.record.turns[-1].text)
        assert table.run.record.turns[-1].kind == "summary"


@pytest.mark.parametrize("transactions", range(8))
async def test_killed_at_any_time_the_vote_is_put_once(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    async with open_table(store, server, turns=3, topic_every=1000, vote=True) as table:
        await table.speak(2)
        await table.run.steer(TurnsChanged(turns=2), "")
        with monkeypatch.context() as patch:
            KilledStore(store, patch, transactions)
            with suppress(Killed):
                await table.resume()
                pytest.fail("was not killed")
    stored = await store.session(table.run.id)
    assert stored is not None
    async with open_table(store, server, stored=stored, place=table.place) as again:
        await again.run.open()
        await again.resume()
    posts = await store.posts.of_session(stored.id)
    assert {post.status for post in posts} == {PostStatus.POSTED}
    kinds = [post.kind for post in posts]
    assert kinds.count(PostKind.VOTE) == kinds.count(PostKind.MINUTES) == 1
    assert [m.content for m in again.place.messages].count("") == 1, "it has no text of its own"


async def test_a_vote_that_is_refused_takes_no_turn_with_it(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, turns=4, topic_every=1000, vote=True) as table:
        await table.speak(2)
        table.stage.script.extend([refused(RejectReason.WITHHELD)])
        await table.run.steer(QuestionPut(question="And bread?"), "And bread?")
        assert not any(turn.withheld for turn in table.run.record)
        assert await table.stored_turns() == table.run.record.turns
        (vote,) = await store.posts.of_session(table.run.id, PostKind.VOTE)
        assert vote.status is PostStatus.REFUSED
        assert any("could not be shown" in text for text in table.place.texts)


async def test_what_a_member_voted_for_last_counts_in_whatever_order_it_arrives(store: Store) -> None:
    """Where the database is slow, the first of two presses may come to it after the second."""
    stored = await store.add_session(stored_session(dials=Dials(vote=True)), [])
    question = RecordedTable(stored.session.cast)
    question.steer(QuestionPut(question="One?"))
    for turn in question.record:
        await store.add_turn(stored.id, stored.place_id, turn)
    await store.posts.add_vote(stored.id, stored.place_id, 1)
    pressed = datetime(2026, 1, 1, tzinfo=UTC)
    for seconds, name, counts in ((1, "Aino", "Aino"), (3, "Ravi", "Ravi"), (2, "Aino", "Ravi"), (3, "Aino", "Aino")):
        at = pressed + timedelta(seconds=seconds)
        assert await store.votes.cast(stored.id, 1, 9, name, at=at) == counts
    assert await store.votes.tallies(stored.id) == {1: {"Aino": 1}}


async def test_a_vote_counts_once_until_the_next_begins_and_goes_with_whoever_is_forgotten(store: Store) -> None:
    stored = await store.add_session(stored_session(dials=Dials(vote=True), convener_id=9), [])
    seen = RecordedTable(stored.session.cast, dials=stored.session.dials)
    for question in ("One?", "Two?"):
        seen.steer(QuestionPut(question=question))
        for name in ("Aino", "Ravi"):
            seen.say(name)
    for turn in seen.record:
        await store.add_turn(stored.id, stored.place_id, turn)

    votes = store.votes
    assert not await votes.cast(stored.id, 1, 9, "Aino"), "its card is not there yet"
    assert await store.posts.add_vote(stored.id, stored.place_id, 1)
    assert not await store.posts.add_vote(stored.id, stored.place_id, 1), "a question is voted on once"
    for member, name in ((9, "Aino"), (9, "Ravi"), (8, "Ravi"), (7, "Aino"), (7, "Aino")):
        assert await votes.cast(stored.id, 1, member, name)
    assert await votes.tallies(stored.id) == {1: {"Ravi": 2, "Aino": 1}}
    assert "Who convinced you" not in await _markdown(store, stored.id), "nobody sees how an open vote stands"

    assert await store.posts.add_vote(stored.id, stored.place_id, 4)
    assert not await votes.cast(stored.id, 1, 9, "Aino")
    assert await votes.cast(stored.id, 4, 9, "Aino")
    assert "### Who convinced you?\n\n- Ravi Menon: 2\n- Professor Aino Virtanen: 1" in await _markdown(
        store, stored.id
    )

    kept = await store.member_data.about(GUILD, 9)
    assert kept.votes == 2
    member = Member(9, ("Zoe",))
    export = await store.member_data.export(GUILD, member)
    assert [(v["question_put_in_turn"], v["for"]) for v in export["votes"]] == [(1, "Ravi"), (4, "Aino")]

    closing = Post(PostKind.MINUTES, "Closed.", attachment="old")
    await store.end_session(stored.id, stored.place_id, closing)
    assert not await votes.cast(stored.id, 4, 8, "Ravi")
    assert await store.member_data.sessions_with(GUILD, member) == [stored.id]
    await erase_member(store, stored, await store.record(stored.id), member, 0, PlaceNames(convener="Zoe"))
    assert await votes.tallies(stored.id) == {1: {"Aino": 1, "Ravi": 1}}
    (post,) = await store.posts.of_session(stored.id, PostKind.MINUTES)
    assert post.attachment is not None
    assert "- Professor Aino Virtanen: 1\n- Ravi Menon: 1\n" in post.attachment
    assert "Zoe" not in post.attachment, "neither are they its convener any more"

    goes_on = moderator_turn(await store.record(stored.id), TurnsChanged(turns=9, goes_on=True), "")
    await store.reopen_session(stored.id, stored.place_id, goes_on, [], listen_from=0)
    assert not await votes.cast(stored.id, 4, 8, "Ravi"), "its result was told when the table closed"
    assert await votes.open_vote(stored.id) is None, "so minutes tell it"

    await store.expiry.delete_server(GUILD)
    assert await votes.tallies(stored.id) == {}


async def _markdown(store: Store, session_id: int) -> str:
    files = await minutes_files(store, session_id, names=PlaceNames(), faces={})
    return files[0][1].decode()
