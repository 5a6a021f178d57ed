"""Splits a long turn into messages that show it as one would: what is open where one ends goes on in the next.

Nothing is lost but white space where it is cut, and nothing added but the marks of the formatting.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Final

from bot.chat.text.formatting import Formatting
from bot.discussion.text.segmentation import graphemes, line_breaks, sentence_ends, utf16_length

# https://discord.com/developers/docs/resources/webhook#execute-webhook
MESSAGE_LIMIT: Final = 2000

Places = Callable[[str], Iterable[int]]


def _where(pattern: str) -> Places:
    compiled = re.compile(pattern)
    return lambda text: [match.end() for match in compiled.finditer(text)]


def _characters(text: str) -> list[int]:
    return list(accumulate(map(len, graphemes(text))))


# Where a message may end, best first, always before the white space that is left out there.
_LINES: Final[tuple[Places, ...]] = (
    _where(r"(?=\n[^\S\n]*+\n)"),
    # Discord takes away the white space that a message begins with, and with it the place of an item in its list.
    _where(r"(?=\n\S)"),
    _where(r"(?=\n)"),
)
_IN_LINES: Final[tuple[Places, ...]] = (
    sentence_ends,
    _where(r"[,;:،؛、，；：][\"'”’»)\]*_|~]*(?=\s)|[、，；：]"),
    _where(r"(?<=\S)(?=[^\S\u00a0\u202f\u2007])"),  # but for the spaces that keep two words on a line
    line_breaks,
)
_CUTS: Final = (*_LINES, *_IN_LINES, _characters)
# As long as there is a better place in the rest of a message, none of its first third is taken.
_LEAST: Final = 1 / 3
# Inside of a stretch: what of a quotation's line is not its text counts as well.
_BLANK: Final = " \t\n>"
_GAP: Final = re.compile(r"\s*\n|\s*")


def split_text(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """`text` in pieces of at most `limit` characters (as UTF-16 counts them, to be safe), none of them blank.

    They end where a paragraph does, else a line, a sentence, a clause, a word, a character. Code, links, custom emoji
    and the like are cut only where they fit into no message.
    """
    text = text.strip()
    if utf16_length(text) <= limit:
        return [text] if text else []
    return _Splitter(text, limit).pieces()


class _Splitter:
    def __init__(self, text: str, limit: int) -> None:
        self._text = text
        self._limit = limit
        self._formatting = Formatting(text)
        self._size = [0, *accumulate(map(utf16_length, text))]  # of the text up to each place
        self._whole = frozenset(_characters(text))
        self._in_fence = self._places((s.inner_start, s.inner_end) for s in self._formatting.stretches if s.is_fence)
        self._in_mark = self._places(self._marks())
        fitting = (w for w in self._formatting.wholes if self._size[w[1]] - self._size[w[0]] <= limit)
        self._in_one = self._places(fitting)
        self._cuts: dict[Places, list[int]] = {}

    def pieces(self) -> list[str]:
        found: list[str] = []
        start, head = 0, ""
        while not self._fits(head, start, len(self._text)):
            end = self._end(head, start)
            found.append(self._piece(head, start, end))
            behind = self._behind(end)
            opened = self._formatting.open_at(end, behind)
            lead, start = self._formatting.lead_at(behind)
            if opened and not self._in_fence[end]:
                # A mark in front of white space opens nothing.
                indented = self._indented(start)
                lead, start = lead + self._text[start:indented], indented
            head = lead + "".join(stretch.opener for stretch in opened)
        found.append(self._piece(head, start, len(self._text)))
        return [piece for piece in found if piece]

    def _end(self, head: str, start: int) -> int:
        """Where the message ends that begins with `head` and goes on with the text from `start`."""
        last = bisect_right(self._size, self._size[start] + self._limit - utf16_length(head)) - 1
        last = min(last, len(self._text) - 1)
        third = bisect_left(self._size, self._size[start] + int(self._limit * _LEAST))
        for first in (third, self._indented(start)):
            for kind in _CUTS:
                cuts = self._find(kind)
                for at in reversed(cuts[bisect_right(cuts, first) : bisect_right(cuts, last)]):
                    if self._fits(head, start, at):
                        return at
        # What fits into no message is cut between two characters; one that does not even fit itself, anywhere.
        places = [at for at in range(last, start, -1) if not self._in_mark[at]]
        whole = (at for at in places if at in self._whole)
        return next((at for at in (*whole, *places) if self._fits(head, start, at)), max(last, start + 1))

    def _indented(self, start: int) -> int:
        """Where the text from `start` begins behind white space."""
        return start + len(self._text[start:]) - len(self._text[start:].lstrip())

    def _find(self, kind: Places) -> list[int]:
        if kind not in self._cuts:
            self._cuts[kind] = [at for at in kind(self._text) if self._may_cut(kind, at)]
        return self._cuts[kind]

    def _may_cut(self, kind: Places, at: int) -> bool:
        if self._in_mark[at] or self._in_one[at] or (self._in_fence[at] and kind in _IN_LINES):
            return False
        return at in self._whole and self._behind(at) in self._whole

    def _behind(self, end: int) -> int:
        """Where the next message goes on if one ends at `end`: in code nothing is left out but one line break."""
        if self._in_fence[end]:
            return end + self._text.startswith("\n", end)
        gap = _GAP.match(self._text, end)
        return gap.end() if gap else end

    def _piece(self, head: str, start: int, end: int) -> str:
        body = self._text[start:end]
        if not self._in_fence[end]:
            body = body.rstrip()
        return f"{head}{body}{self._closer(start, end)}" if body.strip() else ""

    def _closer(self, start: int, end: int) -> str:
        if end == len(self._text):
            # A fence that nobody closed, if it went on in this message.
            opened = [s for s in self._formatting.stretches if s.inner_end == s.end == end and s.inner_start < start]
        else:
            opened = self._formatting.open_at(end, self._behind(end))
        return "".join(stretch.closer for stretch in reversed(opened))

    def _fits(self, head: str, start: int, end: int) -> bool:
        size = self._size[end] - self._size[start]
        return utf16_length(head) + size + utf16_length(self._closer(start, end)) <= self._limit

    def _marks(self) -> Iterable[tuple[int, int]]:
        """The marks at both ends of each stretch, with the white space inside of them."""
        for stretch in self._formatting.stretches:
            inner = self._text[stretch.inner_start : stretch.inner_end]
            first = len(inner) - len(inner.lstrip(_BLANK))
            yield stretch.start, min(stretch.inner_start + first + 1, stretch.end)
            yield stretch.inner_start + len(inner.rstrip(_BLANK)) - 1, stretch.end

    def _places(self, parts: Iterable[tuple[int, int]]) -> bytearray:
        """For each place of the text whether it lies inside of one of these parts."""
        inside = bytearray(len(self._text) + 1)
        for start, end in parts:
            inside[start + 1 : end] = b"\1" * max(0, end - start - 1)
        return inside
