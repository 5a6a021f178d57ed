"""Finds the names of the table in a text: whole words only, in every form, whatever language attaches to them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import regex

from bot.discussion.model.inflections import Attached, Inflection, Languages, inflected, joined
from bot.discussion.model.name_forms import callers, given_names
from bot.discussion.model.persona import Persona
from bot.discussion.model.titles import HONORIFICS, HONORIFICS_IN_LATIN, TITLES
from bot.discussion.text.folding import FoldedText, bare, fold_name
from bot.discussion.text.segmentation import word_breaks

# Scripts without spaces between words. What is written in them is cut into words by a dictionary.
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}ー々\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER: Final = rf"[[\p{{L}}\p{{N}}]--[{_UNSPACED}\p{{Hangul}}]]"
_WORD: Final = regex.compile(
    rf"(?V1)[{_UNSPACED}]+|\p{{Hangul}}+"
    rf"|{_LETTER}(?:[[\p{{L}}\p{{N}}\p{{M}}_]--[{_UNSPACED}\p{{Hangul}}]]|['\"״-](?={_LETTER}))*"
)
_RUN: Final = regex.compile(rf"[{_UNSPACED}]+")
_IS_UNSPACED: Final = regex.compile(rf"[{_UNSPACED}]")
_KATAKANA: Final = regex.compile(r"[\p{Katakana}ー]")
_HAN: Final = regex.compile(r"[\p{Han}々]")
# Between the words of one name.
_GAP: Final = regex.compile(r"\.? ?[\"“„]?")
_IN_WORD: Final = regex.compile(r"[\p{L}\p{N}\p{M}_'\"-]")
# So many letters a prefix may have.
_PREFIX: Final = 6
_LAST_WORD: Final = regex.compile(r"(?<![\p{L}\p{M}\p{N}])(?P<word>[\p{L}\p{M}'\"-]+)\.? ?$")
_LONGEST_TITLE: Final = 1 + max(map(len, TITLES))
_SPACED_HONORIFICS: Final = frozenset(HONORIFICS_IN_LATIN)
_HONORIFIC: Final = regex.compile(
    "(?:{})|[ ](?:{})(?:[은는이가을를도께의]|께서|에게)?(?![\\p{{L}}\\p{{M}}])".format(
        "|".join(sorted(set(HONORIFICS) - _SPACED_HONORIFICS, key=len, reverse=True)),
        "|".join(sorted(HONORIFICS, key=len, reverse=True)),
    )
)
_THAI_TITLES: Final = tuple(sorted((t for t in TITLES if "ก" <= t[0] <= "๛"), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Mention:
    """A persona's name in a folded text, from `start` up to `end`, with the titles and honorifics around it."""

    name: str
    start: int
    end: int
    at: tuple[int, int]  # the name itself
    form: str  # which of its forms that is
    attached: Attached
    has_honorific: bool = False

    @property
    def is_titled(self) -> bool:
        return self.has_honorific or self.start < self.at[0]


class NameFinder:
    """Looks for the forms of names in texts. They are sorted by how they are looked for."""

    def __init__(self, called: Mapping[str, str], uncased: Iterable[str] = (), *, in_compounds: bool = False) -> None:
        """`called`: each folded form with the name it stands for. `uncased`: those written without capitals.

        `in_compounds`: whether "Anna" is found in "pre-Anna" and "Anna-like", too.
        """
        self.called = called
        self.in_compounds = in_compounds
        self.uncased = frozenset(uncased)
        regular: list[str] = []
        unspaced: list[str] = []
        irregular: list[str] = []
        for form in called:
            words = _WORD.findall(form)
            if len(words) == 1 and words[0] == form and _IS_UNSPACED.match(form):
                unspaced.append(form)
            elif " ".join(words) == form:
                regular.append(form)
            else:  # with marks inside of it, as C++ and P!nk
                irregular.append(form)
        # Nearly all words are ruled out by their first letters; two of a short name, for languages change its end.
        beginnings = {
            re.escape(bare(word)[: 2 if len(word) < 5 else 3]) for word in (form.split()[0] for form in regular)
        }
        self._regular = regular
        self.openings = frozenset(form.rpartition(" ")[0] for form in regular)
        self.beginnings = re.compile("|".join(sorted(beginnings)) or "(?!)")
        self.most_words = max((form.count(" ") + 1 for form in regular), default=0)
        self.unspaced = tuple(sorted(unspaced, key=len, reverse=True))
        pattern = "|".join(regex.escape(form) for form in sorted(irregular, key=len, reverse=True))
        self.irregular: regex.Pattern[str] | None = (
            regex.compile(rf"(?<![\p{{L}}\p{{N}}\p{{M}}])(?:{pattern})(?![\p{{L}}\p{{N}}\p{{M}}])")
            if irregular
            else None
        )

    @cached_property
    def inflected(self) -> Mapping[str, Sequence[tuple[str, Attached, Inflection]]]:
        """Each form with an ending, with the form without it; made at the first word that may be one."""
        found: dict[str, list[tuple[str, Attached, Inflection]]] = {}
        for form in self._regular:
            before, space, last = form.rpartition(" ")
            for word, attached, row in inflected(last):
                found.setdefault(before + space + word, []).append((last, attached, row))
        return found

    def name_of(self, form: str) -> str | None:
        return self.called.get(form) or self.called.get(bare(form))

    def mentions(self, text: FoldedText, plain: str) -> list[Mention]:
        """Every mention in `text`, in order; of two at one place the longer one. `plain`: the text without accents."""
        found = [*_spaced(text, plain, self), *_unspaced(plain, self), *_irregular(plain, self)]
        found.sort(key=lambda mention: (mention.start, -mention.end))
        kept: list[Mention] = []
        for mention in found:
            if not kept or mention.start >= kept[-1].end:
                kept.append(mention)
        return kept


def finder(cast: Sequence[Persona]) -> NameFinder:
    """Who looks for the names of these personas, made once a cast."""
    return _finder(tuple(cast))


def new_finder(cast: Sequence[Persona]) -> NameFinder:
    """The same, kept nowhere."""
    given = [name for persona in cast for name in given_names(persona)]
    return NameFinder(callers(cast), (fold_name(name) for name in given if not any(map(str.isupper, name))))


_finder = lru_cache(maxsize=64)(new_finder)


def _spaced(text: FoldedText, plain: str, names: NameFinder) -> Iterator[Mention]:
    languages = Languages(text.folded)
    at = 0
    for match in names.beginnings.finditer(plain):
        if match.start() < at or (word := _word_around(text.folded, match.start(), names)) is None:
            continue
        if found := _longest(text, word, names, languages):
            yield found
            at = found.end


def _word_around(folded: str, at: int, names: NameFinder) -> tuple[int, int] | None:
    """The word in which a name may begin at `at`: with its first letters or behind a prefix; None in mid-word."""
    start = at
    while start > 0 and at - start < _PREFIX and _IN_WORD.match(folded[start - 1]):
        start -= 1
    while start < at and not folded[start].isalnum():  # a quote or dash in front
        start += 1
    while (word := _WORD.match(folded, start)) and word.end() <= at:
        start = word.end()
    # Behind an apostrophe ("d'Anna"), or in scripts that write "and" and "to" in one word with what follows.
    opened = ("'", "-") if names.in_compounds else ("'",)
    is_prefixed = at > start and (folded[at - 1] in opened or "\u0590" <= folded[start] <= "\u06ff")
    return word.span() if word and (at == start or is_prefixed) else None


def _longest(text: FoldedText, first: tuple[int, int], names: NameFinder, languages: Languages) -> Mention | None:
    """The mention of most words that begins with the word `first`."""
    folded = text.folded
    run = [first]
    while len(run) < names.most_words:
        gap = _GAP.match(folded, run[-1][1])
        following = _WORD.match(folded, gap.end()) if gap and gap.group() else None
        if following is None:
            break
        run.append(following.span())
    for is_plain in (True, False):  # an ending is looked for only where no whole form stands
        for count in range(len(run), 0, -1):
            before = "".join(f"{folded[start:end]} " for start, end in run[: count - 1])
            if count > 1 and bare(before[:-1]) not in names.openings:
                continue
            word = folded[slice(*run[count - 1])]
            for last, attached in [(word, Attached.NOTHING)] if is_plain else _under(before, word, names, languages):
                form = before + last
                if name := names.name_of(form):
                    return _mention(folded, name, (first[0], *run[count - 1]), form, last, attached)
    # A dash that is written without spaces may be a hyphen, or one between two words.
    stop = first[0]
    for part in folded[slice(*first)].split("-"):
        start, stop = stop, stop + len(part)
        is_parted = stop < first[1] and text.text[text.starts[stop]] in "–−"
        if (is_parted or names.in_compounds) and (name := names.name_of(part)):
            return Mention(name, start, stop, (start, stop), part, Attached.NOTHING)
        if not names.in_compounds:
            break
        stop += 1
    return None


def _under(before: str, word: str, names: NameFinder, languages: Languages) -> Iterator[tuple[str, Attached]]:
    """What may be under the last word of a name, the likeliest first."""
    yield from joined(word)
    whole = before + word
    for last, attached, row in names.inflected.get(whole) or names.inflected.get(bare(whole)) or ():
        if languages.have(row):
            yield last, attached


def _mention(folded: str, name: str, span: tuple[int, int, int], form: str, last: str, attached: Attached) -> Mention:
    """A mention from `span`: where it begins, and where its last word does and ends. `last` is the name in that."""
    first, start, end = span
    word = folded[start:end]
    begins = end - len(last) if first == start and not word.startswith(last) and word.endswith(last) else first
    # A particle of Korean and what stands behind an apostrophe or hyphen are no part of the name, other endings are.
    rest = word.removeprefix(last) if word.startswith(last) else ""
    ends = end - len(rest) if rest.startswith(("'", "-")) or "\uac00" <= rest[:1] <= "\ud7a3" else end
    behind, has_honorific = _behind_honorific(folded, end)
    has_honorific |= attached is Attached.ADDRESS and "\uac00" <= word[0] <= "\ud7a3"
    return Mention(name, _before_titles(folded, first), behind, (begins, ends), form, attached, has_honorific)


def _before_titles(folded: str, start: int) -> int:
    """Where a mention begins with the titles before it."""
    while (title := _LAST_WORD.search(folded, max(0, start - _LONGEST_TITLE), start)) and title["word"] in TITLES:
        start = title.start("word")
    return start


def _behind_honorific(folded: str, end: int) -> tuple[int, bool]:
    """Where a mention that ends at `end` ends with the honorific behind it, and whether there is one."""
    found = _HONORIFIC.match(folded, end)
    return (found.end(), True) if found else (end, False)


def _unspaced(plain: str, names: NameFinder) -> Iterator[Mention]:
    if not names.unspaced:
        return
    for found in _RUN.finditer(plain):
        run, offset = found.group(), found.start()
        forms = [form for form in names.unspaced if form in run]
        breaks = word_breaks(run) if forms else frozenset[int]()
        for form in forms:
            start = run.find(form)
            while start >= 0:
                end = start + len(form)
                behind, has_honorific = _behind_honorific(plain, offset + end)
                titled = next((t for t in _THAI_TITLES if run.endswith(t, 0, start)), "")
                if _begins(run, start, form, breaks, bool(titled)) and (
                    has_honorific or _ends(run, end, form, breaks, bool(titled))
                ):
                    at = (offset + start, offset + end)
                    is_titled = has_honorific or bool(titled)
                    yield Mention(
                        names.called[form], at[0] - len(titled), behind, at, form, Attached.NOTHING, is_titled
                    )
                start = run.find(form, start + 1)


def _begins(run: str, start: int, form: str, breaks: frozenset[int], is_titled: bool) -> bool:
    """Whether a name at `start` begins a word there."""
    if start == 0 or is_titled:
        return True
    before = run[start - 1]
    if _KATAKANA.match(form) and _KATAKANA.match(before):
        return False
    # One ideograph behind another is the end of a word far more often than a name.
    return start in breaks and not (len(form) == 1 and _HAN.match(before))


def _ends(run: str, end: int, form: str, breaks: frozenset[int], is_titled: bool) -> bool:
    if end == len(run):
        return True
    behind = run[end]
    if _KATAKANA.match(form[-1]) and _KATAKANA.match(behind):
        return False
    if is_titled and not regex.match(r"\p{M}", behind):
        return True
    return end in breaks and not (len(form) == 1 and _HAN.match(behind))


def _irregular(plain: str, names: NameFinder) -> Iterator[Mention]:
    for match in names.irregular.finditer(plain) if names.irregular else ():
        form = match.group()
        if form in names.called:
            end, has_honorific = _behind_honorific(plain, match.end())
            yield Mention(names.called[form], match.start(), end, match.span(), form, Attached.NOTHING, has_honorific)
