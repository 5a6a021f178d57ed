"""Answers that come piece by piece: read into what they would have been whole, and bounded by the pauses in them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.errors import EndpointDown
from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from bot.llm.request_options import RequestOptions
from tests.support.endpoint_stand_in import (
    Answer,
    ScriptedEndpoint,
    delta,
    event,
    fails,
    gives,
    says,
    streams,
)

SAID = "Grüße, 世界 🍞!"
USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 5}}
END = delta(finish_reason="stop"), event({"choices": [], "usage": USAGE}), event("[DONE]")
SOON = {"retry_after_ms": "5"}
STREAMED = RequestOptions(stream=True)


@asynccontextmanager
async def client(server: ScriptedEndpoint, **options: Any) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint(server.url, **{"model": "m", "retries": 0, "timeout": 5.0, "options": STREAMED} | options)
    try:
        yield endpoint
    finally:
        await endpoint.aclose()


async def ask(endpoint: Endpoint) -> Completion:
    return await endpoint.complete("Aino:", temperature=0.7, max_tokens=50)


async def answer_to(server: ScriptedEndpoint, *answers: Answer, **options: Any) -> Completion:
    server.enqueue(*answers)
    async with client(server, **options) as endpoint:
        return await ask(endpoint)


async def test_the_request_asks_for_a_stream_and_for_what_it_cost(server: ScriptedEndpoint) -> None:
    completion = await answer_to(server, streams(delta("Good "), delta("evening."), *END))
    assert (completion.text, completion.finish_reason) == ("Good evening.", "stop")
    assert (completion.prompt_tokens, completion.cached_tokens, completion.completion_tokens) == (9, 5, 4)
    (request,) = server.asked
    assert (request.body["stream"], request.body["stream_options"]) == (True, {"include_usage": True})


async def test_usage_that_a_server_does_not_tell_in_streams_is_done_without(server: ScriptedEndpoint) -> None:
    refusal = fails(400, "Unsupported parameter: 'stream_options' is not supported.")
    completion = await answer_to(server, refusal, streams(delta("Good evening."), *END))
    assert completion.text == "Good evening."
    assert [("stream" in r.body, "stream_options" in r.body) for r in server.asked] == [(True, True), (True, False)]


def cut_into(size: int, *events: str) -> Answer:
    data = "".join(events).encode()
    return streams(*(data[i : i + size] for i in range(0, len(data), size)))


HALF = 'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n'
THOUGHT = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]


@pytest.mark.parametrize(
    "answer",
    [
        streams(event({"choices": [{"delta": {"role": "assistant", "content": ""}}]}), delta(SAID), *END),
        cut_into(1, delta(SAID), *END),
        cut_into(7, ": OPENROUTER PROCESSING\n\n", delta(SAID[:3]), ": ping\n\n", delta(SAID[3:]), *END),
        streams("".join([delta(SAID), *END]).replace("\n", "\r\n")),
        cut_into(3, "".join([delta(SAID), *END]).replace("\n", "\r\n")),
        streams("".join([delta(SAID), *END]).replace("\n", "\r")),
        streams(*(delta(sign) for sign in SAID), *END),
        streams(delta("Grüße, 世界 "), *(HALF % half for half in ("\\ud83c", "\\udf5e!")), *END),
        streams(f"event: message\nid: 7\nretry: 10\n{delta(SAID)}", *END),
        streams('data: {"choices":\ndata: [{"delta": {"content": "' + SAID + '"}}]}\n\n', *END),
        streams(delta(SAID), delta(finish_reason="stop")),
        streams(delta(SAID, finish_reason="stop"), "data: [DONE]"),
        streams(delta(SAID), event("[DONE]"), delta("What comes after the end.")),
        streams(delta(SAID), delta(finish_reason="stop"), cut=True),
        streams(event({"choices": [{"index": 1, "delta": {"content": "Another choice."}}]}), delta(SAID), *END),
        streams(event({"choices": [{"message": {"content": SAID}, "finish_reason": "stop"}]})),
        streams(event({"choices": None, "usage": None}), event({"choices": [{"delta": None}]}), delta(SAID), *END),
        streams(delta(None, content=THOUGHT), delta(SAID), *END),
        says(SAID),
    ],
    ids=[
        "role first", "byte by byte", "with comments", "CRLF", "CRLF cut", "CR", "sign by sign", "halves of a sign",
        "other fields", "two lines of data", "no DONE", "DONE without a line", "after DONE", "cut after the end",
        "two choices", "a message", "nonsense between", "parts", "not streamed",
    ],
)  # fmt: skip
async def test_however_it_comes_it_is_the_same(server: ScriptedEndpoint, answer: Answer) -> None:
    assert (await answer_to(server, answer)).text == SAID
    assert len(server.asked) == 1


@pytest.mark.parametrize("beside", ["reasoning_content", "reasoning"])
async def test_a_thought_in_pieces_is_a_thought(server: ScriptedEndpoint, beside: str) -> None:
    thought = (delta(None, **{beside: "Let me "}), delta(None, **{beside: "see."}))
    completion = await answer_to(server, streams(*thought, delta("Good "), delta("evening."), *END))
    assert completion.reasoned
    assert completion.text == "Good evening."


async def test_a_server_that_streams_unasked_is_read(server: ScriptedEndpoint) -> None:
    completion = await answer_to(server, streams(delta("Good "), delta("evening."), *END), options=RequestOptions())
    assert (completion.text, completion.completion_tokens) == ("Good evening.", 4)
    assert "stream" not in server.asked[0].body


@pytest.mark.parametrize(
    "broken",
    [
        streams(delta("The half of an"), cut=True),
        streams(delta("The half of an")),
        streams(delta("The half of an"), event('{"choices": [{"del')),
        streams(": keep-alive\n\n"),
        streams(delta("The half of an"), asyncio.Event()),
        streams(delta("The half of an"), event({"error": {"message": "Provider disconnected", "code": 502}})),
        streams(delta("The half of an"), event({"object": "error", "message": "out of memory", "code": 500})),
        streams(delta("The half of an"), 'event: error\ndata: {"message": "out of memory"}\n\n'),
        fails(503, **SOON),
    ],
    ids=["cut", "ended", "no JSON", "empty", "stalled", "error", "vLLM's error", "error event", "status"],
)
async def test_an_answer_that_breaks_off_is_no_turn_and_is_asked_for_again(
    server: ScriptedEndpoint, broken: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    completion = await answer_to(server, broken, streams(delta("Good evening."), *END), retries=1, timeout=0.5)
    assert completion.text == "Good evening."
    assert len(server.asked) == 2


async def test_what_keeps_breaking_off_is_a_fault(server: ScriptedEndpoint) -> None:
    with pytest.raises(EndpointDown):
        await answer_to(server, streams(delta("The half of an"), cut=True))


async def test_it_is_the_pauses_that_are_bounded_not_the_whole(server: ScriptedEndpoint) -> None:
    gates = [asyncio.Event() for _ in range(4)]

    async def open_slowly() -> None:
        for gate in gates:
            await asyncio.sleep(0.35)
            gate.set()

    server.enqueue(streams(*(piece for gate in gates for piece in (delta("word "), gate)), *END))
    async with client(server, timeout=1.0) as endpoint:
        completion, _ = await asyncio.gather(ask(endpoint), open_slowly())
    assert completion.text.split() == ["word"] * 4


async def test_keeping_a_connection_alive_says_nothing(server: ScriptedEndpoint) -> None:
    server.enqueue(streams(*[": ping\n\n"] * 3, asyncio.Event()))
    async with client(server, timeout=0.3) as endpoint:
        with pytest.raises(EndpointDown, match="took too long"):
            await ask(endpoint)


async def test_an_answer_that_does_not_end_is_left(server: ScriptedEndpoint) -> None:
    server.enqueue(streams(*[delta("x" * 300_000)] * 8, asyncio.Event()))
    async with client(server) as endpoint:
        with pytest.raises(EndpointDown):
            await ask(endpoint)


async def test_breaking_off_a_call_closes_the_connection_at_once(server: ScriptedEndpoint) -> None:
    server.enqueue(streams(delta("The half of an"), asyncio.Event()))
    async with client(server, timeout=60.0) as endpoint:
        call = asyncio.create_task(ask(endpoint))
        await server.until_asked(1)
        call.cancel()
        await asyncio.wait_for(server.disconnected.wait(), 5)
        with pytest.raises(asyncio.CancelledError):
            await call
        server.enqueue(streams(delta("Good evening."), *END))
        assert (await ask(endpoint)).text == "Good evening."


async def test_an_answer_in_one_piece_that_is_refused_is_explained(server: ScriptedEndpoint) -> None:
    with pytest.raises(EndpointDown, match="HTTP 503"):
        await answer_to(server, gives({"error": {"message": "no"}}, 503))
