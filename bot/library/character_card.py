"""Character cards of other tools (SillyTavern, RisuAI, Agnai …) as persona fields, with what of them is left out.

The formats: https://github.com/malfoyslastname/character-card-spec-v2 and
https://github.com/kwaroran/character-card-spec-v3.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from bot.discussion.text.segmentation import clipped

_SPECS: Final = ("chara_card_v2", "chara_card_v3")
# A card of the first version has no `spec`; these make it known.
_OLD_FIELDS: Final = frozenset({"first_mes", "mes_example", "personality", "scenario"})
# What becomes part of the prompt, in this order: what it is called for people, and what stands around it in the prompt.
_PARTS: Final = (
    ("description", "description", "{}"),
    ("personality", "personality", "Personality: {}"),
    ("scenario", "scenario", "Situation: {}"),
    ("first_mes", "first message", "How {{{{char}}}} begins a conversation: “{}”"),
    ("mes_example", "example dialogue", "Examples of how {{{{char}}}} talks:\n{}"),
)
# Greetings go on for pages; as an example of how somebody talks the beginning does.
_GREETING: Final = 600
# What Pygmalion's front ends (TavernAI's beginnings, text-generation-webui) call these.
_OLDEST_FIELDS: Final = {
    "char_name": "name",
    "char_persona": "description",
    "world_scenario": "scenario",
    "example_dialogue": "mes_example",
    "char_greeting": "first_mes",
}
_EXAMPLE_START: Final = re.compile("<START>", re.IGNORECASE)

# What is left out, in groups: the fields with what they are called, and why.
_UNUSED: Final = (
    (
        {"system_prompt": "system prompt", "post_history_instructions": "instructions after the history"},
        "a table has its own rules of discussion",
    ),
    (
        {"alternate_greetings": "alternate greetings", "group_only_greetings": "greetings for groups"},
        "nobody is greeted at a table",
    ),
    ({"character_book": "lore book"}, "a persona knows what its card says"),
    ({"assets": "further pictures and sounds"}, "a persona has one face"),
    (
        {
            "tags": "tags",
            "creator": "creator",
            "creator_notes": "creator’s notes",
            "creator_notes_multilingual": "creator’s notes in other languages",
            "character_version": "version",
            "source": "source",
        },
        "they are for people and no part of the character",
    ),
)
# Where our own fields stand in a card that we wrote.
OURS: Final = "roundtable"
# Settings that a tool writes into each card: they say nothing of the character.
_SETTINGS: Final = frozenset({"fav", "talkativeness", "world", "depth", "role", OURS})
_EXTENSIONS_TOLD: Final = 5
_EXTENSION_NAME: Final = 30
# Deeper than this, something is taken to be there.
_LOOKED_INTO: Final = 3


def read_card(data: Any, most: int | None = None) -> tuple[dict[str, Any], list[str]] | None:
    """A card of any version as the fields of a persona file; None if `data` is no such card.

    Parts that would make the prompt longer than `most` characters are left out, but for the first. Out: also a sentence
    about each thing that is left out.
    """
    card = _card(data)
    if card is None:
        return None
    extensions: Any = card.get("extensions")
    own: Any = cast(Mapping[str, Any], extensions).get(OURS) if isinstance(extensions, Mapping) else None
    if isinstance(own, Mapping) and own.get("prompt") == card.get("description"):
        # As we wrote it; where another tool has changed the card since then, that counts.
        return dict(cast(Mapping[str, Any], own)), []
    name = card.get("nickname") or card.get("name")
    # Titles and the like stand behind a comma, a bar or a bracket; a name of a persona is a word or two.
    fields = {"name": _before(r"[,|(]", name), "full_name": _before(r"[|]", card.get("name"))}
    prompt, too_much = _prompt(card, most)
    return fields | {"prompt": prompt}, [*too_much, *_unused(card)]


def _before(marks: str, name: Any) -> Any:
    return re.split(marks, name.strip(), maxsplit=1)[0].strip() or name if isinstance(name, str) else name


def card_with(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The card of the second version that other tools read, with a persona's own fields inside of it."""
    texts = dict.fromkeys(("personality", "scenario", "first_mes", "mes_example", "creator_notes", "system_prompt"), "")
    texts |= dict.fromkeys(("post_history_instructions", "creator", "character_version"), "")
    named = {"name": fields["full_name"], "description": fields["prompt"]}
    lists: dict[str, Any] = {"alternate_greetings": [], "tags": [], "extensions": {OURS: dict(fields)}}
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": named | texts | lists}


def _card(data: Any) -> Mapping[str, Any] | None:
    if not isinstance(data, Mapping):
        return None
    fields = {_OLDEST_FIELDS.get(field, field): value for field, value in cast(Mapping[str, Any], data).items()}
    if fields.get("spec") in _SPECS and isinstance(fields.get("data"), Mapping):
        return cast(Mapping[str, Any], fields["data"])
    return None if "prompt" in fields or len(_OLD_FIELDS & fields.keys()) < 2 else fields


def _prompt(card: Mapping[str, Any], most: int | None) -> tuple[str, list[str]]:
    parts: list[str] = []
    left_out: list[str] = []
    for field, called, around in _PARTS:
        text = card.get(field)
        if not isinstance(text, str):
            left_out += [f"Its {called} is left out: it is no text."] if text else []
            continue
        if field == "first_mes":
            text = clipped(text[: 2 * _GREETING].strip(), _GREETING)
        text = "\n".join(filter(None, (piece.strip() for piece in _EXAMPLE_START.split(text))))
        if not text:
            continue
        part = around.format(text)
        if parts and most is not None and sum(map(len, parts)) + len(part) > most:
            left_out.append(f"Its {called} is left out: with it the card would have more than {most:,} characters.")
        else:
            parts.append(part)
    return "\n\n".join(parts), left_out


def _unused(card: Mapping[str, Any]) -> list[str]:
    told: list[str] = []
    for fields, reason in _UNUSED:
        if there := [_counted(called, card[field]) for field, called in fields.items() if _is_there(field, card)]:
            told.append(f"Left out: {', '.join(there)} ({reason}).")
    extensions: Any = card.get("extensions")
    if isinstance(extensions, Mapping):
        held = cast(Mapping[str, Any], extensions)
        names = [
            clipped(str(name)[:99], _EXTENSION_NAME) for name, value in held.items() if _says_something(value, name)
        ]
        if names:
            more = f" and {len(names) - _EXTENSIONS_TOLD} more" if len(names) > _EXTENSIONS_TOLD else ""
            told.append(f"Left out: extensions of other tools ({', '.join(names[:_EXTENSIONS_TOLD])}{more}).")
    return told


def _is_there(field: str, card: Mapping[str, Any]) -> bool:
    value = card.get(field)
    if field == "assets" and isinstance(value, list):
        assets = cast(Sequence[Any], value)
        return any(isinstance(asset, Mapping) and asset.get("type") != "icon" for asset in assets) or len(assets) > 1
    if field == "character_book" and isinstance(value, Mapping):
        return _says_something(cast(Mapping[str, Any], value).get("entries"))
    return _says_something(value)


def _counted(called: str, value: Any) -> str:
    """What a list or a book is called, with how much is in it."""
    entries = cast(Mapping[str, Any], value).get("entries") if isinstance(value, Mapping) else value
    count = len(cast(Sequence[Any], entries)) if isinstance(entries, list | Mapping) else 0
    return f"{called} ({count})" if count > 1 else called


def _says_something(value: Any, key: object = "", depth: int = 0) -> bool:
    """Whether there is a text anywhere in it that is no mere setting."""
    if key in _SETTINGS:
        return False
    if isinstance(value, Mapping):
        inside = cast(Mapping[str, Any], value).items()
        return depth > _LOOKED_INTO or any(_says_something(each, name, depth + 1) for name, each in inside)
    if isinstance(value, list):
        items = cast(Sequence[Any], value)
        return depth > _LOOKED_INTO or any(_says_something(each, "", depth + 1) for each in items)
    return isinstance(value, str) and bool(value.strip())
