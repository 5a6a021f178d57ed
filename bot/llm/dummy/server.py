"""The embedded dummy: an OpenAI-compatible endpoint that needs no model, so that the bot can be seen at work at once.

Shapes and errors follow OpenAI's API reference for chat completions; `max_model_len` is vLLM's addition to a model.
"""

import asyncio
import hashlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any, Final

from aiohttp import web

from bot.llm.dummy.chat_request import (
    MODEL,
    BadRequest,
    ChatRequest,
    check_model,
    check_roles,
    parse_request,
    tokens,
)
from bot.llm.dummy.markov import MarkovGenerator

MAX_BODY: Final = 4 * 1024 * 1024
# How many prompts the imaginary prefix cache holds.
CACHED_PROMPTS: Final = 16
# An answer waiting out its delay must not hold up the end of the program for longer than this, in seconds.
SHUTDOWN: Final = 0.5


def create_dummy(
    *, seed: int = 0, delay: float = 0.0, max_model_len: int = 8192, strict_roles: bool = False
) -> web.Application:
    """The dummy endpoint as an application.

    In: `seed`, which together with a request decides the answer; `delay`, seconds until an answer is complete (a
    stream spreads its chunks over them); `max_model_len`, the advertised context window in tokens; `strict_roles`,
    whether what a strict chat template does not take is refused (see `check_roles`).
    """
    dummy = _Dummy(seed, delay, max_model_len, strict_roles)
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_errors_as_json])
    app.cleanup_ctx.append(dummy.learn)
    app.add_routes(
        [
            web.get("/health", dummy.health),
            web.get("/v1/models", dummy.models),
            web.get("/v1/models/{id:.+}", dummy.model),
            web.post("/v1/chat/completions", dummy.complete),
        ]
    )
    return app


@asynccontextmanager
async def serve_dummy(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 0,
    delay: float = 0.0,
    max_model_len: int = 8192,
    strict_roles: bool = False,
) -> AsyncIterator[str]:
    """Serve the dummy while the context is open; yields its base URL (`http://127.0.0.1:PORT/v1`).

    `port` 0 takes any free one. Raises OSError if the port is taken.
    """
    app = create_dummy(seed=seed, delay=delay, max_model_len=max_model_len, strict_roles=strict_roles)
    # With cancellation, an answer nobody waits for any more does not sleep out its delay.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        address, bound, *_ = runner.addresses[0]
        yield f"http://[{address}]:{bound}/v1" if ":" in address else f"http://{address}:{bound}/v1"
    finally:
        await runner.cleanup()


class _Dummy:
    def __init__(self, seed: int, delay: float, max_model_len: int, strict_roles: bool) -> None:
        self._seed, self._delay, self._max_model_len = seed, delay, max_model_len
        self._strict_roles = strict_roles
        self._created = int(time.time())
        self._seen: deque[list[str]] = deque(maxlen=CACHED_PROMPTS)
        self._generator: asyncio.Task[MarkovGenerator] | None = None

    async def learn(self, _: web.Application) -> AsyncIterator[None]:
        """Build the chain in a thread, so that neither the start nor the event loop waits for it."""
        self._generator = asyncio.create_task(asyncio.to_thread(MarkovGenerator))
        yield
        await asyncio.wait([self._generator])

    async def health(self, _: web.Request) -> web.Response:
        return web.Response()

    async def models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [self._card()]})

    async def model(self, request: web.Request) -> web.Response:
        check_model(request.match_info["id"])
        return web.json_response(self._card())

    async def complete(self, request: web.Request) -> web.StreamResponse:
        chat = parse_request(await _json_body(request))
        if self._strict_roles:
            check_roles(chat.messages)
        prompt = tokens(chat.prompt)
        if len(prompt) > self._max_model_len:
            raise BadRequest(
                f"This model's maximum context length is {self._max_model_len} tokens. However, your messages resulted"
                f" in {len(prompt)} tokens. Please reduce the length of the messages.",
                "messages",
                "context_length_exceeded",
            )
        said, finish_reason = await self._answer(chat, room=self._max_model_len - len(prompt))
        usage = {
            "prompt_tokens": len(prompt),
            "completion_tokens": len(said),
            "total_tokens": len(prompt) + len(said),
            "prompt_tokens_details": {"cached_tokens": self._cached(prompt)},
        }
        if chat.stream:
            return await self._stream(request, said, finish_reason, usage if chat.include_usage else None)
        await asyncio.sleep(self._delay)
        message = {"role": "assistant", "content": "".join(said)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
        return web.json_response({**_envelope("chat.completion"), "choices": [choice], "usage": usage})

    async def _answer(self, chat: ChatRequest, *, room: int) -> tuple[list[str], str]:
        assert self._generator is not None
        # Shielded: a client that goes away while the chain is built must not take it away from the others.
        generator = await asyncio.shield(self._generator)
        key = json.dumps([self._seed, chat.seed, [[m.role, m.content] for m in chat.messages]])
        rng = Random(hashlib.sha256(key.encode()).digest())
        asked = next((m for m in reversed(chat.messages) if m.role == "user"), chat.messages[-1])
        text = await asyncio.to_thread(generator.reply, asked.content, rng)
        finish_reason = "stop"
        stops = [at for at in map(text.find, chat.stop) if at >= 0]
        said = tokens(text[: min(stops)] if stops else text)
        limit = room if chat.max_tokens is None else min(room, chat.max_tokens)
        if len(said) > limit:
            said, finish_reason = said[:limit], "length"
        return said, finish_reason

    async def _stream(
        self, request: web.Request, said: Sequence[str], finish_reason: str, usage: dict[str, Any] | None
    ) -> web.StreamResponse:
        head = _envelope("chat.completion.chunk") | ({"usage": None} if usage else {})
        deltas = [{"role": "assistant", "content": ""}, *({"content": token} for token in said)]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})

        async def send(choices: list[dict[str, Any]], **more: Any) -> None:
            data = json.dumps({**head, "choices": choices, **more})
            await response.write(f"data: {data}\n\n".encode())

        # A reader who has gone away is no fault of the server's.
        with suppress(ConnectionResetError):
            await response.prepare(request)
            for delta in deltas:
                await send([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}])
                await asyncio.sleep(self._delay / len(deltas))
            await send([{"index": 0, "delta": {}, "logprobs": None, "finish_reason": finish_reason}])
            if usage:
                await send([], usage=usage)
            await response.write(b"data: [DONE]\n\n")
            await response.write_eof()
        return response

    def _cached(self, prompt: list[str]) -> int:
        """How many leading tokens a prefix cache would have spared; the last one is always computed, as in vLLM."""
        known = max((_common_prefix(prompt, seen) for seen in self._seen), default=0)
        self._seen.append(prompt)
        return min(known, len(prompt) - 1)

    def _card(self) -> dict[str, Any]:
        return {
            "id": MODEL,
            "object": "model",
            "created": self._created,
            "owned_by": "roundtable",
            "max_model_len": self._max_model_len,
        }


async def _json_body(request: web.Request) -> object:
    try:
        return json.loads((await request.read()).decode("utf-8"))
    except web.RequestPayloadError as error:
        raise BadRequest("The body could not be read: it is not what its headers say.") from error
    # A RecursionError is what thousands of nested brackets come to.
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body could not be parsed: it must be JSON in UTF-8.") from error


@web.middleware
async def _errors_as_json(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        return await handler(request)
    except BadRequest as error:
        return _error(error.status, error.message, error.param, error.code)
    except web.HTTPRequestEntityTooLarge:
        return _error(413, f"The body is too large: at most {MAX_BODY} bytes are read.")
    except web.HTTPMethodNotAllowed as error:
        response = _error(405, f"{request.method} is not allowed on {request.path[:200]}.")
        response.headers["Allow"] = error.headers["Allow"]
        return response
    except web.HTTPException as error:
        return _error(error.status, f"{error.reason}: {request.method} {request.path[:200]}.")


def _error(status: int, message: str, param: str | None = None, code: str | None = None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return web.json_response({"error": error}, status=status)


def _envelope(kind: str) -> dict[str, Any]:
    name = f"chatcmpl-{time.time_ns():x}"
    return {"id": name, "object": kind, "created": int(time.time()), "model": MODEL}


def _common_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
