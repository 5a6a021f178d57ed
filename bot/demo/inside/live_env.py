"""simcord's world around one bot, in wall-clock time: it neither freezes the clock nor waits until the bot rests."""

import asyncio
import base64
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import discord
import simcord
from discord.http import Route
from simcord import _dpy_internals, _runtime
from simcord._clock import Clock
from simcord.backend.cdn import CDN_BASE
from simcord.http import router

from bot.demo.inside.thread_posts import thread_routes

KEPT_MESSAGES: Final = 300
"""Messages a channel keeps (the page shows the newest 50); a bot may still read this much history."""
ANSWER_SECONDS: Final = 3.0
"""Discord gives an interaction this long to be answered."""


class _WallClock(Clock):
    """simcord's clock stands still until a test moves it; this one is the computer's."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:  # type: ignore[override]
        return time.monotonic() - self._started

    def now(self) -> datetime:
        return datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        pass


class _Count(list[Any]):
    """Stands in for simcord's ever-growing logs: counts what passes and keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self._news = asyncio.Event()

    def append(self, item: Any) -> None:
        self.total += 1
        self._news.set()

    async def next(self) -> None:
        """Returns when one more has passed and been dealt with: simcord logs a request, then answers it at once."""
        self._news.clear()
        await self._news.wait()


class _Pictures(dict[str, tuple[str, bytes]]):
    """What the page shows for a picture's address, whatever size the address asks for."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key.partition("?")[0], default)


class LiveEnv(simcord.Env):
    """simcord's world around one bot, with the plain event loop and the wall clock."""

    def __init__(self, bot: discord.Client, *, bot_name: str) -> None:
        super().__init__(bot, check_errors=False)
        self.backend.clock = _WallClock()
        self.backend.bot_user.name = bot_name
        self.backend.bot_user.avatar = "table"
        self.pictures = _Pictures()
        self._routes = dict(router._ROUTES)
        self.changes = _Count()
        self.backend.transcript = self.changes
        self.backend.http_requests = _Count()
        self.backend.subscribers.append(self._forget_old_messages)

    async def start(self) -> None:
        self._routes = dict(router._ROUTES)
        router._ROUTES.update(thread_routes())
        await super().start()

    async def shutdown(self) -> None:
        try:
            await super().shutdown()
        finally:
            router._ROUTES.update(self._routes)

    def add_picture(self, url: str, png: bytes) -> None:
        url = url.partition("?")[0]
        self.pictures[url] = (url.rsplit("/", 1)[-1] or "picture.png", png)

    def host_picture(self, path: str, png: bytes) -> None:
        """As Discord's own: the bot knows the picture by Discord's address, and simcord's page by one of its own."""
        for base in (discord.Asset.BASE, CDN_BASE):
            self.add_picture(f"{base}/{path}", png)

    def _capture_errors(self) -> None:
        # simcord calls this between installing its patches and logging the bot in: the one moment to take off those
        # that trace tasks on the loop and freeze the clock. Errors stay with the bot's own handlers, so no super().
        _runtime._restore_loop(self)
        _dpy_internals.release_clocks(self)
        self._keep_emoji_pictures()

    def _keep_emoji_pictures(self) -> None:
        """simcord stores an emoji without its picture; portraits are emojis, so take the picture from the request."""
        client: Any = self.bot.http
        request = client.request

        async def watched(route: Route, **arguments: Any) -> Any:
            answer = await request(route, **arguments)
            if route.method == "POST" and route.path.endswith("/emojis"):
                image = str(arguments["json"]["image"]).partition("base64,")[2]
                self.host_picture(f"emojis/{answer['id']}.png", base64.b64decode(image))
            return answer

        client.request = watched

    async def _settle_internal(self, **arguments: Any) -> None:  # type: ignore[override]
        """Where simcord would wait until the bot rests: wait for an interaction's answer only, as Discord does."""
        if arguments.get("dispatch") != "INTERACTION_CREATE":
            await asyncio.sleep(0)
            return
        interaction = self.backend.interactions[max(self.backend.interactions)]
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while not interaction.responded:
                    await self.changes.next()

    def _forget_old_messages(self, event: str, payload: Mapping[str, Any]) -> None:
        if event != "MESSAGE_CREATE":
            return
        messages = self.backend.messages[int(payload["channel_id"])]
        for message in list(messages.values())[:-KEPT_MESSAGES]:
            if not message.components and not message.pinned:  # a control panel stays, as it would on Discord
                del messages[message.id]
