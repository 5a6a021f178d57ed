"""A task out of a file that is handed over, and as a file to take along: JSON, or a list of questions in a text."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Final, cast

from bot.discussion.model.task import Task
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped
from bot.library.brief_file import BRIEF_LENGTH
from bot.library.file_problem import FileProblem, UnusableFile, shown_name
from bot.library.json_text import as_json, read_json
from bot.library.macros import expanded
from bot.library.option_lines import option_lines
from bot.library.question_lines import QuestionLine, question_lines
from bot.library.task_format import format_in, options_problems
from bot.library.text_file import decoded, without_controls

# A task's name is chosen from a list: https://discord.com/developers/docs/interactions/application-commands
TASK_NAME_LENGTH: Final = 100
QUESTION_LENGTH: Final = 300
QUESTIONS: Final = 50
# Of rules; of the context, as of a brief; of a language's name. All of it stands in each request.
_RULES_LENGTH: Final = 4_000
_LENGTHS: Final = {"context": BRIEF_LENGTH, "language": 80}
# Of a file in all: as long as each of them may be, in letters of three bytes.
TASK_BYTES: Final = 128 * 1024
_LIST_BYTES: Final = 16 * 1024
_TEXTS: Final = (".txt", ".text", ".md", ".markdown")
# The title of a Markdown file.
_TITLE: Final = re.compile(r"\A\s*#(?!#)[^\S\n]*(\S.*)")

_LISTS: Final = ("questions", "options")

_FIXES: Final = {
    "name": 'Give it a short name, such as "name": "Cats at night".',
    "questions": 'Write a list of questions, such as "questions": ["Should cats have a curfew?"].',
    "options": 'Write a list of options, such as "options": ["yes", "no"], or leave the field out.',
}
_TEXT: Final = "Write a text, or leave the field out."


def imported_task(data: bytes, filename: str) -> Task:
    """The task in a file: JSON with the fields of a task, or text or Markdown with one question a line.

    Such a text's name is its title, else the file's. Raises UnusableFile with everything that is wrong.
    """
    file = shown_name(filename) or "the file"
    is_list = file.lower().endswith(_TEXTS)
    most = _LIST_BYTES if is_list else TASK_BYTES
    if len(data) > most:
        raise UnusableFile([FileProblem(file, "", f"has {len(data):,} bytes.", f"Keep it under {most:,}.")])
    text, problems = decoded(file, data)
    if problems:
        raise UnusableFile(problems)
    if is_list:
        title = _TITLE.match(text)
        fields: dict[str, Any] = {"name": title[1] if title else PurePath(file).stem, "questions": text}
    else:
        parsed, problems = read_json(file, text)
        if problems:
            raise UnusableFile(problems)
        if not isinstance(parsed, Mapping):
            raise UnusableFile(
                [FileProblem(file, "", "it does not hold a JSON object.", 'Begin with { and "questions".')]
            )
        fields = {key: value for key, value in cast(Mapping[str, Any], parsed).items() if key in Task.model_fields}
    return _task(file, fields)


def exported_task(task: Task) -> bytes:
    """A task in JSON, without what is as it is anyway: what `imported_task` takes back."""
    return as_json(task.model_dump(mode="json", exclude_defaults=True))


def _task(file: str, fields: Mapping[str, Any]) -> Task:
    problems: list[FileProblem] = []

    def plain(field: str, value: Any, most: int) -> str:
        if not isinstance(value, str):
            problems.append(FileProblem(file, field, "is not a text.", _FIXES.get(field, _TEXT)))
            return ""
        if len(value) > most:
            problems.append(FileProblem(file, field, f"has {len(value):,} characters.", f"Keep it under {most:,}."))
            return ""
        text, unknown = expanded(file, field, without_controls(value), "your character")
        problems.extend(unknown)
        return text.strip()

    given = {field: value for field, value in fields.items() if field not in _LISTS and value is not None}
    # What is empty is as it is by itself.
    texts = {field: text for field, value in given.items() if (text := plain(field, value, _length(field)))}
    name = clipped(one_line(texts.pop("name", "")), TASK_NAME_LENGTH)
    if not name and not any(problem.field == "name" for problem in problems):
        problems.append(FileProblem(file, "name", "is missing.", _FIXES["name"]))
    asked = fields.get("questions")
    if isinstance(asked, str):
        asked = [line.text for line in question_lines(asked[:_LIST_BYTES])]
    if not isinstance(asked, list) or not asked:
        problems.append(FileProblem(file, "questions", "are missing.", _FIXES["questions"]))
        asked = []
    if len(several := cast(list[Any], asked)) > QUESTIONS:
        problems.append(FileProblem(file, "questions", f"are {len(several):,}.", f"Keep up to {QUESTIONS}."))
    # A question that stands there twice is one question of the agenda.
    questions = dict.fromkeys(one_line(plain("questions", one, QUESTION_LENGTH)) for one in several[:QUESTIONS])
    questions.pop("", None)
    if not questions and not problems:
        problems.append(FileProblem(file, "questions", "are empty.", _FIXES["questions"]))
    texts["format"], of_format = format_in(file, "format", texts.get("format", ""))
    problems += of_format
    options = _options(fields.get("options"), plain)
    if options and not any(problem.field == "options" for problem in problems):
        problems += options_problems(file, "options", options, texts["format"])
    if problems:
        raise UnusableFile(problems)
    chosen = tuple(option.text for option in options)
    return Task.model_validate({"name": name, "questions": tuple(questions), "options": chosen, **texts})


def _options(given: Any, plain: Callable[[str, Any, int], str]) -> list[QuestionLine]:
    """In: a list of texts, a text with one a line, or None; `plain`, which tells what is wrong with one."""
    if given is None or isinstance(given, str):
        return option_lines(plain("options", given or "", _RULES_LENGTH))
    several: list[Any] = cast(list[Any], given) if isinstance(given, list) else [None]
    looked_at = [one_line(plain("options", one, _RULES_LENGTH)) for one in several[:QUESTIONS]]
    # However many there are, they are counted.
    return [QuestionLine(1, text) for text in [*looked_at, *("…" for _ in several[QUESTIONS:])]]


def _length(field: str) -> int:
    return _LENGTHS.get(field, _RULES_LENGTH)
