"""The galleries: pages of personas with their faces, and of tasks, each with what one can do with it."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, TypeVar

import discord

from bot.chat.cards import components as c
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.discussion.text.segmentation import clipped

T = TypeVar("T")
# With five of them a page keeps within Discord's 40 parts, and within what a phone shows at once or twice.
PAGE: Final = 5
_ABOUT: Final = 250
_QUESTION: Final = 150
_FULL_NAME: Final = 80


def personas_page(
    personas: Sequence[Persona], number: int, face: Callable[[Persona], str], seated: Collection[str] | None
) -> discord.ui.LayoutView:
    """`seated`: who sits at the table here; None: there is none."""
    number, shown = _page(personas, number)
    parts: list[Any] = []
    for persona in shown:
        name = discord.utils.escape_markdown(clipped(persona.full_name, _FULL_NAME))
        about = clipped(discord.utils.escape_markdown(persona.intro or persona.reminder), _ABOUT)
        sits = "\n-# Sits at the table here" if seated and persona.name in seated else ""
        parts.append(c.with_face(f"**{name}**\n{about}{sits}", face(persona), persona.full_name))
        if seated is not None and not sits:
            parts.append(c.row(_doing("Seat here", "gallery-seat", persona.name)))
    turning = _turning("gallery-personas", number, len(personas))
    head = f"## Who can sit at a table ({len(personas)})"
    return c.card(c.text(head), *parts, turning or c.row(c.button("Set up a table", "setup")))


def tasks_page(tasks: Sequence[Task], number: int) -> discord.ui.LayoutView:
    """Every setting with the first of its questions, and a button that opens a table on it."""
    number, shown = _page(tasks, number)
    parts: list[Any] = []
    for task in shown:
        title = clipped(discord.utils.escape_markdown(task.title), _FULL_NAME)
        question = clipped(discord.utils.escape_markdown(" ".join(task.questions[0].split())), _QUESTION)
        more = len(task.questions) - 1
        further = f" … and {more} more" if more else ""
        setting = clipped(discord.utils.escape_markdown(" ".join(task.context.split())), _ABOUT)
        text = "\n".join(filter(None, [f"**{title}**", setting, f"-# {question}{further}"]))
        parts.append(c.beside(text, _doing("Start this", "gallery-start", task.name)))
    head = f"## What can be discussed ({len(tasks)})"
    return c.card(c.text(head), *parts, _turning("gallery-tasks", number, len(tasks)))


def _doing(label: str, verb: str, name: str, *, is_enabled: bool = True) -> c.Button:
    """A button that does something with what is called so; a name that no button can carry has only its command."""
    try:
        return c.button(label, verb, name, is_enabled=is_enabled)
    except ValueError:
        return c.button(label, verb, "", is_enabled=False)


def _page(things: Sequence[T], number: int) -> tuple[int, Sequence[T]]:
    number = max(0, min(number, (len(things) - 1) // PAGE))
    return number, things[number * PAGE : (number + 1) * PAGE]


def _turning(verb: str, number: int, count: int) -> c.Part | None:
    return c.pages(verb, number, -(-count // PAGE))
