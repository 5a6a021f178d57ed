"""Finds the names of the table in a text: whole words only, in every form, whatever language attaches to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import regex

from bot.discussion.model.inflections import Attached, Language
from bot.discussion.model.name_forms import callers
from bot.discussion.model.persona import Persona
from bot.discussion.model.titles import HONORIFICS, TITLES
from bot.discussion.text.folding import FoldedText, bare
from bot.discussion.text.segmentation import word_breaks

# Scripts without spaces between words. What is written in them is cut into words by a dictionary.
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}ー々\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD: Final = regex.compile(
    rf"(?V1)[{_UNSPACED}]+|\p{{Hangul}}+"
    rf"|[[\p{{L}}\p{{N}}]--[{_UNSPACED}\p{{Hangul}}]](?:[[\p{{L}}\p{{N}}\p{{M}}_'\"״-]--[{_UNSPACED}\p{{Hangul}}]]*"
    rf"[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}\p{{Hangul}}]])?"
)
_IS_UNSPACED: Final = regex.compile(rf"[{_UNSPACED}]")
_KATAKANA: Final = regex.compile(r"[\p{Katakana}ー]")
_HAN: Final = regex.compile(r"[\p{Han}々]")
# Between the words of one name.
_GAP: Final = regex.compile(r"\.? ?[\"“„]?")
_THAI_TITLES: Final = tuple(sorted((t for t in TITLES if "ก" <= t[0] <= "๛"), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Mention:
    """A persona's name in a folded text, from `start` up to `end`, with the titles and honorifics around it."""

    name: str
    start: int
    end: int
    form: str  # as the name stands there, folded, without any of that
    attached: Attached
    has_honorific: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """The forms of a cast, sorted by how they are looked for; each with the name of the persona it calls."""

    called: Mapping[str, str]
    beginnings: frozenset[str]  # the first two letters of all words of names in scripts with spaces
    longest: int  # the words of the longest
    unspaced: tuple[str, ...]
    irregular: "regex.Pattern[str]"  # with marks inside of it, as C++ and P!nk


def mentions(text: FoldedText, cast: Sequence[Persona]) -> list[Mention]:
    """Every mention of a persona in `text`, in order; of two at one place the longer one is meant."""
    names = _names(tuple(cast))
    plain = bare(text.folded)
    found = [*_spaced(text, names), *_unspaced(plain, names), *_irregular(plain, names)]
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


@lru_cache(maxsize=64)
def _names(cast: tuple[Persona, ...]) -> _Names:
    called = dict(callers(cast))
    regular: list[list[str]] = []
    unspaced: list[str] = []
    irregular: list[str] = []
    for form in called:
        words = _WORD.findall(form)
        if len(words) == 1 and words[0] == form and _IS_UNSPACED.match(form):
            unspaced.append(form)
        elif " ".join(words) == form:
            regular.append(words)
        else:
            irregular.append(form)
    pattern = "|".join(regex.escape(form) for form in sorted(irregular, key=len, reverse=True)) or "(?!)"
    return _Names(
        called,
        frozenset(word[:2] for words in regular for word in words),
        max((len(words) for words in regular), default=0),
        tuple(sorted(unspaced, key=len, reverse=True)),
        regex.compile(rf"(?<![\p{{L}}\p{{N}}\p{{M}}])(?:{pattern})(?![\p{{L}}\p{{N}}\p{{M}}])"),
    )


def _spaced(text: FoldedText, names: _Names) -> Iterator[Mention]:
    if not names.longest:
        return
    folded = text.folded
    language = Language(folded)
    words = [match.span() for match in _WORD.finditer(folded)]
    at = 0
    while at < len(words):
        found = None
        if _may_begin(folded[words[at][0] : words[at][1]], names):
            found = _longest(text, words, at, names, language)
        if found is None:
            at += 1
            continue
        mention, count = found
        yield replace(mention, start=_before_titles(folded, words, at))
        at += count


def _may_begin(word: str, names: _Names) -> bool:
    """Whether any name might be in this word: nearly all words are ruled out by their first letters."""
    plain = bare(word)
    behind_apostrophe = plain.rpartition("'")[2]
    starts = (plain[:2], plain[1:3], plain[2:4], behind_apostrophe[:2], plain[:1])
    return any(start in names.beginnings for start in starts)


def _longest(
    text: FoldedText, words: Sequence[tuple[int, int]], first: int, names: _Names, language: Language
) -> tuple[Mention, int] | None:
    """The mention of most words that begins with the word `first`, and how many they are."""
    folded = text.folded
    run = [first]
    while len(run) < names.longest and run[-1] + 1 < len(words):
        gap = folded[words[run[-1]][1] : words[run[-1] + 1][0]]
        if not gap or not _GAP.fullmatch(gap):
            break
        run.append(run[-1] + 1)
    while run:
        before = " ".join(folded[words[at][0] : words[at][1]] for at in run[:-1])
        start, end = words[run[-1]]
        for last, attached in language.names_in(folded[start:end]):
            form = f"{before} {last}" if before else last
            name = names.called.get(form) or names.called.get(bare(form))
            if name:
                end, has_honorific = _behind_honorific(folded, end)
                has_honorific |= attached is Attached.ADDRESS and "\uac00" <= last[0] <= "\ud7a3"
                return Mention(name, words[first][0], end, form, attached, has_honorific), len(run)
        run.pop()
    # A dash that is written without spaces may be a hyphen, or one between two words.
    start, end = words[first]
    head = folded[start:end].partition("-")[0]
    if start + len(head) < end and text.text[text.starts[start + len(head)]] in "–−" and head in names.called:
        return Mention(names.called[head], start, start + len(head), head, Attached.NOTHING), 1
    return None


def _before_titles(folded: str, words: Sequence[tuple[int, int]], at: int) -> int:
    """Where a mention begins with the titles before it."""
    start = words[at][0]
    for word_start, word_end in reversed(words[max(0, at - 3) : at]):
        if folded[word_start:word_end] not in TITLES or folded[word_end:start] not in (" ", ". ", "."):
            break
        start = word_start
    return start


def _behind_honorific(folded: str, end: int) -> tuple[int, bool]:
    """Where a mention that ends at `end` ends with the honorific behind it, and whether there is one."""
    at = end + 1 if folded[end : end + 1] == " " else end
    for honorific in HONORIFICS:
        behind = at + len(honorific)
        if folded.startswith(honorific, at) and (at == end or not folded[behind : behind + 1].isalpha()):
            return behind, True
    return end, False


def _unspaced(plain: str, names: _Names) -> Iterator[Mention]:
    if not names.unspaced:
        return
    for run in _WORD.finditer(plain):
        if not _IS_UNSPACED.match(run.group()) or not any(form in run.group() for form in names.unspaced):
            continue
        breaks = word_breaks(run.group())
        for form in names.unspaced:
            for match in regex.finditer(regex.escape(form), run.group()):
                start, end = match.span()
                behind, has_honorific = _behind_honorific(plain, run.start() + end)
                titled = next((t for t in _THAI_TITLES if run.group()[:start].endswith(t)), "")
                if _begins(run.group(), start, form, breaks, bool(titled)) and (
                    has_honorific or _ends(run.group(), end, form, breaks, bool(titled))
                ):
                    begins = run.start() + start - len(titled)
                    yield Mention(names.called[form], begins, behind, form, Attached.NOTHING, has_honorific or bool(titled))


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


def _irregular(plain: str, names: _Names) -> Iterator[Mention]:
    for match in names.irregular.finditer(plain):
        form = match.group()
        if form in names.called:
            end, has_honorific = _behind_honorific(plain, match.end())
            yield Mention(names.called[form], match.start(), end, form, Attached.NOTHING, has_honorific)
