"""A place in memory, and a stage on it that does to posts what Discord and the network can do to them."""

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.chat.text.sentences import sentence
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Turn
from bot.discussion.model.steerings import PollOpened, QuestionPut
from bot.library.name_rules import safe_name
from bot.minutes.account import PlaceNames
from bot.sessions.delivery.notices import Notice
from bot.sessions.delivery.stage import (
    GuestMessage,
    OutcomeUnknown,
    OwnMessage,
    PostRejected,
    RejectReason,
    StatusReport,
)
from bot.store.models import Post, PostKind

# As on Discord, no two messages anywhere have the same id, and later ones have larger ones.
_ids = itertools.count(10_001)


@dataclass(frozen=True)
class Sending:
    """What becomes of one send.

    `stored`: whether the place has it; with `late`, only after so many looks into the history. `answered`: whether the
    caller hears of it. `event`: whether the gateway tells of it, "before" or "after" the answer. `copies`: how often it
    is stored. The send waits for `until`.
    """

    stored: bool = True
    answered: bool = True
    event: str = ""
    late: int = 0
    copies: int = 1
    refused: RejectReason | None = None
    error: BaseException | None = None
    until: asyncio.Event | None = None


OK = Sending()
LOST = Sending(answered=False)
NOT_STORED = Sending(stored=False, answered=False)


def refused(why: RejectReason) -> Sending:
    return Sending(refused=why)


def late(looks: int, *, event: str = "") -> Sending:
    """No answer, and in the place only after so many looks into the history."""
    return Sending(answered=False, late=looks, event=event)


@dataclass
class MemoryPlace:
    """What everybody sees: it outlives the bot's process."""

    messages: list[OwnMessage] = field(default_factory=list[OwnMessage])
    guests: list[GuestMessage] = field(default_factory=list[GuestMessage])
    removed: list[OwnMessage] = field(default_factory=list[OwnMessage])
    pending: list[tuple[int, Post, str]] = field(default_factory=list[tuple[int, Post, str]])
    """Stored after so many more looks into the history: looks, post, event."""
    edited: dict[int, str] = field(default_factory=dict[int, str])
    """Guests' messages that were edited: what they say now."""
    ids_at: int = 0
    """What ids of messages are larger than that were not written long ago."""

    def new_id(self) -> int:
        return next(_ids)

    def show(self, post: Post) -> OwnMessage:
        seen = OwnMessage(
            self.new_id(), post.by_webhook, post.username or "Roundtable", post.content.strip(), post.is_card
        )
        self.messages.append(seen)
        return seen

    def guest(self, text: str, *, name: str = "Kim", author_id: int = 77, reply_to: int | None = None) -> GuestMessage:
        """A member writes something."""
        message = GuestMessage(self.new_id(), author_id, name, text, reply_to)
        self.guests.append(message)
        return message

    @property
    def texts(self) -> list[str]:
        return [m.content for m in self.messages]


class ScriptedStage:
    """One process's view of a place. What becomes of sends and looks is taken from `script` and `looks`."""

    min_pace = 0.0

    def __init__(self, place: MemoryPlace, *script: Sending) -> None:
        self.place = place
        self.script = deque(script)
        self.looks: deque[BaseException | None] = deque()
        self.renewals: deque[BaseException | None] = deque()
        self.sends: list[Post] = []
        self.looked_after: list[int] = []
        self.renewed = 0
        self.woken = 0
        self.redrawn: list[Post] = []
        self.reports: list[StatusReport] = []
        self.told: list[str] = []
        self.composed: list[str] = []
        self.panel_id: int | None = None
        self.on_event: Callable[[OwnMessage], Awaitable[None]] | None = None
        self.chunk: int | None = None
        self.events: set[asyncio.Task[Any]] = set()
        self._sent = asyncio.Condition()

    async def until_sent(self, count: int) -> None:
        """Wait until so many sends have begun in all."""
        async with self._sent:
            await self._sent.wait_for(lambda: len(self.sends) >= count)

    # --- what a stage does ---

    def split(self, turn: Turn, persona: Persona | None) -> list[Post]:
        if isinstance(turn.steering, PollOpened):
            return [Post(PostKind.VOTE, turn.text, turn_seq=turn.seq)]
        if isinstance(turn.steering, QuestionPut) or turn.kind in ("moderator", "result"):
            return [Post(PostKind.NOTICE, turn.text, turn_seq=turn.seq)]
        size = self.chunk or len(turn.text)
        chunks = [turn.text[i : i + size] for i in range(0, len(turn.text), size)]
        name = persona.name if persona else turn.speaker
        return [Post(PostKind.TURN, chunk, username=name, turn_seq=turn.seq) for chunk in chunks]

    def sentence(self, notice: Notice) -> str:
        return sentence(notice)

    def names(self) -> PlaceNames:
        return PlaceNames("The server", "the-place", "Convener")

    def safe_name(self, name: str) -> str:
        return safe_name(name)

    async def send(self, post: Post) -> int:
        async with self._sent:
            self.sends.append(post)
            self._sent.notify_all()
        what = self.script.popleft() if self.script else OK
        if what.until is not None:
            await what.until.wait()
        if what.refused is not None:
            raise PostRejected(what.refused, f"refused: {what.refused.value}")
        if what.error is not None:
            raise what.error
        shown: list[OwnMessage] = []
        if what.late:
            self.place.pending.append((what.late, post, what.event))
        elif what.stored:
            shown = [self.place.show(post) for _ in range(what.copies)]
        if what.event == "before":
            for seen in shown:
                await self._tell(seen)
        if what.event == "after":
            for seen in shown:
                self._later(seen)
        if not what.answered:
            raise OutcomeUnknown("the answer was lost")
        return shown[-1].id

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        self.looked_after.append(after_id)
        failure = self.looks.popleft() if self.looks else None
        if failure is not None:
            raise failure
        found = [m for m in self.place.messages if m.id > after_id]
        self.arrive()
        return found

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        return [m for m in self.place.guests if m.id > after_id]

    def id_at(self, when: datetime) -> int:
        return self.place.ids_at

    async def said_of(self, message_ids: Collection[int]) -> dict[int, str | None]:
        there = {m.id for m in [*self.place.guests, *self.place.messages]}
        return {id_: self.place.edited.get(id_) if id_ in there else "" for id_ in message_ids}

    async def remove(self, message: OwnMessage) -> None:
        self.place.removed.extend(m for m in self.place.messages if m.id == message.id)
        self.place.messages = [m for m in self.place.messages if m.id != message.id]

    async def redraw(self, post: Post) -> None:
        self.redrawn.append(post)

    async def renew(self) -> None:
        self.renewed += 1
        failure = self.renewals.popleft() if self.renewals else None
        if failure is not None:
            raise failure

    async def wake(self) -> None:
        self.woken += 1

    async def show_typing(self, persona: Persona) -> None:
        self.composed.append(persona.name)

    def adopt_panel(self, message_id: int, *, instead_of: Collection[int] = ()) -> None:
        self.panel_id = message_id
        self.place.messages = [m for m in self.place.messages if m.id not in instead_of]

    def expect(self, report: StatusReport) -> None:
        self.reports.append(report)

    async def refresh(self, report: StatusReport) -> None:
        self.reports.append(report)

    async def tell_convener(self, sentence: str) -> None:
        self.told.append(sentence)

    # --- what happens by itself ---

    def arrive(self) -> None:
        """One look has passed: what was to be stored after it is in the place now."""
        waiting, self.place.pending = self.place.pending, []
        for looks, post, event in waiting:
            if looks > 1:
                self.place.pending.append((looks - 1, post, event))
            else:
                seen = self.place.show(post)
                if event:
                    self._later(seen)

    async def settle(self) -> None:
        """Wait until every event on its way was delivered."""
        while events := set(self.events):
            await asyncio.gather(*events, return_exceptions=True)
            # On newer Pythons gather returns at once if all are done, before they could leave by themselves.
            self.events -= events

    def _later(self, seen: OwnMessage) -> None:
        task = asyncio.ensure_future(self._tell(seen))
        self.events.add(task)
        task.add_done_callback(self.events.discard)

    async def _tell(self, seen: OwnMessage) -> None:
        if self.on_event is not None:
            await self.on_event(seen)
