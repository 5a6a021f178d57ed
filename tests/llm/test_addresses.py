"""Addresses as hosts copy them from documentation: with a query, of one call, without the version."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.errors import EndpointRefused, RoundtableError
from bot.llm.address import api_root, has_version
from bot.llm.endpoint import Endpoint
from tests.support.endpoint_stand_in import Answer, ScriptedEndpoint, fails, gives, page

CHECK = "Check LLM_BASE_URL (most end in /v1)."


@asynccontextmanager
async def endpoint_at(url: str, **options: Any) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint(url, **{"retries": 0, "timeout": 5.0} | options)
    try:
        yield endpoint
    finally:
        await endpoint.aclose()


async def ask(endpoint: Endpoint) -> str:
    return (await endpoint.complete("Aino:", temperature=0.7, max_tokens=50)).text


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/v1", "/v1"),
        ("/v1/chat/completions", "/v1"),
        ("/v1/chat/completions/", "/v1"),
        ("/v1/completions", "/v1"),
        ("/v1/models", "/v1"),
        ("/v1/chat", "/v1"),
        ("/openai/deployments/mine/chat/completions", "/openai/deployments/mine"),
        ("/chat/completions", ""),
        # Azure AI Foundry
        ("/models", "/models"),
        ("/models/chat/completions", "/models"),
        ("/api/models", "/api"),
        ("", ""),
        ("/api/chatty", "/api/chatty"),
    ],
)
def test_the_path_of_the_api_in_that_of_a_call(path: str, root: str) -> None:
    assert api_root(path) == root


@pytest.mark.parametrize("path", ["/v1", "/api/v1", "/v1beta/openai", "/openai/v1", "/api/paas/v4", "/api", "/v2/x"])
def test_a_path_that_says_its_version_is_believed(path: str) -> None:
    assert has_version(path)
    assert not has_version("/llm")
    assert not has_version("")


@pytest.mark.parametrize("call", ["", "/", "/chat/completions", "/models"])
@pytest.mark.parametrize("query", ["", "?api-version=2024-10-21"])
async def test_the_address_of_a_call_is_as_good_as_that_of_the_api(
    server: ScriptedEndpoint, call: str, query: str
) -> None:
    async with endpoint_at(f"{server.url}{call}{query}") as endpoint:
        assert await ask(endpoint)
    assert [request.path for request in server.requests] == ["/v1/models", "/v1/chat/completions"]
    expected = {"api-version": "2024-10-21"} if query else {}
    assert all(request.query == expected for request in server.requests)


async def test_azures_address_of_a_deployment(server: ScriptedEndpoint) -> None:
    server.root = "/openai/deployments/mine"
    server.models = fails(404, "Resource not found")
    address = f"{server.url}/chat/completions?api-version=2024-10-21"
    async with endpoint_at(address, model="mine") as endpoint:
        assert await ask(endpoint)
    async with endpoint_at(address) as endpoint:
        with pytest.raises(EndpointRefused, match="has no list of models"):
            await ask(endpoint)


@pytest.mark.parametrize("call", ["", "/", "/chat/completions"])
async def test_foundrys_address_of_its_models(server: ScriptedEndpoint, call: str) -> None:
    server.root = "/models"
    server.models = fails(404, "Resource not found")
    address = f"http://{server.host}/models{call}?api-version=2024-05-01-preview"
    async with endpoint_at(address, model="mine") as endpoint:
        assert await ask(endpoint)


@pytest.mark.parametrize("model", [None, "scripted"])
@pytest.mark.parametrize(
    "elsewhere",
    [gives("404 page not found", 404), gives({"detail": "Not Found"}, 404), page(404), page(200)],
    ids=["Ollama", "vLLM", "a page", "a page with 200"],
)
async def test_a_missing_version_is_found(
    server: ScriptedEndpoint, elsewhere: Answer, model: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    server.elsewhere = elsewhere
    with caplog.at_level(logging.WARNING):
        async with endpoint_at(server.url.removesuffix("/v1"), model=model) as endpoint:
            assert await ask(endpoint)
            assert await ask(endpoint)
            assert endpoint.base_url == server.url
    assert f"nothing is served at the address of {server.host} itself: going on with {server.url}" in caplog.text
    assert len(server.asked) == 2


async def test_a_query_stays_where_a_missing_version_is_found(server: ScriptedEndpoint) -> None:
    async with endpoint_at(f"http://{server.host}?api-version=7") as endpoint:
        assert await ask(endpoint)
        assert await ask(endpoint)
    assert len(server.asked) == 2
    assert all(request.query == {"api-version": "7"} for request in server.requests)


@pytest.mark.parametrize(
    ("elsewhere", "sentence"),
    [
        (
            gives("404 page not found", 404),
            f"serves no chat at this address (HTTP 404). {CHECK}",
        ),
        (page(404), f"serves no chat at this address (HTTP 404). {CHECK}"),
        (page(200), "gave an answer that can't be read. Check LLM_BASE_URL."),
    ],
)
async def test_an_address_where_nothing_is(server: ScriptedEndpoint, elsewhere: Answer, sentence: str) -> None:
    server.root, server.elsewhere = "/somewhere", elsewhere
    async with endpoint_at(f"http://{server.host}", model="scripted") as endpoint:
        with pytest.raises(RoundtableError) as caught:
            await ask(endpoint)
    assert sentence in str(caught.value)
    assert len(server.requests) <= 3


async def test_who_speaks_no_tls_is_told_so(server: ScriptedEndpoint) -> None:
    async with endpoint_at(server.url.replace("http://", "https://"), model="m") as endpoint:
        with pytest.raises(RoundtableError) as caught:
            await ask(endpoint)
    assert "speaks no TLS" in str(caught.value)
    assert "Check whether LLM_BASE_URL should begin with http://." in str(caught.value)
