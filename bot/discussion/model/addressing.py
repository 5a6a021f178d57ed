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
    AND_YOU,
    ASKERS,
    AUXILIARIES,
    CALLING_WORDS,
    CONJUNCTIONS,
    EXAMPLES,
    FIRST_OF_ALL,
    GREETINGS,
    ME,
    OF_SOMEBODY,
    OPENERS,
    QUESTION_WORDS,
    RELATIVES,
    SECOND_PERSON,
    THANKS,
    THIRD_PERSON,
    WE,
    YOU,
    YOU_OF_ENGLISH,
)
from bot.discussion.model.inflections import Attached
from bot.discussion.model.name_or_word import (
    also_is_word,
    is_english_word,
    is_only_word,
    is_written_as_name,
    may_be_name,
)
from bot.discussion.model.persona import Persona
from bot.discussion.model.reading import Occurrence, Reading
from bot.discussion.model.self_naming import tells_own_name
from bot.discussion.text.folding import fold_name

# Behind a colon or a dash a sentence begins anew: "A question: Anna, …", "Good point — Anna, …"; not what others said.
_NEW_START: Final = regex.compile(r"(?s).*(?:[:;—]|\s-)\s+(?![\s\"“”„«‘'])")
_WORD: Final = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'-]*|[&+]")
# Thai has particles for it, with a space behind.
_CALL: Final = regex.compile(r"\s*(?:[,:;،、՝፣—―]|--|-(?=\s))|(?:ครับ|คะ|ค่ะ|ขา|จ๊ะ|จ้ะ)(?=\s|$)")
_EXCLAIMED: Final = regex.compile(r"\s*(?:[!?؟]|\.{2,}|…|\n)")
_STOP: Final = regex.compile(r"\s*(?:[.!?؟。｡॥।۔։፧…;\n]|$)")
_COMMA_BEFORE: Final = regex.compile(r"(?:[,،、፣;]|\s-|—|…|\.{3})[\s\"'“”‘’«»„(\[*_]*$")
# Between two names that stand side by side: a comma or slash, a word that may be a conjunction, or both.
_JOINS: Final = regex.compile(r"\s*(?P<comma>[,،、/]\s*)?(?P<word>[\p{L}\p{M}]+|[&+])?\s*")
# In the middle of a list of words ("faith, hope, and love"): what stands before, and what behind.
_LISTED: Final = regex.compile(r"(?:^|[,،、])\s*[\p{L}\p{M}'-]+\s*[,،、]\s*$")
_LIST_GOES_ON: Final = regex.compile(r"\s*[,،、]\s*(?P<word>[\p{L}\p{M}'-]+|[&+])(?P<comma>\s*[,،、])?")
_WORDS_LISTED: Final = regex.compile(r"\s*,\s*[\p{L}\p{M}'-]+,?\s+(?P<word>[\p{L}\p{M}]+)\s")
_JOINED_ON: Final = regex.compile(r"\s*,?\s*(?P<word>[\p{L}\p{M}]+|[&+])\s+(?P<other>[\p{L}\p{M}']+)")
# "Ben, a baker, is right": what is said of him between two commas or dashes, and the word behind that.
_ASIDE: Final = regex.compile(
    r"\s*(?P<mark>,|-|–|—)\s*(?P<aside>[^,–—.!?;:\n]{1,80}?)\s*(?:(?<=\w)(?P=mark)|\s(?P=mark))\s*(?P<word>[\p{L}\p{M}']+)"
)
# A sentence that thanks and says more has more words than these.
_ONLY_THANKS: Final = 6


def addressed(text: str, cast: Sequence[Persona], *, speaker: str, guest: bool = False) -> str | None:
    """The name of the persona whom `text` speaks to, or None; never `speaker`. The rule is that of this module."""
    reading = Reading(text, cast)
    folded = fold_name(speaker)
    own = {persona.name for persona in cast if fold_name(persona.name) == folded}
    others = [
        occurrence
        for occurrence in reading.occurrences
        if occurrence.mention.name not in own and not tells_own_name(occurrence, reading)
    ]
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
    reading = Reading(text, cast, is_prose=False)  # a model may answer with `Ben` or > Ben
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
        # With a comma only, the last may be whom the one before is asked about: "Anna, Ben what?"
        is_closed = is_list or last.lead.endswith("/")
        if (
            len(group) > 1
            and not _is_joined_on(last)
            and (
                (_opens(first) and (_has_call_behind(last) or (is_closed and _is_asked_behind(last, reading))))
                or (_ends_sentence(last) and (_opens_alone(first, group) or _has_comma_before(first)))
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
    return [(group, is_list or (len(group) > 1 and _is_told_list(group))) for group, is_list in groups]


def _is_told_list(group: Sequence[Occurrence]) -> bool:
    """Whether names side by side only tell of people: "Will, Joy and I agree", "My favourites: Anna, Ben."."""
    first, last = group[0], group[-1]
    if _is_joined_on(last):
        return True
    return first.lead.endswith(": ") and not OPENERS.issuperset(first.before) and _ends_sentence(last) and not last.asks


def _is_joined_on(last: Occurrence) -> bool:
    """Whether somebody without a name ends a list: "Will, Joy and I agree"."""
    join = _JOINED_ON.match(last.tail)
    # Of one letter it is a verb or preposition elsewhere: "Anna, Ben a raison".
    return join is not None and join["word"] in CONJUNCTIONS and (len(join["word"]) > 1 or join["other"] in ME)


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
    if occurrence.bracket is not None and OPENERS.issuperset(_WORD.findall(occurrence.bracket)):
        return occurrence.bracket.strip() != "" or not occurrence.before  # "(to Anna) …", "[Anna] …"
    if occurrence.mention.has_honorific and not (occurrence.before or occurrence.behind):
        return True
    if _opens(occurrence):
        if _has_call_behind(occurrence):
            if _is_told_of(occurrence, reading):
                return False
            # "To hope, …": in small letters among capitals a word is the word, unless it stands by itself.
            is_word = also_is_word(occurrence, reading) and not is_written_as_name(occurrence, reading)
            return not (is_word and occurrence.word_before not in GREETINGS | {""})
        if _is_asked_behind(occurrence, reading):
            return True
        if last in GREETINGS:
            return _ends_sentence(occurrence) or may_be_name(occurrence, reading)
        if last in THANKS or last in SECOND_PERSON or (last and _has_comma_before(occurrence)):
            return _ends_sentence(occurrence)
        return False
    if _has_comma_before(occurrence):
        if _ends_sentence(occurrence):
            return is_written_as_name(occurrence, reading) or occurrence.asks
        if not occurrence.mention.has_honorific and _is_asked_behind(occurrence, reading):
            return True
        return (
            _CALL.match(occurrence.tail) is not None
            and is_written_as_name(occurrence, reading)
            and not _is_listed(occurrence)
        )
    if last not in SECOND_PERSON or not _ends_sentence(occurrence):
        return False
    return is_written_as_name(occurrence, reading) or not also_is_word(occurrence, reading)


def _is_asked_behind(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether what follows a name at once, without a comma, is said to its bearer: "Anna what do you think"."""
    first, second = (*occurrence.behind[:2], "", "")[:2]
    if first != occurrence.word_behind:
        return False
    if occurrence.mention.has_honorific and (
        occurrence.asks or first in SECOND_PERSON or first.startswith(("你", "您"))
    ):
        return True
    if not is_written_as_name(occurrence, reading) and reading.has_inner_capitals:
        return False
    is_word = also_is_word(occurrence, reading)
    if first in YOU or (first in AND_YOU and second in YOU):
        return not (first in YOU_OF_ENGLISH and is_english_word(occurrence))  # "will you"
    if is_word:
        return False
    if (other := reading.finder.name_of(first)) and other != occurrence.mention.name:
        return True  # "Anna Ben is late"
    if first in ME:
        return first != "i" or reading.is_english
    if first in RELATIVES:
        return occurrence.asks or not YOU.isdisjoint(occurrence.behind)
    if first in AUXILIARIES:
        return second in SECOND_PERSON or second in WE
    return first in QUESTION_WORDS and may_be_name(occurrence, reading)


def _is_told_of(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether a name before a comma is only spoken about: "Ben, a baker, is right", "For Anna, bread is life"."""
    if occurrence.asks:
        return False
    if _CALL.match(occurrence.tail) and occurrence.tail.lstrip().startswith(","):
        if occurrence.word_before in ASKERS or occurrence.word_before in FIRST_OF_ALL:
            return True
        listed = _WORDS_LISTED.match(occurrence.tail)
        if listed and len(listed["word"]) > 1 and listed["word"] in CONJUNCTIONS and also_is_word(occurrence, reading):
            return YOU.isdisjoint(occurrence.behind)
    aside = _ASIDE.match(occurrence.tail)
    if aside is None:
        return False
    words = _WORD.findall(aside["aside"])
    if not words or not YOU.isdisjoint(words):
        return False
    first, verb = words[0], aside["word"]
    is_of_somebody = (
        first in OF_SOMEBODY
        or reading.finder.name_of(first.removesuffix("s").removesuffix("'")) is not None  # "Ben, Anna's brother, …"
        or (len(first) > 4 and first.endswith("ing"))
    )
    if verb in THIRD_PERSON:
        return is_of_somebody or reading.is_english
    return (
        is_of_somebody
        and reading.is_english
        and len(verb) > 3
        and verb.endswith(("s", "ed"))
        and not verb.endswith("ss")
    )


def _is_listed(occurrence: Occurrence) -> bool:
    """Whether a name between commas stands in a list of words: "faith, hope, and love"."""
    behind = _LIST_GOES_ON.match(occurrence.tail)
    if behind is None or not _LISTED.search(occurrence.lead):
        return False
    return behind["comma"] is not None or behind["word"] in CONJUNCTIONS


def _opens(occurrence: Occurrence) -> bool:
    """Whether nothing stands before a name in its sentence but what may come before a call."""
    return OPENERS.issuperset(_WORD.findall(_NEW_START.sub("", occurrence.lead)))


def _has_call_behind(occurrence: Occurrence) -> bool:
    return _CALL.match(occurrence.tail) is not None or _EXCLAIMED.match(occurrence.tail) is not None


def _ends_sentence(occurrence: Occurrence) -> bool:
    return _STOP.match(occurrence.tail) is not None


def _has_comma_before(occurrence: Occurrence) -> bool:
    """Whether a comma stands before a name, or before what it is called with: "Elementary, my dear Watson."."""
    if not _COMMA_BEFORE.search(occurrence.lead):
        comma = max(map(occurrence.lead.rfind, ",،、"))
        words = _WORD.findall(occurrence.lead[comma + 1 :]) if comma >= 0 else []
        return 0 < len(words) <= 2 and words[-1] in GREETINGS and OPENERS.issuperset(words)
    return not occurrence.lead.rstrip(" ,").endswith(EXAMPLES)
