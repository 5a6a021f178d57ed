"""The one look-up for personas and tasks: what can be seated and discussed here."""

import difflib
import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.discussion.model.name_forms import is_called, name_forms, own_names
from bot.discussion.model.persona import NAME_LENGTH, Persona
from bot.discussion.model.persona_similarity import near_copies
from bot.discussion.model.task import Task
from bot.discussion.text.folding import fold, fold_name
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError
from bot.library.file_problem import InvalidFiles
from bot.library.files import read_personas, read_tasks, unread_files
from bot.library.name_rules import SEPARATORS

_SEPARATOR: Final = re.compile(f"[{SEPARATORS}]")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every persona and task that can be started. `usual_cast`: who sits where nobody is named; empty: all of them."""

    personas: tuple[Persona, ...]
    tasks: tuple[Task, ...]
    usual_cast: tuple[Persona, ...] = ()

    def persona(self, name: str) -> Persona:
        """The persona called `name` in any form. Raises UserError with the nearest names."""
        asked = fold_name(name)
        for persona in self.personas:
            if asked in own_names(persona):
                return persona
        called = [persona for persona in self.personas if asked in name_forms(persona)] or [
            persona for persona in self.personas if is_called(name, name_forms(persona))
        ]
        if len(called) > 1:
            both = " or ".join(p.full_name for p in called)
            raise UserError(f"“{name.strip()}” could be {both}. Write the full name.")
        if called:
            return called[0]
        raise UserError(_unknown("persona", name, [p.name for p in self.personas]))

    def cast(self, names: str) -> tuple[Persona, ...]:
        """The personas named in a list with commas, each once, in its order; the usual ones when it is empty.

        Raises UserError for a name that is unknown.
        """
        asked = [name for name in _SEPARATOR.split(names) if name.strip()]
        if not asked:
            return self.usual_cast or self.personas
        return tuple({p.name: p for p in map(self.persona, asked)}.values())

    def task(self, name: str | None) -> Task:
        """The task called `name`, the first one without a name. Raises UserError with the nearest names."""
        if not name:
            return self.tasks[0]
        for task in self.tasks:
            if fold(task.name) == fold(name.strip()):
                return task
        raise UserError(_unknown("task", name, [t.name for t in self.tasks]))


def open_catalogue(
    personas: Path,
    tasks: Path,
    endpoints: Collection[str] = (),
    *,
    given_as: Mapping[str, str] | None = None,
    leaves_out: bool = False,
) -> Catalogue:
    """Read both folders; personas may name these `endpoints`. Near copies among the
    cards, and files that are not read, go to the log. `given_as`: see `read_settings`.
    `leaves_out`: bad files are left out, each with a warning in the log, as long as any are left.

    Raises InvalidFiles with everything that is wrong in either.
    """
    by = {"PERSONAS_DIR": "PERSONAS_DIR", "TASKS_DIR": "TASKS_DIR"} | dict(given_as or {})
    cast, persona_problems = read_personas(personas, endpoints, setting=by["PERSONAS_DIR"])
    found, task_problems = read_tasks(tasks, setting=by["TASKS_DIR"])
    problems = persona_problems + task_problems
    if problems and not (leaves_out and cast and found):
        raise InvalidFiles(problems)
    for problem in problems:
        log.warning("left out: %s", problem)
    for sentence in [*unread_files(personas), *near_copies(cast)]:
        log.warning("%s: %s", personas, sentence)
    return Catalogue(tuple(cast), tuple(found))


def _unknown(what: str, name: str, known: list[str]) -> str:
    folded = {fold(one): one for one in known}
    near = difflib.get_close_matches(fold(name.strip()), folded, n=1, cutoff=0.6)
    hint = f"Did you mean “{folded[near[0]]}”?" if near else f"There are: {', '.join(known)}."
    return f"There is no {what} called “{clipped(name.strip(), NAME_LENGTH)}”. {hint}"
