"""When the next turn may be begun, and when shown: people read the last one, and guests finish what they say."""

import asyncio
from collections.abc import Callable
from typing import Final

from bot.discussion.model.bursts import BURST_SECONDS
from bot.discussion.model.record import Record, Session
from bot.discussion.moderation.asked_guest import awaited_guest
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.text.segmentation import words

# After a guest's message so many seconds pass before a turn is begun, so that it answers all of what they say in
# several; less at a table whose pace is less than four times as long, none where it has none.
QUIET_SECONDS: Final = 2.0
_NEVER: Final = float("-inf")
# Seconds that people get to read a card and press a button on it.
TO_ANSWER: Final = 30.0


class Pace:
    """One session's. Seconds on the event loop's clock."""

    def __init__(self, session: Session, record: Record, least: Callable[[], float]) -> None:
        """`least`: what the stage asks for between two turns just now, whatever the dials say and whoever is in a
        hurry. It is asked anew each time, since it changes with what else goes on."""
        self._session = session
        self._record = record
        self._least = least
        self._shown_at = _NEVER
        self._pause = 0.0
        self._waits = False
        self._burst_began = self._quiet_until = _NEVER

    @property
    def left(self) -> float:
        """Seconds until the next turn is due; 0 or less when it is."""
        due = self._shown_at + max(self._pause, self._least())
        if self._waits and awaited_guest(self._session, self._record) is not None:
            due += self._session.dials.guest_wait
        return due - asyncio.get_running_loop().time()

    def shown(self, text: str, *, in_a_hurry: bool) -> None:
        """A turn has just been shown. `in_a_hurry`: a person has asked for what comes next."""
        self._shown_at = asyncio.get_running_loop().time()
        self._pause = 0.0 if in_a_hurry else self._session.dials.pause_after(len(words(text)))
        self._waits = self._session.dials.guest_wait > 0 and format_of(self._session).waits_for_guests

    def audience_was_asked(self) -> None:
        """The turn after this waits until people had time to answer; at a table that makes no pauses it does not."""
        if self._session.dials.pace:
            self._shown_at = asyncio.get_running_loop().time()
            self._pause = max(self._pause, TO_ANSWER)

    def hurry(self) -> None:
        """A person has asked for what comes next: no more pause than the stage needs."""
        self._pause = 0.0
        self._waits = False
        self._quiet_until = _NEVER

    def woken(self) -> None:
        """Somebody has spoken into a silence: no more pause than the stage needs, once they have finished."""
        self._pause = 0.0

    @property
    def quiet_left(self) -> float:
        """Seconds until the next turn may be begun; 0 or less when it may."""
        return self._quiet_until - asyncio.get_running_loop().time()

    def guest_spoke(self) -> None:
        """A guest has just said something, and may go on."""
        now = asyncio.get_running_loop().time()
        if now >= self._quiet_until:
            self._burst_began = now
        quiet = min(QUIET_SECONDS, self._session.dials.pace / 4)
        self._quiet_until = min(now + quiet, self._burst_began + BURST_SECONDS)
