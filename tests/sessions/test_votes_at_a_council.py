"""Members' votes at a council: each counts once, survives a kill, and is told nobody before the result."""

import asyncio
import json
from contextlib import suppress

import pytest

from bot.discussion.model.erasure import Member
from bot.discussion.model.polls import polls
from bot.discussion.model.steerings import PollOpened
from bot.discussion.moderation.steps import ClosePoll
from bot.errors import UserError
from bot.minutes.account import PlaceNames
from bot.sessions import steering
from bot.sessions.delivery.minutes import minutes_files
from bot.sessions.privacy.session_erasure import erase_member
from bot.store.models import Status
from bot.store.store import Store
from tests.support.councillors import KIM, answer, kinds, last_poll, speaker, until_vote
from tests.support.endpoint_stand_in import Answer, ScriptedEndpoint, says
from tests.support.killed_store import Killed, KilledStore
from tests.support.samples import GUILD
from tests.support.session_house import until
from tests.support.session_table import NAMES, open_table


@pytest.mark.both_databases
async def test_people_s_votes_count_once_each_and_only_while_the_vote_is_open(
    store: Store, server: ScriptedEndpoint
) -> None:
    server.answer = answer
    async with open_table(store, server, format="council", turns=1, vote_seconds=3600) as table:
        loop, seq = await until_vote(table)
        cast = store.votes.cast
        assert await cast(table.run.id, seq, 1, "0")
        assert await cast(table.run.id, seq, 2, "0")
        assert await cast(table.run.id, seq, 1, "2")  # changed
        assert not await cast(table.run.id, seq - 1, 3, "0")
        assert last_poll(table).people == (0, 0, 0)  # nobody is told
        with pytest.raises(UserError, match="the table votes"):
            await steering.give_floor(table.run, "Aino", by="Kim")
        assert await steering.skip(table.run, by="Kim") is None  # who steers has it closed
        await loop
        assert not await cast(table.run.id, seq, 4, "0")
        assert last_poll(table).people == (1, 0, 1)
        assert "Kim closes the vote." in table.place.texts
        glance = await store.overview.of(table.run.id)
        assert (glance and glance.turns) == 1  # a minority report is outside the clock


@pytest.mark.both_databases
async def test_no_vote_that_is_cast_as_the_vote_closes_is_lost_and_none_too_many_is_counted(
    store: Store, server: ScriptedEndpoint
) -> None:
    server.answer = answer
    async with open_table(store, server, format="council", turns=1, vote_seconds=3600) as table:
        loop, seq = await until_vote(table)
        await table.run.pause()
        await loop
        log = table.run._log
        votes = [store.votes.cast(table.run.id, seq, member, str(member % 3)) for member in range(1, 25)]
        outcomes = await asyncio.gather(*votes[:12], log.close_poll(ClosePoll(seq)), *votes[12:])
        is_closed = outcomes.pop(12)
        counted = [member for member, was_counted in enumerate(outcomes, 1) if was_counted]
        assert is_closed
        assert last_poll(table).people == tuple(sum(member % 3 == n for member in counted) for n in range(3))
        assert not await log.close_poll(ClosePoll(seq))  # once


@pytest.mark.parametrize("transactions", range(4, 64, 9))
async def test_killed_at_any_time_a_council_asks_everybody_once_and_keeps_every_vote(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    server.answer = answer
    dials = {"format": "council", "turns": 1, "vote_seconds": 0}
    async with open_table(store, server, **dials) as table:
        with monkeypatch.context() as patch:
            KilledStore(store, patch, transactions)
            with suppress(Killed):
                await table.run.take_turns()
    stored = await store.session(table.run.id)
    assert stored is not None
    seq = next((t.seq for t in (await store.record(stored.id)) if isinstance(t.steering, PollOpened)), 0)
    was_counted = await store.votes.cast(stored.id, seq, KIM, "1")
    async with open_table(store, server, stored=stored, place=table.place) as table:
        await table.run.restore()
        if table.run.status is Status.RUNNING:
            await table.run.take_turns()
        assert table.run.status is Status.ENDED
        private = [(turn.kind, turn.speaker) for turn in table.run.record if turn.kind in ("position", "ballot")]
        assert sorted(private) == sorted((kind, name) for kind in ("position", "ballot") for name in NAMES)
        assert [kind for kind in kinds(table) if kind in ("result", "summary")] == ["result", "summary"]
        assert last_poll(table).people == ((0, 1, 0) if was_counted else (0, 0, 0))


async def test_what_nobody_may_know_yet_is_told_nowhere(store: Store, server: ScriptedEndpoint) -> None:
    server.answer = answer
    async with open_table(store, server, format="council", turns=1, vote_seconds=3600) as table:
        private = kinds(table)

        async def told() -> str:
            files = await minutes_files(store, table.run.id, names=PlaceNames(), faces={})
            export = await store.member_data.export(GUILD, Member(KIM, ("Aino", "plan")))
            report = repr(table.run.status_report())
            return "\n".join([*(text.decode() for _, text in files), json.dumps(export), report, *table.place.texts])

        go_on = asyncio.Event()
        server.answer = lambda request: (
            Answer(answer(request).text, until=go_on) if speaker(request.prompt) == "Mira" else answer(request)
        )
        loop = asyncio.create_task(table.run.take_turns())
        await until(lambda: kinds(table).count("position") == 2)
        assert "The plan of" not in await told()
        assert private == []
        go_on.set()
        await until(lambda: kinds(table).count("ballot") == 3)
        seq = last_poll(table).seq
        assert await store.votes.cast(table.run.id, seq, 1, "1")
        assert await store.votes.cast(table.run.id, seq, KIM, "1")
        now = await told()
        assert "The plan of Aino" in now
        ballots = [turn.text for turn in table.run.record if turn.kind == "ballot"]
        assert not [text for text in ballots if text in now]
        rows = [json.loads(line) for line in now.splitlines() if line.startswith('{"seq"')]
        assert rows[0]["votes"] == []
        assert {row["kind"] for row in rows} == {"session", "moderator", "position", "persona"}
        await steering.skip(table.run, by="Kim")
        await loop
        now = await told()
        assert f"Ravi: {next(t.text for t in table.run.record if t.kind == 'ballot' and t.speaker == 'Ravi')}" in (
            now.replace("\\>", ">")
        )
        # What one has voted for is told to oneself in words.
        assert (
            json.loads(next(line for line in now.splitlines() if line.startswith('{"server_id"')))["votes"][0]["for"]
            == (last_poll(table).options[1])
        )


async def test_a_member_who_is_forgotten_has_not_voted_and_is_named_by_nobody(
    store: Store, server: ScriptedEndpoint
) -> None:
    server.answer = lambda request: says((answer(request).text or "").replace("to lend", "with Kimberly to lend"))
    async with open_table(store, server, format="council", turns=1, vote_seconds=3600) as table:
        await table.run.hear(table.place.guest("Good evening.", name="Kimberly", author_id=KIM))
        loop, seq = await until_vote(table)
        assert await store.votes.cast(table.run.id, seq, KIM, "1")
        await table.run.pause()
        await loop
        stored = await store.session(table.run.id)
        assert stored is not None
        await erase_member(store, stored, await store.record(stored.id), Member(KIM, ("Kimberly",)), 0)
        record = await store.record(stored.id)
        assert "Kimberly" not in repr(record)
        assert "with someone to lend" in polls(record)[-1].options[0]
        assert (await store.votes.tallies(stored.id)) == {}
