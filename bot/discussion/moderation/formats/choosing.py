"""What can be chosen of formats: which there are, what is wrong with a name or with options, what a task comes to."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.discussion.model.dials import Dials
from bot.discussion.model.polls import LEAST_OPTIONS, MOST_OPTIONS, OPTION_LENGTH
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.formats.table import FORMATS, ROUND_TABLE
from bot.discussion.text.folding import fold, one_line
from bot.discussion.text.segmentation import clipped

# So much of what somebody wrote is told back to them.
_TOLD: Final = 40
# How alike a name and what was written for it are, 0 to 1, as difflib has it.
_LIKENESS: Final = 0.6


@dataclass(frozen=True, slots=True)
class NotChoosable:
    """What is wrong with a choice, and what to do about it: a sentence each. `at`: with which of several, from 0."""

    found: str
    fix: str
    at: int | None = None

    def __str__(self) -> str:
        return f"{self.found} {self.fix}"


def format_named(text: str) -> Format | None:
    """The format that a text names, in any case, as its name or its title; None where there is none."""
    wanted = _folded(text)
    return next((f for f in FORMATS.values() if wanted in (_folded(f.name), _folded(f.title))), None)


def first_format(*names: str | None) -> Format:
    """The format of the first name that is there; one that this version does not know is a round table."""
    return FORMATS.get(next(filter(None, names), ""), ROUND_TABLE)


def format_fault(text: str) -> NotChoosable | None:
    """Why a text names no format; None if it names one."""
    if format_named(text):
        return None
    near = difflib.get_close_matches(_folded(text), FORMATS, n=1, cutoff=_LIKENESS)
    fix = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(FORMATS)}."
    written = clipped(one_line(text), _TOLD)
    return NotChoosable(f"“{written}” is no format." if written else "No format is named.", fix)


def options_fault(options: Sequence[str]) -> NotChoosable | None:
    """Why nobody could choose between these, each as it is shown; None if one can."""
    if not all(options):
        return NotChoosable("One of the options is empty.", "Write something, or take it out.", options.index(""))
    number = len(options)
    if number < LEAST_OPTIONS:
        found = "This is one option alone." if options else "There is no option."
        return NotChoosable(found, f"Name {LEAST_OPTIONS} to {MOST_OPTIONS}.")
    if number > MOST_OPTIONS:
        return NotChoosable(f"These are {number} options.", f"Name up to {MOST_OPTIONS}.")
    for at, option in enumerate(options):
        if len(option) > OPTION_LENGTH:
            found = f"The option “{option[:_TOLD]}…” has {len(option)} characters."
            return NotChoosable(found, f"Keep it to {OPTION_LENGTH}.", at)
        if fold(option) in map(fold, options[:at]):
            return NotChoosable(
                f"The option “{clipped(option, _TOLD)}” stands there twice.", "Take one of them out.", at
            )
    return None


def options_of_format_fault(format: Format) -> NotChoosable | None:
    """Why a format has no use for options; None if it has one."""
    if format.takes_options:
        return None
    others = ", ".join(other.name for other in FORMATS.values() if other.takes_options)
    return NotChoosable(
        f"{format.called} takes no options.", f"Leave them out, or choose a format that does: {others}."
    )


def people_fault(format: Format) -> NotChoosable | None:
    """Why a table of this format can't be held where nobody may chime in; None if it can."""
    if not format.needs_people:
        return None
    others = ", ".join(other.name for other in FORMATS.values() if not other.needs_people)
    return NotChoosable(
        f"{format.called} is silent until people talk, and here nobody may chime in.",
        f"Let everyone or a role chime in (`guests`), or choose another format: {others}.",
    )


def as_format_has_it(format: Format, task: Task, dials: Dials) -> tuple[Task, Dials]:
    """The task and the dials of a table of this format: of the task what the format has a use for."""
    kept: dict[str, object] = {}
    if format.has_one_question:
        kept["questions"] = task.questions[:1]
    if not format.takes_options:
        kept["options"] = ()
    changed: dict[str, object] = {"format": format.name}
    if format.has_polls:
        changed["vote"] = False
    if format.last_turns is not None:
        changed["wrap_up"] = format.last_turns
    return task.model_copy(update=kept), dials.model_copy(update=changed)


def left_out(format: Format, task: Task) -> str:
    """A sentence about the questions of a task for which a format has no use; empty where there is none."""
    more = len(dict.fromkeys(task.questions)) - 1
    if not format.has_one_question or not more:
        return ""
    others = "the other one is" if more == 1 else f"the other {more} are"
    return f"{format.called} is about one question, here the first; {others} left out."


def _folded(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())
