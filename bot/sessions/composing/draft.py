"""The turn in the making, from the first call of a model until it is shown: one object, given up in one way."""

from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, TypeVar

from bot.discussion.model.record import Turn
from bot.sessions.composing.pace import Pace
from bot.sessions.interruptible import Interruptible

T = TypeVar("T")

_FOR_EVER: Final = 1e9  # seconds: thirty years
# How often a turn is composed anew because a guest has spoken meanwhile: in a busy channel it would never be its time.
MOST_DROPS: Final = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed turn that is not yet in the record, with the state of the record it was composed from."""

    turn: Turn
    heard: int
    revision: int


class AbandonReason(Enum):
    """Why a draft is given up."""

    WANTED_OTHERWISE = auto()  # people have asked for something else, and want to see it soon
    WORDS_CHANGED = auto()  # it has read what is no longer so
    GUEST_SPOKE = auto()  # it has not heard a guest; at most MOST_DROPS times a turn
    GUEST_ANSWERED = auto()  # it has not heard the guest for whose word it waits
    OTHER_QUESTION = auto()  # a guest has said what it need not hear: that ends only a wait for whatever comes


_BY_GUESTS: Final = (AbandonReason.GUEST_SPOKE, AbandonReason.GUEST_ANSWERED, AbandonReason.OTHER_QUESTION)


class DraftInProgress:
    """One session's: at most one draft at a time. `listen()`, `begin()`, `compose()`, `rest()`; then it may be
    committed, unless somebody has called `abandon()` meanwhile, from any task; and `shown()`."""

    def __init__(self, pace: Pace) -> None:
        self.is_abandoned = False
        self.heard = 0
        self._is_hurried = self._is_listening = self._is_private = False
        self._is_idle = False
        self._drops = 0
        self._pace = pace
        self._step = Interruptible()

    async def listen(self) -> bool:
        """Let a guest who is speaking finish, before a draft is begun. Out: whether that took a while, in which
        anything may have come to be."""
        if self._pace.quiet_left <= 0:
            return False
        self._is_listening = True
        try:
            while (left := self._pace.quiet_left) > 0:
                await self._step.sleep(left)
        finally:
            self._is_listening = False
        return True

    def begin(self, heard: int, *, private: bool = False) -> None:
        """A new one, which nobody has given up yet; `heard`: the last turn that it will have read. A `private` one, or
        several, what guests say now does not touch."""
        self.heard = heard
        self.is_abandoned = self._is_hurried = False
        self._is_private = private

    def has_read(self, seqs: Iterable[int]) -> bool:
        """Whether it has read one of these turns. While the table waits for anything to happen each of them counts: a
        question may have its words back."""
        return any(self._is_idle or seq <= self.heard for seq in seqs)

    async def compose(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What comes of the work, None if it was given up. What `work` raises passes through."""
        return await self._step(work)

    async def idle(self, seconds: float | None = None) -> None:
        """Wait so long (None: for as long as it takes) for anything to happen: somebody speaks, or steers. Whoever ends
        a silence need not wait until the turn before it has been read."""
        self.begin(0)
        self._is_idle = True
        try:
            await self._step.sleep(_FOR_EVER if seconds is None else seconds)
        finally:
            self._is_idle = False
        if seconds is None:
            self._pace.woken()

    @property
    def is_due(self) -> bool:
        """Whether it need not wait any more, or is given up."""
        return self.is_abandoned or self._pace.left <= 0

    async def rest(self, *, early: float = 0.0) -> None:
        """Wait until the turn before has been read, or `early` seconds less; not once this one is given up."""
        # The pace may have changed meanwhile.
        while not self.is_abandoned and (left := self._pace.left - early) > 0:
            await self._step.sleep(left)

    def abandon(self, reason: AbandonReason) -> None:
        """Give up what is in the making. A turn that is committed already is not touched, nor is its sending."""
        waits = self._is_listening or self._is_idle
        if reason is AbandonReason.OTHER_QUESTION and not waits:
            return
        if reason in _BY_GUESTS:
            self._pace.guest_spoke()
            if self._is_private:
                return
        if reason is AbandonReason.GUEST_SPOKE and not waits:
            if self._drops == MOST_DROPS:
                return
            self._drops += 1
        elif reason is AbandonReason.WANTED_OTHERWISE:
            self._is_hurried = True
            self._pace.hurry()
        self.is_abandoned = True
        self._step.interrupt()

    def audience_was_asked(self) -> None:
        """Who listens was asked something: the next turn leaves them time to answer."""
        self._pace.audience_was_asked()

    def shown(self, turn: Turn) -> None:
        """The turn is in its place (one without a text nowhere): the next one's time is counted from now."""
        if turn.kind != "moderator":
            self._drops = 0
        if turn.text:
            self._pace.shown(turn.text, in_a_hurry=self._is_hurried)
