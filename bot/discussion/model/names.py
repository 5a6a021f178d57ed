"""Names: what a persona may be called, whom a text addresses (Unicode, whole words), how a guest is shown."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from bot.discussion.model.name_forms import name_clashes as name_clashes
from bot.discussion.model.name_forms import name_forms as aliases
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.model.record import Session, Turn
from bot.discussion.text.folding import fold
from bot.discussion.text.text_metrics import UNSPACED

GUEST_NAME_LIMIT: Final = 32

# What may stand between the start of a sentence and its first word, and between the end of a sentence and the next.
_BETWEEN: Final = " \t\"'“”‘’«»„()[]{}*_>~¿¡"
_ENDS: Final = ".!?…。\n"
_BEFORE_SPEECH: Final = re.compile(r"[*_]*(?:[,:،、–—]|\s[-–—]\s)")
# A full stop inside a number or an address (3.5, example.org) ends nothing.
_SENTENCE_END: Final = re.compile(r"(?<![.!?؟…])[.!?؟…]++(?=[\s\"'”’»)\]*_]|$)|[。\n]|[?؟]")
_QUESTION_MARKS: Final = frozenset("?؟")
# In a script without spaces a name can't be told from a longer word by its neighbours.
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")


def addressed(text: str, cast: Sequence[Persona], *, speaker: str, guest: bool = False) -> str | None:
    """The name of the persona whom `text` addresses directly, or None; the last one addressed wins.

    An address is a name at the start of a sentence before a comma, colon or dash, a name inside a sentence that ends
    in a question mark, or `@name`. In a guest's message one persona's name anywhere counts as well.
    """
    folded = fold(text)
    called: str | None = None
    mentioned: set[str] = set()
    for name, start, end in _found(folded, cast):
        if fold(name) == fold(speaker):
            continue
        mentioned.add(name)
        if _is_address(folded, start, end):
            called = name
    if called is None and guest and len(mentioned) == 1:
        return mentioned.pop()
    return called


def named(text: str, cast: Sequence[Persona]) -> list[str]:
    """The names of the personas whom `text` names in any form, in the order of their mentions."""
    return list(dict.fromkeys(name for name, _, _ in _found(fold(text), cast)))


def guest_name(name: str, cast: Sequence[Persona] = ()) -> str:
    """A guest's display name made safe for a line tag.

    It has no line breaks, colons, quotes, brackets or invisible characters, is not too long, and is no persona's.
    """
    seen = "".join(c for c in name if c.isspace() or not unicodedata.category(c).startswith("C"))
    name = re.sub(r"""[\s:："＂“”„‟«»()（）\[\]{}<>*_`#]+""", " ", seen).strip()[:GUEST_NAME_LIMIT].strip() or "someone"
    taken = {form for p in cast for form in aliases(p)} | {fold(MODERATOR)}
    return f"{name} of the audience" if fold(name) in taken else name


def shown_name(session: Session, turn: Turn) -> str:
    """The speaker of `turn` as prompts name them."""
    # By the cast as it was at the start: a persona who joins later must not change lines that were already sent.
    return guest_name(turn.speaker, session.cast) if turn.kind == "guest" else turn.speaker


def _found(folded: str, cast: Sequence[Persona]) -> Iterator[tuple[str, int, int]]:
    """Each mention of a persona in a folded text: its name, and where the mention begins and ends."""
    forms, pattern = _forms(tuple(cast))
    for match in pattern.finditer(folded):
        if _is_whole(folded, match.end()):
            yield forms[match.group()], match.start(), match.end()


def _is_address(text: str, start: int, end: int) -> bool:
    if text[:start].endswith("@"):
        return True
    before = text[:start].rstrip(_BETWEEN)
    if (not before or before[-1] in _ENDS) and _BEFORE_SPEECH.match(text, end):
        return True
    stop = _SENTENCE_END.search(text, end)
    return stop is not None and not _QUESTION_MARKS.isdisjoint(stop.group())


def _is_whole(text: str, end: int) -> bool:
    # Vowel signs and accents belong to the word before them, yet `\w` does not match them.
    return end >= len(text) or not unicodedata.category(text[end]).startswith("M")


@lru_cache(maxsize=64)
def _forms(cast: tuple[Persona, ...]) -> tuple[dict[str, str], re.Pattern[str]]:
    """Each folded form with the name of the persona it calls, and a pattern that finds any of them, longest first.

    A form that two personas share (a first name) calls neither, unless it is the very name of one.
    """
    owners: dict[str, set[str]] = {}
    for persona in cast:
        for form in aliases(persona):
            owners.setdefault(form, set()).add(persona.name)
    forms = {form: names.copy().pop() for form, names in owners.items() if len(names) == 1}
    for persona in cast:
        forms[fold(persona.full_name)] = forms[fold(persona.name)] = persona.name
    return forms, re.compile("|".join(_whole_word(form) for form in sorted(forms, key=len, reverse=True)) or r"(?!)")


def _whole_word(form: str) -> str:
    before = "" if _UNSPACED.match(form[0]) else r"(?<!\w)(?<!\w-)"
    after = "" if _UNSPACED.match(form[-1]) else r"(?!-?\w)"
    return f"{before}{re.escape(form)}{after}"
