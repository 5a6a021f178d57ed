"""One persona out of a file that somebody hands over: our JSON, or a character card as JSON, PNG or CHARX."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, TypeVar, cast

from bot.discussion.model.model_options import ModelOptions
from bot.discussion.model.persona import NAME_LENGTH, Persona
from bot.discussion.text.segmentation import clipped
from bot.library.avatar_links import link_problem
from bot.library.character_card import read_card
from bot.library.charx import CharxFile, icon_bytes, main_icon
from bot.library.file_problem import FileProblem, UnusableFile, shown_name, tellable
from bot.library.json_text import read_json
from bot.library.macros import expanded, without_unknown
from bot.library.persona_file import read_persona
from bot.library.png_card import PNG_START, card_in_png
from bot.library.portrait_crop import PICTURE_BYTES, portrait_of
from bot.library.text_file import decoded, without_controls

# What Discord takes of a member who pays nothing, in bytes: https://support.discord.com/hc/en-us/articles/25444343291031
IMPORT_BYTES: Final = 10 * 1024 * 1024
# Of a card's JSON, with its lore book and a picture inside. Without those it has some kilobytes.
_CARD_BYTES: Final = 2 * 1024 * 1024
# Some 3,000 tokens. The cards of all at the table stand in each request.
PROMPT_LENGTH: Final = 12_000
# Of any other text in it; names have a limit of their own.
_TEXT_LENGTH: Final = 2_000
# Fields, and entries of a list in one.
_MOST: Final = 100
# What only a host may set: it says where requests go, and what they cost.
HOST_FIELDS: Final = ("endpoint", "model", *ModelOptions.model_fields)

# A name that is filled in later.
NAMELESS: Final = "{{char}}"

# So much of a wrong value is told, and so many macros.
_SHOWN: Final = 100
_MACROS_TOLD: Final = 5
# So deep macros stand in each other at most; what is left is a fault.
_NESTED: Final = 8
_Read = TypeVar("_Read")

_ZIP_START: Final = b"PK\x03\x04"
_JPEG_START: Final = b"\xff\xd8\xff"
# What people take for a card, by its first bytes.
_NO_CARDS: Final = ((b"GIF8", "a GIF"), (b"RIFF", "a WebP"), (_JPEG_START, "a JPEG"), (b"%PDF", "a PDF"))
_CARDS: Final = "A character card is a PNG as its tool exported it, a CHARX or a JSON file."


@dataclass(frozen=True, slots=True)
class ImportedPersona:
    """What came out of a file. `picture`: a square PNG of 128×128; `left_out`: sentences about what is not in it;
    `called`: its name and full name in the file, which may be none that Discord takes."""

    persona: Persona
    picture: bytes | None
    left_out: tuple[str, ...]
    called: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a file carries: the card's JSON, the picture it came with, and where further pictures are found."""

    text: str
    picture: bytes | None
    charx: CharxFile | None


def imported(data: bytes, filename: str, *, name: str = "", by_host: bool = False) -> ImportedPersona:
    """The persona in a file, with macros filled in; its picture comes along as far as the file itself has it.

    `name`: what it is to be called, where that is not what the file says; NAMELESS where that is chosen later: then the
    texts keep the macro for it. `by_host`: whether the file may say how the
    persona's model is asked (HOST_FIELDS). Takes up to a second: call it in a thread.

    Raises UnusableFile with everything that is wrong.
    """
    file = shown_name(filename) or "the file"
    if len(data) > IMPORT_BYTES:
        fix = f"Keep it under {IMPORT_BYTES:,}; as a plain PNG or JSON a card is smaller."
        raise _unusable(file, f"has {len(data):,} bytes.", fix)
    carried = _carried(file, data)
    parsed = _sound(read_json(file, carried.text))
    fields, left_out = read_card(parsed, PROMPT_LENGTH) or (_own_fields(file, parsed), [])
    left_out = left_out + _take_out(fields, by_host=by_host)
    called = _called(fields.get("name")), _called(fields.get("full_name"))
    if name.strip():
        fields |= {"name": name.strip(), "full_name": name.strip()}
    persona, macros = _persona(file, fields)
    picture, without = _picture(file, parsed, carried)
    left_out = [*left_out, *macros, *without]
    return ImportedPersona(persona, picture, tuple(tellable(sentence) for sentence in left_out), called)


def _called(name: Any) -> str:
    return clipped(tellable(name[: 2 * NAME_LENGTH]), NAME_LENGTH) if isinstance(name, str) else ""


def _carried(file: str, data: bytes) -> _Carried:
    if data.startswith(PNG_START):
        card = card_in_png(BytesIO(data), _CARD_BYTES)
        if card is not None:
            return _Carried(card, data, None)
        if not _holds_zip(data):
            raise _unusable(file, "is a picture without a character card that can be read.", _CARDS)
    if data.startswith(_ZIP_START) or (data.startswith((PNG_START, _JPEG_START)) and _holds_zip(data)):
        charx = CharxFile(data, file)
        text = _sound(decoded(file, charx.card(_CARD_BYTES)))
        return _Carried(text, None if data.startswith(_ZIP_START) else data, charx)
    for start, called in _NO_CARDS:
        if data.startswith(start):
            raise _unusable(file, f"is {called}, which holds no character card.", _CARDS)
    if len(data) > _CARD_BYTES:
        raise _unusable(file, f"has {len(data):,} bytes of text.", f"Keep it under {_CARD_BYTES:,}.")
    return _Carried(_sound(decoded(file, data)), None, None)


def _holds_zip(data: bytes) -> bool:
    """Whether a zip file stands behind what `data` begins with: its end mark is at most 64 KiB before that of all."""
    return b"PK\x05\x06" in data[-66_000:]


def _own_fields(file: str, parsed: Any) -> dict[str, Any]:
    """The fields of a persona file, ours or the original script's."""
    if not isinstance(parsed, Mapping):
        # Says what it should begin with.
        raise UnusableFile(read_persona(file, parsed)[1])
    return dict(cast(Mapping[str, Any], parsed))


def _take_out(fields: dict[str, Any], *, by_host: bool) -> list[str]:
    """Takes out what a file that was handed over may not say, with a sentence about each."""
    told: list[str] = []
    held = [field for field in HOST_FIELDS if not by_host and fields.pop(field, None) is not None]
    if held:
        told.append(f"Left out: {', '.join(held)} (how a model is asked is for whoever hosts the bot to set).")
    avatar = fields.get("avatar")
    if isinstance(avatar, str) and (avatar := avatar.strip()):
        link = link_problem(avatar) if len(avatar) <= _TEXT_LENGTH else None
        if link or not avatar.startswith("https://"):
            # A name of a file would be one of the host's.
            del fields["avatar"]
            reason = link[0] if link else "did not come along with this file."
            told.append(f"Its picture is left out: {clipped(avatar[: 2 * _SHOWN], _SHOWN)} {reason}")
    return told


def _persona(file: str, fields: dict[str, Any]) -> tuple[Persona, list[str]]:
    if problems := list(_too_much(file, fields)):
        raise UnusableFile(problems)
    macros: list[str] = []
    for field in ("prompt", "intro"):
        if isinstance(value := fields.get(field), str):
            called = fields.get("name")
            fields[field], unknown = _filled_in(without_controls(value), called if isinstance(called, str) else "")
            macros += unknown
    persona, problems = read_persona(file, fields)
    if persona is None:
        # A card has one name, which stands in two fields.
        raise UnusableFile(list({(fault.value, fault.fix): fault for fault in problems[::-1]}.values())[::-1])
    if (length := len(persona.prompt)) > PROMPT_LENGTH:  # many a {{char}} with a long name
        raise _unusable(file, f"the prompt has {length:,} characters.", f"Keep it under {PROMPT_LENGTH:,}.")
    told = list(dict.fromkeys(macros))
    if not told:
        return persona, []
    more = f" and {len(told) - _MACROS_TOLD} more" if len(told) > _MACROS_TOLD else ""
    known = "only {{char}} and {{user}} are filled in here"
    return persona, [f"Left out: the macros {', '.join(told[:_MACROS_TOLD])}{more} ({known})."]


def _filled_in(text: str, character: str) -> tuple[str, list[str]]:
    """`text` without macros, and those that mean nothing here; from the innermost on, where some stand in others."""
    found: list[str] = []
    for _ in range(_NESTED):
        text, _ = expanded("", "", text, character)
        text, unknown = without_unknown(text)
        found += unknown
        # A name that is a macro itself would make it longer and longer.
        if not unknown or len(text) > PROMPT_LENGTH:
            break
    return text, found


def _too_much(file: str, fields: Mapping[str, Any]) -> Iterator[FileProblem]:
    """What is longer than is sensible: the rules of persona files, which hosts write, look at each piece of it."""
    if len(fields) > _MOST:
        yield FileProblem(file, "", f"has {len(fields):,} fields.", f"A persona has a few; up to {_MOST} are read.")
        return
    for field, value in fields.items():
        name = clipped(field[: 2 * _SHOWN], _SHOWN)
        longest = PROMPT_LENGTH if field == "prompt" else _TEXT_LENGTH
        if len(field) > _SHOWN:
            yield FileProblem(file, name, f"is a field's name of {len(field):,} characters.", "Leave it out.")
        elif isinstance(value, str) and len(value) > longest:
            yield FileProblem(file, name, f"has {len(value):,} characters.", f"Keep it under {longest:,}.")
        elif isinstance(value, list) and (count := len(cast(list[Any], value))) > _MOST:
            yield FileProblem(file, name, f"is a list of {count:,}.", f"Keep it under {_MOST}.")


def _picture(file: str, parsed: Any, carried: _Carried) -> tuple[bytes | None, list[str]]:
    """The persona's face out of what came along, and a sentence where there is one that can't be used."""
    inside: Any = parsed.get("data") if isinstance(parsed, Mapping) else None
    address = main_icon(cast(Mapping[str, Any], inside)) if isinstance(inside, Mapping) else None
    found = (icon_bytes(address, carried.charx, PICTURE_BYTES) if address else None) or carried.picture
    if found is None:
        is_elsewhere = address is not None and not address.startswith("ccdefault:")
        missing = "Its picture is left out: the file does not carry one that can be read. Add one yourself."
        return None, [missing] if is_elsewhere else []
    try:
        return portrait_of(found, file), []
    except UnusableFile as error:
        (problem,) = error.problems
        return None, [f"Its picture is left out: it {problem.value} {problem.fix}"]


def _sound(read: tuple[_Read, list[FileProblem]]) -> _Read:
    found, problems = read
    if problems:
        raise UnusableFile(problems)
    return found


def _unusable(file: str, found: str, fix: str) -> UnusableFile:
    return UnusableFile([FileProblem(file, "", found, fix)])
