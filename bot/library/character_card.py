"""Character cards of other tools (SillyTavern, RisuAI, Agnai …) as persona fields, from JSON or from inside a PNG.

The formats: https://github.com/malfoyslastname/character-card-spec-v2 and
https://github.com/kwaroran/character-card-spec-v3.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

_SPECS: Final = ("chara_card_v2", "chara_card_v3")
# A card of the first version has no `spec`; these make it known.
_OLD_FIELDS: Final = frozenset({"first_mes", "mes_example", "personality", "scenario"})
# What becomes part of the prompt, in this order, and what it is called there.
_PARTS: Final = (
    ("description", ""),
    ("personality", "Personality: "),
    ("scenario", "Situation: "),
    ("mes_example", "Examples of how {{char}} talks:\n"),
)
# What Pygmalion's front ends (TavernAI's beginnings, text-generation-webui) call these.
_OLDEST_FIELDS: Final = {
    "char_name": "name",
    "char_persona": "description",
    "world_scenario": "scenario",
    "example_dialogue": "mes_example",
    "char_greeting": "first_mes",
}
_EXAMPLE_START: Final = re.compile(r"\s*<START>\s*", re.IGNORECASE)

_PNG: Final = b"\x89PNG\r\n\x1a\n"
# The keys of the text chunks that hold a card, the newer format first.
_KEYS: Final = (b"ccv3", b"chara")
_MOST_CHUNKS: Final = 10_000


def persona_fields(data: Any) -> dict[str, Any] | None:
    """A card of any version as the fields of a persona file; None if `data` is no such card.

    Greetings, lore books and notes to a user are left out: at a table nobody is greeted.
    """
    if not isinstance(data, Mapping):
        return None
    data = {_OLDEST_FIELDS.get(field, field): value for field, value in data.items()}
    if data.get("spec") in _SPECS and isinstance(data.get("data"), Mapping):
        data = data["data"]
    elif "prompt" in data or len(_OLD_FIELDS & data.keys()) < 2:
        return None
    name = data.get("nickname") or data.get("name")
    fields: dict[str, Any] = {"name": name, "full_name": data.get("name")}
    if isinstance(name, str):
        # Titles and the like stand behind a comma or a bar; a name of a persona is a word or two.
        fields["name"] = re.split(r"\s*[,|(]", name.strip())[0] or name
    texts = [(label, data.get(field)) for field, label in _PARTS]
    parts = [
        label + _EXAMPLE_START.sub("\n", text).strip()
        for label, text in texts
        if isinstance(text, str) and text.strip()
    ]
    return fields | {"prompt": "\n\n".join(parts)}


def card_in_png(path: Path, most: int) -> str | None:
    """The JSON of the character card inside a PNG, None if it holds none (or one of more than `most` bytes).

    Reads the text chunks only. Raises OSError.
    """
    found = dict(_text_chunks(path, most * 4 // 3 + 100))
    for key in _KEYS:
        if key in found:
            try:
                return base64.b64decode(found[key], validate=True).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError):
                continue
    return None


def _text_chunks(path: Path, most: int) -> Iterator[tuple[bytes, bytes]]:
    # https://www.w3.org/TR/png/#5Chunk-layout and https://www.w3.org/TR/png/#11tEXt
    with path.open("rb") as file:
        if file.read(len(_PNG)) != _PNG:
            return
        for _ in range(_MOST_CHUNKS):
            head = file.read(8)
            length, kind = int.from_bytes(head[:4]), head[4:]
            if len(head) < 8 or kind == b"IEND":
                return
            if kind == b"tEXt" and length <= most:
                key, _, text = file.read(length).partition(b"\0")
                yield key, text
                file.seek(4, 1)
            else:
                file.seek(length + 4, 1)
