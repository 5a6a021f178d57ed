"""Stand-ins that cost next to nothing, each in a process of its own, so that their CPU counts nowhere.

    python -m bench.fakes endpoint [DELAY]

An OpenAI-compatible endpoint which answers after DELAY seconds. Its answers are short, and no two are alike, so that
no guard against repetition is set off. It prints `{"url": …}` and ends when its standard input does.
"""

import asyncio
import contextlib
import itertools
import json
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

from bench.processes import read_line, start_python

MODEL: Final = "fake"
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

WINDOW: Final = 131_072
# The window as vLLM tells it.
_MODELS: Final = {"object": "list", "data": [{"id": MODEL, "object": "model", "max_model_len": WINDOW}]}
_SYLLABLES: Final = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "zi", "ko", "lo", "mu")
# About what English prose has.
_CHARS_PER_TOKEN: Final = 4


def sentence(number: int) -> str:
    """Twelve made-up words: another sentence for every number."""
    chance = random.Random(number)
    words = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(12)]
    return f"{' '.join(words).capitalize()}, number {number}."


def endpoint(delay: float) -> Handler:
    """Answers `GET …/models` and `POST …/chat/completions`, the latter after `delay` seconds."""
    numbers = itertools.count(1)

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/models"):
            return _json(_MODELS)
        asked = len(await request.read()) // _CHARS_PER_TOKEN
        text = sentence(next(numbers))
        if delay:
            await asyncio.sleep(delay)
        said = len(text) // _CHARS_PER_TOKEN
        usage = {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "prompt_tokens_details": {"cached_tokens": asked // 2},
        }
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return _json(
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice]}
            | {"usage": usage}
        )

    return handle


@asynccontextmanager
async def running(kind: str, *options: float) -> AsyncIterator[dict[str, Any]]:
    """A stand-in for the length of a block; what it printed."""
    process = await start_python("bench.fakes", kind, *map(str, options), stdin=asyncio.subprocess.PIPE)
    try:
        yield await read_line(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def _json(value: Any) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), content_type="application/json")


async def serve(handle: Handler, told: dict[str, str]) -> None:
    """Serve on a free port of loopback until standard input ends. `told` is printed, {} in it being the port."""
    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    port = runner.addresses[0][1]
    sys.stdout.write(json.dumps({name: value.format(port) for name, value in told.items()}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


def main(kind: str, *options: str) -> None:
    if kind != "endpoint":
        raise SystemExit(f"There is no stand-in called {kind!r}.")
    work = serve(endpoint(*map(float, options or ("0",))), {"url": "http://127.0.0.1:{}/v1"})
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
