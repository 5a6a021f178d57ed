"""The words by which a text is found again: folded, cut to their beginnings, and spelt so that any index takes them.

Every database cuts texts into words by rules of its own. What it gets from here is letters and digits alone: no rule
cuts it, and none of it is syntax, whatever somebody wrote.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import regex
from stopwordsiso import langs, stopwords

from bot.discussion.text.folding import FoldedText, bare, fold
from bot.discussion.text.segmentation import words

# Endings are many and differ by language; five letters tell most words apart and leave most endings out (McNamee,
# Nicholas and Mayfield, "Addressing Morphological Variation in Alphabetic Languages", 2009).
_BEGINNING: Final = 5
# Two syllables of Korean are a word, and what follows them is most often a particle.
_HANGUL_BEGINNING: Final = 2
_HANGUL: Final = regex.compile(r"\p{Hangul}")
_PLAIN: Final = re.compile(r"[a-z][a-z0-9]*")
# "AI", "the EU", "US": in small letters some of these are on lists of common words.
_ABBREVIATION: Final = regex.compile(r"\b\p{Lu}{2,5}\b")


def index_words(text: str) -> tuple[str, ...]:
    """Every word of a text as an index has it, each once, in order."""
    return _each(_folded_words(text))


def query_words(text: str) -> tuple[str, ...]:
    """Of these the ones that tell what a text is about; all of them where that would leave none.

    Left out are the words that any text of its language has: the language whose list of them has most of its words.
    """
    found = _folded_words(text)
    common = max(_common_words(), key=lambda those: (sum(word in those for word in found), len(those)))
    short = _folded_words(" ".join(_ABBREVIATION.findall(text)))
    return _each(word for word in found if word not in common or word in short) or _each(found)


def _folded_words(text: str) -> tuple[str, ...]:
    return words(bare(FoldedText.of(text).folded))


def _each(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_spelt, found)))


def _spelt(word: str) -> str:
    short = word[: _HANGUL_BEGINNING if _HANGUL.match(word) else _BEGINNING]
    return short if _PLAIN.fullmatch(short) else "x" + short.encode(errors="replace").hex()


@lru_cache(maxsize=1)
def _common_words() -> tuple[frozenset[str], ...]:
    """By language, in the order of their codes."""
    return tuple(frozenset(bare(fold(word)) for word in stopwords(code)) for code in sorted(langs()))
