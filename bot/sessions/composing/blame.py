"""Finds the lines that a server's filter objects to: each try leaves some out, and a try that passes is an answer."""

from collections.abc import Sequence
from typing import Final

# More tries than this are not made for one turn: enough to find one line among sixty-four, by halves.
MOST_TRIES: Final = 8


class Blame:
    """The search. `suspects` are numbers of turns, those that are more likely to blame first.

    `left_out` is what the next try does without, None once there is none to make. Tell how it went by `passed()` or
    `refused()`; `found` is then the fewest turns without which a try has passed, empty if none has.
    """

    def __init__(self, suspects: Sequence[int]) -> None:
        self.found: tuple[int, ...] = ()
        self._suspects = tuple(suspects)
        self._within = self._suspects  # where what is to blame is, if it is one of them
        self._tries = 0

    @property
    def left_out(self) -> tuple[int, ...] | None:
        if not self._within or self._tries == MOST_TRIES:
            return None
        # What was said last is the likeliest. If it is not that alone, something of all must be to blame, or none.
        if not self.found:
            return self._suspects if self._tries else self._suspects[:1]
        half = self._within[: (len(self._within) + 1) // 2]
        return None if half == self.found else half

    def passed(self) -> None:
        self.found = self.left_out or ()
        self._within = self._suspects[1:] if self._tries == 1 else self.found
        self._tries += 1

    def refused(self) -> None:
        left_out = self.left_out or ()
        if self._tries or len(self._suspects) == 1:
            self._within = tuple(turn for turn in self._within if turn not in left_out)
        self._tries += 1
