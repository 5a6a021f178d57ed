"""A table of different models: each persona through its endpoint, and what happens when one of them fails."""

import asyncio
from dataclasses import replace

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import SeatRemoved
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.store.models import Fault, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import Request, fails, gives, model_list, scripted_endpoint
from tests.support.samples import CAST, PLACE
from tests.support.session_house import HERE, SessionHouse, ended, hurry, open_house, until

AINO, RAVI, MIRA = CAST
MIXED = (AINO, RAVI.model_copy(update={"endpoint": "fast"}), MIRA.model_copy(update={"model": "other"}))
LONG = Dials(pace=0, turns=6)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


def seat(house: SessionHouse, **named: Endpoint) -> None:
    house.endpoints = EndpointRegistry(house.endpoint, named)
    house.cast = MIXED
    house.again()


def asked_by(requests: list[Request]) -> list[tuple[str, str]]:
    """Who was to speak, and through which model."""
    return [(r.prompt.splitlines()[-1].rstrip(":"), r.body["model"]) for r in requests]


async def test_each_persona_speaks_through_its_own(store: Store) -> None:
    async with scripted_endpoint(models=["small"]) as fast, open_house(store) as house:
        seat(house, fast=Endpoint(fast.url, retries=0))
        run = await house.start(LONG)
        await ended(run)
        assert set(asked_by(fast.asked)) == {("Ravi", "small")}
        assert {("Aino", "scripted"), ("Mira", "other")} == set(asked_by(house.server.asked))
        await house.assert_stored(run)
        stored = await store.session(run.stored.id)
        assert stored is not None
        assert stored.session.cast == MIXED


async def test_the_window_is_that_of_the_speaker(store: Store) -> None:
    async with scripted_endpoint() as fast, open_house(store) as house:
        fast.models = gives(model_list("small", max_model_len=700))
        seat(house, fast=Endpoint(fast.url, retries=0))
        run = await house.start(Dials(pace=0, turns=30))
        await ended(run)
        assert run.record.compaction() is not None
        limit = 700 - 60
        assert all(len(prompt) / fast.chars_per_token < limit for prompt in fast.prompts)
        assert house.said("⏸") == []


async def test_only_the_endpoint_that_is_down_is_probed(store: Store) -> None:
    async with scripted_endpoint() as fast, open_house(store) as house:
        seat(house, fast=Endpoint(fast.url, retries=0))
        fast.answer = lambda request: fails(503)
        runs = [
            await house.start(LONG, where=replace(HERE, place_id=PLACE - n, channel_id=PLACE - n)) for n in range(2)
        ]
        await until(lambda: all(run.fault is Fault.ENDPOINT for run in runs))
        assert all(f"The LLM endpoint at {fast.host} has a fault" in text for text in house.said("⏸"))
        asked = len(house.server.asked)
        await fast.until_asked(len(fast.asked) + 3)
        assert len(house.server.asked) == asked
        assert [task.get_name() for task in asyncio.all_tasks() if "probing" in task.get_name()] == [
            "probing the endpoint"
        ]
        fast.answer = None
        for run in runs:
            await ended(run)
        assert house.said("▶") == ["▶ The table goes on: the model answers again."] * 2


async def test_an_endpoint_that_is_gone_after_a_restart(store: Store) -> None:
    async with scripted_endpoint() as fast, open_house(store) as house:
        endpoint = Endpoint(fast.url, retries=0)
        seat(house, fast=endpoint)
        fast.answer = lambda request: fails(503)
        await house.start(LONG)
        await until(lambda: bool(house.said("⏸")))
        await house.supervisor.shutdown()

        seat(house)  # the settings no longer name it
        await house.supervisor.resume_all()
        await house.supervisor.resume(PLACE)
        await until(lambda: len(house.said("⏸")) == 2)
        assert "Ravi speaks through the endpoint “fast”, which is not in the settings any more." in house.said("⏸")[-1]
        run = house.supervisor.open_at(PLACE)
        assert (run.status, run.fault) == (Status.PAUSED, Fault.ENDPOINT)
        await house.supervisor.shutdown()

        fast.answer = None
        seat(house, fast=endpoint)
        await house.supervisor.resume_all()
        run = house.supervisor.open_at(PLACE)
        await ended(run)
        assert house.said("▶") == ["▶ The table goes on: the model answers again."]
        await house.assert_stored(run)


async def test_a_table_goes_on_without_the_one_whose_endpoint_is_gone(store: Store) -> None:
    async with open_house(store) as house:
        seat(house)
        run = await house.start(LONG)
        await until(lambda: bool(house.said("⏸")))
        await run.steer(SeatRemoved(name="Ravi"), "Ravi leaves.")
        await ended(run)
        assert {t.speaker for t in run.record.persona_turns()} <= {"Aino", "Mira"}
        await house.assert_stored(run)
