"""What a persona is, what it may be called, and what is wrong with one."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.discussion.text.folding import fold, one_line

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
    "endpoint": 'Write the name of an endpoint in the settings ("fast" for ENDPOINT_FAST_BASE_URL) or leave it out.',
    "model": "Write a model's name as its endpoint lists it, or leave the field out.",
}
_REMINDER_LEAST: Final = 40
_REMINDER_MOST: Final = 160
_AVATAR_FILE: Final = re.compile(r"[^/\\:\x00-\x1f]+\.(png|jpe?g|gif|webp)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileProblem:
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
    creativity: float = Field(default=0.7, ge=0.0, le=1.0, allow_inf_nan=False)
    prompt: str = Field(min_length=1)
    avatar: str | None = None
    intro: str | None = None
    # By name only: an address here would have the bot call whatever a persona file says.
    endpoint: str | None = Field(default=None, pattern="^[A-Za-z0-9_]+$")
    model: str | None = None

    @field_validator("endpoint", "model", mode="before")
    @classmethod
    def _blank_is_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("endpoint")
    @classmethod
    def _in_lower_case(cls, value: str | None) -> str | None:
        return value and value.lower()

    @field_validator("creativity", mode="before")
    @classmethod
    def _no_truth_value(cls, value: Any) -> Any:
        # Pydantic would read true as 1.0.
        return str(value).lower() if isinstance(value, bool) else value

    @property
    def reminder(self) -> str:
        """The card in one line, for the end of each prompt."""
        if self.intro:
            return one_line(self.intro)
        card = re.sub(r"^You,? as an AI(?: assistant)?,? will take (?:on )?the role of ", "", self.prompt)
        line = one_line(card)
        # At the end of the first sentence, but not at the full stop of a "Dr." near its beginning.
        end = re.search(r"(?<=[.!?])\s", line[_REMINDER_LEAST:])
        first = line[: _REMINDER_LEAST + end.start()] if end else line
        return first if len(first) <= _REMINDER_MOST else first[: _REMINDER_MOST - 1].rsplit(" ", 1)[0] + "…"


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
    if not any(character.isalnum() for character in folded):
        return f"{name!r} holds no letter or digit, so nobody could be called by it."
    if re.search(r"[:\x00-\x1f\x7f-\x9f\u2028\u2029]", folded):
        return f"{name!r} holds a colon, a tab or a line break, which would confuse the transcript."
    return None


def read_persona(file: str, data: Any) -> tuple[Persona | None, list[FileProblem]]:
    """Check one persona file's parsed JSON.

    In: the file's name for the faults, and whatever `json.loads` gave. Out: the persona, or None with every fault.
    """
    if not isinstance(data, Mapping):
        return None, [
            FileProblem(file, "", "it does not hold a JSON object.", 'Begin with { and give "name", "prompt" ….')
        ]
    fields: Mapping[str, Any] = data  # pyright: ignore[reportUnknownVariableType]
    faults = list(_misspelt(file, fields))
    persona: Persona | None = None
    try:
        persona = Persona.model_validate(dict(fields))
    except ValidationError as error:
        faults += [_fault_of(file, str(e["loc"][0]), e["type"], e["input"], e["msg"]) for e in error.errors()]
    # What pydantic does not check is checked in a faulty file too, so that everything is said at once.
    bad = {fault.field for fault in faults}
    texts = {name: value.strip() for name, value in fields.items() if isinstance(value, str) and name not in bad}
    for field in ("name", "full_name"):
        if field in texts and (problem := name_problem(texts[field])):
            faults.append(FileProblem(file, field, problem, "Choose another name."))
    if "," in texts.get("name", ""):
        problem = f'"{texts["name"]}" holds a comma, which separates names in a list.'
        faults.append(FileProblem(file, "name", problem, "Put it into full_name only."))
    if (avatar := texts.get("avatar")) and not (_is_https(avatar) or _AVATAR_FILE.fullmatch(avatar)):
        problem = f'"{avatar[:100]}" is neither an https URL nor the name of an image.'
        faults.append(FileProblem(file, "avatar", problem, _FIXES["avatar"]))
    return (None if faults else persona), faults


def _is_https(avatar: str) -> bool:
    return re.fullmatch(r"https://[^\s/]+\.[^\s]+", avatar) is not None


def cast_problems(named: Iterable[tuple[str, Persona]]) -> list[FileProblem]:
    """Faults of personas as a group: two that share a name would merge into one speaker in Discord's client."""
    faults: list[FileProblem] = []
    taken: dict[str, tuple[int, str]] = {}
    for number, (file, persona) in enumerate(named):
        for field, name in (("name", persona.name), ("full_name", persona.full_name)):
            holder, other = taken.setdefault(fold(name), (number, file))
            if holder != number:
                faults.append(
                    FileProblem(file, field, f'"{name}" is also the name in {other}.', "Rename one of the two.")
                )
    return faults


def _fault_of(file: str, field: str, kind: str, value: Any, message: str) -> FileProblem:
    fix = _FIXES.get(field, "")
    if kind == "missing":
        return FileProblem(file, field, "is missing.", fix)
    if value == "" or (isinstance(value, str) and not value.strip()):
        return FileProblem(file, field, "is empty.", fix)
    shown = json.dumps(value, ensure_ascii=True, default=repr)
    shown = shown if len(shown) <= 60 else shown[:60] + "…"
    reasons = {
        "less_than_equal": "is more than 1.0.",
        "greater_than_equal": "is less than 0.0.",
        "string_too_long": f"is longer than the {NAME_LENGTH} characters Discord allows.",
        "string_type": "is not a text.",
        "string_pattern_mismatch": "is not a name.",
        "float_type": "is not a number.",
        "float_parsing": "is not a number.",
        "finite_number": "is not a number.",
        "string_unicode": "holds half a character (a lone surrogate).",
    }
    return FileProblem(file, field, f"{shown} {reasons.get(kind, message.lower() + '.')}", fix)


def _misspelt(file: str, fields: Mapping[str, Any]) -> Iterable[FileProblem]:
    # Unknown fields are let through (hosts keep notes in their files), but a near miss is a typo that would be
    # silently ignored.
    known = list(Persona.model_fields)
    for field in fields:
        spelt = str(field).lower().replace("-", "_").replace(" ", "_")
        if field not in known and (near := difflib.get_close_matches(spelt, known, n=1, cutoff=0.75)):
            yield FileProblem(file, field, "is not a field of a persona.", f'Did you mean "{near[0]}"?')
