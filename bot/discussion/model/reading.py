"""A text with the names in it, and for each of them what stands around it in its sentence."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import regex

from bot.discussion.model.address_words import AUXILIARIES, OPENERS, QUESTION_WORDS, YOU
from bot.discussion.model.inflections import Attached
from bot.discussion.model.mentions import Mention, NameFinder, finder
from bot.discussion.model.persona import Persona
from bot.discussion.model.titles import TITLES
from bot.discussion.text.folding import FoldedText, bare, fold_name
from bot.discussion.text.markup import prose

_CLOSERS: Final = r"[\"'”’»)\]}*_~|]"
_EMOJI: Final = r"[\p{Extended_Pictographic}\p{EMod}\uFE0F]"
# Of a folded text, and quicker than `sentence_ends`, which tells all abbreviations apart: here a sentence that seems to
# begin behind one does no harm unless a name does. A full stop ends nothing behind an initial or inside of a number.
_END: Final = regex.compile(
    rf"\n|(?<=\w[ ,]+\w+[ ,]+\w+[ ]){_EMOJI}+(?=[ ]\p{{L}})"  # who writes no full stops ends sentences with these
    rf"|[!?؟。｡॥।۔։፧]+(?:[.!?؟]*){_CLOSERS}*|(?<=\p{{Greek}});(?=\s|$)|(?<!\b\p{{L}})\.+{_CLOSERS}*(?=\s|$)"
)
_ACT: Final = regex.compile(r"(?<![*\\])\*(?P<act>[^\s*][^*\n]*)\*(?=\s)")
_TITLE: Final = regex.compile(r"(?<!\p{L})\p{L}+$")
_QUESTION_MARK: Final = regex.compile(r"[?؟፧]|(?<=\p{Greek});")
# Particles that end questions, and the mark that Armenian has inside of a word.
_ASKS: Final = regex.compile(r"(?:か|吗|嗎|呢|까)[。.]?\s*$|՞")
_WORD: Final = regex.compile(r"[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'-]*[\p{L}\p{N}\p{M}])?|[&+]")
# What may stand around a name without meaning anything: quotes, emphasis, brackets, emoji, bullets.
_DECOR: Final = r"[\s\"'“”‘’«»„()\[\]{}*_>~|¿¡•·#\p{So}\p{Sk}\p{Cf}\uFE0F]"
_DECOR_BEFORE: Final = regex.compile(rf"^(?:{_DECOR}|-(?= )|\d{{1,2}}[.)] )*")
_DECOR_BEHIND: Final = regex.compile(r"^[\"'”’»)\]}*_~|\p{So}\p{Sk}\uFE0F]*(?:\s+[\p{So}\uFE0F]+)*")
_OPENED_BRACKET: Final = regex.compile(r"[(\[](?P<inside>[^()\[\]]*)$")
# A name in one of these is that of a thing, though no mark shows it: an emoji typed by its name (`:anna:`), a hashtag,
# a path, a handle, a host, code (`x=anna`, `anna()`).
_IN_THING: Final = regex.compile(r"(?:#|[\\=$%]|[\p{L}\p{N}]@)$")
_BEFORE_THING: Final = regex.compile(r"\\[\p{L}\p{N}]|@[\p{L}\p{N}]|=[^\s=]|\(\)")
_BETWEEN_COLONS: Final = regex.compile(r"(?<![\p{L}\p{N}]):$")
# "anna.py", "anna.berlin"; but a sentence may begin without a space: "thanks anna.what about rye?"
_EXTENSION: Final = regex.compile(r"\.(?P<end>[a-z0-9]{1,10})(?![\p{L}\p{N}'])")
_BEGINS_SENTENCE: Final = AUXILIARIES | OPENERS | QUESTION_WORDS | YOU
# Words that no other language in Latin letters has.
_ENGLISH: Final = regex.compile(
    r"(?<![\p{L}\p{M}'])(?:the|and|you|your|youre|you're|ur|what|whats|what's|whos|how|hows|why|does|did|were|that|that's"
    r"|thats|this|these|those|they|their|with|would|could|should|have|i'm|i've|i'd|i'll|it's|idk|wdym|tbh|omg|gm|nah|yeah"
    r"|yep|thx|thanks|bro|dude|about|right|wrong|disagree|be|meanwhile|however|though|least|always|don't|dont|can't|cant|everyone|sorry|when|where|there|here|just|really|like|it|she|him|his|been|too|very|agree|says|think|thinks|good|thoughts|please|pls|from)"
    r"(?![\p{L}\p{M}'])"
)
# So many characters around a name are looked at, and so many for the words beside it.
_AROUND: Final = 400
_BESIDE: Final = 60


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A mention and its surroundings in the sentence, folded and without accents."""

    mention: Mention
    lead: str  # what stands before it, without bullets and opening marks
    tail: str  # what stands behind it, without closing marks
    before: tuple[str, ...]  # the words of the lead, the last ones of a long one
    behind: tuple[str, ...]  # the words of the tail, the first ones of a long one
    asks: bool  # whether the sentence is a question
    letter: str  # the first one of the name, as it was written
    bracket: str | None  # what stands before it in brackets that close behind it: "(to Anna) …"

    @property
    def has_at(self) -> bool:
        return self.lead.endswith("@")

    @property
    def word_before(self) -> str:
        """The word before the mention, with nothing but a space between the two; "" for none."""
        return self.before[-1] if self.before and self.lead.rstrip(" ").endswith(self.before[-1]) else ""

    @property
    def word_behind(self) -> str:
        """The word behind the mention, with nothing but a space between the two; "" for none."""
        return self.behind[0] if self.behind and self.tail.lstrip(" ").startswith(self.behind[0]) else ""

    @property
    def may_call(self) -> bool:
        """Whether it has a form in which somebody may be spoken to."""
        return self.mention.attached is not Attached.CASE


class Reading:
    """One text, read once for the names of one table."""

    def __init__(self, text: str, names: Sequence[Persona] | NameFinder, *, is_prose: bool = True) -> None:
        """`is_prose`: whether what is no prose (code, links, emoji, quoted lines) holds no names."""
        self.finder = names if isinstance(names, NameFinder) else finder(names)
        self.folded = FoldedText.of(prose(text) if is_prose else text)
        self.plain = bare(self.folded.folded)
        mentions = self.finder.mentions(self.folded, self.plain)
        if is_prose:
            mentions = self._outside_of_things(mentions)
        self.occurrences = [self._occurrence(mention) for mention in mentions]

    @cached_property
    def has_capitals(self) -> bool:
        """Whether the case of a letter says something: the author uses both."""
        text = self.folded.text
        return any(map(str.isupper, text)) and any(map(str.islower, text))

    @cached_property
    def has_inner_capitals(self) -> bool:
        """Whether its author writes capitals where no keyboard sets them: inside of sentences, but for I."""
        return regex.search(r"\p{Ll}\)?[,:;]? (?!I\b)\p{Lu}", self.folded.text) is not None

    @cached_property
    def is_english(self) -> bool:
        """Whether it has a word of English: then what only other languages take for a word is a name."""
        return _ENGLISH.search(self.plain) is not None

    @cached_property
    def _ends(self) -> list[int]:
        """Where sentences end, the end of the text too."""
        ends = {match.end() for match in _END.finditer(self.plain) if not self._is_behind_title(match.start())}
        # What somebody does (*turns to Ben*) is no part of what is said behind it.
        for act in _ACT.finditer(self.folded.text):
            if fold_name(act["act"]) not in self.finder.called:
                ends.add(bisect_left(self.folded.starts, act.end()))
        return sorted({*ends, len(self.plain)})

    @cached_property
    def _question_marks(self) -> list[int]:
        return [match.start() for match in _QUESTION_MARK.finditer(self.plain)]

    def _asks(self, start: int, end: int) -> bool:
        """Whether the sentence that ends at `end` asks something behind `start`."""
        at = bisect_left(self._question_marks, start)
        if at < len(self._question_marks) and self._question_marks[at] < end:
            return True
        return _ASKS.search(self.plain, max(start, end - _AROUND), end) is not None

    @property
    def asks(self) -> bool:
        """Whether anything is asked in it."""
        return self._asks(0, len(self.plain))

    def asks_behind(self, mention: Mention) -> bool:
        """Whether anything is asked behind a mention, in its sentence or in a later one."""
        return self._asks(mention.end, len(self.plain))

    def _outside_of_things(self, mentions: Sequence[Mention]) -> list[Mention]:
        starts, ends = {m.start for m in mentions}, {m.end for m in mentions}
        return [m for m in mentions if not self._is_in_thing(m, starts, ends)]

    def _is_in_thing(self, mention: Mention, starts: Collection[int], ends: Collection[int]) -> bool:
        text, (start, end) = self.plain, mention.at
        before, behind = text[max(0, start - 2) : start], text[end : end + 2]
        # Between names a slash says "or": "Anna/Ben, what now?"
        if (before.endswith("/") and start - 1 not in ends) or (
            behind[:1] == "/" and behind[1:].isalnum() and end + 1 not in starts
        ):
            return True
        if _BETWEEN_COLONS.search(before) and behind.startswith(":"):
            return True
        if _IN_THING.search(before) or _BEFORE_THING.match(behind):
            return True
        extension = _EXTENSION.match(self.folded.text, self.folded.source(start, end)[1])
        return extension is not None and extension["end"] not in _BEGINS_SENTENCE

    def _is_behind_title(self, stop: int) -> bool:
        word = _TITLE.search(self.plain, max(0, stop - 12), stop) if self.plain[stop] == "." else None
        return word is not None and word.group() in TITLES

    def _occurrence(self, mention: Mention) -> Occurrence:
        at = bisect_right(self._ends, mention.start)
        start, end = self._ends[at - 1] if at else 0, self._ends[min(at, len(self._ends) - 1)]
        start, stop = max(start, mention.start - _AROUND), max(end, mention.end)
        lead = _DECOR_BEFORE.sub("", self.plain[start : mention.start])
        bracket = _OPENED_BRACKET.search(self.plain, start, mention.start)
        rest = self.plain[mention.end : min(stop, mention.end + _AROUND)]
        tail = _DECOR_BEHIND.sub("", rest)
        return Occurrence(
            mention,
            lead,
            tail,
            tuple(_WORD.findall(lead[-_BESIDE:])),
            tuple(_WORD.findall(tail[:_BESIDE])),
            self._asks(mention.end, stop) or "՞" in lead,
            self.folded.text[self.folded.starts[mention.at[0]]],
            bracket["inside"] if bracket and rest.startswith((")", "]")) else None,
        )
