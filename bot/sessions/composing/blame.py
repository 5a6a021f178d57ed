"""Finds the lines that a server's filter objects to: each try leaves some out, and a try that passes is an answer."""

from collections.abc import Sequence
from typing import Final

# More tries than this are not made for one turn.
MOST_TRIES: Final = 5


class Blame:
    """The search. `suspects` are numbers of turns, those that are more likely to blame first.

    `left_out` is what the next try does without, None once there is none to make. Tell how it went by `passed()` or
    `refused()`; `found` is then the fewest turns without which a try has passed, empty if none has.
    """

    def __init__(self, suspects: Sequence[int]) -> None:
        self.found: tuple[int, ...] = ()
        self._tries = 0
        self._refused = set[tuple[int, ...]]()
        # What was said last is the likeliest. If it is not that alone, something of all must be to blame, or none.
        self._next = list(dict.fromkeys([tuple(suspects[:1]), tuple(suspects)])) if suspects else []

    @property
    def left_out(self) -> tuple[int, ...] | None:
        return self._next[0] if self._next and self._tries < MOST_TRIES else None

    def passed(self) -> None:
        self._tries += 1
        self.found = self._next[0]
        suspects = tuple(turn for turn in self.found if (turn,) not in self._refused)
        half = (len(suspects) + 1) // 2
        smaller = dict.fromkeys([suspects[:half], suspects[half:]])
        self._next = [turns for turns in smaller if turns and len(turns) < len(self.found)]

    def refused(self) -> None:
        self._tries += 1
        self._refused.add(self._next.pop(0))
