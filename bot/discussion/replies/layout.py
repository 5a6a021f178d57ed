"""What in a reply would be shown otherwise than it was meant: stage directions, headings, blank lines …"""

import re
from typing import Final

from bot.discussion.replies.quotation import is_enclosed
from bot.discussion.replies.verbatim import fence_of, open_fence
from bot.discussion.text.markup import Mark, spans

# A line in brackets is a stage direction, or a note of the moderator's that the model makes up.
_ASIDE: Final = re.compile(r"[*_]*[(（][^()（）\n]*[)）][*_.。]*|[*_]*\[[^\[\]\n]*\][*_.]*|[*_]*【[^【】\n]*】[*_.]*")
# Where turns are shown such a line would stand there in large letters, or in small ones.
_HEADING: Final = re.compile(r"^[^\S\n]*(?:#{1,6}|-#)[^\S\n]+", re.MULTILINE)
_BLANK_LINES: Final = re.compile(r"(?<![^\S\n])[^\S\n]*\n(?:[^\S\n]*\n)+")
# Line and paragraph separators break a line as \n does.
_LINE_BREAK: Final = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, surrogates and noncharacters: what no database, terminal or client takes for text.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
# Takes no room where it is shown.
_UNSEEN: Final = re.compile("[\u200b\u2060\ufeff]")
# A fence that says one of these, or nothing, is put around words; any other is code in that language.
_NO_LANGUAGES: Final = frozenset(
    {"", "text", "txt", "plain", "plaintext", "markdown", "md", "reply", "response", "none"}
)
_WHOLE_FENCE: Final = re.compile(
    r"(?P<ticks>`{3,})(?:(?P<language>[\w+-]*)[^\S\n]*\n)?(?P<inside>.*?)(?:(?P=ticks))?", re.DOTALL
)


def storable(text: str) -> str:
    """`text` with the same line breaks everywhere and without what can't be stored or sent."""
    return _UNSTORABLE.sub("", _LINE_BREAK.sub("\n", text))


def without_unseen(text: str) -> str:
    return _UNSEEN.sub("", text)


def without_fence(text: str) -> str:
    """Without a fence around the whole, or without one half of it where a stop string or the limit took the other.

    One that names a programming language is no wrapping, but code.
    """
    start = open_fence(text)
    if start is not None and text[start:] == fence_of(text, start):
        return text[:start]
    match = _WHOLE_FENCE.fullmatch(text)
    if match is None or (match["language"] or "").casefold() not in _NO_LANGUAGES:
        return text
    first = next((span for span in spans(text) if span.mark is Mark.FENCE), None)
    return match["inside"] if first and (first.start, first.end) == (0, len(text)) else text


def unquoted(text: str) -> str:
    """Without quotation marks around the whole."""
    return text[1:-1] if is_enclosed(text) else text


def without_asides(text: str) -> str:
    lines = text.split("\n")
    kept = [line for line in lines if not _ASIDE.fullmatch(line.strip())]
    return text if len(kept) == len(lines) else "\n".join(kept)


def without_headings(text: str) -> str:
    return _HEADING.sub("", text)


def without_blank_lines(text: str) -> str:
    return _BLANK_LINES.sub("\n", text)
