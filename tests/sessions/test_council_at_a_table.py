"""A council at a table: what is asked in private, who reads it when, and that every vote is counted."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.model.polls import Poll, polls
from bot.discussion.model.record import MINORITY_FLAG, TAKEN_OUT
from bot.discussion.model.removal import Removal
from bot.discussion.model.steerings import PollOpened, SeatRemoved
from bot.discussion.moderation.steps import ClosePoll
from bot.errors import UserError
from bot.minutes.account import PlaceNames
from bot.sessions import steering
from bot.sessions.composing.compose import Composer
from bot.sessions.composing.draft import AbandonReason, Draft
from bot.sessions.composing.limits import Cap, LimitReached
from bot.sessions.composing.requests import ModelRequest
from bot.sessions.delivery.minutes import minutes_files
from bot.sessions.privacy.session_erasure import erase_member
from bot.store.models import Fault, PostKind, Status
from bot.store.schema import now
from bot.store.store import Store
from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, says
from tests.support.killed_store import Killed, KilledStore
from tests.support.samples import GUILD, PLACE, TASK, stored_session
from tests.support.session_house import ended, open_house, until
from tests.support.session_table import NAMES, SessionTable, open_table

YES_NO = ("yes", "no", "it depends")
KIM = 77


def speaker(prompt: str) -> str:
    return re.split(r"[:'\n]", prompt.rstrip().rstrip(":").rsplit("\n", 1)[-1])[0]


def is_position(prompt: str) -> bool:
    return "writes down a" in prompt


def is_ballot(prompt: str) -> bool:
    return "A secret ballot is held" in prompt


def said_in_private(name: str) -> str:
    return f"The plan of {name} is to lend tools for {len(name)} days."


def letter_of(prompt: str, option: str) -> str:
    """By which letter this prompt names an option that begins so."""
    found = re.search(rf"([A-J])\) {re.escape(option)}", prompt)
    assert found, prompt[-800:]
    return found[1]


def answer(request: Request) -> Answer:
    """Everybody makes a proposal, and puts Aino's first; but Ravi his own."""
    prompt = request.prompt
    name = speaker(prompt)
    if is_position(prompt):
        choice = f"\nChoice: {letter_of(prompt, 'yes')}" if "options are" in prompt else ""
        return says(f"{said_in_private(name)}{choice}")
    if is_ballot(prompt) and "in order" not in prompt:
        return says(letter_of(prompt, "no" if name == "Ravi" else "yes"))
    if is_ballot(prompt):
        first = letter_of(prompt, f"The plan of {'Ravi' if name == 'Ravi' else 'Aino'}")
        return says(" > ".join([first, *(letter for letter in "ABC" if letter != first)]))
    if "summary" in prompt.rsplit("(A note", 1)[-1]:
        return says(f"We talked, and the vote was for this. {said_in_private('Aino')} And yes, that is it.")
    return says(f"At {len(prompt)} I, {name}, hold to what I wrote, number {len(prompt) * 7}.")


@pytest.fixture
async def council(store: Store, server: ScriptedEndpoint) -> AsyncIterator[SessionTable]:
    server.answer = answer
    async with open_table(store, server, format="council", turns=2, vote_seconds=0) as table:
        yield table


def kinds(table: SessionTable) -> list[str]:
    return [turn.kind for turn in table.run.record]


def last_poll(table: SessionTable) -> Poll:
    return polls(table.run.record)[-1]


async def until_vote(table: SessionTable) -> tuple[asyncio.Task[None], int]:
    """Have the table come to its vote, with every persona's ballot in. Out: its loop, and the poll's number."""
    loop = asyncio.create_task(table.run.take_turns())
    await until(lambda: kinds(table).count("ballot") == len(NAMES))
    return loop, last_poll(table).seq


async def test_a_council_comes_to_its_end(council: SessionTable) -> None:
    await council.run.take_turns()
    assert council.run.status is Status.ENDED
    assert kinds(council) == [
        *["moderator", *["position"] * 3, "moderator", *["persona"] * 2],
        *["moderator", *["ballot"] * 3, "result", "persona", "summary"],
    ]
    await council.assert_stored()
    result, report, summary = council.run.record.turns[-3:]
    assert result.text.startswith("The result, with ")
    assert said_in_private("Aino").rstrip(".") in result.text.splitlines()[0]
    assert (report.speaker, MINORITY_FLAG in report.flags) == ("Ravi", True)
    assert "asked_again:no_result" not in summary.flags
    assert len(council.run.record.persona_turns()) == 2


async def test_nobody_s_private_text_is_in_another_s_prompt_before_all_read_it(council: SessionTable) -> None:
    await council.run.take_turns()
    asked = council.server.prompts
    first = [prompt for prompt in asked if is_position(prompt)]
    assert [speaker(prompt) for prompt in first] == ["Aino", "Ravi", "Mira"]
    assert asked[:3] == first
    assert not [prompt for prompt in first if "The plan of" in prompt]
    assert all(said_in_private(name) in prompt for prompt in asked[3:] for name in NAMES)
    # Ballots differ in their tails alone, and what stands in one is in nobody's prompt.
    ballots = [prompt for prompt in asked if is_ballot(prompt)]
    assert len({prompt.rsplit("\n(A note", 1)[0] for prompt in ballots}) == 1
    later = asked[asked.index(ballots[-1]) + 1 :]
    assert later
    letters = [turn.text for turn in council.run.record if turn.kind == "ballot"]
    assert not [prompt for prompt in later for text in letters if text in prompt]
    assert all("The result, with" in prompt for prompt in later)


@pytest.mark.parametrize(("second", "choice"), [('{"choice": "B"}', 1), ("B", 1), ("I will not say.", None)])
async def test_who_leaves_out_the_choice_is_asked_for_that_alone(
    store: Store, server: ScriptedEndpoint, second: str, choice: int | None
) -> None:
    def forgetful(request: Request) -> Answer:
        if "has written down" in request.prompt:
            return says(second)
        return says(said_in_private(speaker(request.prompt))) if is_position(request.prompt) else answer(request)

    server.answer = forgetful
    task = TASK.model_copy(update={"options": YES_NO})
    dials = Dials(format="council", turns=1, vote_seconds=0, pace=0)
    stored = await store.add_session(stored_session(task=task, dials=dials, created_at=now()), [])
    async with open_table(store, server, stored=stored) as table:
        await table.run.take_turns()
    positions = [turn for turn in table.run.record if turn.kind == "position"]
    assert {turn.speaker: turn.text for turn in positions} == {name: said_in_private(name) for name in NAMES}
    assert [getattr(turn.steering, "choice", 0) for turn in positions] == [choice] * 3
    assert [turn.raw for turn in positions] == [turn.text + (f"\n{second}" if choice else "") for turn in positions]
    asked = [request for request in server.asked if "has written down" in request.prompt]
    assert [f"“{said_in_private(speaker(request.prompt))}”" in request.prompt for request in asked] == [True] * 3
    assert all("response_format" in request.body for request in asked)


async def test_a_choice_without_a_reason_stays_if_the_reason_comes_alone(
    store: Store, server: ScriptedEndpoint
) -> None:
    def in_two(request: Request) -> Answer:
        if is_position(request.prompt) and "It said only the choice" not in request.prompt:
            return says("Choice: B")
        return says(said_in_private(speaker(request.prompt))) if is_position(request.prompt) else answer(request)

    server.answer = in_two
    dials = Dials(format="council", turns=1, vote_seconds=0, pace=0)
    task = TASK.model_copy(update={"options": YES_NO})
    stored = await store.add_session(stored_session(task=task, dials=dials, created_at=now()), [])
    async with open_table(store, server, stored=stored) as table:
        await table.run.take_turns()
    positions = [turn for turn in table.run.record if turn.kind == "position"]
    assert [turn.text for turn in positions] == [said_in_private(turn.speaker) for turn in positions]
    assert [getattr(turn.steering, "choice", None) for turn in positions] == [1] * 3


async def test_positions_are_asked_for_at_the_same_time(store: Store, server: ScriptedEndpoint) -> None:
    go_on = asyncio.Event()
    server.answer = lambda request: Answer(answer(request).text, until=go_on)
    async with open_table(store, server, format="council", turns=1, vote_seconds=0) as table:
        loop = asyncio.create_task(table.run.take_turns())
        await server.until_asked(3)
        # What a guest says now is taken in, and keeps nobody from writing.
        await table.run.hear(table.place.guest("Hear, hear!"))
        go_on.set()
        await loop
        assert kinds(table).count("position") == 3
        assert len([prompt for prompt in server.prompts if is_position(prompt)]) == 3


async def test_what_is_written_in_private_is_given_up_when_what_it_read_is_taken_back(
    store: Store, server: ScriptedEndpoint
) -> None:
    go_on = asyncio.Event()
    server.answer = lambda request: Answer(answer(request).text, until=go_on)
    async with open_table(store, server, format="council", turns=1, vote_seconds=0) as table:
        await table.run.hear(table.place.guest("My number is 555."))
        loop = asyncio.create_task(table.run.take_turns())
        await server.until_asked(3)
        assert all("555" in prompt for prompt in server.prompts)
        await table.run.guest_changed(table.run.record.turns[0].message_id or 0, "")
        await server.until_asked(6)
        go_on.set()
        await loop
        assert not [prompt for prompt in server.prompts[3:] if "555" in prompt]


def position_of(table: SessionTable, name: str) -> int:
    return next(turn.seq for turn in table.run.record if turn.kind == "position" and turn.speaker == name)


async def test_a_position_that_is_taken_out_while_ballots_are_asked_for_is_in_none_of_them(
    store: Store, server: ScriptedEndpoint
) -> None:
    go_on = asyncio.Event()

    def slowly(request: Request) -> Answer:
        return Answer(answer(request).text, until=go_on) if is_ballot(request.prompt) else answer(request)

    server.answer = slowly
    async with open_table(store, server, format="council", turns=1, vote_seconds=0) as table:
        loop = asyncio.create_task(table.run.take_turns())
        await until(lambda: len([prompt for prompt in server.prompts if is_ballot(prompt)]) == 3)
        before = len(server.prompts)
        assert all(said_in_private("Mira") in prompt for prompt in server.prompts[-3:])
        await table.run.strike(position_of(table, "Mira"))
        go_on.set()
        await loop
        later = server.prompts[before:]
        assert len([prompt for prompt in later if is_ballot(prompt)]) == 3
        assert not [prompt for prompt in later if said_in_private("Mira").rstrip(".") in prompt]
        assert TAKEN_OUT in last_poll(table).options
        assert (await store.record(table.run.id)).turns == table.run.record.turns, "stored as it is known here"
        (markdown, *_) = await minutes_files(store, table.run.id, names=PlaceNames(), faces={})
        assert said_in_private("Mira").rstrip(".") not in markdown[1].decode()


async def test_a_vote_that_was_about_to_be_opened_leaves_out_what_is_being_taken_out(
    council: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are gone from the database, and not yet from the record, as the loop comes to the vote."""
    strike = council.store.strike
    may_be_told, is_struck = asyncio.Event(), asyncio.Event()

    async def slowly(session_id: int, removal: Removal) -> None:
        await strike(session_id, removal)
        is_struck.set()
        await may_be_told.wait()

    monkeypatch.setattr(council.store, "strike", slowly)
    deliver = council.run._loop._outbox.deliver
    striking: list[asyncio.Task[None]] = []

    async def deliver_and_strike() -> None:
        await deliver()
        if len(council.spoken) == 2 and not striking:  # the last turn is shown; the vote comes next
            striking.append(asyncio.create_task(council.run.strike(position_of(council, "Mira"))))
            await is_struck.wait()
            asyncio.get_running_loop().call_later(0.05, may_be_told.set)

    monkeypatch.setattr(council.run._loop._outbox, "deliver", deliver_and_strike)
    await council.run.take_turns()
    await asyncio.gather(*striking)
    assert sorted(last_poll(council).opened.by) == ["Aino", "Ravi"]
    assert not [option for option in last_poll(council).options if "Mira" in option]


async def test_a_ballot_that_can_t_be_read_is_asked_for_once_more_and_then_abstains(
    store: Store, server: ScriptedEndpoint
) -> None:
    def rubbish(request: Request) -> Answer:
        is_ravis = speaker(request.prompt) == "Ravi" and is_ballot(request.prompt)
        return says("They all have a point, I think.") if is_ravis else answer(request)

    server.answer = rubbish
    async with open_table(store, server, format="council", turns=1, vote_seconds=0) as table:
        await table.run.take_turns()
        ballots = {turn.speaker: turn for turn in table.run.record if turn.kind == "ballot"}
        assert last_poll(table).abstained == ("Ravi",)
        assert ballots["Ravi"].flags == ("no_ballot", "asked_again:no_ballot")
        asked = [prompt for prompt in server.prompts if is_ballot(prompt) and speaker(prompt) == "Ravi"]
        assert len(asked) == 2
        assert "It could not be read: write only all the letters in order" in asked[1]
        assert "Abstained: Ravi." in next(turn.text for turn in table.run.record if turn.kind == "result")


@pytest.mark.parametrize("thought", ["", "<think>Of these I like A, then B > C.</think>"])
async def test_with_options_of_the_convener_s_a_position_names_one(
    store: Store, server: ScriptedEndpoint, thought: str
) -> None:
    server.answer = lambda request: says(f"{thought}{answer(request).text}")
    task = TASK.model_copy(update={"options": YES_NO})
    dials = Dials(pace=0, format="council", turns=1, vote_seconds=0)
    stored = await store.add_session(stored_session(task=task, dials=dials, created_at=now()), [])
    async with open_table(store, server, stored=stored) as table:
        await table.run.take_turns()
        taken = [turn for turn in table.run.record if turn.kind == "position"]
        assert [turn.text for turn in taken] == [said_in_private(turn.speaker) for turn in taken]
        assert [getattr(turn.steering, "choice", None) for turn in taken] == [0, 0, 0]
        assert last_poll(table).together == (2, 1, 0)
        told = next(turn.text for turn in table.run.record if turn.kind == "result")
        assert "Changed their mind: Ravi (from “yes” to “no”)." in told


async def test_a_summary_that_leaves_out_the_result_is_asked_for_once_more(
    store: Store, server: ScriptedEndpoint
) -> None:
    def silent(request: Request) -> Answer:
        is_summary = "summary" in request.prompt.rsplit("(A note", 1)[-1] and not is_ballot(request.prompt)
        return says(f"It was a lively talk, number {len(request.prompt)}.") if is_summary else answer(request)

    server.answer = silent
    async with open_table(store, server, format="council", turns=1, vote_seconds=0) as table:
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        summary = table.run.record.turns[-1]
        assert "asked_again:no_result" in summary.flags
        assert summary.text.startswith("It was a lively talk")  # what the card and minutes tell of the vote stands
        asked = [prompt for prompt in server.prompts if "It did not state the result of the vote" in prompt]
        assert len(asked) == 1
        (markdown, *_) = await minutes_files(store, table.run.id, names=PlaceNames(), faces={})
        assert "- Vote: The result, with " in markdown[1].decode()


# --- limits ---


def limited(monkeypatch: pytest.MonkeyPatch, cap: Cap, kind: str, but: str) -> Callable[[], None]:
    """Have every call for a kind of turn, but one persona's, go over a limit. Out: what ends that."""
    compose = Composer.compose

    async def composed(self: Composer, request: ModelRequest) -> Draft:
        if getattr(request, "kind", "") == kind and request._persona.name != but:  # type: ignore[attr-defined]
            raise LimitReached(cap, "No tokens are left.")
        return await compose(self, request)

    monkeypatch.setattr(Composer, "compose", composed)
    return lambda: monkeypatch.setattr(Composer, "compose", compose)


@pytest.mark.parametrize("kind", ["position", "ballot"])
async def test_whoever_has_no_tokens_left_has_no_position_and_abstains(
    council: SessionTable, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    limited(monkeypatch, Cap.SESSION, kind, "Aino")
    await council.run.take_turns()
    assert council.run.status is Status.ENDED
    found = {turn.speaker: turn for turn in council.run.record if turn.kind == kind}
    assert {name: bool(turn.text) for name, turn in found.items()} == {"Aino": True, "Ravi": False, "Mira": False}
    assert "limit" in found["Mira"].flags


async def test_a_limit_of_the_day_has_the_table_wait_and_ask_only_those_who_are_missing(
    council: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = limited(monkeypatch, Cap.DAY, "ballot", "Aino")
    await council.run.take_turns()
    assert (council.run.status, council.run.fault) == (Status.PAUSED, Fault.LIMIT)
    free()
    await council.resume()
    assert council.run.status is Status.ENDED
    assert kinds(council).count("ballot") == 3
    assert len([prompt for prompt in council.server.prompts if is_ballot(prompt)]) == 3


# --- people ---


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


# --- how it ends ---


@pytest.mark.parametrize(("phase", "left_out"), [("talk", set[str]()), ("vote", {"report"})])
async def test_a_table_that_is_stopped_with_a_summary_votes_first(store: Store, phase: str, left_out: set[str]) -> None:
    async with open_house(store) as house:
        house.server.answer = answer
        run = await house.start(Dials(format="council", turns=50, pace=0, vote_seconds=3600 if phase == "vote" else 0))
        if phase == "vote":
            await until(lambda: bool(run.record.persona_turns()))
            await steering.change_turns(run, len(run.record.persona_turns()) + 1, by="Kim")
            await until(lambda: any(turn.kind == "ballot" for turn in run.record))
        await until(lambda: bool(run.record.persona_turns()))
        await house.supervisor.stop(PLACE, summary=True)
        await ended(run)
        assert run.status is Status.ENDED
        told = [turn.kind for turn in run.record]
        assert told.count("ballot") == 3
        assert told[-1] == "summary"
        assert "result" in told
        reports = [turn for turn in run.record if MINORITY_FLAG in turn.flags]
        assert len(reports) == (0 if "report" in left_out else 1)


@pytest.mark.parametrize("phase", ["position", "ballot"])
async def test_a_table_that_is_ended_now_tells_nothing_that_was_not_to_be_told(store: Store, phase: str) -> None:
    async with open_house(store) as house:
        stall = asyncio.Event()
        house.server.answer = lambda request: (
            Answer(answer(request).text, until=stall)
            if speaker(request.prompt) == "Mira"
            and {"position": is_position, "ballot": is_ballot}[phase](request.prompt)
            else answer(request)
        )
        run = await house.start(Dials(format="council", turns=1, pace=0, vote_seconds=0))
        await until(lambda: [turn.kind for turn in run.record].count(phase) == 2)
        if phase == "position":
            with pytest.raises(UserError, match="everyone writes down a position"):
                await steering.skip(run, by="Kim")
        await house.supervisor.stop(PLACE)
        await ended(run)
        (minutes,) = await store.posts.of_session(run.id, PostKind.MINUTES)
        markdown = (
            minutes.attachment or (await minutes_files(store, run.id, names=PlaceNames(), faces={}))[0][1].decode()
        )
        assert ("The plan of Aino" in markdown) is (phase == "ballot")
        assert not [turn.text for turn in run.record if turn.kind == "ballot" and turn.text in markdown]


async def test_an_answer_that_is_given_up_as_it_is_stored_counts_once(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = answer
    async with open_table(store, server, format="council", turns=1, vote_seconds=0) as table:
        add, interrupted = table.run._log._add, list[bool]()

        async def slow(*turn_and_posts: Any) -> bool:
            if turn_and_posts[0].kind == "ballot" and not interrupted:
                interrupted.append(True)
                table.run._draft.abandon(AbandonReason.WANTED_OTHERWISE)
                await server.until_asked(len(server.asked) + 1)
            return await add(*turn_and_posts)

        monkeypatch.setattr(table.run._log, "_add", slow)
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        assert interrupted
        assert sorted(turn.speaker for turn in table.run.record if turn.kind == "ballot") == sorted(NAMES)


async def test_who_leaves_while_the_others_write_is_not_waited_for(store: Store, server: ScriptedEndpoint) -> None:
    stall = asyncio.Event()
    server.answer = lambda request: (
        Answer(answer(request).text, until=stall) if speaker(request.prompt) == "Mira" else answer(request)
    )
    async with open_table(store, server, format="council", turns=1, vote_seconds=0) as table:
        loop = asyncio.create_task(table.run.take_turns())
        await until(lambda: kinds(table).count("position") == 2)
        await table.run.steer(SeatRemoved(name="Mira"), "Mira leaves the table.")
        await loop
        assert table.run.status is Status.ENDED
        assert [turn.speaker for turn in table.run.record if turn.kind == "ballot"] == ["Aino", "Ravi"]
