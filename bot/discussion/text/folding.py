"""The forms in which texts are compared: words folded, names folded further, and any text on one line.

A name is written in many ways that are one name to people: with another apostrophe or hyphen, escaped or in bold, with
an emoji beside it. There is one folding for all of them, and whatever compares names, or looks for them, does so in it.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import regex

from bot.discussion.text.text_caches import caches_turn_texts

_APOSTROPHES: Final = "'’‘‛ʼʻʹʽʾʿˈ′＇`´՚׳ꞌ"
# The shorter dashes too: keyboards and models write them for hyphens.
_HYPHENS: Final = "-‐‑‒–−－﹣֊־᠆⁃"
_UNIFIED: Final = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_HYPHENS, "-"))
# Letters that Unicode takes for letters of their own. The first ones are spelt like this wherever they can't be typed.
# Persian and Arabic keyboards have two letters for one. I and İ are the capitals of ı and i in Turkish only, so that no
# casing of a name is told from another.
_SPELT_OUT: Final = str.maketrans({"æ": "ae", "œ": "oe", "þ": "th", "ĳ": "ij", "ı": "i", "ی": "ي", "ک": "ك"})
_STROKES: Final = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "ƶ": "z",
    "ɨ": "i",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ة": "ه",
    "ى": "ي",
}
_DIGRAPHS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Scripts whose letters stay what they are without their marks. (In those of India and in kana they do not.)
_ACCENTED: Final = regex.compile(r"([\p{Latin}\p{Greek}\p{Cyrillic}\p{Hebrew}\p{Arabic}])\p{Mn}+")
# What may stand around a name and is no part of it: brackets, quotes, symbols, emoji, punctuation; but C++ and C#.
# A hyphen stays: what follows one is an item of a list.
_DECORATION: Final = r"[\p{P}\p{S}\p{Z}\p{C}\uFE0F--[-+#&%$\p{Co}]]"
_AROUND: Final = regex.compile(rf"(?V1)\A{_DECORATION}+|{_DECORATION}+\Z")
_BRACKETS: Final = ("()", "[]", "{}")
# Between the parts of a name, and not behind an initial: "jean-luc", "senior_engineer".
_PARTED: Final = regex.compile(r"(?<=\p{L})(?:['_-]|(?<=\p{L}{2}) )(?=\p{L}{2})")
_FULL_STOP: Final = regex.compile(r"(?<=\w)\.(?= )")
# The backslash of an escape, and emphasis: of underscores, those that are not inside of a word (Senior_Engineer).
_MARKUP: Final = regex.compile(r"(?P<escape>\\)_|\\(?=[!-/:-@\[-^`{-~])|\*|(?<![^\W_]_*)_|_(?!_*[^\W_])")
# Characters that nobody sees: joiners, marks of direction, variation selectors, what only formats.
_UNSEEN: Final = regex.compile(r"[\p{Cf}\p{Variation_Selector}\u034F\u115F\u1160\u3164]")
# A letter with what Unicode may compose it with: marks, and the parts of a Korean syllable.
_CLUSTER: Final = regex.compile(r"(?s).[\p{M}\u1160-\u11FF\p{Cf}]*")
# Whatever is not folded letter by letter; without it, only a letter that is spelt out makes a text longer.
_UNEVEN: Final = regex.compile(r"[\p{M}\u1160-\u11FF\p{C}\p{Variation_Selector}\u115F\u3164\\*_--\n]|\s\s", regex.V1)


class _PerLetter(dict[int, str]):
    """A table for `str.translate` that is filled as letters come up, by a function of one letter."""

    def __init__(self, function: Callable[[str], str]) -> None:
        self._function = function

    def __missing__(self, code: int) -> str:
        made = self[code] = self._function(chr(code))
        return made


def _bare_letter(letter: str) -> str:
    plain = unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", letter)))
    return _STROKES.get(plain, plain if len(plain) == 1 else letter)


def _folded_cluster(cluster: str) -> str:
    if cluster.isspace():
        return "\n" if cluster in "\n\r\u2028\u2029" else " "
    seen = _UNSEEN.sub("", cluster.translate(_UNIFIED))
    # Twice: some letters decompose when they are folded.
    whole = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).translate(_SPELT_OUT)
    # A mark that composes with nothing is a stress, or the dot of a Turkish i.
    return whole if len(whole) == 1 else _ACCENTED.sub(r"\1", whole)


@caches_turn_texts(maxsize=4096)
def _marked_letter(cluster: str) -> str:
    return _folded_cluster(cluster)


_BARE: Final = _PerLetter(_bare_letter)
_LETTERS: Final = _PerLetter(_folded_cluster)


def fold(text: str) -> str:
    """The form in which words are compared: compatibility-normalised and case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def one_line(text: str) -> str:
    """`text` with one space for each run of white space, and none around it."""
    return " ".join(text.split())


def fold_name(name: str) -> str:
    """The form in which names are compared, "" for one that is nothing but white space.

    Of any two ways to write a name it makes one: other apostrophes, hyphens, widths and cases, escapes and emphasis,
    characters that nobody sees, decoration around it, the full stop of "Dr." Accents stay: see `bare`.
    """
    folded = one_line(FoldedText.of(name).folded)
    kept = _FULL_STOP.sub("", _AROUND.sub("", folded))
    # A bracket that was opened inside is no decoration: "zoe (guest)".
    closing = next((c for o, c in _BRACKETS if kept.count(o) > kept.count(c) and c in folded), "")
    return kept + closing or folded


def bare(folded: str) -> str:
    """A folded name or text without its accents, character by character: as long as before."""
    return folded if folded.isascii() else folded.translate(_BARE)


def spellings(folded: str) -> tuple[str, ...]:
    """A folded name as it is, and as it is written where its accents or marks can't be typed or are left out.

    "müller" is "muller" and "mueller", "o'brien" is "obrien" and "o brien", "jean luc" is "jean-luc" and "jeanluc".
    """
    plain = (folded, bare(folded), bare(folded.translate(_DIGRAPHS)))
    if not _PARTED.search(folded):
        return tuple(dict.fromkeys(plain))
    joined = (_PARTED.sub(mark, name) for mark in (" ", "-", "") for name in plain)
    return tuple(dict.fromkeys((*plain, *joined)))


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text in the form in which names are looked for.

    `starts` has for each character of `folded`, and for its end, where in the text it comes from.
    """

    text: str
    folded: str
    starts: tuple[int, ...] | range

    @classmethod
    def of(cls, text: str) -> "FoldedText":
        if not _UNEVEN.search(text) and len(folded := text.translate(_LETTERS)) == len(text):
            return cls(text, folded, range(len(text) + 1))
        dropped = {match.start() for match in _MARKUP.finditer(text)}
        parts: list[str] = [""]
        starts: list[int] = []
        for match in _CLUSTER.finditer(text):
            at, cluster = match.start(), match.group()
            part = _LETTERS[ord(cluster)] if len(cluster) == 1 else _marked_letter(cluster)
            if part and at not in dropped and not part == parts[-1] == " ":
                parts.append(part)
                starts += [at] * len(part)
        return cls(text, "".join(parts), (*starts, len(text)))

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` up to `end` of `folded` stand in the text."""
        # Up to the end of the last character itself: what is dropped behind it is no part of it.
        last = self.starts[end - 1]
        cluster = _CLUSTER.match(self.text, last)
        return self.starts[start], cluster.end() if cluster else last + 1
