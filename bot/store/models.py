"""What the store hands out: stored sessions, posts and webhooks as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from bot.discussion.model.memory import Memory
from bot.discussion.model.record import Session

# Whose messages are heard at a table where nobody may chime in.
NOBODY: Final = 0


class Status(StrEnum):
    """Where a session stands."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Fault(StrEnum):
    """By what a session was paused, if not by a person: that says when it goes on (sessions/resilience/recovery.py)."""

    ENDPOINT = "endpoint"  # the LLM endpoint is down or refuses
    PLACE = "place"  # Discord does not let the bot post
    PASSES = "passes"  # several turns in a row came to nothing
    LIMIT = "limit"  # what the server may use on a day is used up
    ERROR = "error"  # only people can mend it: a fault of ours, cards longer than the model's window


class PostStatus(StrEnum):
    """Where a post stands. `sending`: it may or may not have reached Discord. `refused`: given up, nobody will see it;
    `unexplained`: the same, for a reason that nobody knows."""

    QUEUED = "queued"
    SENDING = "sending"
    POSTED = "posted"
    REMOVED = "removed"
    REFUSED = "refused"
    UNEXPLAINED = "unexplained"


class PostKind(StrEnum):
    """What a post shows. Turns and what members say by command go through the webhook, all else as the bot itself; a
    summary, too, which so stands apart from its speaker's last turn."""

    TURN = "turn"
    WORDS = "words"
    SUMMARY = "summary"
    CARD = "card"
    PANEL = "panel"
    NOTICE = "notice"
    MINUTES = "minutes"
    VOTE = "vote"
    POSITIONS = "positions"
    RESULT = "result"


_BESIDE_A_TURN: Final = (PostKind.VOTE, PostKind.POSITIONS, PostKind.RESULT)


class LookedInto(NamedTuple):
    """What is seen of a database that is not opened: its schema's revision (None: it is empty), how many sessions are
    open, and the id of the application whose it is (None: nobody's yet)."""

    revision: str | None
    open_tables: int = 0
    application: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with where it is shown and how it stands. `anchor_id`: the Discord id it began at.

    `fault` is by what it was paused; None where a person did that. Of members' messages only those after `listen_from`
    are taken in: what was said before and is forgotten stays so. `chimers`: whose messages are heard (None: everyone's,
    NOBODY, else those of members with this role). `is_private`: its place is a private thread (None: an earlier
    version did not ask).
    """

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
    fault: Fault | None = None
    listen_from: int = 0
    chimers: int | None = None
    ended_at: datetime | None = None
    is_private: bool | None = None


@dataclass(frozen=True, slots=True)
class KeptMemory:
    """What is kept of a session for later ones, since when, and every word of it as an index has them."""

    stored: StoredSession
    kept_at: datetime
    memory: Memory
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Post:
    """One message that shows (part of) a turn, or one of the bot's own messages.

    `id` is 0 until it is stored. `attachment` is the text of a file that goes with it (the minutes). `turn_seq`: the
    turn that it shows, or for a vote the one that put the question. `created_at`: None where that was not asked for.
    `session_id`: whose it is, 0 for that of whoever has just made it; an earlier session's may wait in the same place.
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
    created_at: datetime | None = field(default=None, compare=False)
    session_id: int = field(default=0, compare=False)

    @property
    def shown_turn(self) -> int | None:
        """The turn that nobody sees if this is not shown. What is voted on, or was, is told elsewhere as well."""
        return None if self.kind in _BESIDE_A_TURN else self.turn_seq

    @property
    def by_webhook(self) -> bool:
        return self.kind in (PostKind.TURN, PostKind.WORDS)

    @property
    def is_card(self) -> bool:
        """Whether it is drawn as a card when it is sent: its message then has no text of its own."""
        return not self.by_webhook and self.kind not in (PostKind.NOTICE, PostKind.MINUTES)


@dataclass(frozen=True, slots=True)
class AddedTurn:
    """What became of a turn that was to be stored.

    `is_added`: False if a turn of the same message is stored already. `sending`: the post of the place that thereby
    came to be `sending` (an older one perhaps); None if one was so already, or none is to be sent.
    """

    is_added: bool
    sending: Post | None = None


@dataclass(frozen=True, slots=True)
class BoundPost:
    """What became of a message that was to be noted as showing a post.

    `is_bound`: False if the post or the message was bound before. `sending`: the next post of the place, which thereby
    came to be `sending`; if the post was bound and this is None, no other one waits.
    """

    is_bound: bool
    sending: Post | None = None


@dataclass(frozen=True, slots=True)
class RefusedPost:
    """What became of a post that was refused.

    `is_given_up`: False if it waits to be sent again. `session_id`: whose it is; None if it is there no more.
    `taken_back`: the number of a turn that was given up before it, and waits again as well.
    """

    is_given_up: bool
    session_id: int | None = None
    taken_back: int | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """The webhook of a channel. The token is a secret: it is never shown in a repr. `guild_id` None: an earlier version
    stored it without, and nothing tells it any more."""

    id: int
    channel_id: int
    token: str = field(repr=False)
    guild_id: int | None = None
