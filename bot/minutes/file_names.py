"""What files of minutes are called: the words of the title and the day of the end, in any script, on any system."""

import unicodedata
from datetime import UTC, datetime
from typing import Final

import regex

from bot.discussion.text.segmentation import graphemes

# File systems take 255 bytes; the day and the ending are 17 of them. People read the first words only.
_MOST_BYTES: Final = 160
_MOST_CHARACTERS: Final = 60
_WORDS: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
# More marks than any script puts on a letter.
_PILED_UP: Final = regex.compile(r"(\p{M}{3})\p{M}+")
_WITHOUT_WORDS: Final = "minutes"


def file_name(title: str, until: datetime, ending: str) -> str:
    """`cat-curfew-2026-11-26.md`: no character but letters, digits, their marks, `-` and one `.` before `ending`.

    The day, in UTC, keeps it from being a name that Windows reserves ("con", "aux").
    """
    return f"{slug(title)}-{until.astimezone(UTC):%Y-%m-%d}.{ending}"


def slug(title: str) -> str:
    """The words of a title, joined by hyphens, as many as there is room for."""
    plain = _PILED_UP.sub(r"\1", unicodedata.normalize("NFC", title.replace("'", "").replace("’", ""))).lower()
    words = [word.lstrip("".join(filter(unicodedata.combining, set(word)))) for word in _WORDS.findall(plain)]
    joined = ""
    for word in filter(None, words):
        longer = f"{joined}-{word}" if joined else word
        if len(longer) > _MOST_CHARACTERS or len(longer.encode()) > _MOST_BYTES:
            return joined or _clipped(word)
        joined = longer
    return joined or _WITHOUT_WORDS


def _clipped(word: str) -> str:
    """As much of a word as there is room for, in whole characters: scripts without spaces make one word of a title."""
    kept = ""
    for grapheme in graphemes(word):
        if len(kept + grapheme) > _MOST_CHARACTERS or len((kept + grapheme).encode()) > _MOST_BYTES:
            break
        kept += grapheme
    return kept
