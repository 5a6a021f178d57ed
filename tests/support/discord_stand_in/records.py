"""The things the stand-in keeps: roles, members, channels, messages, webhooks, emojis, requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]

# The bits of Discord's permission number that the stand-in looks at
# (https://discord.com/developers/docs/topics/permissions).
PERMISSIONS = {
    "create_instant_invite": 1 << 0,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "connect": 1 << 20,
    "manage_webhooks": 1 << 29,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "send_messages_in_threads": 1 << 38,
    "bypass_slowmode": 1 << 52,
}
# Those that take two-factor authentication of the bot's owner on a server that demands it of moderators (marked with a
# star on the same page).
ELEVATED = ("administrator", "manage_channels", "manage_guild", "manage_messages", "manage_webhooks", "manage_threads")
EVERY_PERMISSION = sum(PERMISSIONS.values())

# Message flags (https://discord.com/developers/docs/resources/message#message-object-message-flags).
SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15
# Those that a webhook may set (https://discord.com/developers/docs/resources/webhook#execute-webhook).
WEBHOOK_FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2

# Channel types (https://discord.com/developers/docs/resources/channel#channel-object-channel-types).
TEXT_CHANNEL = 0
DIRECT_MESSAGES = 1
VOICE_CHANNEL = 2
NEWS_CHANNEL = 5
NEWS_THREAD = 10
PUBLIC_THREAD = 11
PRIVATE_THREAD = 12
STAGE_CHANNEL = 13

# Message types.
DEFAULT, REPLY, CHAT_INPUT, MENU_COMMAND = 0, 19, 20, 23


def bits(*names: str) -> int:
    """The permission number of these names, spelt as discord.py spells them; KeyError for an unknown one."""
    return sum(PERMISSIONS[name] for name in names)


@dataclass
class Role:
    """A role; the one whose id is the guild's is @everyone."""

    id: int
    name: str
    permissions: int


@dataclass
class Member:
    """A person, or the bot itself, in the guild."""

    id: int
    name: str
    nick: str | None = None
    global_name: str | None = None
    bot: bool = False
    roles: list[int] = field(default_factory=list)

    @property
    def display_name(self) -> str:
        return self.nick or self.global_name or self.name


@dataclass
class Channel:
    """A channel, a thread of one (then `parent` is set), or the bot's talk with one `recipient`.

    `kind` is its type; `joined` are the members of a private thread, by id.
    """

    id: int
    name: str
    parent: Channel | None = None
    recipient: Member | None = None
    topic: str | None = None
    archived: bool = False
    locked: bool = False
    age_restricted: bool = False  # a thread is what its parent is
    slow_mode: int = 0  # seconds; a thread has its own
    kind: int = TEXT_CHANNEL
    joined: set[int] = field(default_factory=set[int])
    server: int | None = None  # one of the further servers' id; None: the first one's. A thread has its parent's
    # Who (role or member id) -> (allowed bits, denied bits). A thread has its parent's.
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return self.parent is not None

    @property
    def is_private(self) -> bool:
        return self.kind == PRIVATE_THREAD

    @property
    def is_voice(self) -> bool:
        return self.kind in (VOICE_CHANNEL, STAGE_CHANNEL)

    @property
    def root(self) -> Channel:
        """The channel itself, or a thread's parent: where webhooks and permissions live."""
        return self.parent or self


# https://discord.com/developers/docs/components/reference#component-object-component-types
TEXT_DISPLAY = 10


@dataclass
class Message:
    """A message as stored. `sent` is the request's JSON, so that a test can look at what was asked for."""

    id: int
    channel: Channel
    author: JSON
    content: str = ""
    type: int = DEFAULT
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    reply_to: Message | None = None
    webhook_id: int | None = None
    application_id: int | None = None
    interaction_metadata: JSON | None = None
    mentions: list[Member] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    edited_at: str | None = None
    deleted: bool = False
    sent: JSON = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name shown above the message."""
        return self.author["username"]

    @property
    def words(self) -> str:
        """What it says: its text, or all the texts of a card."""
        return self.content or "\n".join(texts_of(self.components))

    @property
    def avatar_url(self) -> str | None:
        """The face a webhook's sender asked for."""
        return self.sent.get("avatar_url")

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def is_silent(self) -> bool:
        """Whether it notifies nobody of those who want to be notified of every message."""
        return bool(self.flags & SUPPRESS_NOTIFICATIONS)

    @property
    def pings(self) -> bool:
        """Whether anybody's client made a sound."""
        return bool(self.mentions or self.mention_roles or self.mention_everyone)


@dataclass
class Webhook:
    """An incoming webhook. `application_id` is set when a bot made it."""

    id: int
    token: str
    name: str
    channel: Channel
    creator: Member
    application_id: int | None = None
    avatar: str | None = None
    """The picture as it was sent, a data URI."""


@dataclass
class Emoji:
    """An application emoji and the bytes that were uploaded."""

    id: int
    name: str
    image: bytes
    mime: str


@dataclass
class ApiRequest:
    """One HTTP request as it came in, and the status it got (0: the connection was reset or is still open)."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    json: Any
    files: list[JSON]
    reason: str | None
    status: int = 0


def texts_of(components: list[JSON]) -> Iterator[str]:
    """The texts of a card, in order."""
    for part in components:
        if part["type"] == TEXT_DISPLAY:
            yield part["content"]
        yield from texts_of(part.get("components") or [])
