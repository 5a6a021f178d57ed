"""The seam between a session and where it is shown: what a stage can do, and how it says no."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Turn
from bot.discussion.moderation.formats.format import Wish
from bot.minutes.account import PlaceNames
from bot.sessions.delivery.notices import Notice
from bot.store.models import Post, Status

# Marks a guest's turn whose message id is that of the command by which it was said; a post of ours shows it.
BY_COMMAND_FLAG: Final = "by_command"


class RejectReason(Enum):
    """Why a place refused a post: each has its own remedy in refusal_remedies.py."""

    WEBHOOK_GONE = "the webhook was deleted or moved"
    ASLEEP = "the thread is archived"
    NAME = "the name was refused"
    WITHHELD = "a filter withheld the message"
    PLACE_GONE = "the channel or thread is gone"
    BLOCKED = "something that people must mend"
    PASSING = "trouble of the place's own, which passes"
    OTHER = "anything else: nobody knows what would help"


class PostRejected(Exception):
    """The place certainly does not show the post. `sentence` tells a person why and what would help."""

    def __init__(self, reason: RejectReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class OutcomeUnknown(Exception):
    """The place may or may not show the post: the answer got lost."""


class PostingBlocked(Exception):
    """Posting can't go on until people mend something, or it passes; `str(error)` says what. Nothing is lost."""


class PlaceGone(Exception):
    """The channel or thread no longer exists."""


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """A message of ours that was seen in the place. `by_webhook`: a turn; otherwise one of the bot's own messages.
    `is_card`: it was drawn as one, and has no text."""

    id: int
    by_webhook: bool
    name: str
    content: str
    is_card: bool = False


@dataclass(frozen=True, slots=True)
class GuestMessage:
    """A member's message that becomes a guest turn. `reply_to` is the message it replies to.

    `fetch` gets what it says where a part of that has to be fetched first (empty: nothing that is for the table; None:
    it can't be had); it takes a few seconds at most and raises nothing. `text` says what is known without.
    In both, members are mentioned as `markup.mention` writes it.
    `look_up_name` gets the name the author has on the server, where `name` may be another one; it raises nothing.
    `posts`: those that show it, where it was said by command; `id` then is that of the command, and no history
    brings it again.
    `ask_welcome` tells whether its author may chime in at this table, where not everybody may; raises OutcomeUnknown.
    `asks`: it was written as a question to the whole table, whatever it says.
    `is_for_table` False: not to be taken in, and known only so that its repost isn't either. `is_repost`: an
    application posted it for a member whom it does not tell; `author_id` then is what it posted through.
    """

    id: int
    author_id: int
    name: str
    text: str
    reply_to: int | None = None
    fetch: Callable[[], Awaitable[str | None]] | None = field(default=None, compare=False)
    look_up_name: Callable[[], Awaitable[str]] | None = field(default=None, compare=False)
    ask_welcome: Callable[[], Awaitable[bool]] | None = field(default=None, compare=False)
    asks: bool = False
    is_for_table: bool = True
    is_repost: bool = False
    posts: tuple[Post, ...] = ()

    async def is_welcome(self) -> bool:
        """Whether its author may chime in. Raises OutcomeUnknown where that can't be told now."""
        return self.ask_welcome is None or await self.ask_welcome()

    async def words(self) -> str:
        """What the message says, fetched where need be; empty if that is not for the table."""
        fetched = await self.fetch() if self.fetch else None
        return self.text if fetched is None else fetched


@dataclass(frozen=True, slots=True)
class StatusReport:
    """How a session stands, for the panel and for `status`. `most_tokens`: what it may use (0: no limit). `cost`: in
    words what it has cost, "" where no price is known.
    `spoken_by`: the endpoint that wrote the last turn in the place of another. `next_speaker`: who speaks next, as far
    as that is known now. `calls_before`: how many calls go first at the model for which its next turn waits (None: it
    waits for none). `phase`: where it stands, in a word or two of its format; `takes_questions`: whether that keeps the
    audience's questions until their time. `refused`: what people can't have of it now. `turns_in_all` None: nobody
    knows."""

    session_id: int
    status: Status
    reason: str | None
    turns: int
    turns_in_all: int | None
    question: str | None
    question_number: int
    questions: int
    cast: tuple[str, ...]
    convener_id: int
    waiting: bool = False
    spoken_by: str | None = None
    tokens: int = 0
    most_tokens: int = 0
    cost: str = ""
    next_speaker: str | None = None
    calls_before: int | None = None
    phase: str = ""
    takes_questions: bool = False
    refused: frozenset[Wish] = frozenset()


class Stage(Protocol):
    """Where a session is shown."""

    @property
    def min_pace(self) -> float:
        """Seconds that are to lie between the last turn shown and the next; it changes with what else is shown."""
        ...

    def split(self, turn: Turn, persona: Persona | None) -> list[Post]:
        """The posts that show a turn; pure."""
        ...

    def sentence(self, notice: Notice) -> str:
        """How a notice reads here: with what people can do here, and marked up as is usual here."""
        ...

    def names(self) -> PlaceNames:
        """What the place and the session's convener are called, as far as that is known without asking."""
        ...

    def safe_name(self, name: str) -> str:
        """A speaker's name that is taken here in place of one that was refused."""
        ...

    async def send(self, post: Post) -> int:
        """Show a post; the message's id. Raises PostRejected or OutcomeUnknown."""
        ...

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        """Our own messages in the place after a message id, oldest first. Raises PostRejected or OutcomeUnknown."""
        ...

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        """Members' messages in the place after a message id, oldest first. Raises PostRejected or OutcomeUnknown."""
        ...

    def id_at(self, when: datetime) -> int:
        """What ids of messages are larger than that were written after a time; 0 where they do not tell."""
        ...

    async def said_of(self, message_ids: Collection[int]) -> dict[int, str | None]:
        """What has become of members' messages, as far as it was looked up: the newest of them are. By id what one says
        to the table since it was edited (empty: nothing, or it was deleted), None if it was not, or that can't be told.
        Raises PostRejected or OutcomeUnknown."""
        ...

    async def remove(self, message: OwnMessage) -> None:
        """Take a message of ours away."""
        ...

    async def redraw(self, post: Post) -> None:
        """Have the card that shows a post show what it is to show now. Raises PostRejected or OutcomeUnknown."""
        ...

    async def renew(self) -> None:
        """Find or make a new webhook. Raises PostRejected or OutcomeUnknown."""
        ...

    async def wake(self) -> None:
        """Have an archived thread be an active one again. Raises PostRejected or OutcomeUnknown."""
        ...

    async def show_typing(self, persona: Persona) -> None:
        """Show that a turn is on its way."""
        ...

    def adopt_panel(self, message_id: int, *, instead_of: Collection[int] = ()) -> None:
        """From now on this message shows the panel; those go."""
        ...

    def expect(self, report: StatusReport) -> None:
        """What the next panel is to say. The one that is shown need not be brought up to date: it goes."""
        ...

    async def refresh(self, report: StatusReport) -> None:
        """Bring whatever shows the session's state up to date."""
        ...

    async def tell_convener(self, sentence: str) -> None:
        """Tell the convener something that can't be said in the place."""
        ...
