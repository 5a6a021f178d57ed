"""What comes to light while a turn is composed, as values: the place is told of it, in words of the stage's."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotRead:
    """A filter of the model's server refuses what these have said: it stands in no prompt from here on."""

    speakers: tuple[str, ...]

    def named(self, name: Callable[[str], str] = str) -> str:
        """Them as part of a sentence, each as `name` gives it: "Otto, Mira and Ben"."""
        *others, last = map(name, self.speakers)
        return f"{', '.join(others)} and {last}" if others else last


@dataclass(frozen=True, slots=True)
class ForTheHost:
    """Something about the model that whoever hosts the bot can better; the table goes on."""

    what: str


Finding = NotRead | ForTheHost
