"""What formatting is open at a place of a text, and what in it a reader takes for one thing: where to cut a message."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.chat.text.emphasis import pairs
from bot.discussion.text.markup import Mark, Span, quotes, spans

# What stands for a span while the marks around it are read: neither a letter nor white space.
_OBJECT: Final = "\ufffc"
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
# How a line begins that is a block of its own.
_LEAD: Final = re.compile(r"(?:[^\S\n]*>[^\S\n])?[^\S\n]*(?:(?:(?P<head>#{1,3}|-#)|[-*+•]|\d{1,9}[.)])[^\S\n])")
_QUOTE: Final = re.compile(r"[^\S\n]*>[^\S\n]?")
# https://spec.commonmark.org/0.31.2/#links
_BEHIND_ADDRESS: Final = re.compile(r"""(?:\s+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?[^\S\n]*\)""")
_LINE_QUOTED: Final = "> "
_REST_QUOTED: Final = ">>> "
_OPENING: Final = re.compile(r"(?P<run>`+)(?P<language>[\w+#.-]{0,30}\n)?")
# More than anybody needs; a message is not to be filled by it.
_LONGEST_RUN: Final = 10
_CLOSING: Final = re.compile(r"(?<!`)`*\Z")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text between two marks: with them from `start` to `end`, without from `inner_start` to `inner_end`.

    A message that shows but a part of it has `opener` before that part, `closer` behind it.
    """

    start: int
    inner_start: int
    inner_end: int
    end: int
    opener: str
    closer: str
    is_fence: bool = False


@dataclass(frozen=True, slots=True)
class _FormattedLine:
    """A line of a text. A fence is a part of the line that it begins in."""

    start: int
    end: int
    is_quoted: bool  # by a mark of its own
    head: str  # what makes a heading of it, or small print
    begins_block: bool


class Formatting:
    """The formatting of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = spans(text)
        self._blanked = self._without_spans()
        # From here on all is quoted by one mark.
        self._rest = len(text)
        self._lines = list(self._read_lines())
        self._starts = [line.start for line in self._lines]
        # In the order in which they open; of two that open together, what is closed last first.
        self.stretches = sorted([*self._emphasis(), *self._code()], key=lambda stretch: (stretch.start, -stretch.end))
        # What is not to be cut if it fits into a message: code, links with their words, emoji, mentions, times.
        self.wholes = [self._whole(span) for span in self._spans]

    def open_at(self, end: int, start: int) -> list[Stretch]:
        """What is open where a message ends at `end` and the next goes on at `start`."""
        return [s for s in self.stretches if s.inner_start < end and start < s.inner_end]

    def lead_at(self, start: int) -> tuple[str, int]:
        """What a message that begins at `start` has to begin with, before all that was open, and where it then goes on.

        That is what quotes the line, or makes it a heading or small print.
        """
        line = self._line_at(start)
        is_new = self._text[start - 1] == "\n"
        head = "" if is_new else line.head
        if start > self._rest:
            return _REST_QUOTED + head, start
        own = _QUOTE.match(self._text, start) if is_new and line.is_quoted else None
        if own:
            return _LINE_QUOTED, own.end()
        return (_LINE_QUOTED if line.is_quoted else "") + head, start

    def _line_at(self, at: int) -> _FormattedLine:
        return self._lines[bisect_right(self._starts, at) - 1]

    def _without_spans(self) -> str:
        parts: list[str] = []
        at = 0
        for span in self._spans:
            parts += [self._text[at : span.start], _OBJECT * (span.end - span.start)]
            at = span.end
        return "".join([*parts, self._text[at:]])

    def _read_lines(self) -> Iterator[_FormattedLine]:
        quoted: set[int] = set()
        for quote in quotes(self._text):
            if self._text[quote.start : quote.end].lstrip().startswith(_REST_QUOTED[:-1]):
                self._rest = quote.start
            else:
                quoted.add(quote.start)
        before: _FormattedLine | None = None
        for match in _LINE.finditer(self._blanked):
            start, end = match.span()
            lead = _LEAD.match(self._blanked, start, end)
            head = f"{lead['head']} " if lead and lead["head"] else ""
            is_quoted = start in quoted
            goes_on = before and before.is_quoted == is_quoted and not before.head and start != self._rest
            before = _FormattedLine(start, end, is_quoted, head, begins_block=lead is not None or not goes_on)
            yield before

    def _emphasis(self) -> Iterator[Stretch]:
        """Pairs of marks. None reaches from one block into the next."""
        begins = [line.start for line in self._lines if line.begins_block]
        for start, end in zip(begins, [*begins[1:], len(self._text)], strict=True):
            for pair in pairs(self._blanked, start, end):
                yield Stretch(pair.start, pair.inner_start, pair.inner_end, pair.end, pair.mark, pair.mark)

    def _code(self) -> Iterator[Stretch]:
        for span in self._spans:
            if span.mark not in (Mark.FENCE, Mark.CODE):
                continue
            opening = _OPENING.match(self._text, span.start)
            assert opening is not None
            run, language = opening["run"], opening["language"]
            if len(run) > _LONGEST_RUN:
                continue
            closing = _CLOSING.search(self._text, opening.end("run"), span.end)
            inner_end = closing.start() if closing and len(closing.group()) >= len(run) else span.end
            if span.mark is Mark.CODE:
                yield Stretch(span.start, opening.end("run"), inner_end, span.end, run, run)
                continue
            # In a quotation each line of the code is quoted as well.
            quote = _LINE_QUOTED if self._line_at(span.start).is_quoted else ""
            opener, closer = run + (language or "\n") + quote, f"\n{quote}{run}"
            yield Stretch(span.start, opening.end(), inner_end, span.end, opener, closer, is_fence=True)

    def _whole(self, span: Span) -> tuple[int, int]:
        """A span with what is shown with it: of a masked link, its words and title."""
        behind = _BEHIND_ADDRESS.match(self._text, span.end)
        if span.mark is not Mark.LINK or self._text[span.start - 2 : span.start] != "](" or behind is None:
            return span.start, span.end
        return self._opening_bracket(span.start - 2), behind.end()

    def _opening_bracket(self, closing: int) -> int:
        """Where the bracket in its line was opened that is closed at `closing`; there, if none was."""
        depth = 0
        for at in range(closing, self._line_at(closing).start - 1, -1):
            depth += (self._text[at] == "]") - (self._text[at] == "[")
            if depth == 0:
                return at
        return closing
