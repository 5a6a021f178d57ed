"""Raw model text to what the persona said: a pure pipeline that flags each thing it mends."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from bot.discussion.model.names import aliases
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.replies.reasoning import without_reasoning
from bot.discussion.text.folding import fold, fold_name
from bot.discussion.text.links import plain_links

# Longer than any turn should be: about a thousand words, in characters.
TEXT_LIMIT: Final = 6000
# A sentence that comes this often in one turn is a loop.
_LOOP: Final = 3
# What follows this much after the reasoning would be cut in any case; it also bounds the time a reply can take.
_READ_LIMIT: Final = 4 * TEXT_LIMIT

_FENCED: Final = re.compile(r"```(?:[\w+-]*\n)?(.*?)(?:```)?", re.DOTALL)
_QUOTES: Final = (('"', '"'), ("“", "”"), ("«", "»"), ("„", "“"), ("„", "”"), ("「", "」"), ("'", "'"), ("‘", "’"))
_SENTENCE_END: Final = re.compile(r"[.!?…。！？][\"'”’»」)\]*_`]*+(?=\s|$)|[。！？]")
# Line and paragraph separators break a line as \n does. Surrogates can't be stored; the rest can't be seen.
_LINE_BREAK: Final = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_BLANK_LINES: Final = re.compile(r"(?<![^\S\n])[^\S\n]*\n(?:[^\S\n]*\n)+")
# A line tag: `Aino:`, `**Aino**:`, `**Aino:**`, `[Aino]`, `Aino (guest):`. A bullet ("- Aino: …") is not one.
_TAG: Final = re.compile(
    r"[^\S\n]*+[*_#<>`]*+[^\S\n]*+"
    r"(?:\[(?P<boxed>[^\[\]\n]{1,120})\][*_`]*+[^\S\n]*+[:：]?|(?P<plain>[^:：\n]{1,120})[:：])[*_`]*+[^\S\n]*+"
)
# A line in brackets is a stage direction, or a note of the moderator's that the model makes up.
_ASIDE: Final = re.compile(r"[*_]*\([^()\n]*\)[*_.]*|[*_]*\[[^\[\]\n]*\][*_.]*")
# Where turns are shown such a line would stand there in large letters, or in small ones.
_HEADING: Final = re.compile(r"^[^\S\n]*(?:#{1,6}|-#)[^\S\n]+", re.MULTILINE)
_NOTE: Final = re.compile(r"\([^()]*+\)$")
_AROUND_NAME: Final = " \t*_#<>`[]"
_LEAKED_CUE: Final = "(a note from the moderator"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the persona said (empty: nothing usable) and what had to be mended."""

    text: str
    flags: tuple[str, ...]


def clean(
    raw: str,
    *,
    speaker: Persona,
    others: Iterable[Persona],
    guests: Iterable[str] = (),
    finish_reason: str | None = None,
) -> Reply:
    """Turn raw model text into what `speaker` said.

    In: the text as the endpoint gave it, who else could be spoken for, and the endpoint's finish reason. Out: the text
    that is stored, shown and fed back, with a flag for each finding.
    """
    own = _names(aliases(speaker))
    foreign = _names([MODERATOR, *guests, *(alias for other in others for alias in aliases(other))]) - own
    mends: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("reasoning", without_reasoning),
        ("cut_off", lambda text: text[:_READ_LIMIT]),
        ("fence", _without_fence),
        ("quotes", _unquoted),
        ("own_tag", lambda text: _without_own_tag(text, own)),
        ("spoke_for_others", lambda text: _until_other_speaker(text, foreign)),
        ("aside", _without_asides),
        ("heading", lambda text: _HEADING.sub("", text)),
        ("links", plain_links),
        ("cut_off", lambda text: _whole_sentences(text, cut_off=finish_reason == "length")),
        ("loop", _without_loop),
        ("blank_lines", _without_blank_lines),
    )
    flags: dict[str, None] = {}
    text = _UNSEEN.sub("", _LINE_BREAK.sub("\n", raw)).strip()
    before = None
    while text != before:  # one wrapping can hide another: a tag inside quotes inside a fence
        before = text
        for flag, mend in mends:
            mended = mend(text).strip()
            if mended != text:
                flags[flag] = None
            text = mended
    if not any(c.isalnum() or unicodedata.category(c) == "So" for c in text):
        text = ""  # "…", "---": nothing a person could say; an emoji (So) is
        flags["empty"] = None
    return Reply(text, tuple(flags))


def _without_fence(text: str) -> str:
    """Without a fence around the whole, or without one half of it where a stop string or the limit took the other."""
    fences = text.count("```")
    if text.startswith("```") and (fences == 1 or (fences == 2 and text.endswith("```"))):
        match = _FENCED.fullmatch(text)
        return match.group(1) if match else text
    return text[:-3] if fences == 1 and text.endswith("```") else text


def _unquoted(text: str) -> str:
    for opening, closing in _QUOTES:
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            inside = text[1:-1]
            if opening not in inside and closing not in inside:
                return inside
    return text


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(fold_name(name) for name in names) - {""}


def _tag(line: str) -> tuple[str, int]:
    """The (folded) name in the tag at the start of `line`, and where the text behind it begins; no tag: "" and 0."""
    match = _TAG.match(line)
    return (fold_name(match["boxed"] or match["plain"]), match.end()) if match else ("", 0)


def _is_of(label: str, names: frozenset[str]) -> bool:
    return label in names or _NOTE.sub("", label).strip(_AROUND_NAME) in names


def _without_own_tag(text: str, own: frozenset[str]) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        label, end = _tag(line)
        while _is_of(label, own):
            line = line[end:]
            label, end = _tag(line)
        lines[number] = line
    return "\n".join(lines)


def _without_asides(text: str) -> str:
    lines = text.split("\n")
    kept = [line for line in lines if not _ASIDE.fullmatch(line.strip())]
    return text if len(kept) == len(lines) else "\n".join(kept)


def _until_other_speaker(text: str, foreign: frozenset[str]) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        label, _ = _tag(line)
        # A guest who never was is still not the speaker.
        made_up = label.endswith("(guest)") or fold(line).lstrip(_AROUND_NAME).startswith(_LEAKED_CUE)
        if made_up or _is_of(label, foreign):
            return "\n".join(lines[:number])
    return text


def _whole_sentences(text: str, *, cut_off: bool) -> str:
    """Without the last sentence where that was cut off, by the model's limit or by ours."""
    if not cut_off and len(text) <= TEXT_LIMIT:
        return text
    text = text[:TEXT_LIMIT]
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else text[: TEXT_LIMIT - 1].rstrip(" ,;:-–—") + "…" if text else ""


def _without_loop(text: str) -> str:
    """Without the rest where a small model got stuck: what it says again and again is left standing once."""
    second: dict[str, int] = {}
    times: Counter[str] = Counter()
    start = 0
    for end in [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]:
        sentence = fold(text[start:end]).strip()
        if len(sentence.split()) > 1:
            times[sentence] += 1
            if times[sentence] == 2:
                second[sentence] = start
            elif times[sentence] == _LOOP:
                return text[: second[sentence]]
        start = end
    return text


def _without_blank_lines(text: str) -> str:
    # Inside a code fence (every other part) a blank line belongs to the code.
    parts = text.split("```")
    parts[::2] = [_BLANK_LINES.sub("\n", part) for part in parts[::2]]
    return "```".join(parts)
