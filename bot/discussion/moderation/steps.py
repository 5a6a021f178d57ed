"""What can happen next at a table: the steps that a format puts together."""

from dataclasses import dataclass
from typing import Literal

from bot.discussion.model.persona import Persona
from bot.discussion.model.steerings import Steering
from bot.discussion.prompts.prompt import Cue


@dataclass(frozen=True, slots=True)
class Open:
    """Put this question on the table."""

    question: str


@dataclass(frozen=True, slots=True)
class WrapUp:
    """Call for the closing turns: the table has nothing new to say, and no other question."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Have the model choose who of these speaks next."""

    among: tuple[Persona, ...]


@dataclass(frozen=True, slots=True)
class Speak:
    """This persona takes a turn."""

    persona: Persona
    cue: Cue


@dataclass(frozen=True, slots=True)
class Summarise:
    """This persona sums up."""

    persona: Persona
    cue: Cue


@dataclass(frozen=True, slots=True)
class Say:
    """The moderator steers, and the table sees `text` of it: what belongs to a format alone."""

    steering: Steering
    text: str = ""


@dataclass(frozen=True, slots=True)
class Gather:
    """Ask each of these in private, at the same time: for a position, or for a ballot in the poll of turn `poll`.

    `options`: what there is to choose from; none: a position then is a proposal of their own. `ranked`: all of them are
    to be put in order. `is_shown`: whether the others read a position once all are there. `note`: what the format
    has to say besides.
    """

    kind: Literal["position", "ballot"]
    among: tuple[Persona, ...]
    question: str
    options: tuple[str, ...] = ()
    ranked: bool = False
    poll: int = 0
    is_shown: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClosePoll:
    """Close the poll of turn `poll` and tell its result, once the audience has had its time. `compared`: the earlier
    poll whose members' votes are set against these; 0: none."""

    poll: int
    compared: int = 0


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait until somebody says something."""


@dataclass(frozen=True, slots=True)
class Close:
    """The discussion is over."""


Step = Open | WrapUp | Choose | Speak | Summarise | Say | Gather | ClosePoll | Listen | Close
