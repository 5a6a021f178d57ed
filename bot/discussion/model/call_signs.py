"""The signs of a call around one name: where it stands in its sentence, the punctuation, and what follows it."""

from typing import Final

import regex

from bot.discussion.model.address_words import (
    AND_YOU,
    AUXILIARIES,
    EXAMPLES,
    GREETINGS,
    ME,
    OPENERS,
    QUESTION_WORDS,
    RELATIVES,
    SECOND_PERSON,
    WE,
    YOU,
    YOU_OF_ENGLISH,
)
from bot.discussion.model.name_or_word import also_is_word, is_english_word, is_written_as_name, may_be_name
from bot.discussion.model.reading import Occurrence, Reading

# Behind a colon or a dash a sentence begins anew: "A question: Anna, …", "Good point — Anna, …"; not what others said.
_NEW_START: Final = regex.compile(r"(?s).*(?:[:;—]|\s-)\s+(?![\s\"“”„«‘'])")
_WORD: Final = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'-]*|[&+]")
# Thai has particles for it, with a space behind.
_COMMA_BEHIND: Final = regex.compile(r"\s*(?:[,:;،、՝፣—―]|--|-(?=\s))|(?:ครับ|คะ|ค่ะ|ขา|จ๊ะ|จ้ะ)(?=\s|$)")
_EXCLAIMED: Final = regex.compile(r"\s*(?:[!?؟]|\.{2,}|…|\n)")
_STOP: Final = regex.compile(r"\s*(?:[.!?؟。｡॥।۔։፧…;\n]|$)")
_COMMA_BEFORE: Final = regex.compile(r"(?:[,،、፣;]|\s-|—|…|\.{3})[\s\"'“”‘’«»„(\[*_]*$")


def word_list(text: str) -> list[str]:
    """The words of a folded text, and the signs that stand for "and"."""
    return _WORD.findall(text)


def opens(occurrence: Occurrence) -> bool:
    """Whether nothing stands before a name in its sentence but what may come before a call."""
    return OPENERS.issuperset(word_list(_NEW_START.sub("", occurrence.lead)))


def has_call_behind(occurrence: Occurrence) -> bool:
    """Whether a comma, colon, dash, `!`, `?` or line break follows a name."""
    return has_comma_behind(occurrence) or _EXCLAIMED.match(occurrence.tail) is not None


def has_comma_behind(occurrence: Occurrence) -> bool:
    """Whether a comma, colon or dash follows a name, or a word that a language has for that."""
    return _COMMA_BEHIND.match(occurrence.tail) is not None


def ends_sentence(occurrence: Occurrence) -> bool:
    """Whether a name is the last of its sentence."""
    return _STOP.match(occurrence.tail) is not None


def has_comma_before(occurrence: Occurrence) -> bool:
    """Whether a comma stands before a name, or before what it is called with: "Elementary, my dear Watson."."""
    if not _COMMA_BEFORE.search(occurrence.lead):
        comma = max(map(occurrence.lead.rfind, ",،、"))
        words = word_list(occurrence.lead[comma + 1 :]) if comma >= 0 else []
        return 0 < len(words) <= 2 and words[-1] in GREETINGS and OPENERS.issuperset(words)
    return not occurrence.lead.rstrip(" ,").endswith(EXAMPLES)


def is_asked_behind(occurrence: Occurrence, reading: Reading) -> bool:
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
