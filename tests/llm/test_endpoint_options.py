"""What hosts and persona files set of how a model is asked: the server gets it so, and no log holds a secret."""

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.discussion.model.persona import Persona
from bot.errors import EndpointRefused
from bot.llm.endpoint_registry import EndpointRegistry
from bot.llm.factory import open_endpoints
from bot.logs import set_up_logging
from bot.settings import Settings
from tests.support.endpoint_stand_in import ScriptedEndpoint, fails, gives, model_list, scripted_endpoint

PREAMBLE = "These sit at the table: …\n\n"
PROMPT = f"{PREAMBLE}Mira: Hello.\nAino:"


def settings_of(server: ScriptedEndpoint, **values: Any) -> Settings:
    return Settings(_env_file=None, **{"llm_base_url": server.url, "llm_retries": 0} | values)  # type: ignore[call-arg]


@asynccontextmanager
async def endpoints_with(server: ScriptedEndpoint, **values: Any) -> AsyncIterator[tuple[EndpointRegistry, Settings]]:
    settings = settings_of(server, **values)
    async with open_endpoints(settings) as endpoints:
        await endpoints.discover_all()
        yield endpoints, settings


def persona(**fields: Any) -> Persona:
    return Persona.model_validate({"name": "Aino", "full_name": "Aino", "prompt": "You are one."} | fields)


async def ask(endpoints: EndpointRegistry, who: Persona | None = None, **options: Any) -> str:
    ask = {"temperature": 0.7, "max_tokens": 50, "stop": ("\nMira:",), "preamble": PREAMBLE} | options
    return (await endpoints.of(who or persona()).complete(PROMPT, **ask)).text


# --- parameters ---


@pytest.mark.parametrize(
    ("settings", "fields", "added", "missing"),
    [
        ({}, {}, {"temperature": 0.7}, {"top_p", "stream", "stream_options"}),
        ({"llm_extra_body": '{"top_p": 0.5}'}, {}, {"top_p": 0.5, "temperature": 0.7}, set()),
        ({"llm_extra_body": '{"temperature": 1.3}'}, {}, {"temperature": 1.3}, set()),
        ({"llm_extra_body": '{"temperature": null}'}, {}, {}, {"temperature"}),
        (
            {"llm_extra_body": '{"top_p": 0.5, "min_p": 0.1}'},
            {"extra_body": {"top_p": 0.9}},
            {"top_p": 0.9, "min_p": 0.1},
            {},
        ),
        ({"llm_extra_body": '{"top_p": 0.5}'}, {"extra_body": {"top_p": None}}, {}, {"top_p"}),
        (
            {"llm_extra_body": '{"chat_template_kwargs": {"a": 1, "b": 2}}'},
            {"extra_body": {"chat_template_kwargs": {"b": 3}}},
            {"chat_template_kwargs": {"a": 1, "b": 3}},
            set(),
        ),
        ({"llm_omit": "stop,temperature"}, {}, {"max_tokens": 50}, {"stop", "temperature"}),
        ({"llm_omit": "stop"}, {"omit": ["temperature"]}, {"stop": ["\nMira:"]}, {"temperature"}),
        ({"llm_omit": "stop"}, {"omit": []}, {"stop": ["\nMira:"]}, set()),
    ],
)
async def test_parameters_of_hosts_and_personas(
    server: ScriptedEndpoint,
    settings: dict[str, str],
    fields: dict[str, Any],
    added: dict[str, Any],
    missing: set[str],
) -> None:
    async with endpoints_with(server, **settings) as (endpoints, _):
        await ask(endpoints, persona(**fields))
    (request,) = server.asked
    assert request.body.items() >= {"model": "scripted", **added}.items()
    assert not set(missing) & request.body.keys()


async def test_a_parameter_that_the_server_refuses_is_left_out_from_then_on(server: ScriptedEndpoint) -> None:
    server.enqueue(fails(400, "Unsupported parameter: 'temperature' is not supported with this model."))
    async with endpoints_with(server, llm_extra_body='{"temperature": 1.3}') as (endpoints, _):
        await ask(endpoints)
        await ask(endpoints, persona(extra_body={"temperature": 0.2}))
    assert ["temperature" in r.body for r in server.asked] == [True, False, False]


async def test_personas_of_one_model_share_what_is_known_of_it(server: ScriptedEndpoint) -> None:
    server.models = gives(model_list("one", max_model_len=4096))
    async with endpoints_with(server) as (endpoints, _):
        cast = [persona(), persona(extra_body={"top_p": 0.9}), persona(name="Ravi", extra_body={"top_p": 0.9})]
        assert [endpoints.of(who).window for who in cast] == [4096] * 3, "none of them has asked for it"
        assert endpoints.of(cast[1]) is endpoints.of(cast[2])
        for who in cast:
            await ask(endpoints, who)
    assert [r.body.get("top_p") for r in server.asked] == [None, 0.9, 0.9]


async def test_whether_the_model_is_well_is_asked_with_the_same_parameters(server: ScriptedEndpoint) -> None:
    async with endpoints_with(server, llm_extra_body='{"top_p": 0.5}', llm_omit="temperature") as (endpoints, _):
        assert await endpoints.of(persona(extra_body={"min_p": 0.1})).is_well()
    body = server.asked[-1].body
    assert (body["top_p"], body["min_p"], "temperature" in body) == (0.5, 0.1, False)


# --- roles ---


@pytest.mark.parametrize(
    ("layout", "own", "messages"),
    [
        ("user", None, [("user", PROMPT)]),
        ("system", None, [("system", PREAMBLE.strip()), ("user", "Mira: Hello.\nAino:")]),
        ("system", "user", [("user", PROMPT)]),
        ("user", "system", [("system", PREAMBLE.strip()), ("user", "Mira: Hello.\nAino:")]),
    ],
)
async def test_what_stays_the_same_is_a_system_message_where_wanted(
    server: ScriptedEndpoint, layout: str, own: str | None, messages: list[tuple[str, str]]
) -> None:
    server.takes_system_messages = True
    async with endpoints_with(server, llm_layout=layout) as (endpoints, _):
        await ask(endpoints, persona(layout=own))
    assert [(m["role"], m["content"]) for m in server.asked[0].body["messages"]] == messages


async def test_a_prompt_without_a_beginning_that_stays_is_one_user_message(server: ScriptedEndpoint) -> None:
    async with endpoints_with(server, llm_layout="system") as (endpoints, _):
        await ask(endpoints, preamble="")
    assert [[m["role"] for m in r.body["messages"]] for r in server.asked] == [["user"]]


async def test_whether_the_model_is_well_is_asked_in_the_layout_of_a_turn(server: ScriptedEndpoint) -> None:
    """So that what refuses system messages is noticed by `check`, and by whatever asks before a table goes on."""
    async with endpoints_with(server, llm_layout="system") as (endpoints, _):
        assert await endpoints.default.is_well(), "and it is asked without from then on"
        assert await ask(endpoints, persona())
    roles = [[m["role"] for m in r.body["messages"]] for r in server.asked]
    assert roles == [["system", "user"], ["user"], ["user"]]


# --- headers, query, address ---


async def test_headers_and_query_go_with_every_call(server: ScriptedEndpoint) -> None:
    values = {
        "llm_base_url": f"{server.url}/chat/completions?api-version=2024-10-21",
        "llm_api_key": "sk-of-the-host",
        "llm_extra_headers": '{"X-Title": "Round table", "user-agent": "roundtable"}',
        "llm_extra_query": '{"region": "north & west"}',
    }
    # The second answer comes by the SDK's own way, after the first try.
    server.enqueue(fails(500, retry_after_ms="5"))
    async with endpoints_with(server, llm_retries=1, **values) as (endpoints, _):
        await ask(endpoints)
        assert endpoints.default.base_url == server.url
    assert {r.path for r in server.requests} == {"/v1/models", "/v1/chat/completions"}
    assert len(server.asked) == 2
    for request in server.requests:
        assert request.query == {"api-version": "2024-10-21", "region": "north & west"}
        assert request.headers["x-title"] == "Round table"
        assert request.headers["user-agent"] == "roundtable"
        assert request.headers["authorization"] == "Bearer sk-of-the-host"


async def test_a_header_takes_the_place_of_the_key(server: ScriptedEndpoint) -> None:
    headers = '{"authorization": "Basic aHVzaC1odXNo"}'
    async with endpoints_with(server, llm_api_key="sk-of-the-host", llm_extra_headers=headers) as (endpoints, _):
        await ask(endpoints)
    assert {r.headers["authorization"] for r in server.requests} == {"Basic aHVzaC1odXNo"}


async def test_a_header_that_is_the_key_comes_without_another_one(server: ScriptedEndpoint) -> None:
    async with endpoints_with(server, llm_extra_headers='{"api-key": "hush-hush"}') as (endpoints, _):
        await ask(endpoints)
    assert {r.headers.get("authorization") for r in server.requests} == {None}
    assert {r.headers["api-key"] for r in server.requests} == {"hush-hush"}


async def test_what_is_about_one_server_is_sent_to_no_other(server: ScriptedEndpoint) -> None:
    async with scripted_endpoint() as fast:
        values = {
            "llm_extra_body": '{"top_p": 0.5}',
            "llm_extra_headers": '{"X-Key": "hush-header"}',
            "llm_extra_query": '{"key": "hush-query"}',
            "llm_omit": "stop",
            "endpoint": {"fast": {"base_url": fast.url, "extra_body": {"min_p": 0.2}, "extra_headers": {"X-Own": "1"}}},
        }
        async with endpoints_with(server, **values) as (endpoints, _):
            await ask(endpoints, persona(endpoint="fast"))
        (request,) = fast.asked
        assert (request.query, request.body["min_p"], request.body["stop"]) == ({}, 0.2, ["\nMira:"])
        assert "top_p" not in request.body
        assert request.headers["x-own"] == "1"
        assert "x-key" not in request.headers


# --- what is said of it ---


@pytest.fixture
def written_log(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[Settings], str]]:
    """Out: sets up logging for these settings, and gives what was logged since the last call."""
    root = logging.getLogger()
    before = root.handlers[:], root.level

    def log(settings: Settings) -> str:
        set_up_logging("DEBUG", settings.secrets)
        return capsys.readouterr().err

    yield log
    root.handlers[:], level = before
    root.setLevel(level)


async def test_a_server_that_quotes_what_is_secret_is_quoted_without(
    server: ScriptedEndpoint, written_log: Callable[[Settings], str]
) -> None:
    values = {
        "llm_extra_headers": {"Authorization": "Bearer hush-bearer-1", "CF-Access-Client-Secret": "hush cloud"},
        "llm_extra_query": {"key": "hush-in-query"},
    }
    written_log(settings_of(server, **values))
    server.answer = lambda request: fails(400, f"I don't like {request.headers['authorization']} {request.query}.")
    async with endpoints_with(server, **values) as (endpoints, settings):
        with pytest.raises(EndpointRefused) as refused:
            await ask(endpoints)
        logging.getLogger("test").error("%s %r", settings, settings.llm_extra_headers)
    assert "I don't like" in str(refused.value)
    assert "hush" not in str(refused.value)
    log = written_log(settings)
    assert "headers Authorization, CF-Access-Client-Secret; query key" in log
    assert "/v1/models?key=…" in log
    assert "hush" not in log


async def test_the_log_says_at_the_start_what_is_set_but_no_values(
    server: ScriptedEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    values = {
        "llm_extra_body": json.dumps({"top_p": 0.5, "seed": 4711}),
        "llm_omit": "stop",
        "llm_stream": "true",
        "llm_layout": "system",
        "llm_extra_headers": '{"X-Title": "4712"}',
    }
    with caplog.at_level(logging.INFO):
        async with endpoints_with(server, **values):
            pass
    said = f"the endpoint at {server.url}: adds top_p, seed; never sends stop; streams; has a system message"
    assert f"{said}; headers X-Title" in caplog.text
    assert "471" not in caplog.text.replace(server.url, "")
