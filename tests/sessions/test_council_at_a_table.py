"""A council at a table: what is asked in private, who reads it when, and that every vote is counted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import MINORITY_FLAG, TAKEN_OUT
from bot.discussion.model.removal import Removal
from bot.discussion.model.steerings import SeatRemoved
from bot.errors import UserError
from bot.minutes.account import PlaceNames
from bot.sessions import steering
from bot.sessions.composing.compose import Composer
from bot.sessions.composing.draft import AbandonReason, Draft
from bot.sessions.composing.limits import Cap, LimitReached
from bot.sessions.composing.requests import ModelRequest
from bot.sessions.delivery.minutes import minutes_files
from bot.store.models import Fault, PostKind, Status
from bot.store.schema import now
from bot.store.store import Store
from tests.support.councillors import YES_NO, answer, is_ballot, is_position, kinds, last_poll, said_in_private, speaker
from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, says
from tests.support.samples import PLACE, TASK, stored_session
from tests.support.session_house import ended, open_house, until
from tests.support.session_table import NAMES, SessionTable, open_table


@pytest.fixture
async def council(store: Store, server: ScriptedEndpoint) -> AsyncIterator[SessionTable]:
    server.answer = answer
    async with open_table(store, server, format="council", turns=2, vote_seconds=0) as table:
        yield table


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
