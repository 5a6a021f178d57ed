"""Macros of other tools in persona and task files: `{{char}}`, `<USER>` … Known ones become what they mean here."""

import re
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
_NOTHING: Final = frozenset({"original", "trim", "noop", "start"})
_MACRO: Final = re.compile(
    r"\{\{\s*(?P<name>[^{}]{1,200}?)\s*\}\}(?P<own>['’]s\b)?"
    # Not where it is a tag, with another that closes it.
    r"|<(?P<mark>user|bot|char|start)>(?P<marks_own>['’]s\b)?(?!(?s:.)*</(?P=mark)>)",
    re.IGNORECASE,
)


def expanded(file: str, field: str, text: str, character: str) -> tuple[str, list[FileProblem]]:
    """`text` with its macros replaced. In: what the character is called. Out: also a problem for each unknown macro."""
    problems: dict[str, FileProblem] = {}

    def meant(found: re.Match[str]) -> str:
        name = (found["name"] or found["mark"]).casefold()
        own = found["own"] or found["marks_own"] or ""
        if name in _CHARACTER:
            return character + own
        if name in _USER:
            return _OTHERS_OWN if own else OTHERS
        if name in _NOTHING or name.startswith("//"):
            return ""
        if name == "newline":
            return "\n"
        shown = found[0].removesuffix(own)
        fix = "Write in words what should stand there: nothing is filled in here but {{char}} and {{user}}."
        problems.setdefault(shown, FileProblem(file, field, f"holds the macro {clipped(shown, _SHOWN)}.", fix))
        return found[0]

    return _MACRO.sub(meant, text), list(problems.values())
