"""Macros of other tools in persona and task files: `{{char}}`, `<USER>` … Known ones become what they mean here."""

import re
from collections.abc import Callable
from typing import Final

from bot.discussion.text.segmentation import clipped
from bot.library.file_problem import FileProblem

# So much of a wrong value is told.
_SHOWN: Final = 60
OTHERS: Final = "the others at the table"
_OTHERS_OWN: Final = "the others’"
# Who speaks in a dialogue that is an example.
_SOMEBODY: Final = "Somebody"
# What the others are in a text that is mostly in these letters: languages that tell neither cases nor numbers.
_ABROAD: Final = (
    (re.compile(r"[\u3040-\u30ff]"), "相手"),
    (re.compile(r"[\uac00-\ud7af]"), "상대방"),
    (re.compile(r"[\u4e00-\u9fff]"), "对方"),
)
_LATIN: Final = re.compile(r"[A-Za-z]")
# As SillyTavern, RisuAI, KoboldAI and Agnai write them; a name without its braces or brackets, folded.
_CHARACTER: Final = frozenset({"char", "bot", "character", "charifnotgroup"})
_USER: Final = frozenset({"user", "group", "notchar", "groupnotmuted"})
_LINE: Final = "newline"
_NOTHING: Final = frozenset({"original", "trim", "noop", "start"})
# In the middle of a line for people, or hidden: https://github.com/kwaroran/character-card-spec-v3
_REMARKS: Final = ("//", "comment:", "hidden_key:")
_MACRO: Final = re.compile(
    r"\{\{(?P<name>[^{}]{1,200})\}\}(?P<own>['’]s\b)?|<(?P<mark>user|bot|char|start)>(?P<marks_own>['’]s\b)?",
    re.IGNORECASE,
)
# Where a text speaks of one person, and there are several: calls, which go without a name as well; lines of a dialogue;
# verbs.
_USER_MACRO: Final = r"(?:\{\{ ?(?:user) ?\}\}|<user>)"
_CALLED_AT_THE_END: Final = re.compile(rf"[,，、] ?{_USER_MACRO}(?=[ \t]?(?:[.!?…\"”»*。！？」』~]|$))", re.I | re.M)
_CALLED_FIRST: Final = re.compile(rf"([\"“«「『]){_USER_MACRO}(?:, ?|[，、])(\w)", re.I)
_IN_DIALOGUE: Final = re.compile(rf"^([ \t]{{0,3}}){_USER_MACRO}(?= ?[:：])", re.I | re.M)
_ASKED_OF_ONE: Final = re.compile(rf"\b(is|was|has|does)((?:n['’]t)? {_USER_MACRO})(?!['’])", re.I)
_TOLD_OF_ONE: Final = re.compile(rf"({_USER_MACRO} )(is|was|has|does)(?=n['’]t\b|\b)", re.I)
_OF_MANY: Final = {"is": "are", "was": "were", "has": "have", "does": "do"}
_SENTENCE_BEGINS: Final = re.compile(r"(?:^|\n|[.!?…]\s|[\"“«*])\s?$")
_CLOSING: Final = re.compile(r"</(user|bot|char|start)>", re.IGNORECASE)


def expanded(file: str, field: str, text: str, character: str) -> tuple[str, list[FileProblem]]:
    """`text` with its macros replaced. In: what the character is called. Out: also a problem for each unknown macro."""
    problems: dict[str, FileProblem] = {}

    def told(macro: str) -> str:
        fix = "Write in words what should stand there: nothing is filled in here but {{char}} and {{user}}."
        problems.setdefault(macro, FileProblem(file, field, f"holds the macro {clipped(macro, _SHOWN)}.", fix))
        return macro

    return _replaced(text, character, told), list(problems.values())


def without_unknown(text: str) -> tuple[str, list[str]]:
    """`text` without macros that mean nothing here, and those macros, each once, as far as people are shown them.

    What is known stays as it is: who reads the file next replaces that.
    """
    found: dict[str, None] = {}

    def left_out(macro: str) -> str:
        found[clipped(macro, _SHOWN)] = None
        return ""

    return _MACRO.sub(lambda macro: macro[0] if _is_known(macro) else left_out(macro[0]), text), list(found)


def _is_known(found: re.Match[str]) -> bool:
    name = _name(found)
    return name in _CHARACTER | _USER | _NOTHING | {_LINE} or name.startswith(_REMARKS)


def _replaced(text: str, character: str, unknown: Callable[[str], str]) -> str:
    closed = {mark[1].casefold(): mark.start() for mark in _CLOSING.finditer(text)}
    others = _others_in(text)
    if "user" not in closed:
        text = _of_several(text, _SOMEBODY if others == OTHERS else others)

    def meant(found: re.Match[str]) -> str:
        name, own = _name(found), found["own"] or found["marks_own"] or ""
        if found["mark"] and closed.get(name, 0) >= found.end():
            return found[0]  # a tag, with another that closes it
        if not _is_known(found):
            return unknown(found[0].removesuffix(own)) + own
        if name in _CHARACTER:
            return character + own
        if name in _USER:
            told = _OTHERS_OWN if own and others == OTHERS else others + own * (others != OTHERS)
            begins = _SENTENCE_BEGINS.search(text[max(found.start() - 3, 0) : found.start()])
            return told[0].upper() + told[1:] if begins else told
        return "\n" if name == _LINE else ""

    return _MACRO.sub(meant, text)


def _of_several(text: str, somebody: str) -> str:
    """`text` with what speaks of {{user}} as one person made to speak of several."""

    def verb(found: str) -> str:
        many = _OF_MANY[found.lower()]
        return many.capitalize() if found[0].isupper() else many

    text = _IN_DIALOGUE.sub(lambda found: found[1] + somebody, _CALLED_AT_THE_END.sub("", text))
    text = _CALLED_FIRST.sub(lambda found: found[1] + found[2].upper(), text)
    text = _ASKED_OF_ONE.sub(lambda found: verb(found[1]) + found[2], text)
    return _TOLD_OF_ONE.sub(lambda found: found[1] + verb(found[2]), text)


def _others_in(text: str) -> str:
    """What the others are called in the language of a text."""
    words = _MACRO.sub("", text)
    latin = len(_LATIN.findall(words))
    # One of these letters says about as much as three of ours.
    return next((word for letters, word in _ABROAD if 3 * len(letters.findall(words)) > latin), OTHERS)


def _name(found: re.Match[str]) -> str:
    return (found["name"] or found["mark"]).strip().casefold()
