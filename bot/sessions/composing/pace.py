"""When the next turn may be shown: people read the last one meanwhile, and the next is being composed."""

import asyncio

from bot.discussion.model.dials import Dials
from bot.discussion.text.segmentation import words


class Pace:
    """One session's. Seconds on the event loop's clock."""

    def __init__(self, dials: Dials, least: float) -> None:
        """`least`: what the stage asks for between two turns, whatever the dials say and whoever is in a hurry."""
        self._dials = dials
        self._least = least
        self._earliest = 0.0
        self._due = 0.0

    @property
    def left(self) -> float:
        """Seconds until the next turn is due; 0 or less when it is."""
        return self._due - asyncio.get_running_loop().time()

    def shown(self, text: str, *, in_a_hurry: bool) -> None:
        """A turn has just been shown. `in_a_hurry`: a person has asked for what comes next."""
        now = asyncio.get_running_loop().time()
        self._earliest = now + self._least
        self._due = max(self._earliest, now + (0 if in_a_hurry else self._dials.pause_after(len(words(text)))))

    def hurry(self) -> None:
        """A person has asked for what comes next: no more pause than the stage needs."""
        self._due = min(self._due, self._earliest)
