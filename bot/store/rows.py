"""What the store hands out: stored sessions, posts and webhooks as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.discussion.record import Session


class Status(StrEnum):
    """Where a session stands."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class PostStatus(StrEnum):
    """Where a post stands. `sending`: it may or may not have reached Discord."""

    QUEUED = "queued"
    SENDING = "sending"
    POSTED = "posted"
    REMOVED = "removed"
    REFUSED = "refused"


class PostKind(StrEnum):
    """What a post shows. Turns go through the webhook, everything else is the bot's own message."""

    TURN = "turn"
    CARD = "card"
    PANEL = "panel"
    NOTICE = "notice"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with where it is shown and how it stands. `anchor_id`: the Discord id it began at."""

    id: int
    guild_id: int
    place_id: int
    channel_id: int
    convener_id: int
    anchor_id: int
    status: Status
    reason: str | None
    session: Session
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """One message that shows (part of) a turn, or one of the bot's own messages.

    `id` is 0 until it is stored. `attachment` is the text of a file that goes with it (the minutes).
    """

    kind: PostKind
    content: str = ""
    username: str | None = None
    avatar: str | None = None
    turn_seq: int | None = None
    attachment: str | None = None
    id: int = 0
    status: PostStatus = PostStatus.QUEUED
    after_id: int = 0
    message_id: int | None = None

    @property
    def by_webhook(self) -> bool:
        return self.kind is PostKind.TURN


@dataclass(frozen=True, slots=True)
class Webhook:
    """The webhook of a channel. The token is a secret: it is never shown in a repr."""

    id: int
    channel_id: int
    token: str = field(repr=False)
