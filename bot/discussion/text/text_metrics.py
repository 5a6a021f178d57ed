"""What can be told from words alone: the runs of words a text has, and how much of it is new."""

from array import array
from collections.abc import Collection, Iterable

from bot.discussion.text.agreement import only_agrees as only_agrees
from bot.discussion.text.segmentation import words as words
from bot.discussion.text.text_caches import caches_turn_texts

Gram = tuple[str, ...]


def grams(text: str, n: int) -> frozenset[Gram]:
    """A text's runs of `n` words; a shorter text is one run as a whole."""
    found = words(text)
    return frozenset(found[i : i + n] for i in range(max(1, len(found) - n + 1)) if found)


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
