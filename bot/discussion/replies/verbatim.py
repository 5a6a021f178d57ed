"""What of a reply no mend may touch, code and quoted lines: set aside while the prose around them is mended."""

import re
from collections.abc import Callable
from typing import Final

from bot.discussion.text.markup import Mark, Span, quotes, spans

_CODE: Final = (Mark.FENCE, Mark.CODE)
# What stands for the n-th part that is set aside: n in hexadecimal digits of characters that no text may have (they are
# taken out before), so that no mend takes it for a word.
_STAND_IN: Final = re.compile("[\ufdd0-\ufddf]+\ufde0")
_TICKS: Final = re.compile("`+")
# A name in backticks at the beginning of a line is a name tag, not code.
_TAG_IN_CODE: Final = re.compile(r"`[^`\n]{1,120}(?:`[^\S\n]*[:：]|[:：]`)")


def outside_code(text: str, mend: Callable[[str], str]) -> str:
    """`text` as `mend` leaves the prose of it; code and quoted lines stay, byte for byte, or go as a whole."""
    parts = _set_aside(text)
    if not parts:
        return mend(text)
    pieces: list[str] = []
    at = 0
    for number, part in enumerate(parts):
        pieces += [text[at : part.start], _stand_in(number)]
        at = part.end
    kept = [text[part.start : part.end] for part in parts]
    mended = mend("".join([*pieces, text[at:]]))
    return _STAND_IN.sub(lambda found: kept[_number(found[0])], mended)


def code(text: str) -> list[Span]:
    """The code in `text`, but for a fence that is never closed: what follows it may be anything."""
    return [span for span in spans(text) if span.mark in _CODE and not is_open(text, span)]


def open_fence(text: str) -> int | None:
    """Where the fence begins that `text` leaves open; None if it leaves none open."""
    return next((span.start for span in spans(text) if span.mark is Mark.FENCE and is_open(text, span)), None)


def fence_of(text: str, start: int) -> str:
    """The backticks that a fence begins with: as many close it."""
    match = _TICKS.match(text, start)
    return match[0] if match else ""


def is_open(text: str, fence: Span) -> bool:
    """Whether a span is a fence that is never closed."""
    if fence.mark is not Mark.FENCE:
        return False
    ticks = fence_of(text, fence.start)
    return fence.end - fence.start <= len(ticks) or not text.endswith(ticks, fence.start, fence.end)


def _set_aside(text: str) -> list[Span]:
    """The spans that are set aside, in order, none in another."""
    if "`" not in text and ">" not in text:
        return []
    found = [*quotes(text), *(s for s in spans(text) if s.mark in _CODE and not _is_tag(text, s))]
    parts: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not parts or span.start >= parts[-1].end:
            parts.append(span)
    return parts


def _is_tag(text: str, span: Span) -> bool:
    line = text.rfind("\n", 0, span.start) + 1
    return (
        span.mark is Mark.CODE
        and not text[line : span.start].strip(" \t*_")
        and bool(_TAG_IN_CODE.match(text, span.start))
    )


def _stand_in(number: int) -> str:
    return "".join(chr(0xFDD0 + int(digit, 16)) for digit in f"{number:x}") + "\ufde0"


def _number(stand_in: str) -> int:
    return int("".join(f"{ord(c) - 0xFDD0:x}" for c in stand_in[:-1]), 16)
