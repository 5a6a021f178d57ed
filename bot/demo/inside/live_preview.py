"""simcord's preview as a page for visitors: kept up to date while people and bot go on writing, channel by channel."""

import asyncio
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from simcord.actors import MemberActor
from simcord.backend.access import can_access_channel
from simcord.builders import ChannelHandle, GuildHandle
from simcord.preview import Preview, _queries, _snapshot
from simcord.preview._pages import HISTORY_WINDOW_SIZE

from bot.demo.inside.live_env import LiveEnv
from bot.demo.inside.page_server import PageServer, wished
from bot.demo.inside.side_bar import places
from bot.demo.inside.visitor_acts import VisitorActs
from bot.demo.place import DemoPlace

_TYPING_SECONDS: Final = 10.0
"""How long Discord shows one typing event, unless a message ends it."""
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_here: ContextVar[ChannelHandle | None] = ContextVar("here", default=None)
"""The channel of the page that is being served: simcord knows one channel for all its pages."""


class LivePreview(Preview):
    """The page: simcord's preview of one channel, kept up to date while people and bot go on writing."""

    env: LiveEnv

    _MAX_PAGES = 64  # each change of channel opens another, and the old one may be left behind for ten minutes

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
        self._server = PageServer(self, port)
        self._acts = VisitorActs(self)
        self._one_at_a_time = asyncio.Lock()
        self._shown: dict[str, int] = {}
        self._typing_until: dict[int, float] = {}
        env.backend.subscribers.append(self._watch_typing)

    @property
    def channel(self) -> ChannelHandle:  # type: ignore[override]
        """The channel that is being served, else the one the demo opens with."""
        return _here.get() or self._home

    @channel.setter
    def channel(self, home: ChannelHandle) -> None:
        self._home = home

    def _get_page(self, context_id: str | None) -> Any:
        page = super()._get_page(context_id)
        _here.set(self._handle(page.channel_id))
        return page

    def _handle(self, channel_id: int) -> ChannelHandle:
        backend = self.env.backend
        guild = GuildHandle(self.env, backend.guilds[next(iter(backend.guilds))])
        return ChannelHandle(self.env, guild, backend.get_channel(channel_id))

    def on_page(self, index: str) -> str:
        """simcord's index page as the visitor gets it."""
        return self.place.on_page(index, self.env.backend.bot_user.name)

    async def __aenter__(self) -> "LivePreview":
        await super().__aenter__()
        # The harness's own page would be drawn anew at each step, and nobody looks at it.
        self._pages.pop("python")
        return self

    def _initial_target(self, viewer: Any, channel_id: int) -> int | None:
        """simcord opens a channel at the bot's last message; a chat opens at its newest and follows."""
        return None

    def _open_page(self, viewer_id: Any = None, target_id: Any = None) -> Any:
        wish = wished.get()
        viewer = self.people.get(wish.get("as", "")) or self.viewers[0]
        channel = wish.get("channel", "")
        there = channel.isdecimal() and can_access_channel(self.env, int(channel), viewer, history=True)
        _here.set(self._handle(int(channel)) if there else None)
        message = wish.get("message", "")
        if message.isdecimal() and int(message) in self.env.backend.messages.get(self.channel.id, {}):
            target_id = int(message)
        return super()._open_page(viewer.id, target_id)

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
            if isinstance(body, Mapping) and self._acts.kind(body):
                page = self._get_page(context_id)
                try:
                    return await self._acts.act(page, body)
                finally:
                    self._shown.pop(page.id, None)
            page = self._pages.get(context_id or "")
            if page is not None and isinstance(body, Mapping):
                body = {**body, "published_revision": page.revision}
                if body.get("kind") == "send_message":
                    page.window_end_id = None
            return await super()._action(context_id, body)

    def _page_payload(self, page: Any) -> dict[str, Any]:
        """What a browser gets when it asks, twice a second: drawn anew if anything happened since.

        Under `demo` stands what our own script shows, which takes it out before simcord's sees it.
        """
        if self._shown.get(page.id) != self.env.changes.total and page is not self._action_page:
            self._advance_presentation_time()
            self._publish(page, reason="refresh")
        payload = super()._page_payload(page)
        payload["demo"] = {
            "typing": time.monotonic() < self._typing_until.get(page.channel_id, 0),
            "places": places(self, page),
            "menus": self._acts.menus(page),
        }
        return payload

    def _publish(self, page: Any, **arguments: Any) -> None:
        super()._publish(page, **arguments)
        self._shown = {known: seen for known, seen in self._shown.items() if known in self._pages}
        self._shown[page.id] = self.env.changes.total
        if page.status == "current":
            self._touch_up(page)

    def _touch_up(self, page: Any) -> None:
        """What a chat shows otherwise than simcord does."""
        snapshot, kept = page.snapshot, self.env.backend.messages.get(page.channel_id, {})
        snapshot["timeline"] = [key for key in snapshot["timeline"] if int(key) not in self._acts.hidden]
        previous: dict[str, Any] = {}
        for message in (snapshot["messages"][key] for key in snapshot["timeline"]):
            author = message["author"]
            # All personas of one webhook have its id, and simcord would run their messages together.
            if message["compact"] and author["name"] != previous.get("name"):
                message["compact"] = False
            previous = author
            if header := message["interaction_header"]:
                asked = (kept[int(message["id"])].interaction_metadata or {}).get("id")
                header["name"] = self._acts.invoked.get(str(asked), header.get("name"))

    def _watch_typing(self, event: str, payload: Mapping[str, Any]) -> None:
        if event == "TYPING_START" and payload["user_id"] == str(self.env.backend.bot_user.id):
            self._typing_until[int(payload["channel_id"])] = time.monotonic() + _TYPING_SECONDS
        elif event == "MESSAGE_CREATE" and (payload.get("webhook_id") or payload["author"].get("bot")):
            self._typing_until.pop(int(payload["channel_id"]), None)


def _list_recent(preview: Preview, page: Any, visible: list[Any]) -> Any:
    """simcord summarises every message for its list, which our page hides; replies need the recent ones only.

    At 300 messages this is two thirds of the 180 ms that drawing a page takes, and drawing stops the bot meanwhile.
    """
    return _list_all(preview, page, visible[-HISTORY_WINDOW_SIZE:] if isinstance(preview, LivePreview) else visible)


_list_all = _queries._message_navigation
_snapshot._message_navigation = _list_recent  # pyright: ignore[reportPrivateImportUsage]
