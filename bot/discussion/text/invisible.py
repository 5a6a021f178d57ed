"""Characters that nobody sees: taken out of names and files, but for those that a script or an emoji needs."""

import re
import unicodedata
from typing import Final

# Soft hyphen, grapheme joiner, zero-width and directional marks, invisible operators, byte order mark, annotations,
# tags and variation selectors: Default_Ignorable_Code_Point of https://www.unicode.org/reports/tr44/, less the Hangul
# fillers (which fill a place) and with the annotation marks.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_JOINERS: Final = "\u200c\u200d"
# A flag of a region: a black flag, its code in tags, and an end. https://www.unicode.org/reports/tr51/#valid-emoji-tag-sequences
_FLAG: Final = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
# Scripts in which a joiner tells words or letters apart, by the first word of their characters' names:
# https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
_JOINING: Final = frozenset(
    {
        "ARABIC",
        "SYRIAC",
        "MANDAIC",
        "MONGOLIAN",
        "NKO",
        "ADLAM",
        "HANIFI",
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
    }
    | {
        "ORIYA",
        "TAMIL",
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
        "KHMER",
        "MYANMAR",
        "TIBETAN",
        "BALINESE",
        "JAVANESE",
    }
)


def without_invisible(text: str) -> str:
    """`text` without characters that nobody sees and that change nothing that is seen.

    Joiners stay behind letters of a joining script and inside an emoji, variation selectors behind an emoji or an
    ideograph, tags inside a flag.
    """
    if not _INVISIBLE.search(text):
        return text
    flags = [range(*found.span()) for found in _FLAG.finditer(text)]
    kept: list[str] = []
    for at, character in enumerate(text):
        if _INVISIBLE.match(character) and not any(at in flag for flag in flags):
            behind = next((c for c in text[at + 1 :] if not _INVISIBLE.match(c)), "")
            if not (kept and _is_needed(character, kept[-1], behind)):
                continue
        kept.append(character)
    return "".join(kept)


def _is_needed(character: str, before: str, behind: str) -> bool:
    if character in _JOINERS:
        if _script(before) in _JOINING:
            # At a word's end it shows a letter's joining form, which abbreviations in Persian want.
            return True
        is_emoji = unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f"
        return character == "\u200d" and is_emoji and unicodedata.category(behind or " ") == "So"
    if "\ufe00" <= character <= "\ufe0f":
        # Also the digits of keycaps: 1️⃣.
        return unicodedata.category(before) in ("So", "Sm", "Po") or (before in "0123456789#*" and behind == "\u20e3")
    if "\U000e0100" <= character <= "\U000e01ef":
        return _script(before) == "CJK"
    return "\u180b" <= character <= "\u180f" and _script(before) == "MONGOLIAN"


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]
