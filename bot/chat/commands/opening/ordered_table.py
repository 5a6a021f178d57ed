"""From what somebody chose to the table they get: its task, its cast, its dials; and reading what they ask."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.chat.hearing.guest_messages import without_unseen
from bot.chat.rules.table_choices import ALL, EVERYONE, NOBODY, TableChoices
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.choosing import (
    as_format_has_it,
    format_fault,
    format_named,
    left_out,
    options_fault,
    options_of_format_fault,
    people_fault,
)
from bot.discussion.text.folding import fold
from bot.discussion.text.links import plain_links
from bot.errors import UserError
from bot.library.catalogue import Catalogue
from bot.library.name_rules import SEPARATORS
from bot.library.option_lines import PARTED
from bot.library.option_lines import options_in as option_texts
from bot.library.question_lines import question_lines
from bot.store.server_settings import ServerSettings

QUESTION_LENGTH: Final = 300
QUESTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class OrderedTable:
    """What the supervisor needs of it; `chimers` as StoredSession has it. `note`: what its convener is to know."""

    task: Task
    cast: tuple[Persona, ...]
    dials: Dials
    chimers: int | None
    note: str = ""


def ordered(choices: TableChoices, catalogue: Catalogue, server: ServerSettings, dials: Dials) -> OrderedTable:
    """The table that somebody wants. `dials`: the host's. Raises UserError for what can't be had."""
    wanted = choices.filled_in(server, dials)
    task = _task(wanted, catalogue, is_servers=choices.task is None)
    task = task.model_copy(update={"language": wanted.language or task.language})
    changed: dict[str, Any] = {"turns": wanted.turns, "floor": wanted.floor, "vote": wanted.vote}
    if server.pace is not None:
        changed["pace"] = server.pace
    format = wanted.format_for(task, server, dials)
    if wanted.options and (fault := options_of_format_fault(format)):
        raise UserError(str(fault))
    if wanted.chimers == NOBODY and (fault := people_fault(format)):
        raise UserError(str(fault))
    made, made_dials = as_format_has_it(format, task, dials.model_copy(update=changed))
    return OrderedTable(
        made,
        _cast(wanted, catalogue, is_servers=choices.personas is None),
        made_dials,
        None if wanted.chimers == EVERYONE else wanted.chimers,
        left_out(format, task),
    )


def questions_in(text: str, *, are_lines: bool = False) -> tuple[str, ...]:
    """What somebody asks: one question, or several with `|` between them; `are_lines`: or one a line. Raises UserError.

    An option has one line: what breaks there was pasted.
    """
    parts = text.split(PARTED)
    lines = plain_links(without_unseen("\n".join(parts if are_lines else [" ".join(part.split()) for part in parts])))
    # The numbers and bullets of a list are no part of its questions; one line is what it is.
    found = [each.text for each in question_lines(lines)] if "\n" in lines else [lines]
    questions = tuple(dict.fromkeys(filter(None, (" ".join(each.split()) for each in found))))
    if len(questions) > QUESTIONS:
        raise UserError(f"These are {len(questions)} questions; a table can take {QUESTIONS}. Leave some out.")
    for question in questions:
        if len(question) > QUESTION_LENGTH:
            raise UserError(
                f"The question “{question[:40]}…” has {len(question)} characters; it may have {QUESTION_LENGTH}. "
                "Shorten it, or bring what belongs to it as a `brief`."
            )
    return questions


def options_in(text: str) -> tuple[str, ...]:
    """What somebody would have a table choose between: one a line, or several on a line with `|` between them.

    Raises UserError where nobody could choose between these.
    """
    found = option_texts(plain_links(without_unseen(text)))
    if found and (fault := options_fault(found)):
        raise UserError(str(fault))
    return found


def format_in(text: str) -> str:
    """The name of the format that is meant. Raises UserError where there is none such."""
    format = format_named(text)
    if format is None:
        raise UserError(discord.utils.escape_markdown(str(format_fault(text))))
    return format.name


def one_language(text: str) -> str:
    """The name of a language as it was written, on one line."""
    return " ".join(without_unseen(text).split())


def _task(wanted: TableChoices, catalogue: Catalogue, *, is_servers: bool) -> Task:
    if wanted.task is None and not wanted.questions and not wanted.brief:
        return catalogue.task(None).model_copy(update={"options": wanted.options} if wanted.options else {})
    if not wanted.task:
        if not wanted.questions:
            raise UserError(
                "Say what is to be discussed about the brief: with a `question`, or a `task` that has questions."
                if wanted.brief
                else "Give it a question, or choose a setting that has questions."
            )
        return Task.asking(wanted.questions, context=wanted.brief).model_copy(update={"options": wanted.options})
    with _as_set_here("task", is_servers):
        task = catalogue.task(wanted.task)
    changed: dict[str, Any] = {"questions": wanted.questions, "context": wanted.brief, "options": wanted.options}
    if wanted.questions:
        task = task.model_copy(update={"options": ()})  # they belong to its own questions
    return task.model_copy(update={name: value for name, value in changed.items() if value})


def _cast(wanted: TableChoices, catalogue: Catalogue, *, is_servers: bool) -> tuple[Persona, ...]:
    names = [name.strip() for name in re.split(f"[{SEPARATORS}]", wanted.personas or "")]
    with _as_set_here("cast", is_servers):
        return catalogue.cast("" if ALL in map(fold, names) else ", ".join(names))


@contextmanager
def _as_set_here(setting: str, is_servers: bool) -> Iterator[None]:
    """Around the look-up of what a server has set: says where it can be changed, if it is there no more."""
    try:
        yield
    except UserError as error:
        if not is_servers:
            raise
        raise UserError(
            f"{error} It is this server's default: `/roundtable settings {setting}:…` changes it."
        ) from None
