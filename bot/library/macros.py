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

    def meant(found: re.Match[str]) -> str:
        name, own = _name(found), found["own"] or found["marks_own"] or ""
        if found["mark"] and closed.get(name, 0) >= found.end():
            return found[0]  # a tag, with another that closes it
        if not _is_known(found):
            return unknown(found[0].removesuffix(own)) + own
        if name in _CHARACTER:
            return character + own
        if name in _USER:
            return _OTHERS_OWN if own else OTHERS
        return "\n" if name == _LINE else ""

    return _MACRO.sub(meant, text)


def _name(found: re.Match[str]) -> str:
    return (found["name"] or found["mark"]).strip().casefold()
