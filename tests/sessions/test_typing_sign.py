"""When it is seen that somebody is about to speak: in the last seconds before, while they are at it, and never else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.discussion.model.dials import Dials
from bot.llm.call_watch import CallWatch
from bot.llm.endpoint import Endpoint
from bot.sessions import turn_loop
from bot.sessions.composing import typing_sign
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint, fails, held
from tests.support.samples import PLACE
from tests.support.session_house import HERE, SessionHouse, open_house, until


@pytest.fixture
async def house(store: Store) -> AsyncIterator[SessionHouse]:
    """With one slot for all tables."""
    async with open_house(store, concurrency=1) as house:
        yield house


def signs_are_kept() -> bool:
    return any(task.get_name().startswith("typing sign of") for task in asyncio.all_tasks())


async def test_not_while_the_call_waits_for_a_slot(house: SessionHouse) -> None:
    gates = asyncio.Event(), asyncio.Event()
    house.server.enqueue(*map(held, gates))
    await house.start()
    await until(lambda: len(house.stages[0].composed) == 1)
    await house.start(where=replace(HERE, place_id=PLACE + 1))
    await until(lambda: house.endpoint.calls_waiting == 1)
    assert house.stages[1].composed == []
    gates[0].set()
    await until(lambda: len(house.stages[1].composed) == 1)


@pytest.mark.parametrize(("pace", "signs"), [(60, 1), (5, 2)], ids=["much later", "soon"])
async def test_of_a_turn_that_is_written_only_shortly_before_it_is_due(
    house: SessionHouse, pace: int, signs: int
) -> None:
    gate = asyncio.Event()
    house.server.enqueue(house.server.sentence(), held(gate))
    run = await house.start(Dials(pace=pace, pace_most=pace, turns=5))
    await house.server.until_asked(2)
    await until(lambda: len(house.stages[0].composed) == signs)
    gate.set()
    await until(lambda: not signs_are_kept())
    assert len(run.record.persona_turns()) == 1, "the second waits for its time"
    assert len(house.stages[0].composed) == signs


async def test_while_a_turn_that_is_written_already_waits_for_its_time(
    house: SessionHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (typing_sign, turn_loop):
        monkeypatch.setattr(module, "TYPING_SECONDS", 59.9)
    run = await house.start(Dials(pace=60, pace_most=60, turns=5))
    await until(lambda: len(house.stages[0].composed) == 2)
    await until(lambda: not signs_are_kept())
    assert len(run.record.persona_turns()) == 1


@pytest.mark.parametrize("what", ["pause", "stop"])
async def test_no_more_once_the_turn_is_given_up(house: SessionHouse, what: str) -> None:
    house.server.enqueue(held(asyncio.Event()))
    await house.start()
    await until(lambda: len(house.stages[0].composed) == 1)
    assert signs_are_kept()
    await getattr(house.supervisor, what)(PLACE)
    await until(lambda: not signs_are_kept())


async def test_a_model_is_at_work_while_it_is_asked_and_not_between_two_tries(server: ScriptedEndpoint) -> None:
    gate, watch = asyncio.Event(), CallWatch()
    server.enqueue(replace(fails(503, retry_after="60"), until=gate))
    endpoint = Endpoint(server.url, retries=1)
    with watch.watching():
        call = asyncio.create_task(endpoint.complete("Who bakes?", temperature=0.7, max_tokens=60))
    await server.until_asked(1)
    assert watch.is_at_work
    gate.set()
    await until(lambda: not watch.is_at_work)
    assert not call.done()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await endpoint.aclose()
