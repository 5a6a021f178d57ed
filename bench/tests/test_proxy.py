"""The recording proxy between a client and a server, both real."""

import asyncio
import json
import socket

import aiohttp
from aiohttp import web

from bench.proxy import Exchange, note_answer, recording
from bench.tests.small_endpoint import serving

ASKED = {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Ice?"}], "max_tokens": 9}
ANSWER = {
    "choices": [{"message": {"role": "assistant", "content": "Nine floes."}}],
    "usage": {"prompt_tokens": 30, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 20}},
}
TIMINGS = {"cache_n": 20, "prompt_n": 10, "prompt_ms": 5.5, "predicted_n": 4, "predicted_ms": 8.0}


async def test_a_call_is_passed_on_and_noted() -> None:
    async def answer(request: web.Request) -> web.Response:
        assert await request.json() == ASKED
        assert request.headers["Authorization"] == "Bearer key"
        return web.json_response(ANSWER)

    async with serving(answer) as url, recording(url) as proxy, aiohttp.ClientSession() as client:
        headers = {"Authorization": "Bearer key"}
        async with client.post(f"{proxy.url}/chat/completions", json=ASKED, headers=headers) as response:
            assert await response.json() == ANSWER
        async with client.get(f"{proxy.url}/models") as response:  # no completion: passed on, not noted
            assert response.status == 500
    (call,) = proxy.calls
    assert (call.roles, call.limit, call.status, call.text) == (["system", "user"], 9, 200, "Nine floes.")
    assert (call.prompt, call.cached, call.prefilled, call.answer) == (30, 20, 10, 4)
    assert not call.aborted
    assert call.first_byte_ms is not None
    assert call.first_byte_ms <= call.duration_ms


async def test_the_server_sees_a_client_hang_up() -> None:
    seen = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b'data: {"choices": [{"delta": {"content": "Nine"}}]}\n\n')
        try:
            await asyncio.Event().wait()
        finally:
            seen.set()
        return response

    async with serving(answer) as url, recording(url) as proxy, aiohttp.ClientSession() as client:
        async with client.post(f"{proxy.url}/chat/completions", json=ASKED | {"stream": True}) as response:
            assert b"Nine" in await response.content.readany()
            response.close()
        async with asyncio.timeout(5):
            await seen.wait()
    assert [(call.aborted, call.text) for call in proxy.calls] == [(True, "Nine")]


async def test_a_server_that_is_not_there_is_a_502() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    async with (
        recording(url) as proxy,
        aiohttp.ClientSession() as client,
        client.post(f"{proxy.url}/chat/completions", json=ASKED) as response,
    ):
        assert response.status == 502
    assert [(call.status, call.prompt) for call in proxy.calls] == [(502, None)]


def test_a_stream_is_put_together() -> None:
    call = Exchange(["user"], streamed=True)
    chunks = [
        {"choices": [{"delta": {"content": "Nine "}}]},
        {"choices": [{"delta": {"content": "floes."}}]},
        {"choices": [], "timings": TIMINGS},
    ]
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    note_answer(call, body.encode())
    assert call.text == "Nine floes."
    assert (call.prompt, call.cached, call.prefilled, call.answer) == (30, 20, 10, 4)
    assert (call.prefill_ms, call.decode_ms) == (5.5, 8.0)
