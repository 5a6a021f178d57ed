"""The state of the stand-in: one guild and what is in it, ids, look-ups, permissions, and the events of each change."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from . import refusals, wire
from .records import (
    ELEVATED,
    EVERY_PERMISSION,
    JSON,
    PERMISSIONS,
    REPLY,
    WEBHOOK_FLAGS,
    ApiRequest,
    Channel,
    Emoji,
    Member,
    Message,
    Role,
    Webhook,
    bits,
)

T = TypeVar("T")
Event = tuple[str, JSON, Channel | None]
Listener = Callable[[str, JSON, Channel | None], None]

MESSAGE_CONTENT_LIMITED = 1 << 19  # application flag: the intent is on in the developer portal (under 100 guilds)


class State:
    """Everything the stand-in knows. Ids come from `clock` (seconds since 1970) and always grow."""

    def __init__(self, *, token: str, message_content: bool = True, clock: Callable[[], float] = time.time) -> None:
        self.token = token
        self.clock = clock
        self._last_id = 0
        self._held: list[Event] | None = None
        self.listeners: list[Listener] = []
        self.requests: list[ApiRequest] = []
        self.application_flags = MESSAGE_CONTENT_LIMITED if message_content else 0
        # What is set on the developer portal, beside name and intents.
        self.application: JSON = {
            "bot_public": True,
            "bot_require_code_grant": False,
            "interactions_endpoint_url": None,
            "integration_types_config": {"0": {}},
        }
        self.guild_id = self.new_id()
        self.guild_name = "The Long Table"
        self.in_guild = True
        self.available = True
        # By id the names of the servers beside it (servers.py).
        self.further: dict[int, str] = {}
        # Without Read Message History Discord answers a history with [] (its page says); True: with 403/50013.
        self.history_refused = False
        # https://discord.com/developers/docs/events/gateway#session-start-limit-object: what is left of a day's 1,000
        # IDENTIFYs, and in how many milliseconds it is 1,000 again.
        self.session_starts, self.session_starts_reset_after = 1000, 0
        # Who added the commands: by default this server, 0; 1 is a person who takes them along
        # (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-authorizing-integration-owners-object).
        self.integration_owners: JSON = {"0": str(self.guild_id)}
        self.system_channel: Channel | None = None
        # The server demands two-factor authentication of moderators, and the bot's owner has none.
        self.two_factor_missing = False
        # An archived thread is woken by a message (docs: topics/threads), or else refuses it with 50083.
        self.messages_wake = True
        everyone = "view_channel", "send_messages", "read_message_history", "add_reactions", "embed_links"
        everyone += (
            "connect",
            "attach_files",
            "send_messages_in_threads",
            "use_application_commands",
            "create_public_threads",
        )
        self.roles = {self.guild_id: Role(self.guild_id, "@everyone", bits(*everyone))}
        bots = Role(self.new_id(), "Roundtable", bits("manage_webhooks", "manage_threads", "use_external_emojis"))
        self.roles[bots.id] = bots
        self.members: dict[int, Member] = {}
        self.bot = self._join("Roundtable", bot=True, roles=[bots.id])
        self.application_id = self.bot.id
        self.owner = self._join("Owner")
        self.convener = self._join("Mira")
        self.guest = self._join("Otso")
        self.channels: dict[int, Channel] = {}
        self.general = Channel(self.new_id(), "general")
        self.channels[self.general.id] = self.general
        self.messages: dict[int, Message] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.emojis: dict[int, Emoji] = {}
        self.commands: dict[int, JSON] = {}

    def _join(self, name: str, *, nick: str | None = None, bot: bool = False, roles: list[int] | None = None) -> Member:
        member = Member(self.new_id(), name, nick, None, bot, roles or [])
        self.members[member.id] = member
        return member

    # Ids and look-ups. What a test says may be the record, its id or its name.

    def new_id(self) -> int:
        self._last_id = max(self._last_id + 1, int(self.clock() * 1000 - wire.DISCORD_EPOCH) << 22)
        return self._last_id

    def channel(self, which: Channel | int | str) -> Channel:
        return which if isinstance(which, Channel) else _find(self.channels, which, "channel or thread")

    def member(self, which: Member | int | str) -> Member:
        return which if isinstance(which, Member) else _find(self.members, which, "member")

    def message(self, which: Message | int | str) -> Message:
        return which if isinstance(which, Message) else _find(self.messages, which, "message")

    def webhook(self, which: Webhook | int | str) -> Webhook:
        return which if isinstance(which, Webhook) else _find(self.webhooks, which, "webhook")

    def places(self) -> list[Channel]:
        """The guild's channels and threads."""
        return [each for each in self.channels.values() if each.recipient is None]

    def direct_messages(self, member: Member | int | str) -> Channel:
        """The bot's talk with one member."""
        person = self.member(member)
        for each in self.channels.values():
            if each.recipient is person:
                return each
        opened = Channel(self.new_id(), f"@{person.name}", recipient=person)
        self.channels[opened.id] = opened
        return opened

    def in_channel(self, channel: Channel) -> list[Message]:
        """Its messages, oldest first."""
        return [each for each in self.messages.values() if each.channel is channel]

    async def until(self, predicate: Callable[[], T], *, timeout: float = 5.0, what: str = "") -> T:
        """What `predicate` returns once that is true; TimeoutError, naming `what`, after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout:g} s: {what or 'what the test waits for'}")
            await asyncio.sleep(0.005)  # a predicate may look at the bot as well, which sends no signal
        return value

    # Permissions, computed as https://discord.com/developers/docs/topics/permissions says.

    def permissions(self, member: Member, channel: Channel | None = None) -> int:
        granted = self.roles[self.guild_id].permissions
        for role in member.roles:
            granted |= self.roles[role].permissions
        if member is self.owner or (channel and channel.recipient) or granted & PERMISSIONS["administrator"]:
            return EVERY_PERMISSION
        overwrites = channel.root.overwrites if channel else {}
        role_allow = role_deny = 0
        for role in member.roles:
            allow, deny = overwrites.get(role, (0, 0))
            role_allow, role_deny = role_allow | allow, role_deny | deny
        everyone, own = overwrites.get(self.guild_id, (0, 0)), overwrites.get(member.id, (0, 0))
        for allow, deny in (everyone, (role_allow, role_deny), own):
            granted = granted & ~deny | allow
        return granted

    def may(self, channel: Channel, *names: str, member: Member | None = None) -> bool:
        needed = bits(*names)
        return self.permissions(member or self.bot, channel) & needed == needed

    def sees(self, channel: Channel, member: Member | None = None) -> bool:
        """Whether a member (the bot) may view a channel. A private thread: if they are in it, or have Manage Threads.

        https://discord.com/developers/docs/topics/threads#permissions
        """
        person = member or self.bot
        invited = not channel.is_private or person.id in channel.joined
        return self.may(channel, "view_channel", member=person) and (
            invited or self.may(channel, "manage_threads", member=person)
        )

    def require(self, channel: Channel, *names: str) -> None:
        """Raise what Discord says when the bot may not: 50001 if it cannot even see the channel, else 50013."""
        if channel.recipient is None and not (self.in_guild and self.sees(channel)):
            raise refusals.missing_access()
        if self.two_factor_missing and any(name in ELEVATED for name in names):
            raise refusals.two_factor_required()
        if not self.may(channel, *names):
            raise refusals.missing_permissions()

    # Events.

    def emit(self, event: str, data: JSON, channel: Channel | None = None) -> None:
        """Tell the gateway. `channel` is where it happened, so that only those who see it hear of it."""
        if self._held is not None:
            self._held.append((event, data, channel))
        else:
            self.publish([(event, data, channel)])

    @contextmanager
    def holding_events(self) -> Iterator[list[Event]]:
        """Collects the events made inside (where nothing may await); the caller publishes them, or not."""
        self._held = events = []
        try:
            yield events
        finally:
            self._held = None

    def publish(self, events: list[Event]) -> None:
        for event in events:
            for listener in self.listeners:
                listener(*event)

    def changed(self, channel: Channel, verb: str = "UPDATE") -> None:
        """CHANNEL_… or THREAD_… for this channel; `verb` is CREATE, UPDATE or DELETE."""
        data = wire.channel(self, channel)
        if channel.is_thread:
            data["newly_created"] = verb == "CREATE"
        # Nobody is told of a private thread that they can't see.
        where = channel if channel.is_private else None
        self.emit(f"{'THREAD' if channel.is_thread else 'CHANNEL'}_{verb}", data, where)

    def webhooks_changed(self, channel: Channel) -> None:
        self.emit("WEBHOOKS_UPDATE", {"guild_id": wire.guild_of(self, channel), "channel_id": str(channel.id)})

    # Messages.

    def draft(self, channel: Channel, author: JSON, payload: JSON, files: list[JSON], **more: Any) -> Message:
        """A message from a request's JSON, not stored yet."""
        message = Message(self.new_id(), channel, author, sent=payload, **more)
        self.fill(message, payload, files)
        return message

    def through(self, webhook: Webhook, channel: Channel, payload: JSON, files: list[JSON]) -> Message:
        """A message posted through this webhook, not stored yet."""
        author = wire.webhook_author(webhook, payload.get("username"))
        ids = {"webhook_id": webhook.id, "application_id": webhook.application_id}
        message = self.draft(channel, author, payload, files, **ids)
        message.flags &= WEBHOOK_FLAGS
        return message

    def fill(self, message: Message, payload: JSON, files: list[JSON]) -> None:
        """Put what the JSON says into the message, as Discord does: content trimmed, pings as allowed."""
        if "content" in payload:
            message.content = (payload["content"] or "").strip()
        if "embeds" in payload:
            message.embeds = [{"type": "rich", **embed} for embed in payload["embeds"] or []]
        if "components" in payload:
            message.components = payload["components"] or []
        if "flags" in payload:
            message.flags = payload["flags"] or 0
        for file in files:
            file_id = self.new_id()
            url = f"https://cdn.invalid/attachments/{message.channel.id}/{file_id}/{file['filename']}"
            message.attachments.append({"id": str(file_id), "url": url, "proxy_url": url, **file})
        self._ping(message, payload.get("allowed_mentions"))

    def _ping(self, message: Message, allowed: JSON | None) -> None:
        allowed = {"parse": ["users", "roles", "everyone"], "replied_user": True} if allowed is None else allowed
        parse = allowed.get("parse") or []
        named = {int(each) for each in [*(allowed.get("users") or []), *(allowed.get("roles") or [])]}
        users = [int(each) for each in re.findall(r"<@!?(\d+)>", message.content)]
        roles = [int(each) for each in re.findall(r"<@&(\d+)>", message.content)]
        users = [each for each in users if each in self.members and ("users" in parse or each in named)]
        reply = message.reply_to
        if message.type == REPLY and reply and not reply.webhook_id and allowed.get("replied_user", False):
            users.append(int(reply.author["id"]))
        message.mentions = [self.members[each] for each in dict.fromkeys(users)]
        message.mention_roles = [each for each in roles if each in self.roles and ("roles" in parse or each in named)]
        message.mention_everyone = "everyone" in parse and bool(re.search(r"@(everyone|here)\b", message.content))

    def store(self, message: Message) -> Message:
        """Put it into its channel, waking an archived thread, and tell the gateway."""
        channel = message.channel
        if channel.archived:
            channel.archived = False
            self.changed(channel)
        self.messages[message.id] = message
        if channel.recipient is not None:
            return message  # a bot without that intent hears nothing of it
        data = wire.message(self, message, gateway=True)
        self.emit("MESSAGE_CREATE", data | ({"nonce": message.nonce} if message.nonce else {}), channel)
        return message

    def edited(self, message: Message) -> Message:
        """Mark it edited and tell the gateway (an ephemeral message has no event)."""
        message.edited_at = datetime.fromtimestamp(self.clock(), UTC).isoformat()
        if message.id in self.messages:
            self.emit("MESSAGE_UPDATE", wire.message(self, message, gateway=True), message.channel)
        return message

    def remove(self, message: Message) -> None:
        message.deleted = True
        if self.messages.pop(message.id, None):
            where = message.channel
            data = {"id": str(message.id), "channel_id": str(where.id), "guild_id": wire.guild_of(self, where)}
            self.emit("MESSAGE_DELETE", data, message.channel)


def _find(among: dict[int, T], which: int | str, what: str) -> T:
    if isinstance(which, str) and not which.isdigit():
        for each in among.values():
            if getattr(each, "name", None) == which:
                return each
    elif (found := among.get(int(which))) is not None:
        return found
    raise LookupError(f"no {what} {which!r} in the stand-in")
