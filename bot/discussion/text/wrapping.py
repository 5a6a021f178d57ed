"""Lines for a screen of so many columns: wide characters count two, marks on a letter none; no word is torn."""

from itertools import pairwise
from typing import Final

import regex

from bot.discussion.text.markup import Mark, spans
from bot.discussion.text.segmentation import graphemes, line_breaks

# Takes two columns: https://www.unicode.org/reports/tr11/, and what is shown as an emoji.
_WIDE: Final = regex.compile(r"[\p{East_Asian_Width=W}\p{East_Asian_Width=F}\p{Emoji_Presentation}\ufe0f]")
_TAKES_ROOM: Final = regex.compile(r"[^\p{Mn}\p{Me}\p{Cf}\p{Cc}]")
# Scripts without spaces, where a word ends without one.
_UNSPACED: Final = regex.compile(
    r"[\p{East_Asian_Width=W}\p{East_Asian_Width=F}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_ADDRESSES: Final = frozenset({Mark.LINK, Mark.EMAIL, Mark.PATH})
_TAB: Final = 4


def columns(text: str) -> int:
    """How many columns of a terminal `text`, which has no line breaks, takes."""
    if text.isascii():
        return len(text)
    return sum(2 if _WIDE.search(g) else bool(_TAKES_ROOM.search(g)) for g in graphemes(text))


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns; its own line breaks stay.

    What can't be broken (an address, a word longer than a line) stands whole on a line of its own, then longer.
    """
    return [line for own in text.expandtabs(_TAB).splitlines() for line in _wrapped_line(own, width)]


def _wrapped_line(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line, taken = "", 0
    for piece in _pieces(text, width):
        if line.strip() and taken + columns(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, taken = "", 0
        line += piece
        taken += columns(piece)
    return [*lines, line.rstrip()]


def _pieces(text: str, width: int) -> list[str]:
    """`text` cut where a line may end: between words, and at hyphens and dashes of one that is longer than a line."""
    if columns(text) <= width:
        return [text]
    # From the library they come for the whole text, since how a word may break depends on its neighbours.
    addresses = [range(s.start + 1, s.end) for s in spans(text) if s.mark in _ADDRESSES]
    allowed = [at for at in line_breaks(text) if not any(at in address for address in addresses)]
    between = [at for at in allowed if text[at - 1].isspace() or _UNSPACED.search(text[at - 1 : at + 1])]
    cuts = set(between)
    for start, end in pairwise([0, *between, len(text)]):
        if columns(text[start:end].rstrip()) > width:
            cuts.update(at for at in allowed if start < at < end)
    return [text[start:end] for start, end in pairwise(sorted({0, *cuts, len(text)}))]
