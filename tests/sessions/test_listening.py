"""Tables that listen: what an interview and an open table ask of a model, and that they ask nothing while silent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.model.steerings import Compaction, QuestionPut
from bot.errors import UserError
from bot.sessions import steering
from bot.sessions.composing import compose
from bot.sessions.composing.limits import Limits
from bot.sessions.session_runner import SessionRunner
from bot.sessions.standing_questions import StandingQuestions
from bot.store.models import Fault, Status
from bot.store.server_settings import ServerSettings
from bot.store.store import Store
from tests.support.endpoint_stand_in import fails, held, says
from tests.support.samples import TASK
from tests.support.session_house import HERE, SessionHouse, ended, hurry, open_house, until

INTERVIEW = Dials(pace=0, turns=5, format="interview")
OPEN = Dials(pace=0, turns=1, format="open", open_turns=2)
# Within a burst of the guest's, as the ids of messages in memory tell; so that each is a question of its own.
GUESTS = ("Kim", "Lea", "Noor", "Otto")


@pytest.fixture
async def house(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SessionHouse]:
    hurry(monkeypatch)
    async with open_house(store) as house:
        yield house


def is_silent(run: SessionRunner) -> bool:
    """Whether all is shown, and its loop waits for somebody to speak."""
    waits = run._draft._is_idle  # pyright: ignore[reportPrivateUsage]
    return waits and run.status is Status.RUNNING and run.status_report().phase == "listening"


async def ask(house: SessionHouse, run: SessionRunner, text: str, *, who: int = 0, answered: bool = True) -> None:
    """A guest says something, and the table answers."""
    spoken = len(run.record.persona_turns())
    await run.hear(house.place.guest(text, name=GUESTS[who], author_id=who + 1))
    if answered:
        await until(lambda: len(run.record.persona_turns()) > spoken and is_silent(run))


def spoken(run: SessionRunner) -> list[str]:
    return [turn.speaker for turn in run.record.persona_turns()]


# --- the interview ---


async def test_an_interview_asks_a_model_only_for_answers_and_its_summary(house: SessionHouse) -> None:
    run = await house.start(INTERVIEW)
    await until(lambda: is_silent(run))
    await ask(house, run, "Mira, who mends the tools?")
    await ask(house, run, "And who pays?", who=1)
    assert spoken(run) == ["Mira", "Aino"]
    assert await steering.wrap_up(run, by="Kim") == 0
    await ended(run)
    assert [turn.kind for turn in run.record][-1] == "summary"
    assert len(house.server.asked) == 3
    assert 'Kim (guest) has asked: "Mira, who mends the tools?"' in house.server.prompts[0]
    assert not house.said("Three turns left"), "nothing is counted down"
    await house.assert_stored(run)


async def test_what_is_asked_meanwhile_leaves_the_answer_under_way_alone(house: SessionHouse) -> None:
    gate = asyncio.Event()
    house.server.enqueue(held(gate, "The mender mends them."))
    run = await house.start(INTERVIEW)
    await ask(house, run, "Who mends the tools?", answered=False)
    await house.server.until_asked(1)
    for who in (1, 2, 3):
        await ask(house, run, f"And {GUESTS[who]} asks: who pays?", who=who, answered=False)
    gate.set()
    await until(lambda: len(spoken(run)) == 4 and is_silent(run))
    assert len(house.server.asked) == 4, "no answer was given up"
    assert spoken(run) == ["Aino", "Ravi", "Mira", "Aino"]
    assert run.record.persona_turns()[0].text == "The mender mends them."


async def test_who_goes_on_with_a_question_has_the_answer_hear_it(house: SessionHouse) -> None:
    gate = asyncio.Event()
    house.server.enqueue(held(gate), "The mender mends them.")
    run = await house.start(INTERVIEW)
    await ask(house, run, "Who mends the tools?", answered=False)
    await house.server.until_asked(1)
    await ask(house, run, "The drills, I mean.")
    assert 'has asked: "Who mends the tools? The drills, I mean."' in house.server.prompts[1]
    assert len(spoken(run)) == 1


async def test_after_so_many_answers_the_interview_ends(house: SessionHouse) -> None:
    run = await house.start(INTERVIEW.model_copy(update={"turns": 1}))
    await ask(house, run, "Who pays?", answered=False)
    await ended(run)
    assert [turn.kind for turn in run.record] == ["guest", "persona", "summary"]


async def test_killed_with_questions_open_it_answers_them_and_none_twice(house: SessionHouse) -> None:
    gate = asyncio.Event()
    house.server.enqueue("The mender mends them.", held(gate))
    run = await house.start(INTERVIEW)
    await ask(house, run, "Who mends the tools?", answered=False)
    await ask(house, run, "And who pays?", who=1, answered=False)
    await house.server.until_asked(2)
    await house.supervisor.shutdown()
    await house.again().resume_all()
    (again,) = house.supervisor.open_sessions()
    await until(lambda: is_silent(again))
    assert spoken(again) == ["Aino", "Ravi"]
    await house.assert_stored(again)


async def test_nobody_is_skipped_while_nobody_asks(house: SessionHouse) -> None:
    run = await house.start(INTERVIEW)
    with pytest.raises(UserError, match="waits until somebody asks"):
        await steering.skip(run, by="Kim")


# --- what ends a silence ---


async def test_a_silent_table_is_paused_goes_on_and_is_closed_at_once(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    await until(lambda: is_silent(run))
    await house.supervisor.pause(run.stored.place_id)
    await run.hear(house.place.guest("Ravi, is anybody there?"))
    await house.supervisor.resume(run.stored.place_id)
    await until(lambda: spoken(run) == ["Ravi"] and is_silent(run))
    await house.supervisor.stop(run.stored.place_id)
    await ended(run)
    assert len(house.server.asked) == 1


async def test_a_silent_table_ends_with_a_summary(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    await ask(house, run, "Ravi, is anybody there?")
    await house.supervisor.stop(run.stored.place_id, summary=True)
    await ended(run)
    assert [turn.kind for turn in run.record if turn.kind != "moderator"] == ["guest", "persona", "summary"]


async def test_whoever_asks_for_the_summary_again_gets_the_one_that_is_being_written(house: SessionHouse) -> None:
    gate = asyncio.Event()
    house.server.enqueue("Here I am.", held(gate, "Somebody was there."))
    run = await house.start(OPEN)
    await ask(house, run, "Ravi, is anybody there?")
    await house.supervisor.stop(run.stored.place_id, summary=True)
    await house.server.until_asked(2)
    await asyncio.gather(*(house.supervisor.stop(run.stored.place_id, summary=True) for _ in range(2)))
    gate.set()
    await ended(run)
    await run.sum_up()  # it was on its way as the summary came
    assert [turn.text for turn in run.record if turn.kind == "summary"] == ["Somebody was there."]
    assert len(house.server.asked) == 2
    await house.assert_stored(run)


async def test_with_its_process_a_silent_table_ends_at_once(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    await until(lambda: is_silent(run))
    async with asyncio.timeout(2):
        await house.supervisor.shutdown()
    assert run.status is Status.RUNNING


@pytest.mark.parametrize("dials", [INTERVIEW, OPEN])
async def test_what_an_application_deletes_and_then_posts_again_is_answered(house: SessionHouse, dials: Dials) -> None:
    gate = asyncio.Event()
    house.server.enqueue(held(gate))
    run = await house.start(dials)
    original = house.place.guest("[Who pays?]")
    await run.hear(original)
    await house.server.until_asked(1)
    house.place.guests.remove(original)
    await run.guest_changed(original.id, "")
    await until(lambda: is_silent(run))
    repost = replace(house.place.guest("Who pays?", name="Luna", author_id=500), is_repost=True)
    house.place.guests[-1] = repost
    await run.hear(repost)
    await until(lambda: len(spoken(run)) > 0 and is_silent(run))
    assert [(turn.speaker, turn.text) for turn in run.record if turn.kind == "guest"] == [("Luna", "Who pays?")]
    assert "Who pays?" in house.server.prompts[-1]


async def test_whoever_is_forgotten_gets_no_answer(house: SessionHouse) -> None:
    gate = asyncio.Event()
    house.server.enqueue(held(gate))
    run = await house.start(OPEN)
    await ask(house, run, "Ravi, is anybody there?", answered=False)
    await house.server.until_asked(1)
    await run.forget(Member(1, ("Kim",)), house.place.new_id())
    await until(lambda: is_silent(run))
    assert spoken(run) == []


# --- the open table ---


async def test_an_open_table_outlives_its_limits_but_not_the_day_s(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    limits = Limits(session_minutes=1, session_tokens=1, day_tokens=0, sessions=3, day_tokens_all=0)
    async with open_house(store, limits) as house:
        run = await house.start(OPEN)
        for _ in range(2):
            await ask(house, run, "Ravi, is anybody there?")
        assert run.status_report().most_tokens == 0
    async with open_house(store, Limits(day_tokens=600)) as house:
        await house.supervisor.resume_all()
        (run,) = house.supervisor.open_sessions()
        await run.hear(house.place.guest("Ravi, and today?"))
        await until(lambda: run.fault is Fault.LIMIT)
        assert run.status is Status.PAUSED, "it goes on the next day"


async def test_an_endpoint_that_is_down_as_somebody_talks_is_waited_for(house: SessionHouse) -> None:
    house.server.enqueue(fails(500))
    run = await house.start(OPEN)
    await ask(house, run, "Ravi, is anybody there?")
    assert spoken(run) == ["Ravi"]
    assert len([text for text in house.place.texts if "fault of its own" in text]) == 1


async def test_it_is_compacted_where_nobody_knows_the_window(
    house: SessionHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "STANDING_TRANSCRIPT", 1_500)
    house.server.answer = lambda request: says(f"In this town {len(request.prompt)} ladders are lent. " * 3)
    run = await house.start(OPEN)
    for number in range(6):
        await ask(house, run, f"Ravi, what of ladder {number}? " + "It is long. " * 40, who=number % 4)
    assert any(isinstance(steering, Compaction) for _, steering in run.record.steerings())
    assert max(map(len, house.server.prompts)) < len(house.server.prompts[0]) + 1_500
    assert house.endpoint.window is None


async def test_of_a_table_that_was_silent_for_weeks_only_what_is_new_is_read_up(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    await ask(house, run, "Ravi, is anybody there?")
    first = house.place.guests[0]
    await house.supervisor.shutdown()
    house.place.guest("Mira, long ago?")
    house.place.ids_at = house.place.new_id()
    house.place.guest("Aino, and now?")
    house.place.edited[first.id] = "Ravi, was anybody there?"
    await house.again().resume_all()
    (run,) = house.supervisor.open_sessions()
    await until(lambda: spoken(run) == ["Ravi", "Aino"] and is_silent(run))
    assert [t.text for t in run.record if t.kind == "guest"] == ["Ravi, is anybody there?", "Aino, and now?"]
    assert min(house.stages[-1].looked_after) >= house.place.ids_at


# --- the question of the day ---


class SetClock:
    """What time it is for the questions of standing tables."""

    def __init__(self, *at: int) -> None:
        self.now = datetime(*at, tzinfo=UTC)  # type: ignore[arg-type]

    def __call__(self) -> datetime:
        return self.now


class InHelsinki:
    async def of(self, guild_id: int) -> ServerSettings:
        settings = ServerSettings()
        return Zoned(settings)  # type: ignore[return-value]


class Zoned:
    time_zone = "Europe/Helsinki"

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings


async def begun_long_ago(house: SessionHouse, starter: str) -> SessionRunner:
    task = TASK.model_copy(update={"starter": starter})
    run = await house.supervisor.start(HERE, task=task, cast=house.cast, dials=OPEN, seed=4)
    await until(lambda: is_silent(run))
    return run


def put(run: SessionRunner) -> list[str]:
    return [s.question for _, s in run.record.steerings() if isinstance(s, QuestionPut)]


async def test_the_question_of_the_day_is_put_at_its_hour_and_answered(house: SessionHouse) -> None:
    run = await begun_long_ago(house, "daily 09:00")
    summer = datetime(2027, 7, 1, 5, 59, tzinfo=UTC)  # 08:59 there
    clock = SetClock(2027, 7, 1, 5, 59)
    starters = StandingQuestions(InHelsinki(), lambda: [run], clock)
    assert await starters.put_if_due(run) == timedelta(minutes=1)
    assert put(run) == []
    clock.now = summer + timedelta(minutes=1)
    await starters.put_if_due(run)
    await starters.put_if_due(run)
    assert put(run) == ["Lend tools?"]
    await until(lambda: len(spoken(run)) == 2 and is_silent(run))
    assert house.said("Lend tools?")
    for day in range(1, 4):
        clock.now = summer + timedelta(days=day, hours=2)
        await starters.put_if_due(run)
    assert put(run) == ["Lend tools?", "Who mends them?", "Who pays?", "Lend tools?"]
    await until(lambda: is_silent(run))
    await house.assert_stored(run)


async def test_a_paused_table_puts_no_question(house: SessionHouse) -> None:
    run = await begun_long_ago(house, "daily 09:00")
    await house.supervisor.pause(run.stored.place_id)
    await StandingQuestions(InHelsinki(), lambda: [run], SetClock(2027, 7, 1, 6, 30)).put_if_due(run)
    assert put(run) == []


async def test_a_process_that_comes_up_late_puts_it_once(house: SessionHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await begun_long_ago(house, "daily 00:00")
    await house.supervisor.shutdown()
    clock = SetClock(2027, 7, 1, 3, 0)
    for _ in range(2):
        supervisor = house.again()
        monkeypatch.setattr(supervisor._questions, "_clock", clock)  # pyright: ignore[reportPrivateUsage]
        await supervisor.resume_all()
        (run,) = supervisor.open_sessions()
        await until(lambda run=run: bool(put(run)) and is_silent(run))
        await supervisor.shutdown()
    assert put(run) == ["Lend tools?"]
