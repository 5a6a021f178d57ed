"""What looks like a call and only tells of somebody: "Ben, a baker, is right", "faith, hope, and love"."""

from collections.abc import Sequence
from typing import Final

import regex

from bot.discussion.model.address_words import (
    ASKERS,
    CONJUNCTIONS,
    FIRST_OF_ALL,
    ME,
    OF_SOMEBODY,
    OF_SOMEBODY_IN_ENGLISH,
    OPENERS,
    THIRD_PERSON,
    THIRD_PERSON_IN_ENGLISH,
    YOU,
)
from bot.discussion.model.call_signs import ends_sentence, word_list
from bot.discussion.model.name_or_word import also_is_word
from bot.discussion.model.reading import Occurrence, Reading
from bot.discussion.model.word_names import ONLY_BEHIND_A_NAME

# In the middle of a list of words ("faith, hope, and love"): what stands before, and what behind.
_LISTED: Final = regex.compile(r"(?:^|[,،、])\s*[\p{L}\p{M}'-]+\s*[,،、]\s*$")
_LIST_GOES_ON: Final = regex.compile(r"\s*[,،、]\s*(?P<word>[\p{L}\p{M}'-]+|[&+])(?P<comma>\s*[,،、])?")
_WORDS_LISTED: Final = regex.compile(r"\s*,\s*[\p{L}\p{M}'-]+,?\s+(?P<word>[\p{L}\p{M}]+)\s")
_JOINED_ON: Final = regex.compile(r"\s*,?\s*(?P<word>[\p{L}\p{M}]+|[&+])\s+(?P<other>[\p{L}\p{M}']+)")
# "Ben, a baker, is right": what is said of him between two commas or dashes, and the word behind that.
_ASIDE: Final = regex.compile(
    r"\s*(?P<mark>,|-|–|—)\s*(?P<aside>[^,–—.!?;:\n]{1,80}?)\s*(?:(?<=\w)(?P=mark)|\s(?P=mark))\s*(?P<word>[\p{L}\p{M}']+)"
)


def is_told_of(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether a name before a comma is only spoken about: "Ben, a baker, is right", "For Anna, bread is life"."""
    if occurrence.asks:
        return False
    if occurrence.tail.lstrip().startswith(","):
        if occurrence.word_before in ASKERS or occurrence.word_before in FIRST_OF_ALL:
            return True
        listed = _WORDS_LISTED.match(occurrence.tail)
        if listed and len(listed["word"]) > 1 and listed["word"] in CONJUNCTIONS and also_is_word(occurrence, reading):
            return YOU.isdisjoint(occurrence.behind)
    aside = _ASIDE.match(occurrence.tail)
    if aside is None:
        return False
    words = word_list(aside["aside"])
    if not words or not YOU.isdisjoint(words):
        return False
    first, verb = words[0], aside["word"]
    # "Ben, Anna's brother, is right", "Ben, Annas Bruder, hat recht".
    is_named = reading.finder.name_of(first.removesuffix("s").removesuffix("'")) is not None
    if verb in ONLY_BEHIND_A_NAME or (verb in THIRD_PERSON and (is_named or first in OF_SOMEBODY)):
        return True
    is_of_somebody = is_named or first in OF_SOMEBODY_IN_ENGLISH or (len(first) > 4 and first.endswith("ing"))
    if verb in THIRD_PERSON_IN_ENGLISH:
        return is_of_somebody or reading.is_english
    is_verb = len(verb) > 3 and verb.endswith(("s", "ed")) and not verb.endswith("ss")
    return is_verb and is_of_somebody and reading.is_english


def is_listed(occurrence: Occurrence) -> bool:
    """Whether a name between commas stands in a list of words: "faith, hope, and love"."""
    behind = _LIST_GOES_ON.match(occurrence.tail)
    if behind is None or not _LISTED.search(occurrence.lead):
        return False
    return behind["comma"] is not None or behind["word"] in CONJUNCTIONS


def is_told_list(group: Sequence[Occurrence]) -> bool:
    """Whether names side by side only tell of people: "Will, Joy and I agree", "My favourites: Anna, Ben."."""
    first, last = group[0], group[-1]
    if is_joined_on(last):
        return True
    return first.lead.endswith(": ") and not OPENERS.issuperset(first.before) and ends_sentence(last) and not last.asks


def is_joined_on(last: Occurrence) -> bool:
    """Whether somebody without a name ends a list: "Will, Joy and I agree"."""
    join = _JOINED_ON.match(last.tail)
    # Of one letter it is a verb or preposition elsewhere: "Anna, Ben a raison".
    return join is not None and join["word"] in CONJUNCTIONS and (len(join["word"]) > 1 or join["other"] in ME)
