"""Who may start what where, and what a restart or a leftover does to the tables of a place."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import TurnSkipped
from bot.errors import UserError
from bot.sessions.delivery.stage import PostRejected, RejectReason
from bot.sessions.resilience import database_outage
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind, Status
from bot.store.schema import now
from bot.store.store import Store
from tests.support.endpoint_stand_in import Answer, fails
from tests.support.memory_place import LOST, OK, Sending
from tests.support.samples import CAST, PLACE, TASK, stored_session
from tests.support.session_house import HERE, QUICK, SessionHouse, ended, hurry, open_house, until


@pytest.fixture
async def house(store: Store) -> AsyncIterator[SessionHouse]:
    async with open_house(store) as house:
        yield house


async def test_one_table_a_place_until_it_has_ended(house: SessionHouse) -> None:
    run = await house.start()
    with pytest.raises(UserError, match="There is a table in this channel already"):
        await house.start()
    await until(lambda: run.status is Status.ENDED and not run.is_posting)
    await house.start()


async def test_what_can_be_done_depends_on_how_the_table_stands(house: SessionHouse) -> None:
    supervisor = house.supervisor
    for ask in (supervisor.pause, supervisor.resume, supervisor.stop):
        with pytest.raises(UserError, match="There is no table in this channel"):
            await ask(PLACE)
    run = await house.start(Dials(pace=60, turns=5))
    with pytest.raises(UserError, match="is not paused"):
        await supervisor.resume(PLACE)
    await supervisor.pause(PLACE)
    with pytest.raises(UserError, match="paused already"):
        await supervisor.pause(PLACE)
    with pytest.raises(UserError, match="The table is paused"):
        supervisor.running_at(PLACE)
    await supervisor.resume(PLACE)
    assert supervisor.running_at(PLACE).status is Status.RUNNING
    await asyncio.gather(supervisor.stop(PLACE), supervisor.stop(PLACE))
    assert len(await house.store.posts.of_session(run.id, PostKind.MINUTES)) == 1, "pressed twice, closed once"


async def test_who_is_under_way_in_a_channel_follows_as_tables_open_pause_and_close(house: SessionHouse) -> None:
    def under_way(count: int) -> Callable[[], bool]:
        return lambda: house.supervisor.under_way[PLACE] == count

    resting = Dials(pace=60, turns=5)
    thread = replace(HERE, place_id=PLACE + 1)
    await house.start(resting)
    await house.start(resting, replace(HERE, place_id=PLACE + 2, channel_id=PLACE + 2))
    await until(under_way(1))
    await house.start(resting, thread)
    await until(under_way(2))
    await house.supervisor.pause(thread.place_id)
    await until(under_way(1))
    await house.supervisor.resume(thread.place_id)
    await until(under_way(2))
    await house.supervisor.stop(PLACE)
    await until(under_way(1))


async def test_a_paused_table_can_be_summed_up(house: SessionHouse) -> None:
    run = await house.start(Dials(pace=60, turns=9))
    await until(lambda: len(run.record.persona_turns()) == 1)
    await house.supervisor.pause(PLACE)
    await house.supervisor.stop(PLACE, summary=True)
    await until(lambda: run.status is Status.ENDED)
    assert [turn.kind for turn in run.record][-1] == "summary"


async def test_two_personas_who_would_look_the_same_cannot_sit_together(house: SessionHouse) -> None:
    double = CAST[0].model_copy(update={"name": "Other"})
    with pytest.raises(UserError, match="can't sit at one table"):
        await house.supervisor.start(HERE, task=TASK, cast=(*CAST, double), dials=QUICK)
    alias = CAST[0].model_copy(update={"name": "Other", "full_name": "Other", "aliases": (CAST[0].name,)})
    with pytest.raises(UserError, match=r"is also a name in .* Leave it out of one of the two"):
        await house.supervisor.start(HERE, task=TASK, cast=(*CAST, alias), dials=QUICK)


async def test_a_post_left_open_by_the_last_table_is_not_doubled_by_the_next(house: SessionHouse) -> None:
    house.scripts.append([OK, OK, LOST])
    first = await house.start(Dials(pace=0, turns=5))
    house.stages[0].looks.extend([PostRejected(RejectReason.BLOCKED, "The history can't be read.")] * 50)
    await until(lambda: first.status is Status.PAUSED and not first.is_posting)
    await house.supervisor.stop(PLACE)
    await until(lambda: not first.is_posting)

    second = await house.start(QUICK)
    await until(lambda: second.status is Status.ENDED and not second.is_posting)
    said = [text for text in house.place.texts if text]
    turns = [text for text in said if text not in (*TASK.questions, "🏁 The table is closed. Thank you all.")]
    assert len(turns) == len(set(turns)) == 1 + 3 + 1, "one turn of the first, three of the second and its summary"


async def test_an_open_table_is_taken_up_beside_what_an_ended_one_left_over(house: SessionHouse) -> None:
    stored = stored_session(place_id=PLACE, created_at=now())
    ended = await house.store.add_session(stored, [Post(PostKind.NOTICE, "left over")])
    await house.store.set_status(ended.id, Status.ENDED)
    await house.store.add_session(stored, [])
    await house.supervisor.resume_all()
    run = house.supervisor.open_at(PLACE)
    await until(lambda: run.status is Status.ENDED and not run.is_posting)
    assert house.place.texts[0] == "left over"
    assert any(turn.kind == "summary" for turn in await house.store.record(run.stored.id))


async def test_a_paused_table_stays_paused_over_a_restart(house: SessionHouse) -> None:
    await house.start(Dials(pace=60, turns=5))
    await house.supervisor.pause(PLACE)
    await house.supervisor.shutdown()
    await house.again().resume_all()
    run = house.supervisor.open_at(PLACE)
    assert run.status is Status.PAUSED
    await house.supervisor.resume(PLACE)
    await until(lambda: len(run.record.persona_turns()) >= 1)


async def test_a_table_that_is_opened_while_the_bot_ends_is_the_next_one_s(house: SessionHouse) -> None:
    await house.supervisor.shutdown()
    opened = await house.start()
    assert opened.status is Status.RUNNING
    assert house.supervisor.under_way == {}
    assert [stored.status for stored in await house.store.unfinished_sessions()] == [Status.RUNNING]


async def test_an_unforeseen_error_pauses_the_table_with_an_id(
    house: SessionHouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("bot.sessions.composing.compose.Composer.compose", broken)
    run = await house.start()
    await until(lambda: any("Something went wrong" in text for text in house.place.texts))
    assert run.reason
    error_id = run.reason.split("error ")[1].split(";")[0]
    assert error_id in caplog.text
    assert error_id in house.place.texts[-1]


@pytest.mark.parametrize("way_out", ["stop and start", "resume", "pause and resume"])
async def test_a_table_that_stood_still_for_its_database_hears_people(
    house: SessionHouse, monkeypatch: pytest.MonkeyPatch, way_out: str
) -> None:
    monkeypatch.setattr(database_outage, "FIRST_WAIT", 600.0)
    really = house.store.add_turn

    async def full(*_: object, **__: object) -> bool:
        raise TransientDatabaseError("The database can't be used: the disk is full.")

    monkeypatch.setattr(house.store, "add_turn", full)
    run = await house.start()
    await until(lambda: (run.reason or "").endswith("as soon as that is mended."))
    monkeypatch.setattr(house.store, "add_turn", really)
    if way_out == "stop and start":
        await house.supervisor.stop(PLACE)
        await until(lambda: not run.is_posting)
        run = await house.start()
    else:
        if way_out == "pause and resume":
            await house.supervisor.pause(PLACE)
        await house.supervisor.resume(PLACE)
    await until(lambda: run.status is Status.ENDED and not run.is_posting)
    assert len(run.record.persona_turns()) == 3


async def test_a_fault_of_ours_that_keeps_its_own_notice_from_being_shown_is_told_once(
    house: SessionHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house.scripts.append([OK, OK, OK, *[Sending(stored=False, error=ValueError("a bug in sending"))] * 50])
    run = await house.start()
    await until(lambda: run.status is Status.PAUSED and all(task.done() for task in house.supervisor._tasks.values()))
    assert sum("failed (error" in record.getMessage() for record in caplog.records) == 1
    notices = await house.store.posts.of_session(run.id, PostKind.NOTICE)
    assert sum("Something went wrong" in post.content for post in notices) == 1


async def test_who_resumes_just_as_it_goes_on_by_itself_does_not_stop_it(
    house: SessionHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    is_up = asyncio.Event()
    house.server.answer = lambda request: Answer() if is_up.is_set() else fails(503)
    run = await house.start()
    await until(lambda: run.status is Status.PAUSED and bool(house.said("⏸")))
    really, stored = house.store.set_status, asyncio.Event()

    async def slow(*arguments: Any) -> None:
        await stored.wait()
        await really(*arguments)

    monkeypatch.setattr(house.store, "set_status", slow)
    is_up.set()
    await until(lambda: run.status is Status.RUNNING)
    with pytest.raises(UserError, match="not paused"):
        await house.supervisor.resume(PLACE)
    stored.set()
    await ended(run)


async def test_a_pause_that_can_not_be_stored_while_the_loop_meets_the_same_leaves_no_table_standing(
    house: SessionHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_outage, "FIRST_WAIT", 0.01)
    run = await house.start(Dials(pace=60, turns=3))
    await until(lambda: len(run.record.persona_turns()) == 1 and not run.is_posting)
    loop_may_fail, pause_may_fail = asyncio.Event(), asyncio.Event()

    async def full(*_: Any, may: asyncio.Event, **__: Any) -> None:
        await may.wait()
        raise TransientDatabaseError("The bot's database can't be used: the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "add_turn", partial(full, may=loop_may_fail))
        patch.setattr(house.store, "set_status", partial(full, may=pause_may_fail))
        steering = asyncio.create_task(run.steer(TurnSkipped(name="Aino"), ""))
        pausing = asyncio.create_task(house.supervisor.pause(PLACE))
        await until(lambda: run.status is Status.PAUSED)
        standing = asyncio.create_task(run._outage.wait(TransientDatabaseError("The disk is full.")))
        await until(lambda: run._state.is_suspended)
        pause_may_fail.set()
        loop_may_fail.set()
        with pytest.raises(TransientDatabaseError):
            await pausing
        await asyncio.gather(steering, return_exceptions=True)
    await standing
    stored = await house.store.session(run.id)
    assert stored is not None
    assert run.status is stored.status is Status.RUNNING
