"""Raw model text to what the persona said: a pure pipeline that flags each thing it mends."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.discussion.names import aliases
from bot.discussion.persona import MODERATOR, Persona, fold
from bot.discussion.record import Record

# Longer than any turn should be: three Discord messages of 2,000 characters.
TEXT_LIMIT: Final = 6000
# The share of a reply's word 3-grams that may stand in one earlier turn before it counts as a copy of it.
COPY_SHARE: Final = 0.5

_THINK: Final = re.compile(r"^\s*<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THINK_END: Final = re.compile(r"^.*</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
_FENCE: Final = re.compile(r"^\s*```[\w-]*\n(.*?)\n?```\s*$", re.DOTALL)
_QUOTES: Final = (('"', '"'), ("“", "”"), ("«", "»"), ("„", "“"), ("'", "'"), ("‘", "’"))
_SENTENCE_END: Final = re.compile(r"[.!?…。！？][\"'”’»)\]*_`]*(?=\s|$)|[。！？]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_WORD: Final = re.compile(r"\w+")


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
    flags: list[str] = []

    def note(flag: str, before: str, after: str) -> str:
        if after != before:
            flags.append(flag)
        return after

    text = _CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
    text = note("reasoning", text, _THINK_END.sub("", _THINK.sub("", text))).strip()
    text = note("fence", text, _FENCE.sub(r"\1", text)).strip()
    text = note("quotes", text, _unquoted(text))
    text = note("own_tag", text, _without_own_tag(text, speaker))
    text = note("spoke_for_others", text, _until_other_speaker(text, speaker, others, guests))
    text = note("quotes", text, _unquoted(text))
    if finish_reason == "length" or len(text) > TEXT_LIMIT:
        text = note("cut_off", text, _whole_sentences(text[:TEXT_LIMIT]))
    text = note("blank_lines", text, _without_blank_lines(text))
    if not text:
        flags.append("empty")
    return Reply(text, tuple(dict.fromkeys(flags)))


def is_copy(text: str, record: Record) -> bool:
    """Whether `text` nearly repeats an earlier turn: half of its word 3-grams stand in it, or all of its few words."""
    grams = _grams(text)
    for turn in record:
        if turn.kind != "persona" or not turn.text:
            continue
        earlier = _grams(turn.text)
        if grams and len(grams & earlier) / len(grams) >= COPY_SHARE:
            return True
    return False


def _grams(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(fold(text))
    # A text of one or two words has no 3-gram: it is compared as a whole.
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()


def _unquoted(text: str) -> str:
    for opening, closing in _QUOTES:
        inside = text[1:-1]
        if len(text) > 2 and text[0] == opening and text[-1] == closing and not {opening, closing} & set(inside):
            return inside.strip()
    return text


def _tag(names: Sequence[str]) -> str:
    """A pattern for a line tag of any of the names: `Aino:`, `**Aino**:`, `**Aino:**`, `[Aino]`, `Aino (guest):`."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    note = r"(?: \([^)\n]{1,40}\))?"
    return rf"[ \t]*(?:[*_#>\-]*[ \t]*\[(?:{either})\][*_]*:?|[*_#>]*[ \t]*(?:{either}){note}[*_]*[ \t]*:[*_]*)[ \t]*"


def _without_own_tag(text: str, speaker: Persona) -> str:
    own = re.compile(rf"^(?:{_tag(aliases(speaker))})+", re.IGNORECASE | re.MULTILINE)
    return own.sub("", text).strip()


def _until_other_speaker(text: str, speaker: Persona, others: Iterable[Persona], guests: Iterable[str]) -> str:
    own = set(aliases(speaker))
    names = [a for p in others for a in aliases(p) if a not in own] + [MODERATOR, *(g for g in guests if g)]
    other = re.compile(rf"^(?:{_tag(names)}|\(A note from the moderator)", re.IGNORECASE | re.MULTILINE)
    match = other.search(text)
    return text[: match.start()].strip() if match else text


def _whole_sentences(text: str) -> str:
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]].strip() if ends else text.rstrip(" ,;:-–—") + "…" if text.strip() else ""


def _without_blank_lines(text: str) -> str:
    # Inside a code fence a blank line is part of the code.
    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    return "".join(p if p.startswith("```") else re.sub(r"[ \t]*\n\s*\n+", "\n", p) for p in parts).strip()
