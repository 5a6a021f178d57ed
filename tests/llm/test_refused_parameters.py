"""What a server does not take of a request: it is left out, renamed or kept in bounds, and asked so from then on."""

import asyncio
from typing import Any

import pytest

from bot.errors import ContextOverflow, EndpointDown, EndpointRefused
from tests.support.asked_endpoint import ask, client
from tests.support.endpoint_stand_in import (
    Answer,
    ScriptedEndpoint,
    fails,
    gives,
    model_list,
    overflow,
    says,
)

SOON = {"retry_after_ms": "5"}  # spares the tests the SDK's own backoff


@pytest.mark.parametrize("message", ["Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."])
async def test_the_limit_is_sent_under_the_name_that_the_model_takes(server: ScriptedEndpoint, message: str) -> None:
    server.enqueue(fails(400, message))
    async with client(server) as endpoint:
        await ask(endpoint, max_tokens=33)
        await ask(endpoint, max_tokens=34)
    limits = [{k: v for k, v in r.body.items() if k.startswith("max_")} for r in server.asked]
    assert limits == [{"max_tokens": 33}, {"max_completion_tokens": 33}, {"max_completion_tokens": 34}]


async def test_several_calls_at_once_all_find_the_new_name(server: ScriptedEndpoint) -> None:
    gate = asyncio.Event()

    def answer(request: Any) -> Answer:
        if "max_tokens" in request.body:
            body = fails(400, "Use 'max_completion_tokens' instead.").body
            return Answer(status=400, body=body, until=gate)
        return says("There.")

    server.answer = answer
    async with client(server, model="m") as endpoint:
        calls = [asyncio.create_task(ask(endpoint)) for _ in range(3)]
        await server.until_asked(3)
        gate.set()
        assert [c.text for c in await asyncio.gather(*calls)] == ["There."] * 3


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("temperature", "Unsupported value: 'temperature' does not support 0.7 with this model. Only 1 is supported."),
        ("stop", "Unsupported parameter: 'stop' is not supported with this model."),
    ],
)
async def test_what_a_model_refuses_is_left_out_from_then_on(
    server: ScriptedEndpoint, field: str, message: str
) -> None:
    server.enqueue(fails(400, message))
    async with client(server) as endpoint:
        for _ in range(2):
            assert (await ask(endpoint, stop=("\nMira:",))).text
        assert [field in r.body for r in server.asked] == [True, False, False]
        assert all(other in r.body for r in server.asked for other in {"temperature", "stop"} - {field})
        # Another model may take it.
        server.models = gives(model_list("newer"))
        server.enqueue(fails(404))
        with pytest.raises(EndpointRefused):
            await ask(endpoint)
        await ask(endpoint, stop=("\nMira:",))
        assert field in server.asked[-1].body


FORM = {"type": "object", "properties": {"choice": {"enum": ["A", "B"]}}, "required": ["choice"]}


async def test_an_answer_may_be_held_to_a_form(server: ScriptedEndpoint) -> None:
    async with client(server) as endpoint:
        await ask(endpoint, form=FORM)
        await ask(endpoint)
    assert server.asked[0].body["response_format"]["json_schema"]["schema"] == FORM
    assert "response_format" not in server.asked[1].body


@pytest.mark.parametrize(
    ("status", "message", "is_learnt"),
    [
        (400, "Unsupported parameter: 'response_format'.", True),
        (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with model `m`.", True),
        (400, "This response_format type is unavailable now", False),  # DeepSeek
        (400, "This model does not support response format `json_schema`.", True),  # Groq
        (400, "'response_format.type' must be 'json_schema' or 'text'", True),  # LM Studio
        (400, "Failed to parse grammar", False),  # llama.cpp
        (422, "body.response_format.type: Input should be 'json_object' or 'text'", True),  # pydantic
        (500, "JSON schema conversion failed", False),  # Jan
        (500, "", False),  # Foundry
        (501, "structured outputs are not implemented", True),
    ],
)
async def test_whatever_a_server_has_against_a_form_it_is_asked_without(
    server: ScriptedEndpoint, status: int, message: str, is_learnt: bool
) -> None:
    """Once and for all where the refusal names it; else each time, since it may have been a fault of another kind."""
    server.answer = lambda request: fails(status, message) if "response_format" in request.body else says("B")
    async with client(server, retries=0) as endpoint:
        assert [(await ask(endpoint, form=FORM)).text for _ in range(2)] == ["B", "B"]
        sent = ["response_format" in request.body for request in server.asked]
        assert sent == ([True, False, False] if is_learnt else [True, False, True, False])


@pytest.mark.parametrize(
    ("answer", "raised"),
    [(fails(401), EndpointRefused), (fails(503), EndpointDown), (overflow("vLLM"), ContextOverflow)],
    ids=["key", "overloaded", "too long"],
)
async def test_a_fault_of_another_kind_is_not_blamed_on_the_form(
    server: ScriptedEndpoint, answer: Answer, raised: type[Exception]
) -> None:
    server.answer = lambda _: answer
    async with client(server, retries=0) as endpoint:
        with pytest.raises(raised):
            await ask(endpoint, form=FORM)
    assert len(server.asked) == 1


async def test_a_model_may_refuse_one_thing_after_the_other(server: ScriptedEndpoint) -> None:
    server.enqueue(
        fails(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        fails(400, "Unsupported value: 'temperature' does not support 0.7 with this model."),
        fails(400, "Unsupported parameter: 'stop' is not supported with this model."),
    )
    async with client(server) as endpoint:
        assert (await ask(endpoint, stop=("\nMira:",))).text
    assert set(server.asked[-1].body) == {"model", "messages", "max_completion_tokens"}


async def test_a_value_that_is_wrong_is_no_reason_to_leave_it_out(server: ScriptedEndpoint) -> None:
    server.enqueue(fails(400, "temperature must be at least 0"))
    async with client(server) as endpoint:
        with pytest.raises(EndpointRefused):
            await ask(endpoint)
    assert len(server.asked) == 1
