"""Pairs of inline marks as Discord's clients read them: emphasis, underlining, striking out and spoilers.

Where they differ from CommonMark: `__` underlines, `||` hides, and a mark of two may stand before or behind a space.
https://support.discord.com/hc/en-us/articles/210298617
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

_RUN: Final = re.compile(r"\\[^a-zA-Z0-9\s]|(?P<run>\*++|_++|~++|\|++)")
_MARKS: Final = frozenset({"*", "**", "_", "__", "~~", "||"})
# Three of these are two marks.
_DOUBLED: Final = frozenset({"***", "___"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two marks that belong together: from `start` to `end` with them, from `inner_start` to `inner_end` without."""

    mark: str
    start: int
    inner_start: int
    inner_end: int
    end: int


class _Opened(NamedTuple):
    mark: str
    start: int
    end: int


def pairs(text: str, start: int, end: int) -> Iterator[Pair]:
    """The pairs within a block of `text`. A mark without a partner is none."""
    opened: list[_Opened] = []
    for match in _RUN.finditer(text, start, end):
        run = match["run"]
        if run in _MARKS:
            marks = [run]
        elif run in _DOUBLED:
            # Closes first what was opened last.
            marks = sorted((run[:2], run[:1]), key=lambda mark: -_last(opened, mark))
        else:
            continue
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        for mark in marks:
            at = _last(opened, mark)
            if at >= 0 and _may_close(mark, before, after):
                first = opened[at]
                # What was opened in between has no partner, but for the other half of three.
                opened[at:] = [other for other in opened[at + 1 :] if other.start == first.start]
                if first.end < match.start():
                    yield Pair(mark, first.start, first.end, *match.span())
            elif _may_open(mark, before, after):
                opened.append(_Opened(mark, *match.span()))


def _last(opened: list[_Opened], mark: str) -> int:
    return max((at for at, other in enumerate(opened) if other.mark == mark), default=-1)


def _may_open(mark: str, before: str, after: str) -> bool:
    if mark == "||":
        return True
    return bool(after) and not after.isspace() and not (mark == "_" and before.isalnum())


def _may_close(mark: str, before: str, after: str) -> bool:
    # A single mark is taken for one only at the end of a word: "2 * 3", "snake_case".
    return len(mark) > 1 or (not before.isspace() and not (mark == "_" and after.isalnum()))
