"""The form of a task: its fields, what is wrong with what was written, and the task that comes of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord

from bot.chat.cards import components as c
from bot.chat.text.making_texts import FIELD_LENGTH, NAME_LENGTH, in_field, mark_problem, written, written_line
from bot.discussion.model.starter import HOW, Starter
from bot.discussion.model.task import DEFAULT_DISCUSS, DEFAULT_SUMMARIZE, Task
from bot.discussion.moderation.formats.open import OpenTable
from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError
from bot.library.macros import expanded
from bot.library.question_lines import question_lines

QUESTION_LENGTH: Final = 300
QUESTIONS: Final = 50
_NEVER: Final = "never"
_USUAL: Final = {"discuss": DEFAULT_DISCUSS, "summarize": DEFAULT_SUMMARIZE}
_LABELS: Final = {
    "name": "Name",
    "context": "Setting",
    "questions": "Questions",
    "discuss": "Rules",
    "summarize": "Summary",
}


def task_form(title: str, verb: str, argument: object, fields: Mapping[str, str]) -> discord.ui.Modal:
    """The form with what `fields` holds already."""

    def long(name: str, hint: str, *, is_needed: bool = False) -> c.Part:
        text = in_field(fields.get(name, ""))
        return c.field(name, _LABELS[name], text=text, hint=hint, is_long=True, is_needed=is_needed, most=FIELD_LENGTH)

    return c.form(
        title,
        verb,
        argument,
        c.field("name", "Name", text=fields.get("name", ""), hint="How it is asked for", most=NAME_LENGTH),
        long("context", "What it is about, and what everybody at the table knows"),
        long("questions", "One a line", is_needed=True),
        long("discuss", "How they discuss; empty: the usual rules"),
        long("summarize", "How it is summed up; empty: as usual"),
    )


def task_fields(task: Task) -> dict[str, str]:
    """What the form holds of a task."""
    return {
        "name": clipped(task.name, NAME_LENGTH),
        "context": task.context,
        "questions": "\n".join(task.questions),
        "discuss": "" if task.discuss == DEFAULT_DISCUSS else task.discuss,
        "summarize": "" if task.summarize == DEFAULT_SUMMARIZE else task.summarize,
    }


def read_task_form(fields: Mapping[str, str], base: Mapping[str, Any]) -> tuple[Task | None, list[str]]:
    """The task of a form; or None with a sentence for each thing that is wrong. `base`: what it has besides."""
    wrong: list[str] = []
    name = written_line(fields.get("name", ""))
    if not any(character.isalnum() for character in name):
        wrong.append("**Name**: it has no letter or digit. Write a few words to ask for it by.")
    elif problem := mark_problem(name):
        wrong.append(f"**Name**: {discord.utils.escape_markdown(problem)} Choose another name.")
    texts: dict[str, str] = {}
    for field in ("context", "questions", "discuss", "summarize"):
        text, unknown = expanded("", _LABELS[field], written(fields.get(field, "")), "your character")
        texts[field] = text.strip() or _USUAL.get(field, "")
        wrong += [f"**{p.field}**: {discord.utils.escape_markdown(p.value)} {p.fix}" for p in unknown]
    questions = tuple(dict.fromkeys(line.text for line in question_lines(texts.pop("questions"))))
    if not questions:
        wrong.append("**Questions**: there is none. Write one a line.")
    elif len(questions) > QUESTIONS:
        wrong.append(f"**Questions**: there are {len(questions)}; a table can take {QUESTIONS}. Leave some out.")
    wrong += [
        f"**Questions**: “{discord.utils.escape_markdown(question[:40])}…” has {len(question)} characters. Keep one "
        f"under {QUESTION_LENGTH}, and put the background into the setting."
        for question in questions
        if len(question) > QUESTION_LENGTH
    ]
    if wrong:
        return None, wrong
    return Task.model_validate({**base, **texts, "name": name, "questions": questions}), []


def starter_of_task(text: str | None, format: str) -> dict[str, str]:
    """What a task has beside its form by what somebody writes of its starter: nothing new where they write nothing.

    In: the format that it has. One without goes to the only one that heeds a starter. Raises UserError.
    """
    if text is None:
        return {}
    if text.strip().casefold() == _NEVER:
        return {"starter": ""}
    try:
        starter = Starter.read(text)
    except ValueError as wrong:
        raise UserError(f"{discord.utils.escape_markdown(str(wrong))} {HOW} Or write {_NEVER}.") from None
    return {"starter": str(starter)} | ({} if format else {"format": OpenTable.name})


def same_name(task: Task, others: Sequence[Task]) -> str | None:
    """Why these others leave a task no place on the server, None if they do."""
    if fold(task.name) in {fold(other.name) for other in others}:
        return f"There is a task called “{task.name}” here already. Choose another name."
    return None
