"""When the next turn may be shown: people read the last one meanwhile, and the next is being composed."""

import asyncio
from collections.abc import Callable
from typing import Final

from bot.discussion.model.dials import Dials
from bot.discussion.text.segmentation import words

_NEVER: Final = float("-inf")
# Seconds that people get to read a card and press a button on it.
TO_ANSWER: Final = 30.0


class Pace:
    """One session's. Seconds on the event loop's clock."""

    def __init__(self, dials: Dials, least: Callable[[], float]) -> None:
        """`least`: what the stage asks for between two turns just now, whatever the dials say and whoever is in a
        hurry. It is asked anew each time, since it changes with what else goes on."""
        self._dials = dials
        self._least = least
        self._shown_at = _NEVER
        self._pause = 0.0

    @property
    def left(self) -> float:
        """Seconds until the next turn is due; 0 or less when it is."""
        return self._shown_at + max(self._pause, self._least()) - asyncio.get_running_loop().time()

    def shown(self, text: str, *, in_a_hurry: bool) -> None:
        """A turn has just been shown. `in_a_hurry`: a person has asked for what comes next."""
        self._shown_at = asyncio.get_running_loop().time()
        self._pause = 0.0 if in_a_hurry else self._dials.pause_after(len(words(text)))

    def audience_was_asked(self) -> None:
        """The turn after this waits until people had time to answer; at a table that makes no pauses it does not."""
        if self._dials.pace:
            self._shown_at = asyncio.get_running_loop().time()
            self._pause = max(self._pause, TO_ANSWER)

    def hurry(self) -> None:
        """A person has asked for what comes next: no more pause than the stage needs."""
        self._pause = 0.0
