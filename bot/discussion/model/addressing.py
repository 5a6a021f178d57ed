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
from itertools import pairwise
from typing import Final

import regex

from bot.discussion.model.address_words import (
    ASKERS,
    AUXILIARIES,
    CALLING_WORDS,
    CONJUNCTIONS,
    GREETINGS,
    OPENERS,
    QUESTION_WORDS,
    SECOND_PERSON,
    THANKS,
)
from bot.discussion.model.inflections import Attached
from bot.discussion.model.name_or_word import also_is_word, is_only_word, is_written_as_name, may_be_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.reading import Occurrence, Reading
from bot.discussion.text.folding import fold_name

# Behind a colon or a dash a sentence begins anew: "A question: Anna, …", "Good point — Anna, …"; not what others said.
_NEW_START: Final = regex.compile(r"(?s).*(?:[:;—]|\s-)\s+(?![\s\"“”„«‘'])")
_WORD: Final = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'-]*|[&+]")
_CALL: Final = regex.compile(r"\s*(?:[,:;،、՝፣—―]|--|-(?=\s))")
_EXCLAIMED: Final = regex.compile(r"\s*(?:[!?؟]|\.\.\.|\n)")
_STOP: Final = regex.compile(r"\s*(?:[.!?؟。｡॥।۔։፧…;\n]|$)")
_COMMA_BEFORE: Final = regex.compile(r"(?:[,،、፣;]|\s-|—|…|\.{3})[\s\"'“”‘’«»„(\[*_]*$")
# Between two names that stand side by side: a comma or slash, a word that may be a conjunction, or both.
_JOINS: Final = regex.compile(r"\s*(?P<comma>[,،、/]\s*)?(?P<word>[\p{L}\p{M}]+|[&+])?\s*")
_LISTED: Final = regex.compile(r"(?:^|[,،、])\s*[\p{L}\p{M}'-]+\s*[,،、]\s*$")
# A sentence that thanks and says more has more words than these.
_ONLY_THANKS: Final = 6


def addressed(text: str, cast: Sequence[Persona], *, speaker: str, guest: bool = False) -> str | None:
    """The name of the persona whom `text` speaks to, or None; never `speaker`. The rule is that of this module."""
    reading = Reading(text, cast)
    own = fold_name(speaker)
    others = [occurrence for occurrence in reading.occurrences if fold_name(occurrence.mention.name) != own]
    if not others:
        return None
    calls = _called(reading)
    called = [occurrence for occurrence in others if occurrence in calls]
    ranks = (
        [occurrence for occurrence in called if not _only_thanks(occurrence)],
        [occurrence for occurrence in others if occurrence.asks and _is_asked_about(occurrence, reading, guest=guest)],
        called,
    )
    for rank in ranks:
        if rank:
            return rank[-1].mention.name
    names = {occurrence.mention.name for occurrence in others if guest and may_be_name(occurrence, reading)}
    return names.pop() if len(names) == 1 else None


def named(text: str, cast: Sequence[Persona]) -> list[str]:
    """The names of the personas whom `text` names in any form, in the order of their mentions."""
    reading = Reading(text, cast)
    calls = _called(reading)
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


def _called(reading: Reading) -> set[Occurrence]:
    """The mentions of those who are called."""
    found: set[Occurrence] = set()
    for group, is_list in _groups(reading.occurrences):
        first, last = group[0], group[-1]
        if len(group) > 1 and (
            (_opens(first) and (_has_call_behind(last) or (first.before and _ends_sentence(last))))
            or (_has_comma_before(first) and _ends_sentence(last))
        ):
            found.update(
                occurrence for occurrence in group if occurrence.may_call and is_written_as_name(occurrence, reading)
            )
        found.update(
            occurrence
            for occurrence in group
            if occurrence.has_at
            or occurrence.mention.attached is Attached.VOCATIVE
            or (not is_list and _is_called(occurrence, reading))
        )
    return found


def _groups(occurrences: Sequence[Occurrence]) -> list[tuple[list[Occurrence], bool]]:
    """The mentions as they stand side by side ("Anna, Ben and Cleo"), each group with whether it is a list.

    Who is in a list is called with all of it or not at all.
    """
    groups: list[tuple[list[Occurrence], bool]] = [([occurrence], False) for occurrence in occurrences[:1]]
    for one, following in pairwise(occurrences):
        group, is_list = groups[-1]
        # The lead of the one behind ends with what stands between the two.
        between = following.lead[len(following.lead) - (following.mention.start - one.mention.end) :]
        join = _JOINS.fullmatch(between) if following.mention.start - one.mention.end <= len(following.lead) else None
        has_word = join is not None and join["word"] is not None
        if (
            join is None
            or not (join["comma"] or has_word)
            or (has_word and join["word"] not in CONJUNCTIONS)
            # A comma before an "and" is that of a list of three or more: "Anna, and Ben too, …" is none.
            or (has_word and join["comma"] and len(group) == 1)
        ):
            groups.append(([following], False))
        else:
            groups[-1] = ([*group, following], is_list or has_word or len(group) > 1)
    return groups


def _is_called(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether somebody is called alone, not with the names beside."""
    if not occurrence.may_call:
        return False
    last = occurrence.before[-1] if occurrence.before else ""
    if occurrence.word_before in CALLING_WORDS:
        return True
    if occurrence.word_before in ASKERS and occurrence.tail.startswith(":"):
        return True
    if occurrence.bracket is not None and OPENERS.issuperset(_WORD.findall(occurrence.bracket)):
        return occurrence.bracket.strip() != "" or not occurrence.before  # "(to Anna) …", "[Anna] …"
    if _opens(occurrence):
        if _has_call_behind(occurrence):
            # "To hope, …": in small letters among capitals a word is the word, unless it stands by itself.
            is_word = also_is_word(occurrence) and not is_written_as_name(occurrence, reading)
            return not (is_word and occurrence.word_before not in GREETINGS | {""})
        if last in GREETINGS:
            return _ends_sentence(occurrence) or may_be_name(occurrence, reading)
        if last in THANKS or last in SECOND_PERSON or (last and _has_comma_before(occurrence)):
            return _ends_sentence(occurrence)
        return _is_asked_behind(occurrence) and may_be_name(occurrence, reading) and not also_is_word(occurrence)
    if _has_comma_before(occurrence):
        if _ends_sentence(occurrence):
            return is_written_as_name(occurrence, reading) or occurrence.asks
        return (
            _CALL.match(occurrence.tail) is not None
            and is_written_as_name(occurrence, reading)
            and not _LISTED.search(occurrence.lead)
        )
    return last in SECOND_PERSON and _ends_sentence(occurrence) and may_be_name(occurrence, reading)


def _is_asked_behind(occurrence: Occurrence) -> bool:
    """Whether a question or request follows a name at once, without a comma: "Anna what do you think"."""
    first, second = (*occurrence.behind[:2], "", "")[:2]
    if occurrence.mention.has_honorific and (
        occurrence.asks or first in SECOND_PERSON or first.startswith(("你", "您"))
    ):
        return True
    return first in QUESTION_WORDS or (first in AUXILIARIES and second in SECOND_PERSON)


def _opens(occurrence: Occurrence) -> bool:
    """Whether nothing stands before a name in its sentence but what may come before a call."""
    return OPENERS.issuperset(_WORD.findall(_NEW_START.sub("", occurrence.lead)))


def _has_call_behind(occurrence: Occurrence) -> bool:
    return _CALL.match(occurrence.tail) is not None or _EXCLAIMED.match(occurrence.tail) is not None


def _ends_sentence(occurrence: Occurrence) -> bool:
    return _STOP.match(occurrence.tail) is not None


def _has_comma_before(occurrence: Occurrence) -> bool:
    return _COMMA_BEFORE.search(occurrence.lead) is not None
