"""What the list above the writing line offers at the cursor: commands, options, and values of an option."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.typed_command import Entry, Names, TypedCommand, TypedOption, called, limits, quoted

_MOST = 25


@dataclass(frozen=True)
class Offer:
    """A line of the list: picked, it makes the text `before` + `after`, with the cursor between the two.

    With `file`, the visitor is asked for a file for that option, whose name then follows `before`.
    """

    label: str
    detail: str
    before: str
    after: str
    file: str = ""


@dataclass(frozen=True)
class OfferList:
    """The list and which of its lines Enter picks (-1: none, Enter sends); above it, what the cursor is in.

    `onward` is what Tab picks where there is no list: the next option.
    """

    title: str
    lines: tuple[Offer, ...] = ()
    chosen: int = -1
    onward: Offer | None = None


def field_at(reading: TypedCommand, cursor: int) -> TypedOption | None:
    """The option whose value the cursor is in, or has just left."""
    return next((each for each in reversed(reading.fields) if each.value_start <= cursor), None)


def asks_bot(reading: TypedCommand, cursor: int) -> TypedOption | None:
    """The option at the cursor whose values the bot suggests."""
    here = field_at(reading, cursor)
    return here if here and here.option["autocomplete"] and cursor <= here.end + 1 else None


def offers(
    reading: TypedCommand,
    cursor: int,
    entries: Sequence[Entry],
    *,
    names: Names,
    suggested: Sequence[Mapping[str, Any]] = (),
) -> OfferList:
    """The list at `cursor`; `suggested` are the bot's own suggestions (name, value) for the option there."""
    if reading.entry is None or cursor <= reading.command_end:
        return _commands(reading.text[:cursor], entries)
    here = field_at(reading, cursor)
    if here is None:
        return _options(reading, cursor, called(reading.entry), reading.entry["description"])
    title = _title(here.option)
    known = _values(here.option, names, suggested)
    kind = here.option["type"]
    if kind == "attachment":
        # The name of the file is not to be read as several words.
        line = Offer("Choose a file …", "", reading.text[: here.value_start], " " + reading.text[here.end :].lstrip())
        line = Offer(line.label, line.detail, line.before, line.after, file=here.option["name"])
        return OfferList(title, (line,), 0 if here.end == here.value_start else -1)
    if not known or cursor > here.end + 1 or _settled(reading.text, cursor, here, known):
        return _options(reading, cursor, here.option["name"], title.partition(": ")[2], inside=here)
    typed = here.text.casefold()
    listed = known if here.option["autocomplete"] else [k for k in known if typed in k.casefold()]
    rest = reading.text[here.end :].lstrip()
    lines = tuple(
        Offer(name, "", f"{reading.text[: here.value_start]}{quoted(name)} ", rest) for name in listed[:_MOST]
    )
    exact = any(name.casefold() == typed for name in listed)
    return OfferList(title, lines, -1 if exact or not lines else 0)


def _commands(typed: str, entries: Sequence[Entry]) -> OfferList:
    query = " ".join(typed[1:].split()).casefold()
    ranked = []
    for at, entry in enumerate(entries):
        path = " ".join(entry["path"])
        fits = [path.startswith(query), any(word.startswith(query) for word in entry["path"]), query in path]
        if True in fits:
            # Whoever looks for what to do here wants to start.
            ranked.append((fits.index(True), entry["path"][-1] != "start", at, entry))
    lines = []
    for *_, entry in sorted(ranked, key=lambda each: each[:3]):
        needed = next((f"{option['name']}:" for option in entry["options"] if option["required"]), "")
        lines.append(Offer(called(entry), entry["description"], f"{called(entry)} {needed}", ""))
    written_out = any(line.label.casefold() == f"/{query}" for line in lines)
    return OfferList("", tuple(lines), -1 if written_out or not lines else 0)


def _options(
    reading: TypedCommand, cursor: int, name: str, description: str, inside: TypedOption | None = None
) -> OfferList:
    text = reading.text
    prose = inside is not None and _is_prose(inside.option)
    # A number needs no second word: what follows it is the name of the next option.
    begin = inside.value_start if inside else reading.command_end
    word = None if prose else re.search(r"\s(\S*)$", text[begin:cursor])
    typed = word[1] if word else ""
    before = text[: cursor - len(typed)]
    lines = tuple(
        Offer(
            f"{option['name']}:",
            option["description"] + (" (required)" if option["required"] else ""),
            f"{before.rstrip()} {option['name']}:",
            text[cursor:],
        )
        for option in reading.left
        if option["name"].startswith(typed.casefold())
    )
    onward = lines[0] if lines else None
    if prose:  # goes on after each of its words, and wants no list at each
        lines = ()
    return OfferList(f"{name}: {description}", lines, 0 if typed and lines else -1, onward)


def _values(option: Mapping[str, Any], names: Names, suggested: Sequence[Mapping[str, Any]]) -> list[str]:
    if option["autocomplete"]:
        return [str(choice["name"]) for choice in suggested]
    if option["type"] == "boolean":
        return ["True", "False"]
    return [str(choice["name"]) for choice in option["choices"]] or list(names.get(option["type"], {}))


def _is_prose(option: Mapping[str, Any]) -> bool:
    return option["type"] == "string" and not option["choices"] and not option["autocomplete"]


def _settled(text: str, cursor: int, here: TypedOption, known: Sequence[str]) -> bool:
    """Whether the value is one of those and the cursor is past it: then the next option is wanted."""
    past = cursor > here.end and text[here.end : cursor].isspace()
    return past and any(name.casefold() == here.text.casefold() for name in known)


def _title(option: Mapping[str, Any]) -> str:
    extent = limits(option)
    return f"{option['name']}: {option['description']}" + (f" ({extent})" if extent else "")
