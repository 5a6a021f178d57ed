"""Who is called in a text: alone, or together with the names beside."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import regex

from bot.discussion.model.address_words import (
    ASKERS,
    CALLING_WORDS,
    CONJUNCTIONS,
    GREETINGS,
    OPENERS,
    SECOND_PERSON,
    THANKS,
)
from bot.discussion.model.call_signs import (
    ends_sentence,
    has_call_behind,
    has_comma_before,
    has_comma_behind,
    is_asked_behind,
    opens,
    word_list,
)
from bot.discussion.model.inflections import Attached
from bot.discussion.model.name_or_word import also_is_word, is_written_as_name, may_be_name
from bot.discussion.model.reading import Occurrence, Reading
from bot.discussion.model.told_of import is_joined_on, is_listed, is_told_list, is_told_of

# Between two names that stand side by side: a comma or slash, a word that may be a conjunction, or both.
_JOINS: Final = regex.compile(r"\s*(?P<comma>[,،、/]\s*)?(?P<word>[\p{L}\p{M}]+|[&+])?\s*")


def called_in(reading: Reading) -> set[Occurrence]:
    """The mentions of those who are called."""
    found: set[Occurrence] = set()
    for group, is_list in _groups(reading.occurrences):
        first, last = group[0], group[-1]
        # With a comma only, the last may be whom the one before is asked about: "Anna, Ben what?"
        is_closed = is_list or last.lead.endswith("/")
        if (
            len(group) > 1
            and not is_joined_on(last)
            and (
                (opens(first) and (has_call_behind(last) or (is_closed and is_asked_behind(last, reading))))
                or (ends_sentence(last) and (_opens_alone(first, group) or has_comma_before(first)))
            )
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
    return [(group, is_list or (len(group) > 1 and is_told_list(group))) for group, is_list in groups]


def _opens_alone(first: Occurrence, group: Sequence[Occurrence]) -> bool:
    """Whether only what comes before a call stands before names: "Hello Ben and Anna." A name said twice is a call."""
    is_one = len({occurrence.mention.name for occurrence in group}) == 1
    return OPENERS.issuperset(first.before) and (bool(first.before) or is_one)


def _is_called(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether somebody is called alone, not with the names beside."""
    if not occurrence.may_call:
        return False
    last = occurrence.before[-1] if occurrence.before else ""
    if occurrence.word_before in CALLING_WORDS:
        return True
    if occurrence.word_before in ASKERS and occurrence.tail.startswith(":"):
        return True
    if occurrence.bracket is not None and OPENERS.issuperset(word_list(occurrence.bracket)):
        return occurrence.bracket.strip() != "" or not occurrence.before  # "(to Anna) …", "[Anna] …"
    if occurrence.mention.has_honorific and not (occurrence.before or occurrence.behind):
        return True
    if opens(occurrence):
        if has_call_behind(occurrence):
            if is_told_of(occurrence, reading):
                return False
            # "To hope, …": in small letters among capitals a word is the word, unless it stands by itself.
            is_word = also_is_word(occurrence, reading) and not is_written_as_name(occurrence, reading)
            return not (is_word and occurrence.word_before not in GREETINGS | {""})
        if is_asked_behind(occurrence, reading):
            return True
        if last in GREETINGS:
            return ends_sentence(occurrence) or may_be_name(occurrence, reading)
        if last in THANKS or last in SECOND_PERSON or (last and has_comma_before(occurrence)):
            return ends_sentence(occurrence)
        return False
    if has_comma_before(occurrence):
        if ends_sentence(occurrence):
            return is_written_as_name(occurrence, reading) or occurrence.asks
        if not occurrence.mention.has_honorific and is_asked_behind(occurrence, reading):
            return True
        return has_comma_behind(occurrence) and is_written_as_name(occurrence, reading) and not is_listed(occurrence)
    if last not in SECOND_PERSON or not ends_sentence(occurrence):
        return False
    return is_written_as_name(occurrence, reading) or not also_is_word(occurrence, reading)
