"""Where a small model got stuck: what it says again and again is left standing once."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from icu4py.breakers import WordBreaker

from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import sentences, words

# A sentence that comes this often, with nothing new in between, is a loop; less often it may be a refrain.
_TIMES: Final = 3
# Without sentence marks a run of words is a loop if it comes this often and has so many words: not "no, no, no, no".
_RUNS: Final = 4
_LEAST_WORDS: Final = 12
# Longer than the longest run of words that is looked for: a long sentence.
_LONGEST_RUN: Final = 60

_Word = tuple[str, int, int]


def without_loop(text: str) -> str:
    """`text` without the rest from where it only repeats itself, by sentences or by runs of words without any mark."""
    return _without_run(_without_sentences(text))


def _without_sentences(text: str) -> str:
    pieces = sentences(text)
    starts = list(accumulate(map(len, pieces), initial=0))
    said: list[tuple[str, ...]] = []
    seen: dict[tuple[str, ...], list[int]] = {}
    for number, piece in enumerate(pieces):
        sentence = words(piece)
        said.append(sentence)
        at = seen.setdefault(sentence, [])
        at.append(number)
        if len(sentence) > 1 and len(at) >= _TIMES:
            second = at[-_TIMES + 1]
            # A refrain has something new between its verses.
            if all(seen[one][0] < second for one in said[second:number]):
                return text[: starts[second]]
    return text


def _without_run(text: str) -> str:
    found = list(_words(text))
    for length in range(1, min(_LONGEST_RUN, len(found) // _RUNS) + 1):
        same = 0
        for i in range(length, len(found) + 1):
            if i < len(found) and found[i][0] == found[i - length][0]:
                same += 1
                continue
            if same + length >= max(_RUNS * length, _LEAST_WORDS):
                # Half a word more is where it was cut off.
                is_cut = i == len(found) - 1 and found[i - length][0].startswith(found[i][0])
                behind = "" if is_cut else text[found[i - 1][2] :]
                return _without_run(text[: found[i - same - 1][2]] + behind)
            same = 0
    return text


def _words(text: str) -> Iterator[_Word]:
    """Each word, folded, and where it begins and ends."""
    at = 0
    for piece in WordBreaker(text, "en"):
        if any(c.isalnum() for c in piece):
            yield fold(piece), at, at + len(piece)
        at += len(piece)
