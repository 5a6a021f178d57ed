"""Whom a text speaks to, and not only about.

By the strongest sign there is; where several persons have it, the last of them:

1. *Called*: `@name`; a name that opens a sentence before a comma, colon, dash, `!` or `?` ("Anna, …", "So, Anna – …",
   "Anna and Ben: …"), or behind a greeting with or without one ("Hi Anna …"); one that closes it or stands between
   commas ("What do you think, Anna?", "Over to you Anna."); a vocative (지민아, Petře).
2. *Asked about*: a name inside a question ("What do Ravi and Mira say?").
3. *Thanked*: a sentence that does nothing but thank ("Thank you, Anna.").
4. In a guest's message one persona's name, anywhere.

A name that is a word, too, counts only where its place, the punctuation and the case show that it is the name
(`_is_name`); nothing that is no prose (code, links, emoji, mentions of members, quoted lines) holds names at all.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import regex

from bot.discussion.model.address_words import (
    ALSO_WORDS,
    ASKING,
    CONJUNCTIONS,
    GREETINGS,
    NEVER_BEFORE_A_CAPITAL,
    NEVER_BEFORE_A_NAME,
    NEVER_BEHIND_A_NAME,
    OPENERS,
    SECOND_PERSON,
    THANKS,
)
from bot.discussion.model.inflections import Attached
from bot.discussion.model.mentions import Mention, mentions
from bot.discussion.model.name_forms import given_names
from bot.discussion.model.persona import Persona
from bot.discussion.model.titles import TITLES
from bot.discussion.text.folding import FoldedText, bare, fold_name
from bot.discussion.text.markup import prose

_CLOSERS: Final = r"[\"'”’»)\]}*_~|]"
# Of a folded text. A full stop inside a number or an address ends nothing, nor does one behind an initial.
_END: Final = regex.compile(
    rf"\n|[!?؟。｡।॥۔։፧።]+(?:[.!?؟]*){_CLOSERS}*|(?<=\p{{Greek}});(?=\s|$)|(?<!\b\p{{L}})\.+{_CLOSERS}*(?=\s|$)"
)
_ASKS: Final = regex.compile(r"[?؟՞፧]|(?<=\p{Greek});|(?:か|吗|嗎|呢|까)[。.]?\s*$")
_WORD: Final = regex.compile(r"[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'-]*[\p{L}\p{N}\p{M}])?|[&+]")
# What may stand around a name without meaning anything: quotes, emphasis, brackets, emoji, bullets.
_DECOR: Final = r"[\s\"'“”‘’«»„()\[\]{}*_>~|¿¡•·#\p{So}\p{Sk}\p{Cf}\uFE0F]"
_DECOR_BEFORE: Final = regex.compile(rf"^(?:{_DECOR}|-(?= )|\d{{1,2}}[.)] )*")
_DECOR_BEHIND: Final = regex.compile(rf"(?:{_DECOR}|-(?= ))*$")
_TAIL: Final = regex.compile(r"^[\"'”’»)\]}*_~|\p{So}\p{Sk}\uFE0F]*(?:\s+[\p{So}\uFE0F]+)*")
_CALLS: Final = regex.compile(r"\s*(?:[,:;،、՝፣—―]|-(?=\s))")
_COMMA: Final = regex.compile(r"(?:[,،、፣;]|(?<=\s)-|—|…|\.{3})$")
_SENTENCE_STOPS: Final = regex.compile(r"\s*(?:[.!?؟。｡।॥۔։፧።…;\n]|$)")
_EXCLAIMED: Final = regex.compile(r"\s*(?:[!?؟]|\.\.\.|\n)")
# Between two names that stand side by side: a comma or slash, a word that may be a conjunction, or both.
_JOINS: Final = regex.compile(r"[\s*_]*(?:[,،、/][\s*_]*)?(?:[\p{L}\p{M}]+|[&+])?[\s*_]*(?<=\S[\s*_]*)")


def addressed(text: str, cast: Sequence[Persona], *, speaker: str, guest: bool = False) -> str | None:
    """The name of the persona whom `text` speaks to, or None; never `speaker`. The rule is that of this module."""
    read = _Read(text, cast)
    own = fold_name(speaker)
    found = [mention for mention in read.mentions if fold_name(mention.name) != own]
    if not found:
        return None
    called = read.called()
    for rank in (
        [m for m in found if m in called and not read.only_thanks(m)],
        [m for m in found if read.is_question(m) and read.is_name(m, guest=guest, inside=True)],
        [m for m in found if m in called],
    ):
        if rank:
            return rank[-1].name
    named = {m.name for m in found if guest and read.is_name(m, guest=True)}
    return named.pop() if len(named) == 1 else None


def named(text: str, cast: Sequence[Persona]) -> list[str]:
    """The names of the personas whom `text` names in any form, in the order of their mentions."""
    read = _Read(text, cast)
    return list(dict.fromkeys(m.name for m in read.mentions if read.is_name(m, guest=True) or m in read.called()))


class _Read:
    """A text with the names in it, and what stands around them."""

    def __init__(self, text: str, cast: Sequence[Persona]) -> None:
        self.folded = FoldedText.of(prose(text))
        self.plain = bare(self.folded.folded)
        self.mentions = mentions(self.folded, cast)
        # Of a name that begins with a small letter, a small letter says nothing.
        self._uncased = {fold_name(n) for p in cast for n in given_names(p) if not any(map(str.isupper, n))}

    # --- where a mention stands ---

    @cached_property
    def _ends(self) -> list[int]:
        """Where sentences end, the end of the text too."""
        ends = [match.end() for match in _END.finditer(self.plain) if not self._is_title_before(match.start())]
        return [*ends, len(self.plain)]

    def _is_title_before(self, stop: int) -> bool:
        word = regex.search(r"\p{L}+$", self.plain[max(0, stop - 12) : stop])
        return self.plain[stop : stop + 1] == "." and word is not None and word.group() in TITLES

    def _sentence(self, mention: Mention) -> tuple[int, int]:
        at = bisect_right(self._ends, mention.start)
        return (self._ends[at - 1] if at else 0), self._ends[min(at, len(self._ends) - 1)]

    def _lead(self, mention: Mention) -> str:
        """What stands in the sentence before a name."""
        return _DECOR_BEFORE.sub("", self.plain[self._sentence(mention)[0] : mention.start])

    def _tail(self, mention: Mention) -> str:
        """What stands in the sentence behind a name."""
        return _TAIL.sub("", self.plain[mention.end : max(mention.end, self._sentence(mention)[1])])

    def is_question(self, mention: Mention) -> bool:
        start, end = self._sentence(mention)
        return _ASKS.search(self.plain[mention.end : max(end, mention.end)]) is not None or "՞" in self.plain[start:end]

    def only_thanks(self, mention: Mention) -> bool:
        start, end = self._sentence(mention)
        words = _WORD.findall(self.plain[start : mention.start] + " " + self.plain[mention.end : max(end, mention.end)])
        return 0 < len(words) <= 6 and not THANKS.isdisjoint(words) and not self.is_question(mention)

    # --- signs ---

    def called(self) -> list[Mention]:
        """Those who are called, in order."""
        found: list[Mention] = []
        for group, is_listed in self._groups():
            together = len(group) > 1 and (
                (self._opens(group[0]) and self._has_call_behind(group[-1], self._lead(group[0])))
                or (self._has_comma_before(group[0]) and self._ends_sentence(group[-1]))
            )
            for mention in group:
                alone = not is_listed and self._is_called(mention)
                if (
                    self._has_at(mention)
                    or mention.attached is Attached.VOCATIVE
                    or (together and self._may_call(mention) and self._is_written_as_name(mention))
                    or alone
                ):
                    found.append(mention)
        return found

    def _groups(self) -> Iterable[tuple[list[Mention], bool]]:
        """Names that stand side by side, and whether they are listed: then they are called together or not at all."""
        groups: list[list[Mention]] = [[m] for m in self.mentions[:1]]
        conjunctions = 0
        listed: list[bool] = [False] if groups else []
        for one, next_one in pairwise(self.mentions):
            between = self.plain[one.end : next_one.start]
            words = _WORD.findall(between)
            joined = _JOINS.fullmatch(between) is not None and len(words) <= 1 and CONJUNCTIONS.issuperset(words)
            # A comma before an "and" is that of a list of three or more: "Anna, and Ben too, …" is none.
            if words and "," in between and len(groups[-1]) == 1:
                joined = False
            if joined:
                groups[-1].append(next_one)
                conjunctions += len(words)
                listed[-1] = conjunctions > 0 or len(groups[-1]) > 2
            else:
                groups.append([next_one])
                listed.append(False)
                conjunctions = 0
        return zip(groups, listed, strict=True)

    def _has_at(self, mention: Mention) -> bool:
        return self.plain[: mention.start].endswith("@")

    def _may_call(self, mention: Mention) -> bool:
        return mention.attached in (Attached.NOTHING, Attached.ADDRESS, Attached.VOCATIVE)

    def _opens(self, mention: Mention) -> bool:
        """Whether nothing stands before a name in its sentence but what may come before a call."""
        lead = self._lead(mention)
        return not regex.search(r"[:;]", lead) and OPENERS.issuperset(_WORD.findall(lead))

    def _has_call_behind(self, mention: Mention, lead: str) -> bool:
        tail = self._tail(mention)
        return (
            _CALLS.match(tail) is not None
            or _EXCLAIMED.match(tail) is not None
            or (bool(lead.strip()) and self._ends_sentence(mention))
        )

    def _has_comma_before(self, mention: Mention) -> bool:
        lead = _DECOR_BEHIND.sub("", self._lead(mention))
        return bool(lead) and _COMMA.search(lead) is not None

    def _ends_sentence(self, mention: Mention) -> bool:
        return _SENTENCE_STOPS.match(self._tail(mention)) is not None

    def _is_called(self, mention: Mention) -> bool:
        if not self._may_call(mention):
            return False
        lead = self._lead(mention)
        words_before = _WORD.findall(lead)
        behind = _WORD.findall(self._tail(mention)[:40])
        if self._opens(mention):
            if _CALLS.match(self._tail(mention)) or _EXCLAIMED.match(self._tail(mention)):
                return True
            is_greeted = bool(words_before) and words_before[-1] in GREETINGS
            if is_greeted or (
                words_before and (self._has_comma_before(mention) or words_before[-1] in THANKS | SECOND_PERSON)
            ):
                return self._ends_sentence(mention) or (is_greeted and self.is_name(mention, guest=True, inside=True))
            if (
                self.is_question(mention)
                and behind
                and self.is_name(mention, guest=True, inside=True)
                and mention.form not in ALSO_WORDS
            ):
                return behind[0] in ASKING or mention.has_honorific
            return mention.has_honorific and bool(behind) and not SECOND_PERSON.isdisjoint(behind[0])
        if self._has_comma_before(mention):
            is_between = _CALLS.match(self._tail(mention)) is not None
            if self._ends_sentence(mention):
                return self._is_written_as_name(mention) or self.is_question(mention)
            return is_between and self._is_written_as_name(mention) and not self._is_listed(mention)
        return (
            bool(words_before)
            and words_before[-1] in SECOND_PERSON
            and self._ends_sentence(mention)
            and self.is_name(mention, guest=True, inside=True)
        )

    def _is_listed(self, mention: Mention) -> bool:
        """Whether a name stands between commas as one of several single words: "faith, Hope, love"."""
        lead = self._lead(mention).rstrip(" ,،、")
        piece = regex.split(r"[,،、]", lead)[-1]
        return "," in lead and len(_WORD.findall(piece)) == 1

    # --- names that are words ---

    @cached_property
    def _has_capitals(self) -> bool:
        """Whether the case of a letter says something: the author uses both."""
        text = self.folded.text
        return any(c.isupper() for c in text) and any(c.islower() for c in text)

    @cached_property
    def _has_inner_capitals(self) -> bool:
        """Whether its author writes capitals where no keyboard sets them: inside of sentences, but for I."""
        return regex.search(r"\p{Ll}\)?[,:;]? (?!I\b)\p{Lu}", self.folded.text) is not None

    def _first_letter(self, mention: Mention) -> str:
        return self.folded.text[self.folded.starts[mention.at[0]]]

    def _is_written_as_name(self, mention: Mention) -> bool:
        """Whether a name has a capital, in a text where capitals say something."""
        return self._is_capital(mention) or not self._has_capitals

    def _is_capital(self, mention: Mention) -> bool:
        return not self._first_letter(mention).islower() or mention.form in self._uncased

    def is_name(self, mention: Mention, *, guest: bool, inside: bool = False) -> bool:
        """Whether a mention that no sign supports is the name and not a word that is written alike.

        `inside`: one that opens its sentence is none. `guest`: an author who may not write capitals.
        """
        if self._has_at(mention) or mention.has_honorific:
            return True
        lead_words = _WORD.findall(self._lead(mention))
        behind = _WORD.findall(self._tail(mention)[:40])
        before = lead_words[-1] if lead_words else ""
        next_word = behind[0] if behind else ""
        is_word = mention.form in ALSO_WORDS
        letter = self._first_letter(mention)
        if not letter.isupper() and not letter.islower():  # a script without cases
            return not is_word
        if letter.islower() and mention.form not in self._uncased:
            if is_word or before in NEVER_BEFORE_A_NAME or next_word in NEVER_BEHIND_A_NAME:
                return False
            return not self._has_capitals or (guest and not self._has_inner_capitals)
        if not self._has_capitals and is_word:
            return False
        if lead_words:
            return before not in NEVER_BEFORE_A_CAPITAL and not (is_word and before == "a")
        if inside and mention.attached is Attached.NOTHING:
            return not is_word and next_word not in NEVER_BEHIND_A_NAME and guest
        return not is_word and next_word not in NEVER_BEHIND_A_NAME
