"""Whose line is this? Lines with the speaker's own name lose it; where somebody else's line begins, the reply ends."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from bot.discussion.model.names import aliases
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.replies import speaker_labels
from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import words

_AROUND_NAME: Final = " \t*_#<>`[]【】~=@"
# A line tag: `Aino:`, `**Aino**:`, `**Aino:**`, `[Aino]`, `<Aino>`, `Aino (guest):`. A bullet ("- Aino: …") is not one.
_TAG: Final = re.compile(
    r"[^\S\n]*+[*_#<>`@~=]*+[^\S\n]*+"
    r"(?:[\[【](?P<boxed>[^\[\]【】\n]{1,120})[\]】][*_`]*+[^\S\n]*+[:：]?"
    r"|(?<=<)(?P<angled>[^<>:\n]{1,120})>[*_`]*+[^\S\n]*+[:：]?"
    r"|(?P<plain>[^:：\n]{1,120})[:：])[*_`]*+[^\S\n]*+"
)
# A name that has a line to itself, at most with a colon, a rule or Markdown's marks around it.
_ALONE: Final = re.compile(
    r"[^\S\n]*(?P<before>(?:[-–—=*_~]{2,}[^\S\n]+|[*_#<`\[【~=@]+[^\S\n]*)?)(?P<name>[^\n]{1,120}?)"
    r"(?P<after>(?:[^\S\n]*[*_#>`\]】~=:：]+|[^\S\n]+[-–—=*_~]{2,})*)[^\S\n]*"
)
# "Ben — I do not." The dash stands between spaces, or it is part of a name.
_DASHED: Final = re.compile(r"[^\S\n]*[*_`@]*(?P<name>[^\n–—:：]{1,120}?)[*_`]*[^\S\n]+[-–—][^\S\n]+(?P<said>[^\n]+)")
_NOTE: Final = re.compile(r"\s*(?:\([^()]*+\)|（[^（）]*+）|\[[^\[\]]*+\]|\{[^{}]*+\}|\*[^*]*+\*)$")
_LEAKED_CUE: Final = "(a note from the moderator"


class _Voice(Enum):
    """Whose a line is by what it begins with."""

    OWN = auto()
    OTHER = auto()
    NOBODY = auto()  # it goes on where the line before it ended


@dataclass(frozen=True, slots=True)
class Voices:
    """Who could be speaking: the folded names of the speaker, and of whoever could be spoken for."""

    own: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, speaker: Persona, others: Iterable[Persona], guests: Iterable[str] = ()) -> "Voices":
        own = _names(aliases(speaker))
        theirs = [*guests, *(alias for other in others for alias in aliases(other))]
        return cls(own, _names([MODERATOR, *theirs]) - own)


def own_lines(text: str, voices: Voices) -> str:
    """`text` up to where somebody else's line begins. If that is at the very beginning: what the speaker says after
    it, under the speaker's own name, up to the next line of somebody else's."""
    kept: list[str] = []
    skips = False
    lines = text.split("\n")
    for line, voice in zip(lines, _voices(lines, voices), strict=True):
        if voice is _Voice.OTHER:
            if any(kept):
                break
            skips = True
        elif voice is _Voice.OWN:
            skips = False
        if not skips:
            kept.append(line)
    return text if len(kept) == len(lines) else "\n".join(kept)


def without_own_tag(text: str, voices: Voices) -> str:
    """`text` without the speaker's own name at the beginning of lines, or alone on one."""
    lines = text.split("\n")
    kept: list[str] = []
    for line in lines:
        is_first = not any(kept)
        if len(lines) > 1 and _is_own_heading(line, voices, is_first):
            continue
        kept.append(_untagged(line, voices, is_first))
    return "\n".join(kept)


def _voices(lines: list[str], voices: Voices) -> Iterator[_Voice]:
    is_first = True
    listed = _listed(lines, voices)
    for number, line in enumerate(lines):
        yield _voice(line, voices, is_first, is_listed=number in listed, is_only=len(lines) == 1)
        is_first = is_first and not line.strip()


def _voice(line: str, voices: Voices, is_first: bool, *, is_listed: bool, is_only: bool) -> _Voice:
    label, _ = _tag(line)
    # A guest who never was is still not the speaker.
    if label.endswith("(guest)") or fold(line).lstrip(_AROUND_NAME).startswith(_LEAKED_CUE):
        return _Voice.OTHER
    name = _bare(label)
    if name in voices.own or (is_first and _is_self(name, voices)):
        return _Voice.OWN
    if _is_others(name, voices) or (not is_first and (name in speaker_labels.CROWDS | speaker_labels.SELF)):
        return _Voice.OTHER
    if not is_first and _says(name, voices):
        return _Voice.OTHER
    if not is_only and not is_listed:
        return _voice_of_heading(line, voices, is_first)
    return _Voice.NOBODY


def _voice_of_heading(line: str, voices: Voices, is_first: bool) -> _Voice:
    """Whose a line is that has nothing but a name on it, or a name before a dash."""
    name, is_marked = _heading(line)
    if name in voices.own:
        return _Voice.OWN
    if name in voices.others or (is_marked and _is_others(name, voices)) or name in speaker_labels.TEMPLATE:
        return _Voice.OWN if is_first and _is_self(name, voices) else _Voice.OTHER
    dashed = None if is_first else _DASHED.fullmatch(line)
    if dashed and _bare(fold(dashed["name"])) in voices.others and not _calls_on(dashed["said"]):
        return _Voice.OTHER
    return _Voice.NOBODY


def _listed(lines: list[str], voices: Voices) -> set[int]:
    """The lines with nothing but a name that stand below each other: a list of people, who say nothing."""
    bare = [n for n, line in enumerate(lines) if not _heading(line)[1] and _heading(line)[0] in voices.others | voices.own]
    return {n for pair in pairwise(bare) if pair[1] - pair[0] == 1 for n in pair}


def _untagged(line: str, voices: Voices, is_first: bool) -> str:
    label, end = _tag(line)
    while label and (_bare(label) in voices.own or (is_first and _is_self(_bare(label), voices))):
        line = line[end:]
        label, end = _tag(line)
    return line


def _is_own_heading(line: str, voices: Voices, is_first: bool) -> bool:
    name, is_marked = _heading(line)
    if name in voices.own:
        return is_first or is_marked
    return is_first and name in speaker_labels.TEMPLATE and _is_self(name, voices)


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(name).strip(_AROUND_NAME) for name in names) - {""}


def _tag(line: str) -> tuple[str, int]:
    """The (folded) name in the tag at the start of `line`, and where the text behind it begins; no tag: "" and 0."""
    match = _TAG.match(line)
    if match is None:
        return "", 0
    return fold(match["boxed"] or match["angled"] or match["plain"]).strip(_AROUND_NAME), match.end()


def _heading(line: str) -> tuple[str, bool]:
    """The (folded) name that `line` consists of, and whether it has marks around it; "" if it has more on it."""
    match = _ALONE.fullmatch(line)
    if match is None:
        return "", False
    return _bare(fold(match["name"]).strip(_AROUND_NAME)), bool(match["before"].strip() or match["after"].strip())


def _bare(label: str) -> str:
    """A label without the note behind its name: "ben (thinking)"."""
    return _NOTE.sub("", label).strip(_AROUND_NAME)


def _is_self(name: str, voices: Voices) -> bool:
    return name in speaker_labels.SELF and name not in voices.others


def _is_others(name: str, voices: Voices) -> bool:
    return name not in voices.own and (name in voices.others or name in speaker_labels.OTHERS)


def _says(label: str, voices: Voices) -> bool:
    """Whether a label is a name and how that one speaks: "Ben says"."""
    name, _, verb = label.partition(" ")
    while verb:
        if verb in speaker_labels.SAYS and _is_others(name.strip(_AROUND_NAME), voices):
            return True
        word, _, verb = verb.partition(" ")
        name = f"{name} {word}"
    return False


def _calls_on(said: str) -> bool:
    """Whether what stands behind "Ben –" is said to Ben."""
    return any(mark in said for mark in "?？؟") or not speaker_labels.SECOND_PERSON.isdisjoint(words(said))
