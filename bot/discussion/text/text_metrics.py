"""What can be told from words alone: which a text has, how much of it is new, and whether it only agrees."""

import re
from array import array
from collections.abc import Collection, Iterable
from typing import Final

from bot.discussion.text.folding import fold
from bot.discussion.text.text_caches import caches_turn_texts

Gram = tuple[str, ...]

# Scripts without spaces between words (Han, kana), as ranges for a pattern.
UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
_SENTENCE: Final = re.compile(r"[^.!?…。！？\n]*[.!?…。！？\n]?")

# So many characters at the beginning of a turn tell how it opens.
_OPENING: Final = 500
# What a turn may begin with before it says anything: "Faris, …", "Well, …", "Thank you, Mira. …", "I think …".
_FILLERS: Final = re.compile(
    r"(?:(?:oh|ah|well|and|so|hm+|i (?:think|believe|suppose|must say|have to say)(?: that)?)\b[\s,]*"
    r"|(?:thank you|thanks)\b[^.!?…]*[.!?…,]\s*"
    r"|(?:[^\W\d_][\w.'’-]*\s+){0,3}[^\W\d_][\w.'’-]*\s*[,:–—]\s+)*"
)
_MUCH: Final = r"(?:(?:so|very|quite|completely|totally|fully|entirely|wholeheartedly|absolutely|strongly|do|too) )*"
# How people open when they agree, in the languages that most communities write in.
_AGREEMENTS: Final = re.compile(
    "(?:" + "|".join(
        [
            rf"(?:i |we |i am |i['’]m |we['’]re )?{_MUCH}(?:agree|agreed|agreeing|in agreement)\b",
            r"i could(?:n['’]t| not) agree more",
            r"(?:i )?share (?:your|that|this|the)\b|(?:i['’]m |i am )?glad (?:you|that|to)\b",
            r"(?:yes|yeah|yep|true|exactly|precisely|absolutely|indeed|definitely|certainly|of course|quite so)\b",
            r"right[,.!]|(?:quite|very|so|too) (?:right|true)\b|same here\b|hear, hear|well (?:said|put)\b",
            rf"(?:that|it|this)(?:['’]s| is) {_MUCH}(?:true|right|correct)\b",
            rf"(?:you(?:['’]re| are)|[^\W\d_]+(?:['’]s| is)) {_MUCH}(?:right|correct|spot on)\b",
            r"(?:that(?:['’]s| is) |what )?(?:an? )?(?:very |really )?(?:good|great|excellent|fair|valid) point\b",
            r"(?:ja[,.! ]+)?(?:genau|stimmt|richtig|ganz recht)\b|(?:ich )?stimme (?:dir |ihnen |euch )?zu\b",
            r"(?:oui[,.! ]+)?(?:exactement|tout à fait|(?:je suis )?d['’]accord|(?:vous avez|tu as) raison)\b",
            r"(?:sí[,.! ]+)?(?:exacto|exactamente|(?:estoy )?de acuerdo|tienes razón|tiene razón|así es)\b",
            r"concordo\b|esattamente\b|sono d['’]accordo\b|olen samaa mieltä\b|aivan\b|juuri niin\b",
            r"(?:да|согласен|согласна|именно|верно)\b",
        ]
    ) + ")"
)  # fmt: skip
# What turns an agreement into the beginning of an objection.
_BUT: Final = re.compile(
    r"\b(?:but|yet|however|though|although|except|unless|only|still|aber|doch|mais|pero|mas|ma|mutta|но)\b"
)


def words(text: str) -> list[str]:
    """The words of a text, folded. In scripts without spaces each character counts as a word."""
    return _WORD.findall(fold(text))


def grams(text: str, n: int) -> frozenset[Gram]:
    """A text's runs of `n` words; a shorter text is one run as a whole."""
    found = words(text)
    return frozenset(tuple(found[i : i + n]) for i in range(max(1, len(found) - n + 1)) if found)


@caches_turn_texts(maxsize=16_384)
def gram_hashes(text: str, n: int) -> Collection[int]:
    """The hashes of a text's `grams`: a twentieth of their memory, so that those of many tables' turns can be kept."""
    return array("q", map(hash, grams(text, n)))


def novelty(text: str, earlier: Iterable[str]) -> float:
    """The share of a text's pairs of neighbouring words that no earlier text has, from 0.0 to 1.0; 1.0 without a pair.

    Pairs, since single words come back in any long discussion, whatever is said with them.
    """
    own = {hash(pair) for pair in grams(text, 2) if len(pair) == 2}
    return len(own.difference(*(gram_hashes(one, 2) for one in earlier))) / len(own) if own else 1.0


def only_agrees(text: str) -> bool:
    """Whether a text opens with an agreement and has no "but" in its first two sentences."""
    start = fold(text[:_OPENING]).strip().lstrip("\"'“”‘’«»*_ ")
    # As it stands first: a filler may be the agreement itself ("Absolutely, Faris").
    if not (_AGREEMENTS.match(start) or _AGREEMENTS.match(start, _end(_FILLERS, start))):
        return False
    opening = [s for s in _SENTENCE.findall(start) if any(c.isalnum() for c in s)][:2]
    return not any(map(_BUT.search, opening))


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0
