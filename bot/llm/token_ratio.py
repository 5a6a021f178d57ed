"""How many characters a model takes for a token: guessed from the scripts of a text, then measured in its answers."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ScriptRatio:
    """Characters a token in some scripts: what is usual, and the most that can be."""

    scripts: str
    pattern: re.Pattern[str]
    usual: float
    most: float


# Rules of thumb, guessed low: a vocabulary has whole words of English and hardly more than characters of most others.
_RATIOS: Final = (
    ScriptRatio(
        "Chinese, Japanese, Korean", re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]"), 0.9, 2.5
    ),
    ScriptRatio("all others but Latin", re.compile(r"[\u0370-\u10ff\u1200-\u1dff\U00010000-\U0010ffff]"), 1.7, 6.0),
)
_LATIN: Final = ScriptRatio("Latin", re.compile(""), 3.5, 7.0)
# So many characters of a text, evenly spread, tell its scripts: prompts are long, and asked about several times a turn.
_SAMPLE: Final = 1000
# Fewer than this is no tokeniser's: a model that reads bytes takes four for an emoji.
_LEAST: Final = 0.2
# So far above what was measured before a measurement is believed: speakers differ, but the rest is tokens left out.
_RISE: Final = 1.3


def usual_ratio(text: str) -> float:
    """A low guess of the characters a token that a model takes for a text."""
    return _mixed(text)[0]


def most_ratio(text: str) -> float:
    """The most characters a token that any model takes for a text."""
    return _mixed(text)[1]


def measured_ratio(text: str, tokens: int, cached: int | None, *, lowest: float | None) -> float | None:
    """The characters a token of a prompt, by the server's count; None where that count can't be of all of it.

    Some servers leave out of it what they had in their cache: where they tell how much, that is added. `lowest`: the
    lowest that was measured before.
    """
    usual, most = _mixed(text)
    bound = most if lowest is None else min(most, _RISE * max(lowest, usual))
    for count in (tokens, tokens + (cached or 0)):
        if count and _LEAST <= (ratio := len(text) / count) <= bound:
            return ratio
    return None


def _mixed(text: str) -> tuple[float, float]:
    text = text[:: len(text) // _SAMPLE + 1]
    if not text or text.isascii():
        return _LATIN.usual, _LATIN.most
    rest, usual, most = len(text), 0.0, 0.0
    for row in _RATIOS:
        count = len(row.pattern.findall(text))
        rest -= count
        usual += count / row.usual
        most += count / row.most
    return len(text) / (usual + rest / _LATIN.usual), len(text) / (most + rest / _LATIN.most)
