"""Whether a text says what it is to state: a choice by its words, a proposal by most of them."""

from collections.abc import Sequence
from typing import Final

from bot.discussion.text.segmentation import words

# An option of so few words is named word for word; of a longer one so large a share of its words is there.
_FEW: Final = 4
_SHARE: Final = 0.5


def states(text: str, what: str) -> bool:
    """Whether `text` has `what` in it, in its own words or nearly so."""
    said, wanted = words(text), words(what)
    if len(wanted) <= _FEW:
        return _stands_in(wanted, said)
    distinct = set(wanted)
    return len(distinct.intersection(said)) >= _SHARE * len(distinct)


def _stands_in(wanted: Sequence[str], said: Sequence[str]) -> bool:
    return any(tuple(said[at : at + len(wanted)]) == tuple(wanted) for at in range(len(said) - len(wanted) + 1))
