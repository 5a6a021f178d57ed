"""What is wrong with persona and task files, in a form that is told to whoever wrote them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.discussion.text.folding import one_line
from bot.discussion.text.invisible import without_invisible
from bot.errors import HostMustMend, UserError

# So much of a file's name is told.
_NAME_SHOWN: Final = 60
# What steers a terminal, and half characters.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# So many of its faults are told at once: each has up to 300 characters, a message of Discord's 2,000.
_TOLD: Final = 6


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong with a file, and what to do about it."""

    file: str
    field: str
    value: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.field}" if self.field else self.file
        return f"{where}: {self.value} {self.fix}".strip()


class InvalidFiles(HostMustMend):
    """Everything that is wrong with the files, each with file, field, value and fix."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} thing{'s' if len(problems) > 1 else ''} to mend"
        super().__init__("\n".join([f"{count} in the persona and task files:", *(f"  {f}" for f in problems)]))


class UnusableFile(UserError):
    """A file that was handed over can't be taken: what is wrong with it, a sentence a line, as a message takes it."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(problems)
        more = [f"And {len(problems) - _TOLD} more."] if len(problems) > _TOLD else []
        super().__init__("\n".join([*(tellable(str(problem)) for problem in problems[:_TOLD]), *more]))


def tellable(sentence: str) -> str:
    """A sentence with pieces of a stranger's file as it can be written anywhere: on one line, and all of it is seen."""
    return one_line(without_invisible(_CONTROLS.sub("", sentence)))


def shown_name(filename: str) -> str:
    """The name of a file that a stranger named: without folders, control characters or much length."""
    name = tellable(re.split(r"[/\\]", filename[-2_000:])[-1])
    return name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN // 2]}…{name[-_NAME_SHOWN // 2 :]}"
