"""The two kinds of things that are made on Discord, personas and tasks, and what making each of them takes.

A sketch's `content` holds: `fields` (the form's texts by name, whole also where a form takes less), `base` (what the
thing has beside them), `replaces` (the number of the one that is changed), `picture` (as Persona.avatar names it),
`picture_url` and `picture_name` (an attachment that is still to be fetched), and `left_out` (sentences for its maker).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar

import discord

from bot.chat.cards import components as c
from bot.chat.cards.making_cards import persona_parts, task_parts
from bot.chat.commands.answering.workshop import Workshop
from bot.chat.commands.making.persona_form import clash_with, persona_fields, persona_form, read_form
from bot.chat.commands.making.task_form import read_task_form, same_name, task_fields, task_form
from bot.chat.text.making_texts import shown
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.library.catalogue import Catalogue
from bot.library.persona_export import exported, exported_with_picture
from bot.library.task_exchange import exported_task
from bot.store.own_library import PICTURE, Craft, MadeTable, Sketch

Made = TypeVar("Made", Persona, Task)
_FORM: Final = "make-form"
# A form's title has 45 characters.
_TITLE: Final = "{} {}"


class CraftBench(ABC, Generic[Made]):
    """What is different between them."""

    most: ClassVar[int]
    """So many a server may have."""
    has_voice: ClassVar[bool]

    @abstractmethod
    def table(self, workshop: Workshop) -> MadeTable[Made]: ...

    @abstractmethod
    def all_of(self, catalogue: Catalogue) -> Sequence[Made]: ...

    @abstractmethod
    def form(self, sketch: Sketch) -> discord.ui.Modal: ...

    @abstractmethod
    def read(self, content: Mapping[str, Any]) -> tuple[Made | None, list[str]]:
        """The thing that a sketch is; or None with a sentence for each thing that is wrong with it."""

    @abstractmethod
    def clash(self, thing: Made, others: Sequence[Made]) -> str | None:
        """Why these others leave it no place on the server."""

    @abstractmethod
    def content_of(self, thing: Made) -> dict[str, Any]:
        """A sketch of something that is there already, or was imported."""

    @abstractmethod
    def parts(self, thing: Made, face: str | None) -> list[c.Part]:
        """It, on a card."""

    @abstractmethod
    def hint(self, thing: Made) -> str:
        """What can be done with it now."""

    @abstractmethod
    def files(self, thing: Made, picture: bytes | None) -> list[tuple[str, bytes]]:
        """It as files to take along, by name."""


class PersonaBench(CraftBench[Persona]):
    most = 100
    has_voice = True

    def table(self, workshop: Workshop) -> MadeTable[Persona]:
        return workshop.personas

    def all_of(self, catalogue: Catalogue) -> Sequence[Persona]:
        return catalogue.personas

    def form(self, sketch: Sketch) -> discord.ui.Modal:
        return persona_form(_title("persona", sketch), _FORM, sketch.id, sketch.content["fields"])

    def read(self, content: Mapping[str, Any]) -> tuple[Persona | None, list[str]]:
        persona, problems = read_form(content["fields"], content.get("base", {}))
        if persona is not None and (picture := content.get("picture")):
            persona = persona.model_copy(update={"avatar": picture})
        return persona, problems

    def clash(self, thing: Persona, others: Sequence[Persona]) -> str | None:
        return clash_with(thing, others)

    def content_of(self, thing: Persona) -> dict[str, Any]:
        fields = persona_fields(thing)
        base: dict[str, Any] = {"aliases": list(thing.aliases)}
        picture = None
        if thing.avatar and thing.avatar.startswith(PICTURE):
            picture = thing.avatar
        elif thing.avatar:
            base["avatar"] = thing.avatar
        return {"fields": fields, "base": base, "picture": picture, "left_out": []}

    def parts(self, thing: Persona, face: str | None) -> list[c.Part]:
        return persona_parts(thing, face)

    def hint(self, thing: Persona) -> str:
        return (
            f"{shown(thing.name, 80)} sits where it is named: `/roundtable start personas:` or `/roundtable seat add`."
        )

    def files(self, thing: Persona, picture: bytes | None) -> list[tuple[str, bytes]]:
        stem = _stem(thing.name)
        named = [(f"{stem}.json", exported(thing, f"{stem}.png" if picture else None))]
        return [*named, (f"{stem}.png", exported_with_picture(thing, picture))] if picture else named


class TaskBench(CraftBench[Task]):
    most = 100
    has_voice = False

    def table(self, workshop: Workshop) -> MadeTable[Task]:
        return workshop.tasks

    def all_of(self, catalogue: Catalogue) -> Sequence[Task]:
        return catalogue.tasks

    def form(self, sketch: Sketch) -> discord.ui.Modal:
        return task_form(_title("task", sketch), _FORM, sketch.id, sketch.content["fields"])

    def read(self, content: Mapping[str, Any]) -> tuple[Task | None, list[str]]:
        return read_task_form(content["fields"], content.get("base", {}))

    def clash(self, thing: Task, others: Sequence[Task]) -> str | None:
        return same_name(thing, others)

    def content_of(self, thing: Task) -> dict[str, Any]:
        fields = task_fields(thing)
        base = {name: value for name, value in thing.model_dump(mode="json").items() if name not in fields}
        return {"fields": fields, "base": base, "left_out": []}

    def parts(self, thing: Task, face: str | None) -> list[c.Part]:
        return task_parts(thing)

    def hint(self, thing: Task) -> str:
        return f"`/roundtable start task:{thing.name}` opens a table on it."

    def files(self, thing: Task, picture: bytes | None) -> list[tuple[str, bytes]]:
        return [(f"{_stem(thing.name)}.json", exported_task(thing))]


CRAFTS: Final[Mapping[Craft, CraftBench[Any]]] = {"persona": PersonaBench(), "task": TaskBench()}


def _title(noun: str, sketch: Sketch) -> str:
    name = sketch.content["fields"].get("name", "")
    if sketch.content.get("replaces"):
        return _TITLE.format("Edit", name or noun)
    return _TITLE.format("A new", noun)


def _stem(name: str) -> str:
    """A file's name without its ending: letters and digits of any script, with hyphens."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return "-".join(words)[:60] or "made-here"
