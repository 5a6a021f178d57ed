"""What comes to light while a turn is composed, as values: the place is told of it, in words of the stage's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotRead:
    """A filter of the model's server refuses what these have said: it stands in no prompt from here on."""

    speakers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForTheHost:
    """Something about the model that whoever hosts the bot can better; the table goes on."""

    what: str


Finding = NotRead | ForTheHost
