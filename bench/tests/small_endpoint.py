"""A server on loopback that answers calls for a completion as a test says."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bench import fakes


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Out: the base URL, ending in /v1."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    app.router.add_get("/v1/models", answer)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()


class SmallEndpoint:
    """Says what it is given, then sentences of which no two are alike; keeps the messages of each request."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[list[dict[str, str]]] = []
        self._answers = deque(answers)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((await request.json())["messages"])
        text = self._answers.popleft() if self._answers else fakes.sentence(len(self.asked))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        body: dict[str, Any] = {"id": "1", "object": "chat.completion", "created": 0, "model": "small"}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        return web.json_response(body | {"choices": [choice], "usage": usage})
