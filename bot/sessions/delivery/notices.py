"""What a place is told about its session, as values: the stage knows the words, and what people can do there."""

from dataclasses import dataclass
from typing import Final

from bot.sessions.composing.findings import Finding
from bot.store.models import Fault, PostKind

_IN_WORDS: Final = {1: "One", 2: "Two", 3: "Three"}


@dataclass(frozen=True, slots=True)
class Paused:
    """A fault has paused the session; None: it came on top of a pause by a person, which stays."""

    reason: str
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The session goes on by itself: what had paused it is over."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class OutageOver:
    """The session goes on: its database takes something again."""

    cause: str


@dataclass(frozen=True, slots=True)
class NearsItsEnd:
    """The session has reached one of its own limits: the summary comes next, or the end."""

    limit: str


@dataclass(frozen=True, slots=True)
class LastCall:
    """Only so many turns are left, then the summary by whoever has spoken most (None: not known), or `then`, which the
    format has in its place."""

    turns: int
    summariser: str | None
    then: str | None = None

    @property
    def sentence(self) -> str:
        left = f"{_IN_WORDS.get(self.turns, self.turns)} turn{'' if self.turns == 1 else 's'} left"
        return (
            f"{left}, then {self.then or (f'{self.summariser} sums up' if self.summariser else 'comes the summary')}."
        )


@dataclass(frozen=True, slots=True)
class NotShown:
    """Something that is no turn was refused, and will not be shown. `why`: a sentence."""

    what: PostKind
    why: str


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """The session is over. `refused`: how many of its turns the place did not show, or not whole."""

    refused: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """Somebody did something to the table: "Mira paused the table."."""

    what: str


Notice = Paused | GoesOn | OutageOver | NearsItsEnd | LastCall | NotShown | SessionClosed | Finding | Done
