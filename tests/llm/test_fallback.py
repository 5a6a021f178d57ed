"""Which of several endpoints is asked: the first that is well, and one that failed not again on every turn."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.discussion.model.persona import Persona
from bot.errors import EndpointDown
from bot.llm.endpoint import Endpoint
from bot.llm.factory import open_endpoints
from bot.llm.fallback import FIRST_REST, LONGEST_REST, EndpointChain, Health
from bot.settings import Settings
from tests.support.endpoint_stand_in import ScriptedEndpoint, fails, scripted_endpoint, stalls

DOWN = EndpointDown("It is down.")


@dataclass
class HandSetClock:
    """A clock that is set by hand, in seconds."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Three:
    """A chain of three endpoints and its clock."""

    servers: list[ScriptedEndpoint]
    endpoints: list[Endpoint]
    clock: HandSetClock = field(default_factory=HandSetClock)

    def __post_init__(self) -> None:
        names = ["default", "fast", "wise"]
        self.chain = EndpointChain(list(zip(names, self.endpoints, strict=True)), Health(self.clock))

    async def order(self) -> list[int]:
        return [self.endpoints.index(endpoint) for endpoint in await self.chain.in_turn()]


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with scripted_endpoint() as one, scripted_endpoint() as two, scripted_endpoint() as three:
        servers = [one, two, three]
        endpoints = [Endpoint(server.url, model="m", retries=0, timeout=5.0) for server in servers]
        yield Three(servers, endpoints)
        for endpoint in endpoints:
            await endpoint.aclose()


async def test_one_that_failed_rests_and_is_the_last_resort(three: Three) -> None:
    assert await three.order() == [0, 1, 2]
    three.chain.failed(three.endpoints[0], DOWN)
    assert await three.order() == [1, 2, 0]
    three.chain.failed(three.endpoints[1], DOWN)
    assert await three.order() == [2, 0, 1]
    three.chain.failed(three.endpoints[2], DOWN)
    assert await three.order() == [0, 1, 2]
    assert [server.asked for server in three.servers] == [[], [], []]


async def test_after_its_rest_it_is_asked_for_a_few_words_before_a_turn(three: Three) -> None:
    first = three.servers[0]
    three.chain.failed(three.endpoints[0], DOWN)
    three.clock.seconds = FIRST_REST - 1
    assert await three.order() == [1, 2, 0]
    assert first.asked == []
    three.clock.seconds = FIRST_REST
    assert await three.order() == [0, 1, 2]
    assert len(first.asked) == 1
    three.chain.answered(three.endpoints[0])
    assert await three.order() == [0, 1, 2]
    assert len(first.asked) == 1


async def test_each_failure_makes_its_rest_longer(three: Three) -> None:
    first, rests = three.servers[0], list[float]()
    first.answer = lambda request: fails(503)
    three.chain.failed(three.endpoints[0], DOWN)
    for _ in range(7):
        asked, before = len(first.asked), three.clock.seconds
        while len(first.asked) == asked:
            three.clock.seconds += FIRST_REST
            assert await three.order() == [1, 2, 0]
        rests.append(three.clock.seconds - before)
    assert rests == [FIRST_REST * factor for factor in (1, 2, 4, 8, 16)] + [LONGEST_REST] * 2


async def test_one_that_asks_to_be_left_alone_for_longer_is(three: Three) -> None:
    three.chain.failed(three.endpoints[0], EndpointDown("It is overloaded.", wait=5 * FIRST_REST))
    three.clock.seconds = 5 * FIRST_REST - 1
    assert await three.order() == [1, 2, 0]
    three.clock.seconds = 5 * FIRST_REST
    assert await three.order() == [0, 1, 2]


async def test_one_behind_another_that_is_well_is_not_tried(three: Three) -> None:
    three.chain.failed(three.endpoints[1], DOWN)
    three.clock.seconds = FIRST_REST
    assert await three.order() == [0, 1, 2]
    assert three.servers[1].asked == []


async def test_the_log_tells_each_change_once(three: Three, caplog: pytest.LogCaptureFixture) -> None:
    first, second, _ = three.endpoints
    with caplog.at_level(logging.WARNING, logger="bot.llm.fallback"):
        for _ in range(3):
            three.chain.failed(first, DOWN)
            three.chain.answered(second)
        for _ in range(3):
            three.chain.answered(first)
    assert [record.message for record in caplog.records] == [
        "the endpoint “default” rests, since it failed: It is down.",
        "“fast” speaks in the place of “default”",
        "“default” is well again and speaks itself",
    ]


async def test_a_chain_is_well_as_soon_as_one_of_it_is(three: Three) -> None:
    three.servers[0].enqueue(stalls())
    three.servers[1].enqueue(fails(503))
    for endpoint in three.endpoints:
        three.chain.failed(endpoint, DOWN)
    assert await three.chain.is_well()
    assert await three.order() == [2, 0, 1]


async def test_a_chain_is_not_well_when_none_of_it_is(three: Three) -> None:
    for server in three.servers:
        server.enqueue(fails(503))
    assert not await three.chain.is_well()


# --- who stands in for whom ---


@asynccontextmanager
async def endpoints_of(**values: Any) -> AsyncIterator[Any]:
    named = {"fast": {"base_url": "http://127.0.0.1:9/v1"}, "wise": {"base_url": "http://127.0.0.1:9/v1"}}
    own = values.pop("own", {})
    for name, more in own.items():
        named[name] |= more
    settings = Settings(_env_file=None, llm_base_url="http://127.0.0.1:9/v1", endpoint=named, **values)  # type: ignore[call-arg]
    async with open_endpoints(settings) as endpoints:
        yield endpoints


def persona(**fields: Any) -> Persona:
    return Persona.model_validate({"name": "Aino", "full_name": "Aino", "prompt": "You are one."} | fields)


@pytest.mark.parametrize(
    ("settings", "fields", "names"),
    [
        ({}, {}, ["default"]),
        ({"llm_fallback": "fast,wise"}, {}, ["default", "fast", "wise"]),
        ({"llm_fallback": "fast"}, {"endpoint": "wise"}, ["wise"]),
        ({"own": {"wise": {"fallback": "default"}}}, {"endpoint": "wise"}, ["wise", "default"]),
        ({"llm_fallback": "fast"}, {"fallback": ["wise"]}, ["default", "wise"]),
        ({"llm_fallback": "fast"}, {"fallback": []}, ["default"]),
        ({}, {"endpoint": "fast", "fallback": ["default", "gone", "wise"]}, ["fast", "default", "wise"]),
    ],
)
async def test_who_stands_in_for_whom(settings: dict[str, Any], fields: dict[str, Any], names: list[str]) -> None:
    async with endpoints_of(**settings) as endpoints:
        by_endpoint = dict(zip(endpoints.every(), ["default", "fast", "wise"], strict=True))
        chain = endpoints.chain_of(persona(**fields))
        assert [by_endpoint[endpoint] for endpoint in chain.endpoints] == names
        assert endpoints.chain_of(persona(**fields)) is chain


async def test_a_stand_in_speaks_with_its_own_model_and_the_personas_parameters() -> None:
    who = persona(model="big", extra_body={"top_p": 0.5})
    async with endpoints_of(llm_fallback="fast", own={"fast": {"model": "small"}}) as endpoints:
        first, second = endpoints.chain_of(who).endpoints
        assert (first.model, second.model) == ("big", "small")
        assert [endpoint.peculiarities for endpoint in (first, second)] == ["adds top_p", "adds top_p"]
