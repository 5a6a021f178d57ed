"""Whom a text speaks to, and not only about.

By the strongest sign there is; where several persons have it, the last of them:

1. *Called*: `@name`; a name that opens a sentence before a comma, colon, dash, `!` or `?` ("Anna, …", "So, Anna – …",
   "Anna and Ben: …"), or behind a greeting with or without one ("Hi Anna …"); one that closes it or stands between
   commas ("What do you think, Anna?", "Over to you Anna."); a vocative (지민아).
2. *Asked about*: a name inside a question ("What do Ravi and Mira say?").
3. *Thanked*: called in a sentence that does nothing but thank ("Thank you, Anna.").
4. In a guest's message one persona's name, anywhere.

A name that is a word, too, counts only where its place, the punctuation and the case show that it is the name
(`name_or_word.py`); nothing that is no prose (code, links, emoji, mentions of members, quoted lines) holds names.
"""

from collections.abc import Sequence
from typing import Final

from bot.discussion.model.address_words import THANKS
from bot.discussion.model.calls import called_in
from bot.discussion.model.claims import introduces
from bot.discussion.model.mentions import new_finder
from bot.discussion.model.name_or_word import is_only_word, is_written_as_name, may_be_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.reading import Occurrence, Reading
from bot.discussion.text.folding import fold_name

# A sentence that thanks and says more has more words than these.
_ONLY_THANKS: Final = 6


def addressed(text: str, cast: Sequence[Persona], *, speaker: str, guest: bool = False) -> str | None:
    """The name of the persona whom `text` speaks to, or None; never `speaker`. The rule is that of this module."""
    return _addressed(Reading(text, cast), cast, speaker, guest=guest)


def asked(text: str, cast: Sequence[Persona], *, speaker: str) -> str | None:
    """The same, of somebody whom a persona asks something: with their name, or behind it. Nothing of it is kept, since
    guests may be among `cast`."""
    reading = Reading(text, new_finder(cast))
    name = _addressed(reading, cast, speaker, guest=False)
    asks = any(o.mention.name == name and reading.asks_behind(o.mention) for o in reading.occurrences)
    return name if asks else None


def _addressed(reading: Reading, cast: Sequence[Persona], speaker: str, *, guest: bool) -> str | None:
    folded = fold_name(speaker)
    own = {persona.name for persona in cast if fold_name(persona.name) == folded}
    others = [occurrence for occurrence in reading.occurrences if occurrence.mention.name not in own]
    if not others:
        return None
    calls = called_in(reading)
    called = [occurrence for occurrence in others if occurrence in calls]
    ranks = (
        [occurrence for occurrence in called if not _only_thanks(occurrence)],
        [occurrence for occurrence in others if occurrence.asks and _is_asked_about(occurrence, reading, guest=guest)],
        called,
    )
    for rank in ranks:
        if (last := next((o for o in reversed(rank) if not _is_own_name(o, reading)), None)) is not None:
            return last.mention.name
    names = {o.mention.name for o in others if guest and may_be_name(o, reading) and not _is_own_name(o, reading)}
    return names.pop() if len(names) == 1 else None


def _is_own_name(occurrence: Occurrence, reading: Reading) -> bool:
    """ "Hi, I'm Anna!": a guest who is called so, too."""
    return occurrence.may_call and introduces(reading.folded.text, *reading.folded.source(*occurrence.mention.at))


def named(text: str, cast: Sequence[Persona]) -> list[str]:
    """The names of the personas whom `text` names in any form, in the order of their mentions."""
    reading = Reading(text, cast, is_prose=False)  # a model may answer with `Ben` or > Ben
    calls = called_in(reading)
    return list(
        dict.fromkeys(p.mention.name for p in reading.occurrences if p in calls or not is_only_word(p, reading))
    )


def _is_asked_about(occurrence: Occurrence, reading: Reading, *, guest: bool) -> bool:
    if not may_be_name(occurrence, reading):
        return False
    return guest or is_written_as_name(occurrence, reading)  # a model writes capitals


def _only_thanks(occurrence: Occurrence) -> bool:
    words = {*occurrence.before, *occurrence.behind}
    return 0 < len(words) <= _ONLY_THANKS and not words.isdisjoint(THANKS) and not occurrence.asks
