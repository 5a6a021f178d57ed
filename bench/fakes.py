"""Stand-ins that cost next to nothing, each in a process of its own, so that their CPU counts nowhere.

    python -m bench.fakes endpoint [DELAY]
    python -m bench.fakes place

`endpoint` is an OpenAI-compatible endpoint which answers after DELAY seconds. Its answers are short, and no two are
alike, so that no guard against repetition is set off. `place` answers like Discord's REST to whoever posts, edits and
types; what it takes it forgets, and it has no gateway. Both print `{"url": …}` and end when their standard input does.
"""

import asyncio
import contextlib
import itertools
import json
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

from bench.processes import read_line, start_python

MODEL: Final = "fake"
# What answers a request.
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


# --- Discord ---

BOT_ID: Final = 4_000
# The webhook of a channel has the channel's id and this.
_WEBHOOK: Final = 1 << 50
# Where the ids of messages begin: at some moment of 2026.
FIRST_ID: Final = 1_460_000_000_000_000_000


def user() -> dict[str, Any]:
    """The bot's user, as Discord writes it."""
    return {"id": str(BOT_ID), "username": "Roundtable", "discriminator": "0", "avatar": None, "bot": True}


def guild(guild_id: int, channels: Iterable[int]) -> dict[str, Any]:
    """A server with text channels in which the bot may do everything, as the gateway tells of it."""
    role = {"id": str(guild_id), "name": "@everyone", "permissions": str(8), "position": 0, "color": 0, "flags": 0}
    role |= {"hoist": False, "managed": False, "mentionable": False, "colors": {"primary_color": 0}}
    text = {"type": 0, "position": 0, "permission_overwrites": [], "nsfw": False, "parent_id": None}
    return {
        "id": str(guild_id),
        "name": "The house",
        "owner_id": str(BOT_ID),
        "roles": [role],
        "members": [{"user": user(), "roles": [], "joined_at": None, "flags": 0, "deaf": False, "mute": False}],
        "member_count": 1,
        "channels": [{"id": str(channel), "name": f"channel-{channel}"} | text for channel in channels],
    }


def place() -> Handler:
    """Discord's REST as far as a session needs it."""
    ids = itertools.count(FIRST_ID + 1)
    me = user()

    def message(channel: int, author: dict[str, Any], content: str) -> web.Response:
        return _json(
            {"id": str(next(ids)), "channel_id": str(channel), "type": 0, "author": author, "content": content}
            | {"timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False, "pinned": False}
            | {"mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": []}
            | {"components": [], "flags": 0}
        )

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        said = json.loads(body).get("content") or "" if body.startswith(b"{") else ""
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["webhooks", number, _]:
                author = {"id": number, "username": "A persona", "discriminator": "0000", "avatar": None, "bot": True}
                return message(int(number) - _WEBHOOK, author, said)
            case _, ["channels", _, "typing"]:
                return web.Response(status=204)
            case "GET", ["channels", channel, "webhooks"]:
                number = str(int(channel) + _WEBHOOK)
                hook = {"id": number, "type": 1, "channel_id": channel, "name": "Roundtable", "token": "t", "user": me}
                hook["avatar"] = "f" * 32
                return _json([hook])
            case "POST" | "PATCH", ["channels", channel, "messages", *_]:
                return message(int(channel), me, said)
            case "GET", ["users", "@me"]:
                return _json(me)
            case "GET", [*_, "applications", "@me"]:
                about = {"id": str(BOT_ID), "name": "Roundtable", "description": "", "icon": None, "flags": 0}
                more = {"owner": me, "bot_public": True, "bot_require_code_grant": False, "verify_key": "0"}
                return _json(about | more)
            case "GET", ["gateway"]:
                return _json({"url": "ws://127.0.0.1:9"})
            case "GET", ["applications", _, "emojis"]:
                return _json({"items": []})
            case _:  # a history, the commands
                return _json([])

    return handle


# --- processes ---


@asynccontextmanager
async def running(kind: str, *options: float) -> AsyncIterator[str]:
    """A stand-in for the length of a block; its URL."""
    process = await start_python("bench.fakes", kind, *map(str, options), stdin=asyncio.subprocess.PIPE)
    try:
        yield (await read_line(process))["url"]
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def _json(value: Any) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), content_type="application/json")


async def serve(handle: Handler, path: str) -> None:
    """Serve on a free port of loopback until standard input ends. Its URL, which ends with `path`, is printed."""
    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}{path}"}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


def main(kind: str, delay: str = "0") -> None:
    handlers = {"endpoint": (endpoint(float(delay)), "/v1"), "place": (place(), "")}
    if kind not in handlers:
        raise SystemExit(f"There is no stand-in called {kind!r}.")
    handle, path = handlers[kind]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(handle, path))


if __name__ == "__main__":
    main(*sys.argv[1:])
