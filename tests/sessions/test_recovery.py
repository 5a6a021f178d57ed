"""Sessions that a fault paused go on by themselves; those that a person paused do not."""

import asyncio
from dataclasses import replace

import pytest

from bot.discussion.model.dials import Dials
from bot.errors import UserError
from bot.sessions.delivery.stage import RejectReason
from bot.sessions.resilience import recovery
from bot.store.models import Fault, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import Answer, Request, fails, held
from tests.support.memory_place import OK, Sending, refused
from tests.support.samples import PLACE
from tests.support.session_house import HERE, ended, hurry, open_house, until

PROBE = "Say yes."
GOES_ON = "▶ The table goes on: the model answers again."


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


def down(request: Request) -> Answer:
    return fails(503)


def deaf(request: Request) -> Answer:
    """A model that answers when asked whether it is there, and nothing else."""
    return Answer() if request.prompt == PROBE else fails(503)


def waiting() -> list[str]:
    """What is waited for in the background."""
    return [name for task in asyncio.all_tasks() if "recovery" in (name := task.get_name())]


async def test_one_prober_for_all_sessions(store: Store) -> None:
    async with open_house(store) as house:
        house.server.answer = down
        runs = [await house.start(where=replace(HERE, place_id=PLACE - n, channel_id=PLACE - n)) for n in range(3)]
        await until(lambda: len(waiting()) == 3)
        gate, probes = asyncio.Event(), list[Request]()

        def up(request: Request) -> Answer:
            if request.prompt == PROBE:
                probes.append(request)
                return held(gate)
            return Answer()

        house.server.answer = up
        await until(lambda: bool(probes))
        assert all(run.status is Status.PAUSED for run in runs)
        gate.set()
        for run in runs:
            await ended(run)
        assert len(probes) == 1
        assert house.said("▶") == [GOES_ON] * 3


async def test_each_probe_waits_longer_than_the_one_before(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    naps = [recovery._nap(recovery.ENDPOINT_NAP, tries) for tries in range(8)]  # pyright: ignore[reportPrivateUsage]
    assert naps == [15, 30, 60, 120, 240, 480, 600, 600]


async def test_a_table_that_fails_again_is_quiet(store: Store) -> None:
    async with open_house(store) as house:
        house.server.enqueue("One.")
        house.server.answer = deaf
        run = await house.start()
        await until(lambda: len([p for p in house.server.prompts if p != PROBE]) >= 5)
        assert len(house.said("⏸")) == 1
        assert house.said("▶") == []
        house.server.answer = None
        await ended(run)
        assert house.said("▶") == [GOES_ON]
        assert len(house.said("⏸")) == 1
        await house.assert_stored(run)


async def test_a_fault_is_waited_for_again_after_a_restart(store: Store) -> None:
    async with open_house(store) as house:
        house.server.answer = down
        first = await house.start()
        await until(lambda: bool(house.said("⏸")))
        await house.supervisor.shutdown()
        assert first.status is Status.PAUSED
        await house.again().resume_all()
        run = house.supervisor.open_at(PLACE)
        assert (run.status, run.fault) == (Status.PAUSED, Fault.ENDPOINT)
        house.server.answer = None
        await ended(run)
        assert house.said("▶") == [GOES_ON]
        assert len(house.said("⏸")) == 1
        await house.assert_stored(run)


async def test_what_a_person_paused_waits_for_a_person(store: Store) -> None:
    async with open_house(store) as house:
        house.server.answer = down
        run = await house.start()
        await until(lambda: run.fault is Fault.ENDPOINT)
        other = await house.start(where=replace(HERE, place_id=PLACE - 1, channel_id=PLACE - 1))
        await until(lambda: other.fault is Fault.ENDPOINT)
        await house.supervisor.pause(PLACE)  # it is a person's pause from here on
        with pytest.raises(UserError, match="paused already"):
            await house.supervisor.pause(PLACE)
        house.server.answer = None
        await ended(other)
        assert (run.status, run.fault) == (Status.PAUSED, None)
        await house.supervisor.shutdown()
        await house.again().resume_all()
        again = house.supervisor.open_at(PLACE)
        assert (again.status, again.fault) == (Status.PAUSED, None)
        await house.supervisor.resume(PLACE)
        await ended(again)


async def test_a_person_may_try_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "ENDPOINT_NAP", 600.0)
    monkeypatch.setattr(recovery, "LONGEST_NAP", 600.0)
    async with open_house(store) as house:
        house.server.answer = down
        run = await house.start()
        await until(lambda: bool(house.said("⏸")))
        house.server.answer = None
        await house.supervisor.resume(PLACE)
        await ended(run)
        assert house.said("▶") == []


async def test_shutting_down_ends_the_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "ENDPOINT_NAP", 600.0)
    monkeypatch.setattr(recovery, "LONGEST_NAP", 600.0)
    async with open_house(store) as house:
        house.server.answer = down
        await house.start()
        await until(lambda: bool(house.said("⏸")))
        await asyncio.wait_for(house.supervisor.shutdown(), 5)
        assert waiting() == []
        assert not any("probing" in task.get_name() for task in asyncio.all_tasks())


async def test_three_passes_are_tried_once_more_by_themselves(store: Store) -> None:
    async with open_house(store) as house:
        house.server.answer = lambda request: Answer("")
        run = await house.start(Dials(pace=0, turns=20))
        await until(lambda: len(house.said("⏸")) == 2)
        assert run.fault is Fault.ERROR
        assert len(run.record.persona_turns()) == 6
        assert house.said("▶") == ["▶ The table tries once more."]
        first, second = house.said("⏸")
        assert "3 turns in a row came to nothing" in first
        assert "it tries once more in ten minutes" in first
        assert "6 turns in a row came to nothing" in second
        assert second.endswith("Nothing is lost: `/roundtable resume` goes on.")
        house.server.answer = None
        await house.supervisor.resume(PLACE)
        await ended(run)


async def test_a_place_that_takes_posts_again(store: Store) -> None:
    async with open_house(store) as house:
        # Card, panel, question, first turn; then the bot may not post for a while, and once is told nonsense.
        blocked = [refused(RejectReason.BLOCKED)] * 3
        house.scripts.append([OK, OK, OK, OK, *blocked, Sending(stored=False, error=TypeError("odd")), *blocked])
        run = await house.start()
        await ended(run)
        (told,) = house.stages[0].told
        assert told.startswith("⏸ The table is paused. ")
        assert "it goes on by itself once I can post again" in told
        assert house.said("⏸") == []
        assert house.said("▶") == ["▶ The table goes on: I can post here again."]
        await house.assert_stored(run)


async def test_a_table_that_is_stopped_before_it_could_go_on_does_not_say_that_it_does(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(store) as house:
        # The next try but one, which would do, is not yet.
        monkeypatch.setattr(recovery, "_nap", lambda _, tries: 3600 if tries else 0)
        house.scripts.append([OK, OK, OK, OK, *[refused(RejectReason.BLOCKED)] * 2])
        run = await house.start()
        await until(lambda: len(house.stages[0].script) == 0)
        await house.supervisor.stop(PLACE)
        await ended(run)
        assert house.said("▶") == []
        await house.assert_stored(run)


async def test_a_fault_of_ours_waits_for_a_person(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    async with open_house(store) as house:
        with monkeypatch.context() as patch:
            patch.setattr("bot.sessions.composing.compose.Composer.compose", broken)
            run = await house.start()
            await until(lambda: bool(house.said("⏸")))
        assert run.fault is Fault.ERROR
        assert waiting() == []
        await house.supervisor.resume(PLACE)
        await ended(run)
