"""A table whose endpoint fails while another may speak in its place: it goes on, and says who spoke."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.chat.cards.bot_messages import details
from bot.llm import fallback
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.store.store import Store
from tests.support.endpoint_stand_in import (
    Answer,
    ScriptedEndpoint,
    fails,
    gives,
    model_list,
    overflow,
    page,
    scripted_endpoint,
)
from tests.support.session_house import QUICK, SessionHouse, ended, hurry, open_house, until
from tests.support.vendor_refusals import FILTERS


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@asynccontextmanager
async def house_with_a_spare(store: Store) -> AsyncIterator[tuple[SessionHouse, ScriptedEndpoint]]:
    """A house whose endpoint has another one to fall back on."""
    async with open_house(store, timeout=2.0) as house, scripted_endpoint() as spare:
        named = {"spare": Endpoint(spare.url, retries=0, timeout=2.0)}
        house.endpoints = EndpointRegistry(house.endpoint, named, fallback={None: ["spare"]})
        house.again()
        yield house, spare


def long_turn(server: ScriptedEndpoint) -> str:
    """About a thousand characters that are said nowhere else."""
    return " ".join(server.sentence() for _ in range(16))


@pytest.mark.parametrize("answer", [fails(503), fails(401), fails(429), page()], ids=["503", "401", "429", "page"])
async def test_another_speaks_and_the_turn_says_so(store: Store, answer: Answer) -> None:
    async with house_with_a_spare(store) as (house, spare):
        house.server.enqueue("One.")
        house.server.answer = lambda request: answer
        run = await house.start()
        await ended(run)
        assert [t.flags for t in run.record.persona_turns()] == [(), ("spoken_by:spare",), ("spoken_by:spare",)]
        assert len(spare.asked) == 3, "two turns and the summary"
        assert len(house.server.asked) == 2, "one that failed rests"
        assert house.said("⏸") == []
        await house.assert_stored(run)
        assert "The last turn came from the endpoint “spare”, since the usual one failed." in details(
            run.status_report()
        )


async def test_the_first_speaks_again_once_it_is_well(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "FIRST_REST", 0.0)
    async with house_with_a_spare(store) as (house, _):
        house.server.enqueue(fails(503))
        run = await house.start()
        await ended(run)
        assert [t.flags for t in run.record.persona_turns()] == [("spoken_by:spare",), (), ()]
        assert "The last turn came from" not in details(run.status_report())


async def test_the_prompt_fits_the_window_of_whoever_is_asked(store: Store) -> None:
    async with house_with_a_spare(store) as (house, spare):
        spare.models = gives(model_list("small", max_model_len=1024))
        house.server.enqueue(*[long_turn(house.server) for _ in range(4)])
        house.server.answer = lambda request: fails(503)
        run = await house.start(QUICK.model_copy(update={"turns": 6, "guards": "none"}))
        await ended(run)
        assert len(spare.asked) == 3
        assert max(len(prompt) for prompt in spare.prompts) / spare.chars_per_token < 1024
        assert max(len(prompt) for prompt in house.server.prompts) > 1024 * 4


async def test_a_prompt_that_is_too_long_is_no_reason_to_ask_another(store: Store) -> None:
    async with house_with_a_spare(store) as (house, spare):
        house.server.enqueue(*[long_turn(house.server) for _ in range(5)], overflow())
        run = await house.start(QUICK.model_copy(update={"turns": 6}))
        await ended(run)
        assert spare.asked == []
        assert len(house.server.asked) == 6 + 1 + 1


async def test_a_filter_is_no_reason_to_ask_another(store: Store) -> None:
    """Nobody else is asked to say what one server will not."""
    async with house_with_a_spare(store) as (house, spare):
        house.server.answer = lambda request: FILTERS["Azure"]
        await house.start()
        await until(lambda: bool(house.said("⏸")))
        assert "refuses to read what the table is about" in house.said("⏸")[0]
        assert spare.asked == []


async def test_when_all_fail_the_table_waits_for_any_of_them(store: Store) -> None:
    async with house_with_a_spare(store) as (house, spare):
        house.server.answer = spare.answer = lambda request: fails(503)
        run = await house.start()
        await until(lambda: bool(house.said("⏸")))
        assert f"The LLM endpoint at {house.server.host} has a fault of its own" in house.said("⏸")[0]
        spare.answer = None
        await ended(run)
        assert len(house.said("▶")) == 1
        assert {t.flags for t in run.record.persona_turns()} == {("spoken_by:spare",)}
