"""What a persona is, what it may be called, and what is wrong with one."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MODERATOR: Final = "Moderator"

# Discord's rules for a webhook's name: https://discord.com/developers/docs/resources/webhook#create-webhook
NAME_LENGTH: Final = 80
_NAME_FORBIDDEN: Final = ("discord", "clyde")
_NAME_RESERVED: Final = ("everyone", "here")

# What a file may ask for and what to write instead, shown behind every fault of that field.
_FIXES: Final = {
    "name": 'Give it a short name, such as "name": "Aino".',
    "full_name": 'Give it a full name, such as "full_name": "Professor Aino Virtanen".',
    "creativity": 'Write a number from 0.0 (dry) to 1.0 (wild), such as "creativity": 0.7.',
    "prompt": 'Describe the character, such as "prompt": "You are a retired judge who …".',
    "avatar": "Write an https URL, or the name of a PNG, JPEG, GIF or WebP file beside the persona file.",
    "intro": "Write one sentence, or leave the field out.",
}
_AVATAR_FILE: Final = re.compile(r"[^/\\:]+\.(png|jpe?g|gif|webp)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a file, and what to do about it."""

    file: str
    field: str
    value: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.field}" if self.field else self.file
        return f"{where}: {self.value} {self.fix}".strip()


class Persona(BaseModel):
    """Who can speak. Field meanings are in the README's part on persona files."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    full_name: str = Field(min_length=1, max_length=NAME_LENGTH)
    creativity: float = Field(default=0.7, ge=0.0, le=1.0)
    prompt: str = Field(min_length=1)
    avatar: str | None = None
    intro: str | None = None

    @property
    def reminder(self) -> str:
        """The card in one line, for the end of each prompt."""
        if self.intro:
            return self.intro
        card = re.sub(r"^You,? as an AI(?: assistant)?,? will take (?:on )?the role of ", "", self.prompt)
        first = re.split(r"(?<=[.!?])\s", card.replace("\n", " "), maxsplit=1)[0]
        return first if len(first) <= 160 else first[:159].rsplit(" ", 1)[0] + "…"


def fold(text: str) -> str:
    """The form in which names are compared: compatibility-normalised and case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def name_problem(name: str) -> str | None:
    """Why `name` can't be a speaker's name, as a sentence, or None."""
    folded = fold(name)
    for word in _NAME_FORBIDDEN:
        if word in folded:
            return f'"{name}" holds "{word}", which Discord refuses in a name.'
    if folded in _NAME_RESERVED:
        return f'"{name}" is a name that Discord keeps for itself.'
    if folded == fold(MODERATOR):
        return f'"{name}" is what the moderator is called at the table.'
    if re.search(r"[:\n\r]|[^\S ]", name):
        return f"{name!r} holds a colon, a tab or a line break, which would confuse the transcript."
    return None


def read_persona(file: str, data: Any) -> tuple[Persona | None, list[Fault]]:
    """Check one persona file's parsed JSON.

    In: the file's name for the faults, and whatever `json.loads` gave. Out: the persona, or None with every fault.
    """
    if not isinstance(data, Mapping):
        return None, [Fault(file, "", "it does not hold a JSON object.", 'Begin with { and give "name", "prompt" ….')]
    fields: Mapping[str, Any] = data  # pyright: ignore[reportUnknownVariableType]
    faults = list(_misspelt(file, fields))
    persona: Persona | None = None
    try:
        persona = Persona.model_validate(dict(fields), strict=False)
    except ValidationError as error:
        faults += [_fault_of(file, str(e["loc"][0]), e["type"], e["input"], e["msg"]) for e in error.errors()]
        return None, faults
    for field, name in (("name", persona.name), ("full_name", persona.full_name)):
        if problem := name_problem(name):
            faults.append(Fault(file, field, problem, "Choose another name."))
    if persona.avatar and not persona.avatar.startswith("https://") and not _AVATAR_FILE.fullmatch(persona.avatar):
        faults.append(Fault(file, "avatar", f'"{persona.avatar}" is neither.', _FIXES["avatar"]))
    return (None if faults else persona), faults


def cast_faults(named: Iterable[tuple[str, Persona]]) -> list[Fault]:
    """Faults of personas as a group: two that share a name would merge into one speaker in Discord's client."""
    faults: list[Fault] = []
    taken: dict[str, str] = {}
    for file, persona in named:
        names = {"name": persona.name, "full_name": persona.full_name}
        for field, name in names.items():
            other = taken.get(fold(name))
            if other is not None and other != file:
                faults.append(Fault(file, field, f'"{name}" is also the name in {other}.', "Rename one of the two."))
        for name in names.values():
            taken.setdefault(fold(name), file)
    return faults


def _fault_of(file: str, field: str, kind: str, value: Any, message: str) -> Fault:
    fix = _FIXES.get(field, "")
    if kind == "missing":
        return Fault(file, field, "is missing.", fix)
    if value == "" or (isinstance(value, str) and not value.strip()):
        return Fault(file, field, "is empty.", fix)
    shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:60] + "…"
    reasons = {
        "less_than_equal": "is more than 1.0.",
        "greater_than_equal": "is less than 0.0.",
        "string_too_long": f"is longer than the {NAME_LENGTH} characters Discord allows.",
        "string_type": "is not a text.",
        "float_type": "is not a number.",
        "float_parsing": "is not a number.",
        "finite_number": "is not a number.",
    }
    return Fault(file, field, f"{shown} {reasons.get(kind, message.lower() + '.')}", fix)


def _misspelt(file: str, fields: Mapping[str, Any]) -> Iterable[Fault]:
    # Unknown fields are let through (hosts keep notes in their files), but a near miss is a typo that would be
    # silently ignored.
    known = list(Persona.model_fields)
    for field in fields:
        if field not in known and (near := difflib.get_close_matches(field, known, n=1, cutoff=0.8)):
            yield Fault(file, field, "is not a field of a persona.", f'Did you mean "{near[0]}"?')
