"""Everything that knows simcord's insides: its world in wall-clock time, and its page as a chat channel.

simcord is a test harness: it freezes time, waits after each step until the bot rests, and shows its page to a
developer. The demo wants the opposite of all three, which takes private API; hence the exact pin in `simulated.py`.
"""

import asyncio
import base64
import time
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import discord
import simcord
from aiohttp import web
from discord.http import Route
from simcord import _dpy_internals, _runtime
from simcord._clock import Clock
from simcord.actors import MemberActor
from simcord.backend.cdn import CDN_BASE
from simcord.backend.errors import SetupError
from simcord.builders import ChannelHandle
from simcord.preview import Preview, _queries, _snapshot
from simcord.preview._pages import HISTORY_WINDOW_SIZE
from simcord.preview._server import PreviewServer

from bot.demo import pictures
from bot.demo.place import DemoPlace

__all__ = ["Channel", "LiveEnv", "SetupError", "furnish"]

_HERE = Path(__file__).parent
_KEPT_MESSAGES = 300
"""Messages a channel keeps (the page shows the newest 50); a bot may still read this much history."""
_ANSWER_SECONDS = 3.0
"""Discord gives an interaction this long to be answered."""
_TYPING_SECONDS = 10.0
"""How long Discord shows one typing event, unless a message ends it."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_newcomer: ContextVar[str] = ContextVar("newcomer", default="")
"""As whom the tab that is being opened wants to see the channel."""


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
        self.changes = _Count()
        self.backend.transcript = self.changes
        self.backend.http_requests = _Count()
        self.backend.subscribers.append(self._forget_old_messages)

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
            async with asyncio.timeout(_ANSWER_SECONDS):
                while not interaction.responded:
                    await self.changes.next()

    def _forget_old_messages(self, event: str, payload: Mapping[str, Any]) -> None:
        if event != "MESSAGE_CREATE":
            return
        messages = self.backend.messages[int(payload["channel_id"])]
        for message in list(messages.values())[:-_KEPT_MESSAGES]:
            if not message.components and not message.pinned:  # a control panel stays, as it would on Discord
                del messages[message.id]


class _Server(PreviewServer):
    """simcord's page server, with our style and script added to its page."""

    preview: "Channel"
    _OURS: ClassVar[dict[str, tuple[str, str]]] = {
        "/demo/page.css": ("page.css", "text/css"),
        "/demo/page.js": ("page.js", "application/javascript"),
    }
    # simcord makes a route for each of these names.
    _STATIC_FILES: ClassVar[dict[str, str]] = {
        **PreviewServer._STATIC_FILES,
        **{path: name for path, (name, _) in _OURS.items()},
        "/demo/icon.png": "icon.png",
    }

    async def _static(self, request: web.Request) -> web.StreamResponse:
        headers = self._SECURITY_HEADERS
        if request.path in self._OURS:
            name, kind = self._OURS[request.path]
            return web.Response(text=(_HERE / name).read_text("utf-8"), content_type=kind, headers=headers)
        if request.path == "/demo/icon.png":
            return web.Response(body=pictures.round_table(), content_type="image/png", headers=headers)
        answer = await super()._static(request)
        if request.path == "/":
            answer.text = self.preview.place.on_page(answer.text, self.preview.env.backend.bot_user.name)
        elif request.path.startswith("/fonts/"):  # 30 MB, which a reload need not fetch again
            answer.headers["Cache-Control"] = "private, max-age=86400"
            del answer.headers["Pragma"]
        return answer

    async def _pages(self, request: web.Request) -> web.StreamResponse:
        _newcomer.set(request.query.get("as", ""))
        return await super()._pages(request)


class Channel(Preview):
    """The page: simcord's preview of one channel, kept up to date while people and bot go on writing."""

    env: LiveEnv

    def __init__(
        self, env: LiveEnv, place: DemoPlace, channel: ChannelHandle, people: dict[str, MemberActor], port: int
    ):
        super().__init__(
            env,
            channel,
            tuple(people.values()),
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-GB",
            timezone="UTC",
            presentation_time=None,
            assets=None,
            port=port,
        )
        self.place, self.people = place, people
        self.add_picture = env.add_picture
        self._explicit_assets = env.pictures
        self._server = _Server(self, port)
        self._one_at_a_time = asyncio.Lock()
        self._shown: dict[str, int] = {}
        self._typing_until = 0.0
        env.backend.subscribers.append(self._watch_typing)

    async def __aenter__(self) -> "Channel":
        await super().__aenter__()
        # The harness's own page would be drawn anew at each step, and nobody looks at it.
        self._pages.pop("python")
        return self

    def _initial_target(self, viewer: Any, channel_id: int) -> int | None:
        """simcord opens a channel at the bot's last message; a chat opens at its newest and follows."""
        return None

    def _open_page(self, viewer_id: Any = None, target_id: Any = None) -> Any:
        newcomer = self.people.get(_newcomer.get())
        return super()._open_page(newcomer.id if newcomer else viewer_id, target_id)

    async def _prepare_asset(self, context_id: str | None, asset_id: str, **how: Any) -> tuple[str, bytes, str]:
        """simcord decodes each picture in another process first; a PNG of our own needs no such care, and is there."""
        _, record, data = self._authorized_asset(context_id, asset_id)
        if data.startswith(_PNG_SIGNATURE) and not any(how.values()):
            return "image/png", data, record.filename
        return await super()._prepare_asset(context_id, asset_id, **how)

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        """simcord refuses an action while another one runs, or when the page has moved on since it was drawn.

        Here both are normal: people act at the same time, and messages arrive under their hands. So actions queue,
        and each counts as made on the present page; what it aims at is still looked up and may be gone.
        """
        async with self._one_at_a_time:
            page = self._pages.get(context_id or "")
            if page is not None and isinstance(body, Mapping):
                body = {**body, "published_revision": page.revision}
                if body.get("kind") in ("send_message", "run_command"):
                    page.window_end_id = None  # whoever writes while reading old messages is brought back to the newest
            return await super()._action(context_id, body)

    def _page_payload(self, page: Any) -> dict[str, Any]:
        """What a browser gets when it asks, twice a second: drawn anew if anything happened since."""
        if self._shown.get(page.id) != self.env.changes.total and page is not self._action_page:
            self._advance_presentation_time()
            self._publish(page, reason="refresh")
        payload = super()._page_payload(page)
        payload["typing"] = time.monotonic() < self._typing_until
        return payload

    def _publish(self, page: Any, **arguments: Any) -> None:
        super()._publish(page, **arguments)
        self._shown = {known: seen for known, seen in self._shown.items() if known in self._pages}
        self._shown[page.id] = self.env.changes.total
        previous: dict[str, Any] = {}
        for message in (page.snapshot["messages"][key] for key in page.snapshot["timeline"]):
            author = message["author"]
            # All personas of one webhook have its id, and simcord would run their messages together.
            if message["compact"] and author["name"] != previous.get("name"):
                message["compact"] = False
            previous = author

    def _watch_typing(self, event: str, payload: Mapping[str, Any]) -> None:
        if payload.get("channel_id") != str(self.channel.id):
            return
        if event == "TYPING_START" and payload["user_id"] == str(self.env.backend.bot_user.id):
            self._typing_until = time.monotonic() + _TYPING_SECONDS
        elif event == "MESSAGE_CREATE" and (payload.get("webhook_id") or payload["author"].get("bot")):
            self._typing_until = 0.0


def _list_recent(preview: Preview, page: Any, visible: list[Any]) -> Any:
    """simcord summarises every message for its list, which our page hides; replies need the recent ones only.

    At 300 messages this is two thirds of the 180 ms that drawing a page takes, and drawing stops the bot meanwhile.
    """
    return _list_all(preview, page, visible[-HISTORY_WINDOW_SIZE:] if isinstance(preview, Channel) else visible)


_list_all = _queries._message_navigation
_snapshot._message_navigation = _list_recent  # pyright: ignore[reportPrivateImportUsage]


def furnish(env: LiveEnv, place: DemoPlace, port: int) -> Channel:
    """The guild, channel and people of `place`, with a face each, in `env` before its bot starts; and their page."""
    guild = env.create_guild(place.guild)
    channel = guild.create_text_channel(place.channel, topic=place.topic)
    people = {}
    for number, name in enumerate(place.people):
        person = env.create_user(name, avatar="face")
        env.host_picture(f"avatars/{person.id}/face.png", pictures.face(name, number))
        people[name] = guild.add_member(person)
    bot = env.backend.bot_user
    env.host_picture(f"avatars/{bot.id}/{bot.avatar}.png", pictures.round_table())
    return Channel(env, place, channel, people, port)
