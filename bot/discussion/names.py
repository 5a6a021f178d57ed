"""Who a line is addressed to: names in text, Unicode, case-insensitive, whole words."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from bot.discussion.persona import Persona, fold

# Where a sentence may begin: the start of the text or line, or after the end of another sentence.
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?…\n][\"'”’»)\]*_]*\s*|\n)[\s\"'“‘«(\[*_>]*$")
_BEFORE_SPEECH: Final = re.compile(r"[*_]*(?:[,:–—]|\s[-–—]\s)")
_SENTENCE_END: Final = re.compile(r"[.!?…\n]")
_TITLES: Final = frozenset(
    {"professor", "prof", "prof.", "doctor", "dr", "dr.", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "mx", "mx."}
    | {"sir", "dame", "lord", "lady", "captain", "capt.", "colonel", "major", "sergeant", "judge", "justice", "sister"}
    | {"brother", "father", "mother", "reverend", "rabbi", "imam", "chef", "coach", "master", "madame", "monsieur"}
    | {"señor", "señora", "herr", "frau", "don", "doña", "uncle", "aunt", "auntie", "grandma", "grandpa"}
)


def aliases(persona: Persona) -> tuple[str, ...]:
    """Every form in which the table may call a persona: name, full name (less title), first name, title + surname."""
    words = persona.full_name.split()
    named_at = next((i for i, word in enumerate(words) if fold(word) == fold(persona.name)), 0)
    titles = max(named_at, next((i for i, word in enumerate(words) if fold(word) not in _TITLES), 0))
    forms = [persona.name, persona.full_name]
    plain = words[titles:]
    if plain:
        forms += [plain[0], " ".join(plain)]
    if titles and len(words) > titles:
        forms.append(" ".join([*words[:titles], words[-1]]))
    return tuple(dict.fromkeys(fold(form) for form in forms if form))


def addressed(text: str, cast: Sequence[Persona], *, speaker: str, guest: bool = False) -> str | None:
    """The name of the persona whom `text` addresses directly, or None; the last one addressed wins.

    An address is a name at the start of a sentence before a comma, colon or dash, a name inside a sentence that ends
    in a question mark, or `@name`. In a guest's message one persona's name anywhere counts as well.
    """
    folded = fold(text)
    best: tuple[int, str] | None = None
    mentioned: set[str] = set()
    for persona, pattern in _patterns(tuple(cast)):
        if fold(persona.name) == fold(speaker):
            continue
        for match in pattern.finditer(folded):
            mentioned.add(persona.name)
            if _is_address(folded, match) and (best is None or match.start() >= best[0]):
                best = match.start(), persona.name
    if best is not None:
        return best[1]
    if guest and len(mentioned) == 1:
        return mentioned.pop()
    return None


def _is_address(text: str, match: re.Match[str]) -> bool:
    before, end = text[: match.start()], match.end()
    if before.endswith("@"):
        return True
    if _SENTENCE_START.search(before) and _BEFORE_SPEECH.match(text, end):
        return True
    stop = _SENTENCE_END.search(text, end)
    return stop is not None and stop.group() == "?"


@lru_cache(maxsize=64)
def _patterns(cast: tuple[Persona, ...]) -> tuple[tuple[Persona, re.Pattern[str]], ...]:
    """One pattern a persona, longest alias first. A form that two personas share (a first name) addresses neither."""
    forms = {persona.name: set(aliases(persona)) for persona in cast}
    own = {persona.name: {fold(persona.name), fold(persona.full_name)} for persona in cast}
    patterns: list[tuple[Persona, re.Pattern[str]]] = []
    for persona in cast:
        others = {form for name, own_forms in forms.items() if name != persona.name for form in own_forms}
        names = sorted((forms[persona.name] - others) | own[persona.name], key=len, reverse=True)
        patterns.append((persona, whole_words(names)))
    return tuple(patterns)


def whole_words(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of the (folded) names as whole words in folded text."""
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in names) + r")(?!\w)")
