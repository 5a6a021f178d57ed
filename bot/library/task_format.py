"""How a task's table goes, out of its files: the format that it names, and the options between which it comes to a
choice."""

from collections.abc import Sequence

from bot.discussion.moderation.formats.choosing import (
    format_fault,
    format_named,
    options_fault,
    options_of_format_fault,
)
from bot.library.file_problem import FileProblem
from bot.library.question_lines import QuestionLine


def format_in(file: str, field: str, text: str) -> tuple[str, list[FileProblem]]:
    """The name of the format in a text, "" where that is blank; and what is wrong with it."""
    if not text.strip():
        return "", []
    if fault := format_fault(text):
        return "", [FileProblem(file, field, fault.found, fault.fix)]
    format = format_named(text)
    assert format is not None
    return format.name, []


def options_problems(file: str, field: str, options: Sequence[QuestionLine], format_name: str) -> list[FileProblem]:
    """What is wrong with a task's options, and with having any. `format_name`: "" where it names none."""
    format = format_named(format_name)
    fault = options_fault([option.text for option in options]) or (format and options_of_format_fault(format))
    if fault is None:
        return []
    where = f"line {options[fault.at].line}" if fault.at is not None and not field else field
    return [FileProblem(file, where, fault.found, fault.fix)]
