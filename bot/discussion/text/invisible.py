"""Characters that nobody sees: taken out of names and files, but for those that a script or an emoji needs."""

import re
import unicodedata
from typing import Final

# Blank, but as wide as a letter: two of the Hangul fillers and the empty pattern of Braille.
_BLANK: Final = "\u2800\u3164\uffa0"
# The other fillers: in old Korean they stand for a part of a syllable that there is not.
_JAMO_FILLERS: Final = "\u115f\u1160"
_JOINERS: Final = "\u200c\u200d"
# Soft hyphen, grapheme joiner, zero-width and directional marks, invisible operators, byte order mark, annotations,
# tags, variation selectors and fillers: Default_Ignorable_Code_Point of https://www.unicode.org/reports/tr44/ with the
# annotation marks and what is blank.
_UNSEEN: Final = (
    f"[{_BLANK}{_JAMO_FILLERS}\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
# A flag of a region: a black flag, its code in tags, and an end. https://www.unicode.org/reports/tr51/#valid-emoji-tag-sequences
_FLAG: Final = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
_FLAG_OR_UNSEEN: Final = re.compile(f"(?P<flag>{_FLAG})|{_UNSEEN}")
# Scripts in which a joiner tells words or letters apart, by the first word of their characters' names:
# https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
_JOINING: Final = frozenset(
    """
    ARABIC SYRIAC MANDAIC MONGOLIAN NKO ADLAM HANIFI DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA
    MALAYALAM SINHALA KHMER MYANMAR TIBETAN BALINESE JAVANESE
    """.split()  # noqa: SIM905 (as a list it would take a page)
)


def without_invisible(text: str) -> str:
    """`text` without characters that nobody sees and that change nothing that is seen.

    Joiners stay behind letters of a joining script and inside an emoji, variation selectors behind an emoji or an
    ideograph, tags inside a flag, and what is blank between two words.
    """

    def needed(found: re.Match[str]) -> str:
        if found["flag"]:
            return found[0]
        before = text[found.start() - 1 : found.start()] or " "
        behind = text[found.end() : found.end() + 1] or " "
        kept = ""
        for character in found[0]:
            if _is_needed(character, before, behind):
                kept += character
                before = character
        return kept

    return _FLAG_OR_UNSEEN.sub(needed, text)


def _is_needed(character: str, before: str, behind: str) -> bool:
    if character in _JOINERS:
        if _script(before) in _JOINING:
            # At a word's end it shows a letter's joining form, which abbreviations in Persian want.
            return True
        is_emoji = unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f"
        return character == "\u200d" and is_emoji and unicodedata.category(behind) == "So"
    if "\ufe00" <= character <= "\ufe0f":
        # Also the digits of keycaps: 1️⃣.
        return unicodedata.category(before) in ("So", "Sm", "Po") or (before in "0123456789#*" and behind == "\u20e3")
    if character in _BLANK:
        return not before.isspace() and not behind.isspace()
    if character in _JAMO_FILLERS:
        return _script(before) == "HANGUL" or _script(behind) == "HANGUL"
    if "\U000e0100" <= character <= "\U000e01ef":
        return _script(before) == "CJK"
    return "\u180b" <= character <= "\u180f" and _script(before) == "MONGOLIAN"


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]
