"""What is shown of a persona or task that is made on Discord: before it is saved, afterwards, and all of them."""

from collections.abc import Sequence
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.text.making_texts import shown
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.choosing import first_format
from bot.discussion.text.segmentation import clipped

# The file that goes with a card, and where the card shows it.
FACE: Final = "face.png"
ATTACHED: Final = f"attachment://{FACE}"
# Parts of the 4,000 characters that all texts of a message have together.
_CARD_LENGTH: Final = 1500
_INTRO_LENGTH: Final = 300
_TEXT_LENGTH: Final = 500
_NOTES_LENGTH: Final = 900
_PROBLEMS_LENGTH: Final = 2500


def persona_parts(persona: Persona, face: str | None) -> list[c.Part]:
    """A persona as it is met: face, names, intro, and the beginning of its card. `face`: where its picture is."""
    intro = f"\n{shown(persona.intro, _INTRO_LENGTH)}" if persona.intro else ""
    aliases = f", also {shown(', '.join(persona.aliases), 200)}" if persona.aliases else ""
    called = f"-# Called {shown(persona.name, 80)}{aliases} · creativity {persona.creativity:g}"
    head = f"## {shown(persona.full_name, 80)}{intro}\n{called}"
    return [
        c.with_face(head, face, persona.full_name) if face else c.text(head),
        c.text(shown(persona.prompt, _CARD_LENGTH)),
    ]


def task_parts(task: Task) -> list[c.Part]:
    """A task as a convener needs to know it: setting, questions, how its table goes, rules and summary."""
    asked = "\n".join(f"{number}. {question}" for number, question in enumerate(task.questions, 1))
    texts = [("Setting", task.context), ("Questions", asked)]
    texts += [("Format", first_format(task.format).title if task.format else ""), ("Options", " · ".join(task.options))]
    texts += [("A question by itself", task.starter)]
    texts += [("Rules", task.discuss), ("Summary", task.summarize)]
    return [
        c.text(f"## {shown(task.name, 100)}"),
        *(c.text(f"**{label}**\n{shown(text, _TEXT_LENGTH)}") for label, text in texts if text),
    ]


def preview(parts: Sequence[c.Part], sketch_id: int, notes: Sequence[str], *, has_voice: bool) -> discord.ui.LayoutView:
    """What is about to be saved. `notes`: what its maker should know; `has_voice`: it can be heard before."""
    return c.card(
        *parts,
        c.line(),
        c.text(_listed(notes, _NOTES_LENGTH)) if notes else None,
        c.text("-# Not saved yet. Only you see this; it is kept for a day."),
        c.row(
            c.button("Save", "make-save", sketch_id, style=c.Style.success),
            c.button("Hear a test line", "make-line", sketch_id) if has_voice else None,
            c.button("Change", "make-change", sketch_id),
            c.button("Discard", "make-drop", sketch_id, style=c.Style.danger),
        ),
    )


def not_yet(noun: str, sketch_id: int, problems: Sequence[str]) -> discord.ui.LayoutView:
    """What has to be mended before it can be saved; what was written is kept."""
    return c.card(
        c.text(f"## This {noun} can't be saved yet"),
        c.text(_listed(problems, _PROBLEMS_LENGTH)),
        c.text("-# What you wrote is kept for a day: press Change."),
        c.row(
            c.button("Change", "make-change", sketch_id, style=c.Style.primary),
            c.button("Discard", "make-drop", sketch_id, style=c.Style.danger),
        ),
    )


def saved(parts: Sequence[c.Part], sentence: str) -> discord.ui.LayoutView:
    return c.card(*parts, c.line(), c.text(sentence))


def made(parts: Sequence[c.Part], argument: str, *, may_change: bool) -> discord.ui.LayoutView:
    """One that is there. `argument`: which; None of the buttons where it is not for whoever looks."""
    buttons = c.row(
        c.button("Edit", "made-edit", argument),
        c.button("Export", "made-export", argument),
        c.button("Delete…", "made-delete", argument, style=c.Style.danger),
    )
    return c.card(*parts, *([c.line(), buttons] if may_change else []))


def sure(noun: str, name: str, argument: str) -> discord.ui.LayoutView:
    return c.card(
        c.text(f"## Delete {shown(name, 100)}?"),
        c.text(
            f"The {noun} goes from this server for good; tables that have ended keep what was said. Export it first "
            "to keep a copy."
        ),
        c.row(
            c.button("Delete", "made-gone", argument, style=c.Style.danger),
            c.button("Keep", "made-keep", argument),
        ),
    )


def listed(noun: str, count: int, lines: Sequence[str], page: int, pages: int) -> discord.ui.LayoutView:
    """A page of those that a server has made."""
    return c.card(
        c.text(f"## {count} {noun}{'' if count == 1 else 's'} made here"),
        c.text("\n".join(lines)),
        c.text(f"-# `/{noun} show` shows one. What comes with me is under `/roundtable {noun}s`."),
        c.pages("made-list", page, pages, of=f"{noun}/"),
    )


def note(text: str) -> discord.ui.LayoutView:
    """A sentence in the place of a card."""
    return c.card(c.text(text))


def _listed(sentences: Sequence[str], most: int) -> str:
    return clipped("\n".join(f"- {sentence}" for sentence in sentences), most)
