"""What is wrong with persona and task files, in a form that is told to whoever wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import RoundtableError


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


class InvalidFiles(RoundtableError):
    """Everything that is wrong with the files, each with file, field, value and fix."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} thing{'s' if len(problems) > 1 else ''} to mend"
        super().__init__("\n".join([f"{count} in the persona and task files:", *(f"  {f}" for f in problems)]))
