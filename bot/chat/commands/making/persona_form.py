"""The form of a persona: its fields, what is wrong with what was written, and the persona that comes of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord

from bot.chat.cards import components as c
from bot.chat.text.making_texts import FIELD_LENGTH, NAME_LENGTH, mark_problem, written, written_line
from bot.discussion.model.name_forms import name_clashes
from bot.discussion.model.persona import Persona
from bot.discussion.text.segmentation import clipped
from bot.library.persona_file import read_persona

INTRO_LENGTH: Final = 300
_CREATIVITY: Final = "0.7"
# What a field is called on the form, and what helps where it is wrong.
_LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("Name", "Write a word or two, such as Aino."),
    "full_name": ("Full name", "Write the name its messages carry, such as Professor Aino Virtanen."),
    "prompt": ("Card", "Describe the character: “You are a retired judge who …”"),
    "intro": ("Intro", "Write one sentence, or leave it empty."),
    "creativity": ("Creativity", "Write a number from 0.0 (dry) to 1.0 (wild), such as 0.7."),
}
_CUT: Final = "The card is cut: a form takes {most:,} characters of its {length:,}."


def persona_form(title: str, verb: str, argument: object, fields: Mapping[str, str]) -> discord.ui.Modal:
    """The form with what `fields` holds already."""

    def text(name: str) -> str:
        return fields.get(name, "")

    return c.form(
        title,
        verb,
        argument,
        c.field("name", "Name", text=text("name"), hint="A word or two: how it is called on", most=NAME_LENGTH),
        c.field(
            "full_name",
            "Full name",
            text=text("full_name"),
            hint="What its messages carry; empty: the name",
            is_needed=False,
            most=NAME_LENGTH,
        ),
        c.field(
            "prompt",
            "Card",
            text=text("prompt"),
            hint="Who it is, what it believes, how it talks",
            example="You are a retired judge who …",
            is_long=True,
            most=FIELD_LENGTH,
        ),
        c.field(
            "intro", "Intro", text=text("intro"), hint="One sentence for cards", is_needed=False, most=INTRO_LENGTH
        ),
        c.field(
            "creativity",
            "Creativity",
            text=text("creativity") or _CREATIVITY,
            hint="From 0.0 (dry) to 1.0 (wild)",
            is_needed=False,
            most=5,
        ),
    )


def persona_fields(persona: Persona) -> tuple[dict[str, str], list[str]]:
    """What the form holds of a persona, and a sentence where that is less than all."""
    prompt = clipped(persona.prompt, FIELD_LENGTH)
    cut = [_CUT.format(most=FIELD_LENGTH, length=len(persona.prompt))] if prompt != persona.prompt else []
    return {
        "name": persona.name,
        "full_name": persona.full_name,
        "prompt": prompt,
        "intro": clipped(persona.intro or "", INTRO_LENGTH),
        "creativity": str(persona.creativity),
    }, cut


def read_form(fields: Mapping[str, str], base: Mapping[str, Any]) -> tuple[Persona | None, list[str]]:
    """The persona of a form; or None with a sentence for each thing that is wrong.

    `base`: what it has beside the form's fields.
    """
    values = {name: written(text) if name == "prompt" else written_line(text) for name, text in fields.items()}
    full_name = values.get("full_name") or values.get("name", "")
    data = {**base, **values, "full_name": full_name}
    data["creativity"] = _number(values.get("creativity") or _CREATIVITY)
    if not data.get("intro"):
        data["intro"] = None
    persona, problems = read_persona("", data)
    found = {name: problem for name in ("name", "full_name") if (problem := mark_problem(str(data.get(name, ""))))}
    sentences = [_sentence(problem.field, problem.value) for problem in problems]
    sentences += [_sentence(name, problem) for name, problem in found.items()]
    return (None if sentences else persona), list(dict.fromkeys(sentences))


def clash_with(persona: Persona, others: Sequence[Persona]) -> str | None:
    """Why these others leave a persona no place on the server, None if they do."""
    for clash in name_clashes([*others, persona]):
        if clash.later == len(others) and clash.earlier < len(others):
            return f"“{clash.name}” is a name of {others[clash.earlier].full_name} here already. Choose another."
    return None


def _number(text: str) -> float | str:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def _sentence(field: str, problem: str) -> str:
    label, fix = _LABELS.get(field, (field, ""))
    return f"**{label}**: {discord.utils.escape_markdown(problem)} {fix}".strip()
