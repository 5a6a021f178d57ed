"""A recording reverse proxy in front of an OpenAI-compatible server: what was asked, and what the server made of it.

A client that hangs up is passed on: the server sees its own connection close, as it would without the proxy.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp import web

# Headers that belong to one connection, and those that the library sets itself.
_HOP: Final = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "content-encoding"}


@dataclass(slots=True)
class Exchange:
    """One call for a completion. Tokens as the server counted them (None: it did not say); times in milliseconds.

    `limit` is how many tokens the answer may have, as asked. `prefilled` are the tokens of the prompt that the server
    had to read, `prefill_ms` how long that took it. `first_byte_ms` is the first of the answer's body. `aborted`: the
    client hung up before the end.
    """

    roles: list[str]
    limit: int | None = None
    streamed: bool = False
    status: int | None = None
    text: str = ""
    prompt: int | None = None
    cached: int | None = None
    prefilled: int | None = None
    answer: int | None = None
    prefill_ms: float | None = None
    decode_ms: float | None = None
    first_byte_ms: float | None = None
    duration_ms: float = 0.0
    aborted: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class Recording:
    """A running proxy: its address, ending in /v1, and the calls that went through it, in the order they ended."""

    def __init__(self, upstream: str, session: aiohttp.ClientSession) -> None:
        self.url = ""
        self.calls: list[Exchange] = []
        self._origin = upstream.removesuffix("/v1")
        self._session = session

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        asked = _json(body) if request.path.endswith("/chat/completions") else None
        if asked is None:
            return await self._pass_on(request, body, None)
        messages = [m for m in asked.get("messages") or [] if isinstance(m, dict)]
        limit = asked.get("max_tokens", asked.get("max_completion_tokens"))
        roles = [str(message.get("role")) for message in messages]
        call = Exchange(roles, limit, bool(asked.get("stream")), messages=messages)
        started = time.perf_counter()
        call.aborted = True
        try:
            answer = await self._pass_on(request, body, call)
            call.aborted = False
            return answer
        finally:
            call.duration_ms = (time.perf_counter() - started) * 1000
            self.calls.append(call)

    async def _pass_on(self, request: web.Request, body: bytes, call: Exchange | None) -> web.StreamResponse:
        """Forward a request and its answer, piece by piece. Being cancelled closes the connection to the server."""
        started = time.perf_counter()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        try:
            upstream = await self._session.request(
                request.method, self._origin + request.path_qs, data=body, headers=headers
            )
        except aiohttp.ClientConnectionError:
            if call:
                call.status = 502
            return web.json_response(
                {"error": {"message": "The server behind the proxy can't be reached."}}, status=502
            )
        whole = bytearray()
        async with upstream:
            passed = {name: value for name, value in upstream.headers.items() if name.lower() not in _HOP}
            answer = web.StreamResponse(status=upstream.status, headers=passed)
            await answer.prepare(request)
            try:
                async for piece in upstream.content.iter_any():
                    if call and call.first_byte_ms is None:
                        call.first_byte_ms = (time.perf_counter() - started) * 1000
                    whole += piece
                    await answer.write(piece)
                await answer.write_eof()
            finally:
                if call:
                    call.status = upstream.status
                    note_answer(call, bytes(whole))
        return answer


@asynccontextmanager
async def recording(upstream: str) -> AsyncIterator[Recording]:
    """A proxy for the server at `upstream` (its base URL, ending in /v1), on a free port of 127.0.0.1."""
    no_limit = aiohttp.ClientTimeout(total=None)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=no_limit, auto_decompress=False) as session:
        proxy = Recording(upstream, session)
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{path:.*}", proxy.handle)
        # Without this a handler goes on after its client has hung up.
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            proxy.url = f"http://{host}:{port}/v1"
            yield proxy
        finally:
            await asyncio.shield(runner.cleanup())


def note_answer(call: Exchange, body: bytes) -> None:
    """Take text and counts from an answer, whole or streamed, as far as it came."""
    pieces = [line[5:] for line in body.splitlines() if line.startswith(b"data:")] if call.streamed else [body]
    text: list[str] = []
    for data in filter(None, map(_json, pieces)):
        for choice in data.get("choices") or ():
            part = choice.get("delta") or choice.get("message") or {}
            text.append(part.get("content") or "")
        usage, timings = data.get("usage") or {}, data.get("timings") or {}
        details = usage.get("prompt_tokens_details") or {}
        if usage:
            call.prompt, call.answer = usage.get("prompt_tokens"), usage.get("completion_tokens")
            call.cached = details.get("cached_tokens")
        if timings:  # llama.cpp; a stream whose client did not ask for usage has only these
            call.cached, call.prefilled = timings.get("cache_n"), timings.get("prompt_n")
            call.prompt = (call.cached or 0) + (call.prefilled or 0)
            call.answer = timings.get("predicted_n")
            call.prefill_ms, call.decode_ms = timings.get("prompt_ms"), timings.get("predicted_ms")
    if call.prefilled is None and call.prompt is not None:
        call.prefilled = call.prompt - (call.cached or 0)
    call.text = "".join(text)


def _json(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:  # "[DONE]", half a line
        return None
    return found if isinstance(found, dict) else None
