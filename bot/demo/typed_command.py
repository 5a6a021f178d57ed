"""Reads what is typed into the writing line as a slash command: `/roundtable start question:… turns:4`."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Entry = Mapping[str, Any]
"""One command of the catalogue: `path`, `description` and `options`, each with name, description, type, required,
choices, autocomplete, and its least and greatest length or value."""
Names = Mapping[str, Mapping[str, str]]
"""What can be meant by name in an option of that type (user, role, channel, mentionable): id by name."""

_MARK: Final = re.compile(r"(?<!\S)([a-z][a-z0-9_-]{0,31}):")
# A quoted value ends where the text ends or the next option begins; other quotation marks belong to the text.
_QUOTED: Final = re.compile(r'\s*"(.*?)"(?=\s*$|\s+[a-z][a-z0-9_-]*:)', re.DOTALL)
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_ENTITIES: Final = ("user", "role", "channel", "mentionable")


@dataclass(frozen=True)
class TypedOption:
    """An option as typed: its name from `start`, its value from `value_start` to `end`, offsets into the text."""

    option: Mapping[str, Any]
    start: int
    value_start: int
    end: int
    text: str


@dataclass(frozen=True)
class TypedCommand:
    """What a text says. `trouble` is a sentence that says why it cannot be sent, or empty."""

    text: str
    entry: Entry | None = None
    command_end: int = 0
    fields: tuple[TypedOption, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """By option: str, int, float, bool; the id of an entity as str; for an attachment its option's name."""
    trouble: str = ""
    wrong: tuple[tuple[int, int], ...] = ()
    """Stretches of the text that could not be read."""

    @property
    def left(self) -> list[Mapping[str, Any]]:
        """The options that are not in the text yet; required ones first."""
        given = {each.option["name"] for each in self.fields}
        return [option for option in self.entry["options"] if option["name"] not in given] if self.entry else []

    def pieces(self) -> list[tuple[str, str]]:
        """The whole text in stretches: (kind, text), where kind is command, name, value, wrong or empty."""
        spans = [(0, self.command_end, "command")] if self.entry else []
        for each in self.fields:
            bad = (each.value_start, each.end) in self.wrong
            spans += [
                (each.start, each.value_start, "name"),
                (each.value_start, each.end, "wrong" if bad else "value"),
            ]
        known = {(start, end) for start, end, _ in spans}
        spans += [(start, end, "wrong") for start, end in self.wrong if (start, end) not in known]
        pieces, at = [], 0
        for start, end, kind in sorted(spans):
            if start < end and start >= at:
                pieces += [("", self.text[at:start]), (kind, self.text[start:end])]
                at = end
        return [(kind, text) for kind, text in [*pieces, ("", self.text[at:])] if text]


def read(text: str, entries: Sequence[Entry], *, names: Names, offered: Names, files: Sequence[str]) -> TypedCommand:
    """`text` (which begins with a slash) read against the commands `entries`.

    `offered` holds, by option, the values behind names that the bot has suggested; `files` the options for which a
    file has been chosen.
    """
    entry, end = _command(text, entries)
    if entry is None:
        return TypedCommand(text, trouble=_no_command(text, entries), wrong=((0, len(text.rstrip())),))
    fields, strays = _fields(text, end, entry)
    troubles: list[str] = []
    wrong: list[tuple[int, int]] = []
    for start, stop in strays:
        wrong.append((start, stop))
        troubles.append(_stray(text[start:stop], entry))
    values: dict[str, Any] = {}
    for each in fields:
        name = each.option["name"]
        if name in values:
            wrong.append((each.value_start, each.end))
            troubles.append(f"{name} stands there twice.")
            continue
        try:
            values[name] = _value(each.option, each.text, names, offered.get(name, {}), files)
        except ValueError as problem:
            if each.text or each.option["type"] == "attachment":
                wrong.append((each.value_start, each.end))
                troubles.append(str(problem))
            elif not each.option["required"]:
                troubles.append(f"{name} is empty: write something after the colon, or take it out.")
    missing = [o for o in entry["options"] if o["required"] and o["name"] not in values]
    if missing and not troubles:
        troubles.append(
            f"{called(entry)} needs {missing[0]['name']}: {_lower(missing[0]['description'])}. Write "
            f"{missing[0]['name']}: and then the value."
        )
    return TypedCommand(text, entry, end, tuple(fields), values, troubles[0] if troubles else "", tuple(wrong))


def called(entry: Entry) -> str:
    """The command as one writes it: `/roundtable start`."""
    return "/" + " ".join(entry["path"])


def limits(option: Mapping[str, Any]) -> str:
    """What an option takes besides its type: `1 to 200`, `at most 300 characters`, or nothing."""
    least, most = option.get("minValue"), option.get("maxValue")
    if least is not None and most is not None:
        return f"{least} to {most}"
    if least is not None or most is not None:
        return f"at least {least}" if most is None else f"at most {most}"
    return f"at most {option['maxLength']} characters" if option.get("maxLength") else ""


def quoted(value: str) -> str:
    """`value` so that it is read back as one value."""
    return f'"{value}"' if _MARK.search(value) or value.startswith('"') else value


def _command(text: str, entries: Sequence[Entry]) -> tuple[Entry | None, int]:
    found: tuple[Entry | None, int] = (None, 0)
    for entry in entries:
        words = r"\s+".join(map(re.escape, entry["path"]))
        if (match := re.match(rf"/{words}(?!\S)", text, re.IGNORECASE)) and match.end() > found[1]:
            found = (entry, match.end())
    return found


def _no_command(text: str, entries: Sequence[Entry]) -> str:
    typed = " ".join(text[1:].split()).casefold()
    paths = [" ".join(entry["path"]) for entry in entries]
    if not typed:
        return "A slash begins a command. Choose one from the list, or begin the message with another sign."
    if parts := [path[len(typed) + 1 :] for path in paths if path.startswith(f"{typed} ")]:
        return f"“/{typed}” goes on with {_listed(parts)}."
    words = typed.split()
    tries = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    near = next((close[0] for part in tries if (close := difflib.get_close_matches(part, paths, 1, 0.75))), "")
    advice = f"Did you mean /{near}?" if near else "Type / to see what there is."
    return f"There is no command “/{' '.join(words[:2])}” here. {advice}"


def _fields(text: str, begin: int, entry: Entry) -> tuple[list[TypedOption], list[tuple[int, int]]]:
    """The options in `text` from `begin`, and the stretches that belong to none."""
    options = {option["name"]: option for option in entry["options"]}
    marks: list[tuple[re.Match[str], bool]] = []
    closed = begin
    for match in _MARK.finditer(text, begin):
        known = match[1] in options
        # `word:` with a space after it is prose; `word:value` looks like an option, and so does an address's scheme.
        looks_like_one = match.end() < len(text) and not text[match.end()].isspace() and text[match.end()] != "/"
        if match.start() >= closed and (known or looks_like_one):
            marks.append((match, known))
            if known and (inside := _QUOTED.match(text, match.end())):
                closed = inside.end()
    fields: list[TypedOption] = []
    strays: list[tuple[int, int]] = []
    ends = [*(match.start() for match, _ in marks[1:]), len(text)][: len(marks)]
    first = marks[0][0].start() if marks else len(text)
    if bare := text[begin:first].strip():
        start = text.index(bare, begin)
        needed = next((o for o in entry["options"] if o["required"]), None)
        if needed is not None and all(match[1] != needed["name"] for match, _ in marks):
            fields.append(TypedOption(needed, start, start, start + len(bare), _unquoted(bare)))
        else:
            strays.append((start, start + len(bare)))
    for (match, known), end in zip(marks, ends, strict=True):
        value = text[match.end() : end].strip()
        stop = match.end() + len(text[match.end() : end].rstrip())
        if known:
            fields.append(TypedOption(options[match[1]], match.start(), match.end(), stop, _unquoted(value)))
        else:
            strays.append((match.start(), stop))
    return fields, strays


def _unquoted(value: str) -> str:
    match = _QUOTED.fullmatch(value)
    return match[1].strip() if match else value


def _stray(stray: str, entry: Entry) -> str:
    names = [option["name"] for option in entry["options"]]
    if not names:
        return f"{called(entry)} takes no options; “{_clipped(stray)}” belongs to none."
    if match := _MARK.match(stray):
        near = difflib.get_close_matches(match[1], names, 1, 0.6)
        advice = f"Did you mean {near[0]}?" if near else f"It has {_listed(names)}."
        return f'{called(entry)} has no option {match[1]}. {advice} In a text, put the whole in quotes: {names[0]}:"…"'
    return f"“{_clipped(stray)}” belongs to no option of {called(entry)}. Write its name first, such as {names[0]}:"


def _value(option: Mapping[str, Any], text: str, names: Names, offered: Mapping[str, str], files: Sequence[str]) -> Any:
    """What `text` means in `option`. Raises ValueError with a sentence."""
    name, kind = option["name"], option["type"]
    if kind == "attachment":
        if name not in files:
            raise ValueError(f"{name} needs a file. Choose one with the button.")
        return name
    if not text:
        raise ValueError(f"{name} is empty.")
    if kind in _ENTITIES:
        return _entity(name, kind, text, names.get(kind, {}))
    if kind == "boolean":
        if text.casefold() not in _TRUE + _FALSE:
            raise ValueError(f"{name} is True or False; “{_clipped(text)}” is neither.")
        return text.casefold() in _TRUE
    choices = {} if option["autocomplete"] else {str(c["name"]).casefold(): c["value"] for c in option["choices"]}
    if choices:
        choices = {str(value).casefold(): value for value in choices.values()} | choices
        if text.casefold() not in choices:
            shown = [str(choice["name"]) for choice in option["choices"]]
            raise ValueError(f"{name} is one of {_listed(shown)}; “{_clipped(text)}” is none of them.")
        return choices[text.casefold()]
    meant = offered.get(text, text)
    return meant if kind == "string" and _length(option, meant) else _number(option, meant)


def _length(option: Mapping[str, Any], text: str) -> bool:
    least, most = option.get("minLength"), option.get("maxLength")
    if most is not None and len(text) > most:
        raise ValueError(f"{option['name']} takes at most {most} characters; these are {len(text)}.")
    if least is not None and len(text) < least:
        raise ValueError(f"{option['name']} takes at least {least} characters; these are {len(text)}.")
    return True


def _number(option: Mapping[str, Any], text: str) -> int | float:
    name, whole = option["name"], option["type"] == "integer"
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        raise ValueError(f"{name} is a {'whole ' if whole else ''}number; “{_clipped(text)}” is none.") from None
    least, most = option.get("minValue"), option.get("maxValue")
    if not (least is None or number >= least) or not (most is None or number <= most):
        raise ValueError(f"{name} is {limits(option)}; {text} is outside.")
    return number


def _entity(name: str, kind: str, text: str, there: Mapping[str, str]) -> str:
    wanted = text.lstrip("@#").casefold()
    found = next((id for label, id in there.items() if label.casefold() == wanted), None)
    identity = re.fullmatch(r"<?[@#]?[!&]?(\d+)>?", text)
    if found is None and identity and identity[1] in there.values():
        found = identity[1]
    if found is None:
        what = "member or role" if kind == "mentionable" else {"user": "member"}.get(kind, kind)
        shown = f" There is {_listed(list(there))}." if there else ""
        raise ValueError(f"{name} is a {what}; “{_clipped(text)}” is none here.{shown}")
    return found


def _listed(words: Sequence[str], most: int = 8) -> str:
    shown = list(words[:most]) + (["…"] if len(words) > most else [])
    return ", ".join(shown[:-1]) + f" or {shown[-1]}" if len(shown) > 1 and shown[-1] != "…" else ", ".join(shown)


def _clipped(text: str, most: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
