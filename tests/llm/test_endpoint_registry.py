"""Which endpoint and model a persona speaks through, and what models of one endpoint share."""

import asyncio
import logging
from typing import Any

import pytest

from bot.discussion.model.persona import Persona
from bot.errors import EndpointDown, EndpointRefused
from bot.llm.dummy.chat_request import MODEL
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.llm.factory import open_endpoints
from bot.settings import Settings
from tests.support.endpoint_stand_in import ScriptedEndpoint, fails, gives, held, model_list, scripted_endpoint

KEY, OTHER_KEY = "sk-the-default-one", "sk-the-fast-one"


def persona(name: str = "Aino", **fields: Any) -> Persona:
    return Persona(name=name, full_name=name, prompt="You are one.", **fields)


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **{"llm_retries": 0} | values)  # type: ignore[call-arg]


async def ask(endpoint: Endpoint) -> str:
    return (await endpoint.complete("Aino:", temperature=0.7, max_tokens=50)).text


async def test_personas_speak_through_what_they_name() -> None:
    async with scripted_endpoint(models=["big", "bigger"]) as default, scripted_endpoint(models=["small"]) as fast:
        named = {"fast": {"base_url": fast.url, "api_key": OTHER_KEY}}
        chosen = settings(llm_base_url=default.url, llm_api_key=KEY, endpoint=named)
        async with open_endpoints(chosen) as endpoints:
            for who in (
                persona(),
                persona(model="bigger"),
                persona(endpoint="fast"),
                persona(endpoint="FAST", model="smaller"),
            ):
                await ask(endpoints.of(who))
        assert [r.body["model"] for r in default.asked] == ["big", "bigger"]
        assert [r.body["model"] for r in fast.asked] == ["small", "smaller"]
        assert {r.headers["authorization"] for r in default.requests} == {f"Bearer {KEY}"}
        assert {r.headers["authorization"] for r in fast.requests} == {f"Bearer {OTHER_KEY}"}


async def test_an_endpoint_has_no_key_unless_its_own() -> None:
    async with scripted_endpoint() as default, scripted_endpoint() as fast:
        chosen = settings(llm_base_url=default.url, llm_api_key=KEY, endpoint={"fast": {"base_url": fast.url}})
        async with open_endpoints(chosen) as endpoints:
            await ask(endpoints.of(persona(endpoint="fast")))
        assert KEY not in str([r.headers for r in fast.requests])


async def test_limits_of_its_own_else_those_of_the_default() -> None:
    async with scripted_endpoint() as default, scripted_endpoint() as fast:
        named = {
            "fast": {"base_url": fast.url, "retries": 0, "context": 600},
            "patient": {"base_url": fast.url},
        }
        chosen = settings(llm_base_url=default.url, llm_retries=1, llm_context=1000, endpoint=named)
        async with open_endpoints(chosen) as endpoints:
            soon = {"retry_after_ms": "5"}
            fast.enqueue(fails(500, **soon), fails(500, **soon), "There.")
            with pytest.raises(EndpointDown):
                await ask(endpoints.of(persona(endpoint="fast")))
            assert await ask(endpoints.of(persona(endpoint="patient"))) == "There."
            windows = [endpoints.of(persona(endpoint=name)).window for name in (None, "fast", "patient")]
        assert windows == [1000, 600, None], "a window is one server's"


async def test_the_models_of_an_endpoint_share_its_calls_in_flight_and_nothing_else() -> None:
    async with scripted_endpoint() as server:
        server.models = gives(model_list("one", "two", max_model_len=4096))
        endpoints = EndpointRegistry(Endpoint(server.url, model="one", concurrency=2, retries=0))
        one, two = endpoints.of(persona()), endpoints.of(persona(model="two"))
        assert endpoints.of(persona("Ravi", model="two")) is two
        server.enqueue(fails(400, "Unsupported parameter: 'temperature' is not supported with this model."))
        server.chars_per_token = 2.0
        await ask(two)
        await ask(one)
        assert ["temperature" in r.body for r in server.asked] == [True, False, True]
        gate = asyncio.Event()
        server.enqueue(*[held(gate)] * 6)
        calls = [asyncio.create_task(ask(endpoint)) for endpoint in (one, two) * 3]
        await server.until_asked(5)
        gate.set()
        await asyncio.gather(*calls)
        assert server.most_in_flight == 2
        await endpoints.aclose()


async def test_an_endpoint_that_is_gone_from_the_settings() -> None:
    endpoints = EndpointRegistry(Endpoint("http://127.0.0.1:9/v1"))
    with pytest.raises(EndpointRefused) as refused:
        endpoints.of(persona(endpoint="fast"))
    assert str(refused.value) == (
        "Aino speaks through the endpoint “fast”, which is not in the settings any more. Whoever hosts the bot can set "
        "ENDPOINT_FAST_BASE_URL again; without Aino at the table it can be resumed at once."
    )
    assert endpoints.model_of(persona(endpoint="fast")) is None
    await endpoints.aclose()


async def test_the_model_of_whoever_stood_in_is_told() -> None:
    url = "http://127.0.0.1:9/v1"
    endpoints = EndpointRegistry(Endpoint(url, model="small"), {"fast": Endpoint(url, model="quick")})
    own = persona(model="large")
    assert endpoints.model_of(own) == "large"
    assert [endpoints.model_of(own, instead=name) for name in ("fast", "default", "gone")] == ["quick", "small", None]
    await endpoints.aclose()


@pytest.mark.parametrize(
    ("answer", "who", "sentence"),
    [
        (fails(401), {"endpoint": "fast"}, "Check ENDPOINT_FAST_API_KEY."),
        (fails(404), {"endpoint": "fast"}, "Check ENDPOINT_FAST_MODEL and ENDPOINT_FAST_BASE_URL."),
        (
            fails(404),
            {"endpoint": "fast", "model": "x"},
            "has no model “x” (HTTP 404). Check the persona's “model” and ENDPOINT_FAST_BASE_URL.",
        ),
        (fails(404), {"model": "x"}, "Check the persona's “model” and LLM_BASE_URL."),
        (gives("null"), {"endpoint": "fast"}, "can't be read. Check ENDPOINT_FAST_BASE_URL."),
    ],
)
async def test_a_sentence_names_the_settings_of_the_endpoint(
    server: ScriptedEndpoint, answer: Any, who: dict[str, str], sentence: str
) -> None:
    chosen = settings(llm_base_url=server.url, endpoint={"fast": {"base_url": server.url, "api_key": OTHER_KEY}})
    server.enqueue(answer)
    async with open_endpoints(chosen) as endpoints:
        with pytest.raises((EndpointRefused, EndpointDown)) as caught:
            await ask(endpoints.of(persona(**who)))
    assert str(caught.value).startswith(f"The LLM endpoint at {server.host} ")
    assert sentence in str(caught.value)
    assert OTHER_KEY not in str(caught.value)


async def test_without_a_default_the_dummy_stands_in_for_those_who_name_none(
    server: ScriptedEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with open_endpoints(settings(endpoint={"fast": {"base_url": server.url}})) as endpoints:
            assert await endpoints.of(persona(model="small-7b")).discover() == MODEL
            assert await endpoints.of(persona(endpoint="fast")).discover() == "scripted"
    assert "LLM_BASE_URL is not set: personas that name no endpoint babble from the embedded" in caplog.text
