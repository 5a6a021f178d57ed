"""The end of a reply that was cut off: its last whole sentence, with nothing left open that was opened before."""

import re
from typing import Final

import regex

from bot.discussion.replies.quotation import PAIRS, unclosed
from bot.discussion.replies.verbatim import fence_of, open_fence, outside_code
from bot.discussion.text.markup import Mark, spans
from bot.discussion.text.segmentation import graphemes, sentence_ends

_TERMINAL: Final = regex.compile(r"[\p{Sentence_Terminal}…།༎;][\p{Pe}\p{Pf}\p{Pi}\"'*_~|`]*$")
# Longer than any turn should be: about a thousand words, in characters.
TEXT_LIMIT: Final = 6000
# What closes a text takes up room as well: a fence, a few marks.
_ROOM_TO_CLOSE: Final = 16
# What may stand behind a fence that has nothing in it yet.
_LANGUAGE: Final = re.compile(r"[\w+-]*")
# So far behind the limit the last character may go on.
_LONGEST_CHARACTER: Final = 40
# Discord's marks that come in pairs, each where it may begin or end something: not escaped, not between two spaces.
_MARKS: Final = tuple(
    re.compile(rf"(?<!\\){mark}")
    for mark in (
        r"\|\|",
        r"\*\*",
        "__",
        "~~",
        r"(?<![*\s])\*(?!\*)|(?<!\*)\*(?![*\s])",
        r"(?<![\w_])_(?=[^\W_])|(?<=[^\s_])_(?![\w_])",
    )
)
# An item of a list, or a row of a table, that has its line to itself, needs no full stop.
_ITEM: Final = re.compile(r"(?m)^[^\S\n]*(?:[-+*•◦▪·–—][^\S\n]+|\||\d{1,3}[.)、])[^\w\n]*\w[^\n]*?(?=[^\S\n]*\n)")
_HALF_A_LINK: Final = re.compile(r"\[[^\[\]\n]*(?:\] ?\([^\s()]*)?\Z")


def whole_sentences(text: str, *, cut_off: bool) -> str:
    """`text` up to its last whole sentence where that was cut off, by the model's limit or by ours.

    A reply that has none ends with "…". What is left has no open fence, mark or quotation.
    """
    if not cut_off and len(text) <= TEXT_LIMIT:
        return text
    is_long = len(text) > TEXT_LIMIT
    text = _shortened(text) if is_long else text
    start = open_fence(text)
    if start is not None:
        return _cut_in_code(text, start)
    fences = (span.end for span in spans(text) if span.mark is Mark.FENCE)
    items = (item.end() for item in _ITEM.finditer(text))
    whole = [end for end in sentence_ends(text) if text[end : end + 1] != "\n" or _ends_sentence(text, end)]
    if end := max([*whole, *fences, *items], default=0):
        return balanced(text[:end])
    rest = _HALF_A_LINK.sub("", text).rstrip(" \t\n,;:-–—、，；：")
    return balanced(f"{rest}…") if rest else ""


def ends_in_item(text: str) -> bool:
    """Whether the last line of `text` is an item of a list: whole, however it ends, where another line followed."""
    return bool(_ITEM.match(f"{text}\n", text.rfind("\n") + 1))


def _ends_sentence(text: str, end: int) -> bool:
    """Whether a sentence that ends with its line has a mark that says so."""
    return bool(_TERMINAL.search(text, max(0, end - _LONGEST_CHARACTER), end))


def closed_fence(text: str) -> str:
    """`text` with the fence closed that it leaves open; without it where nothing is in it."""
    start = open_fence(text)
    if start is None:
        return text
    ticks = fence_of(text, start)
    info, line_break, inside = text[start + len(ticks) :].partition("\n")
    closed = f"{text.rstrip()}\n{ticks}" if line_break else f"{text.rstrip()}{ticks}"
    is_empty = not inside.strip() if line_break else _LANGUAGE.fullmatch(info.strip())
    # Behind other backticks, or in a quoted line, nothing closes it.
    return text[:start].rstrip() if is_empty or open_fence(closed) is not None else closed


def _shortened(text: str) -> str:
    """So much of `text` as the limit allows, up to a whole character."""
    limit = TEXT_LIMIT - _ROOM_TO_CLOSE
    end = 0
    for character in graphemes(text[: limit + _LONGEST_CHARACTER]):
        if end + len(character) > limit:
            break
        end += len(character)
    return text[: end or limit]


def _cut_in_code(text: str, start: int) -> str:
    """`text` that ends in the middle of a fence: up to the last whole line of code, or without code if none is."""
    lines = text[start:].split("\n")
    if any(line.strip() for line in lines[1:-1]):
        return closed_fence(text[:start] + "\n".join(lines[:-1]))
    before = text[:start].rstrip()
    return whole_sentences(before, cut_off=True) if before else closed_fence(text)


def balanced(text: str) -> str:
    """`text` with each mark closed that the cut has left open; a quotation around the whole loses its first half."""
    return outside_code(text, _closed)


def _closed(text: str) -> str:
    if unclosed(text)[:1] == [0]:
        text = text[1:]
    closed = text + (closers := _closers(text))
    # Marks that run into each other are none.
    return closed if len(closers) < _ROOM_TO_CLOSE and not _closers(closed) else text


def _closers(text: str) -> str:
    """What closes the marks and quotations that a text leaves open, the last one first."""
    closing = [(at, PAIRS[text[at]][0]) for at in unclosed(text)]
    for mark in _MARKS:
        found = list(mark.finditer(text))
        if len(found) % 2 and found[-1].end() < len(text):
            closing.append((found[-1].start(), found[-1].group()))
    return "".join(mark for _, mark in sorted(closing, reverse=True))
