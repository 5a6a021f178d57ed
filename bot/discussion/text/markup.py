"""What in a text is no prose: code, addresses, custom emoji, mentions, times and quoted lines, as Discord writes them.

One reader for all who must not take them for words: addressing, the clean-up of replies, the splitter, the prompts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final


class Mark(Enum):
    """What a span is; the value is the name of its group in the pattern."""

    FENCE = "fence"  # ```code``` over lines; one that is never closed goes on to the end
    CODE = "code"  # `code` in a line
    EMOJI = "emoji"  # <:name:id>, <a:name:id>
    MENTION = "mention"  # <@id>, <@&id>, <#id>, </command:id>, <id:guide>
    TIME = "time"  # <t:seconds:style>
    EMAIL = "email"
    LINK = "link"  # an address, in angle brackets or not; of a masked link, what stands behind its words
    QUOTE = "quote"  # a line behind "> ", all lines behind ">>> "


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, from `start` up to `end`."""

    mark: Mark
    start: int
    end: int


# Source of the marks but for Markdown's: https://discord.com/developers/docs/reference#message-formatting
_EMOJI: Final = r"<a?:(?P<emoji_name>\w{1,64}):\d{5,25}>"
_TIME: Final = r"<t:(?P<seconds>-?\d{1,13})(?::(?P<style>[tTdDfFsSR]))?>"
# An address ends before the punctuation that belongs to the sentence around it.
_ADDRESS: Final = r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s<>]*[^\s<>.,:;!?'\"”’»)\]}*_~|]"
_SPAN: Final = re.compile(
    r"(?P<fence>```(?:(?!```).)*(?:```|\Z))"
    r"|(?<![\\`])(?P<code>(?P<ticks>``?)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=ticks)(?!`))"
    rf"|(?P<emoji>{_EMOJI})"
    rf"|(?P<time>{_TIME})"
    r"|(?P<mention><(?:@[!&]?\d+|\#\d+|/[\w -]{1,100}:\d+|id:\w+)>)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<link><{_ADDRESS}[^\s<>]*>|{_ADDRESS}|\bwww\.[^\s<>]+\.[^\s<>]*\w|(?<=\]\()<?\w[^\s<>()]*>?(?=\)))",
    re.DOTALL,
)
_QUOTE: Final = re.compile(r"(?m)^(?P<indent>[^\S\n]*)(?:>>>[^\S\n](?s:.*)|>[^\S\n][^\n]*|>$)")
_NAMED_EMOJI: Final = re.compile(_EMOJI)
_POINT_IN_TIME: Final = re.compile(_TIME)


def spans(text: str) -> list[Span]:
    """Every span of `text` but the quotes, in order; none lies in another."""
    return list(_spans(text))


def quotes(text: str) -> list[Span]:
    """The quoted lines of `text` that do not begin inside a code fence, in order. They may hold other spans."""
    fences = [span for span in _spans(text) if span.mark is Mark.FENCE]
    found = (Span(Mark.QUOTE, match.start(), match.end()) for match in _QUOTE.finditer(text))
    return [quote for quote in found if not any(f.start < quote.start < f.end for f in fences)]


def prose(text: str) -> str:
    """`text` with every span and every quoted line blanked: as long as before, each line break in its place."""
    parts = list(text)
    for span in [*quotes(text), *_spans(text)]:
        parts[span.start : span.end] = [c if c == "\n" else " " for c in parts[span.start : span.end]]
    return "".join(parts)


def in_words(text: str) -> str:
    """`text` as it is read out, outside of code: a custom emoji by its name (`:bread:`), a time as a date in UTC."""
    parts: list[str] = []
    at = 0
    for span in _spans(text):
        if span.mark in (Mark.EMOJI, Mark.TIME):
            parts += [text[at : span.start], _read_out(span, text[span.start : span.end])]
            at = span.end
    return "".join([*parts, text[at:]])


def _spans(text: str) -> Iterator[Span]:
    for match in _SPAN.finditer(text):
        mark = next(mark for mark in Mark if mark is not Mark.QUOTE and match[mark.value] is not None)
        yield Span(mark, match.start(), match.end())


def _read_out(span: Span, marked: str) -> str:
    if span.mark is Mark.EMOJI and (emoji := _NAMED_EMOJI.fullmatch(marked)):
        return f":{emoji['emoji_name']}:"
    time = _POINT_IN_TIME.fullmatch(marked)
    if time is None:
        return marked
    try:
        moment = datetime.fromtimestamp(int(time["seconds"]), UTC)
    except (OverflowError, OSError, ValueError):
        return "(some time)"
    if time["style"] in ("t", "T"):
        return f"{moment:%H:%M} UTC"
    if time["style"] in ("d", "D"):
        return f"{moment.day} {moment:%B %Y}"
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
