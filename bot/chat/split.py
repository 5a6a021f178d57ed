"""Splits a long turn into messages: at sentence ends, never inside a code fence that fits into one message."""

import re
from typing import Final

# https://discord.com/developers/docs/resources/webhook#execute-webhook
MESSAGE_LIMIT: Final = 2000

_FENCE: Final = re.compile(r"(```.*?(?:```|\Z))", re.DOTALL)
# The first line of a fence may name the language; it is repeated where the fence is cut.
_LANGUAGE: Final = re.compile(r"```[A-Za-z0-9_+#-]{0,30}")
# Where to cut, best first: after a paragraph, a sentence, a clause, a word.
_CUTS: Final = (
    re.compile(r"\n"),
    re.compile(r"[.!?…][\"'”’»)\]*_]*(?=\s)|[。！？]"),
    re.compile(r"[,;:](?=\s)|[、，；]"),
    re.compile(r"\s"),
)


def split_text(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """`text` in pieces of at most `limit` characters (as UTF-16 counts them, to be safe), none of them blank."""
    pieces: list[str] = []
    current = ""
    for part in _parts(text, limit):
        if current and _size(current + part) > limit:
            pieces.append(current)
            current = ""
        current += part
        while _size(current) > limit:
            head, current = _cut(current, limit)
            pieces.append(head)
    return [piece.strip() for piece in [*pieces, current] if piece.strip()]


def _parts(text: str, limit: int) -> list[str]:
    """Prose and fences by turns; a fence that is too long for one message becomes several, each closed."""
    parts: list[str] = []
    for part in _FENCE.split(text):
        if part.startswith("```") and _size(part) > limit:
            parts += _cut_fence(part, limit)
        elif part:
            parts.append(part)
    return parts


def _cut_fence(fence: str, limit: int) -> list[str]:
    opening, _, body = fence.partition("\n")
    if not body or not _LANGUAGE.fullmatch(opening):  # everything behind the marks is code
        opening, body = "```", fence[3:]
    body = body.removesuffix("```").rstrip("\n")
    room = limit - _size(opening) - len("\n\n```")
    lines: list[str] = []
    while _size(body) > room:
        head, body = _cut(body, room, cuts=_CUTS[:1])
        lines.append(head.rstrip("\n"))
        body = body.removeprefix("\n")
    return [f"{opening}\n{part}\n```" for part in [*lines, body] if part]


def _cut(text: str, limit: int, cuts: tuple[re.Pattern[str], ...] = _CUTS) -> tuple[str, str]:
    window = text[:limit]
    while _size(window) > limit:
        window = window[:-1]
    for cut in cuts:
        ends = [match.end() for match in cut.finditer(window) if match.end() > limit // 3]
        if ends:
            return text[: ends[-1]], text[ends[-1] :]
    return window, text[len(window) :]


def _size(text: str) -> int:
    return len(text) + sum(ord(char) > 0xFFFF for char in text)
