"""Reads the layout of a round-table prompt: who speaks, who else is there, what was said last, and by whom."""

import re
from dataclasses import dataclass
from typing import Final

from bot.discussion.model.task import SUMMARY_SIGNS

MODERATOR: Final = "Moderator"
# How many lines back a guest still gets an answer.
GUEST_LINES: Final = 3

_HEADING: Final = re.compile(r"^## (?P<full>[^(\n]{1,200})\((?P<name>[^()\n]{1,80})\) *$", re.MULTILINE)
_TAG: Final = re.compile(r"^(?P<name>[^:\n]{1,80}?)(?P<guest> \(guest\))?:[ \t]+(?P<text>\S.*)$", re.MULTILINE)
_CUE: Final = re.compile(r"(?:\A|\n)(?P<name>[^:\n]{1,80}):\s*\Z")
_QUESTION: Final = re.compile(r"question on the table(?: is)?\W{0,8}([^?\n]{1,500}\?|[^\n.]+)", re.IGNORECASE)
_CHOICE: Final = re.compile(r"one of these: (?P<names>[^\n]{1,4000})\.\n[^\n]*\nNext speaker:\s*\Z")
_BALLOT: Final = re.compile(r"A secret ballot is held(?P<asked>[^\n]{1,20000})\n[^\n]*\n[^\n]{1,90}'s ballot:\s*\Z")
_LETTER: Final = re.compile(r"(?<!\w)([A-J])\) ")
_RESULT: Final = re.compile(r"The table has voted\. (.{1,4000}) State this result")
_SUMMARY: Final = re.compile(r"sum up|summary", re.IGNORECASE)
_NOT_A_SPEAKER: Final = frozenset(["moderator", "question", "context", "rules", "note", "topic", "task", "transcript"])


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript."""

    name: str
    text: str
    guest: bool = False


@dataclass(frozen=True, slots=True)
class ParsedPrompt:
    """What a prompt says about the turn it asks for. `speaker` is None when it is no round-table prompt."""

    speaker: str | None
    others: tuple[str, ...]
    lines: tuple[Line, ...]
    tail: str

    @property
    def question(self) -> str:
        """The one in the tail; where that has none (a summary), the last that the moderator put."""
        put = (line.text for line in reversed(self.lines) if line.name == MODERATOR)
        return next((found[1] for text in (self.tail, *put) if (found := _QUESTION.search(text))), "")

    @property
    def is_summary(self) -> bool:
        return _SUMMARY.search(self.tail) is not None

    @property
    def is_position(self) -> bool:
        """Whether the tail asks for what the speaker is for before anybody has spoken."""
        return "Everyone writes down a" in self.tail

    @property
    def letters(self) -> list[str]:
        """The letters of the options that the tail names."""
        return _letters(self.tail)

    @property
    def result(self) -> str:
        """The result of a vote that the tail wants to be told."""
        found = _RESULT.search(self.tail)
        return found[1] if found else ""

    @property
    def has_signs(self) -> bool:
        """Whether the tail asks for a summary in parts, each after its sign."""
        return all(f"{sign} " in self.tail for sign in SUMMARY_SIGNS)

    @property
    def guest(self) -> Line | None:
        return next((line for line in reversed(self.lines[-GUEST_LINES:]) if line.guest), None)

    @property
    def spoken_to(self) -> bool:
        """Whether the last line says the speaker's name, or the tail says that somebody waits for an answer."""
        waiting = "spoken to you" in self.tail
        return waiting or bool(self.speaker and self.lines and _says(self.lines[-1].text, self.speaker))

    @property
    def to_ask(self) -> str | None:
        """Whom the tail tells the speaker to ask."""
        return next((name for name in self.others if _says(self.tail, f"ask {name}")), None)


def parse_prompt(prompt: str) -> ParsedPrompt:
    """Read a prompt's layout: `## Full Name (Name)` headings, `Name: text` lines, a tail that ends in `Name:`."""
    cue = _CUE.search(prompt)
    speaker = cue["name"].strip() if cue else ""
    headings = list(_HEADING.finditer(prompt))
    names = {heading["name"]: heading["full"].strip() for heading in headings}
    if not cue or not (speaker in names or _looks_like_a_name(speaker)):
        return ParsedPrompt(None, (), (), "")
    lines: list[Line] = []
    start = end = headings[-1].end() if headings else 0
    for tag in _TAG.finditer(prompt, start, cue.start()):
        name = tag["name"]
        if tag["guest"]:
            lines.append(Line(name, tag["text"].strip(' "“”'), guest=True))
        elif name in names or name in (speaker, MODERATOR) or _looks_like_a_name(name):
            lines.append(Line(name, tag["text"]))
        else:
            continue
        end = tag.end()
    at_table = [*names, *(line.name for line in lines if not line.guest and line.name != MODERATOR)]
    others = tuple(n for n in dict.fromkeys(at_table) if speaker not in (n, names.get(n)))
    return ParsedPrompt(speaker, others, tuple(lines), prompt[end : cue.start()])


def names_to_choose_from(prompt: str) -> list[str]:
    """Of whom a prompt asks to choose the next speaker; nobody if it asks for something else."""
    found = _CHOICE.search(prompt)
    return found["names"].split(", ") if found else []


def ballot_asked_for(prompt: str) -> tuple[list[str], bool]:
    """Among which letters a prompt asks to vote, and whether for all of them in order; none if it asks for something
    else."""
    found = _BALLOT.search(prompt)
    return (_letters(found["asked"]), "in order" in found["asked"]) if found else ([], False)


def _letters(text: str) -> list[str]:
    """A, B and so on, as far as they stand there in that order."""
    letters: list[str] = []
    for letter in _LETTER.findall(text):
        if letter == chr(ord("A") + len(letters)):
            letters.append(letter)
    return letters


def _looks_like_a_name(tag: str) -> bool:
    words = tag.split()
    proper = all(not word[0].islower() and word[0].isalpha() for word in words)
    return 0 < len(words) <= 3 and proper and not any(word.casefold() in _NOT_A_SPEAKER for word in words)


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
