"""Whose line is this? Lines with the speaker's own name lose it; where somebody else's line begins, the reply ends."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from bot.discussion.model.name_forms import guest_forms, is_called, name_forms
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.model.titles import ARTICLES
from bot.discussion.replies import speaker_labels as labels
from bot.discussion.text.folding import fold_name
from bot.discussion.text.segmentation import words

# An item of a list is no name tag.
_BULLET: Final = re.compile(r"[^\S\n]*(?:[-+*•◦▪‣·–—]|\d{1,3}[.)、])[^\S\n]")
# A line tag: `Aino:`, `**Aino**:`, `**Aino:**`, `[Aino]`, `<Aino>`, `Aino (guest):`.
_TAG: Final = re.compile(
    r"[^\S\n]*+(?:"
    r"[*_`]*+[\[【](?P<boxed>[^\[\]【】\n]{1,120})[\]】][*_`]*+[^\S\n]*+[:：]?"
    r"|[*_`]*+<(?P<angled>[^<>:：\n]{1,120})>[*_`]*+[^\S\n]*+[:：]?"
    r"|(?P<plain>[^:：\n]{1,120})[:：])[*_`]*+[^\S\n]*+"
)
# What stands around a name that has a line to itself: a rule, brackets, Markdown's marks, a colon.
_RULE: Final = re.compile(r"^[-–—=*_~]{2,}[^\S\n]+|[^\S\n]+[-–—=*_~]{2,}$")
_MARKS: Final = " \t*_#<>`[]【】~=@:："
_STOPS: Final = tuple(".!?…。！？,،，、;")
_LONGEST_NAME: Final = 120
# "Ben — I do not." The dash stands between spaces, or it is part of a name.
_DASHED: Final = re.compile(r"(?P<name>[^\n–—:：]{1,120}?)[^\S\n]+[-–—]{1,2}[^\S\n]+(?P<said>\S[^\n]*)")
_NOTE: Final = re.compile(r"(?:\([^()]*+\)|（[^（）]*+）|\[[^\[\]]*+\]|\{[^{}]*+\}|\*[^*]*+\*)[^\S\n*_`]*\Z")
# "Speaker 2", "Person A".
_NUMBER: Final = re.compile(r"[^\S\n]+#?(?:\d{1,3}|[A-Z])[*_`]*\Z")
_MADE_UP_GUEST: Final = re.compile(r"\(guest\)[*_`\s]*\Z", re.IGNORECASE)
_LEAKED_CUE: Final = re.compile(r"[\s*_#<>`]*\(a note from the moderator", re.IGNORECASE)


class _Voice(Enum):
    """Whose a line is by what it begins with."""

    OWN = auto()
    OTHER = auto()
    NOBODY = auto()  # it goes on where the line before it ended


class Voices:
    """Who could be speaking: the speaker, and whoever could be spoken for. Tells whose a label is, in any writing."""

    def __init__(self, speaker: Persona, others: Iterable[Persona], guests: Iterable[str] = ()) -> None:
        self._own = frozenset(name_forms(speaker))
        theirs = [name_forms(other) for other in others] + [guest_forms(name) for name in guests]
        self._others = frozenset(form for forms in (*theirs, (fold_name(MODERATOR),)) for form in forms) - self._own
        self._told: dict[str, tuple[bool, bool]] = {}

    def is_own(self, label: str) -> bool:
        """Whether it is a name of the speaker's."""
        return self._tell(label)[0]

    def is_named(self, label: str) -> bool:
        """Whether it is the name of somebody else at the table."""
        return self._tell(label)[1]

    def is_another(self, label: str) -> bool:
        """Whether it means somebody else, by name or in general ("User")."""
        own, named = self._tell(label)
        if own or named:
            return named
        first, _, rest = fold_name(_NUMBER.sub("", label)).partition(" ")
        return (rest if rest and first in ARTICLES else f"{first} {rest}".strip()) in labels.OTHERS

    def is_self(self, label: str) -> bool:
        """Whether it is what a template calls the model, and nobody at the table is called so."""
        return fold_name(label) in labels.SELF and not any(self._tell(label))

    def _tell(self, label: str) -> tuple[bool, bool]:
        if label not in self._told:
            # As it stands first: what is in brackets may be part of a name.
            forms = list(dict.fromkeys((label, _NOTE.sub("", label))))
            own = any(is_called(form, self._own) for form in forms)
            self._told[label] = own, not own and any(is_called(form, self._others) for form in forms)
        return self._told[label]


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
    bare = _NOTE.sub("", label)
    # A guest who never was is still not the speaker.
    if _MADE_UP_GUEST.search(label) or _LEAKED_CUE.match(line):
        return _Voice.OTHER
    if voices.is_own(label) or (is_first and voices.is_self(bare)):
        return _Voice.OWN
    if voices.is_named(label) or voices.is_another(bare):
        return _Voice.OTHER
    if not is_first and label and (_says(bare, voices) or fold_name(bare) in labels.CROWDS | labels.SELF):
        return _Voice.OTHER
    if is_only or is_listed:
        return _Voice.NOBODY
    return _voice_of_heading(line, voices, is_first)


def _voice_of_heading(line: str, voices: Voices, is_first: bool) -> _Voice:
    """Whose a line is that has nothing but a name on it, or a name before a dash."""
    name, is_marked = _heading(line)
    if name and (voices.is_own(name) or (is_first and _is_template(name) and voices.is_self(name))):
        return _Voice.OWN
    if name and (voices.is_named(name) or _is_template(name) or (is_marked and voices.is_another(name))):
        return _Voice.OTHER
    dashed = None if is_first else _DASHED.fullmatch(line)
    if dashed and voices.is_named(dashed["name"]) and not _calls_on(dashed["said"]):
        return _Voice.OTHER
    return _Voice.NOBODY


def _listed(lines: list[str], voices: Voices) -> set[int]:
    """The lines with nothing but a name that stand below each other: a list of people, who say nothing."""
    bare: list[int] = []
    for number, line in enumerate(lines):
        name, is_marked = _heading(line)
        if name and not is_marked and (voices.is_named(name) or voices.is_own(name)):
            bare.append(number)
    return {n for pair in pairwise(bare) if pair[1] - pair[0] == 1 for n in pair}


def _untagged(line: str, voices: Voices, is_first: bool) -> str:
    label, end = _tag(line)
    while label and (voices.is_own(label) or (is_first and voices.is_self(_NOTE.sub("", label)))):
        line = line[end:]
        label, end = _tag(line)
    return line


def _is_own_heading(line: str, voices: Voices, is_first: bool) -> bool:
    name, is_marked = _heading(line)
    if not name:
        return False
    return (voices.is_own(name) and (is_first or is_marked)) or (
        is_first and _is_template(name) and voices.is_self(name)
    )


def _tag(line: str) -> tuple[str, int]:
    """The label in the tag at the start of `line`, and where the text behind it begins; no tag: "" and 0."""
    match = None if _BULLET.match(line) else _TAG.match(line)
    return (match["boxed"] or match["angled"] or match["plain"], match.end()) if match else ("", 0)


def _heading(line: str) -> tuple[str, bool]:
    """The name that `line` may consist of, and whether it has marks around it; "" where it is something else."""
    line = line.strip()
    if len(line) > _LONGEST_NAME or _BULLET.match(line):
        return "", False
    if line.endswith(_STOPS):  # a sentence of one word, an answer
        return "", False
    name = _RULE.sub("", line).strip(_MARKS)
    return name, name != line


def _is_template(name: str) -> bool:
    return fold_name(name) in labels.TEMPLATE


def _says(label: str, voices: Voices) -> bool:
    """Whether a label is a name and how that one speaks: "Ben says"."""
    parts = label.split()
    return any(
        " ".join(parts[at:]).strip("*_`").casefold() in labels.SAYS and voices.is_another(" ".join(parts[:at]))
        for at in range(1, len(parts))
    )


def _calls_on(said: str) -> bool:
    """Whether what stands behind "Ben –" is said to Ben."""
    return any(mark in said for mark in "?？؟") or not labels.SECOND_PERSON.isdisjoint(words(said))
