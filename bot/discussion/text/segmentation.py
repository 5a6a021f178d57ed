"""Texts in pieces: the characters that people see, the words, and the sentences, in whatever script they are written.

Characters, words and where a line may break by ICU's rules (Unicode Standard Annexes 29 and 14, with dictionaries for
scripts without spaces); whether a full stop belongs to an abbreviation is told by sentencex, which knows those of many
languages.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from enum import Enum, auto
from itertools import accumulate, pairwise
from typing import Any, Final, cast

import regex
import sentencex  # pyright: ignore[reportMissingTypeStubs]
from icu4py.breakers import CharacterBreaker, LineBreaker, WordBreaker

from bot.discussion.text.folding import fold
from bot.discussion.text.markup import Mark, spans
from bot.discussion.text.text_caches import caches_turn_texts

# No text says in which language it is: a full stop is believed only where it ends a sentence in all of these. Left out
# are those in which half of the others' short words are abbreviations, and Danish, which takes a hundred times longer.
_LANGUAGES: Final = ("en", "de", "fr", "es", "pt", "nl", "sv", "pl", "cs", "fi", "ru", "uk", "el")
# Common words of these languages that sentencex shortens in one of them (number, maximum, September), by asking it of
# the 1,500 commonest of each. In small letters, and with no number behind it, such a word ends a sentence.
_ALSO_WORDS: Final = frozenset(
    """
    ago al ala alta am an ante anti arm art ass auto av bel best bet bi bien bis con contra da dak dat de del des
    det di dir dis dom dos ed el en ens entre extra fa fed fig fin form foro fra ga get hab hand herz het hon i ia
    ie im in ind ir is iso it kan kans ken kom la lat let lit mag man mand mar max may me med mich mil min mio miss
    mitt mod mon nem no nord nos not nám ob ods ok on ont op or ord ore os pa pan par para pas pie po pod por port
    post pre pro que re red rom rum rus sa san sen sens sig sir so sobre sta sto stor su super tel tex to toch tom
    top tras tu tur ud un ut va var ver vert vi vid vie вид год муж наук под пор
    """.split()  # noqa: SIM905 (as a list it would take a page)
)

# A mark that ends sentences, by Unicode's property; with it the ellipsis, the Tibetan shad and, behind a Greek letter,
# the question mark of Greek. Then whatever closes behind it: quotes, brackets, Markdown's marks.
_TERMINAL: Final = regex.compile(
    r"(?P<marks>(?:[\p{Sentence_Terminal}…།༎]|(?<=\p{Greek})[;\u037e])+)(?P<closers>[\p{Pe}\p{Pf}\p{Pi}\"'*_~|`]*)"
)
# Those of scripts without spaces need none behind them.
_WIDE: Final = regex.compile(r"[。！？｡．\ufe52\ufe56\ufe57။။།༎។៕]\Z")
_NEXT: Final = regex.compile(r"(?P<space>\s*)[\p{Ps}\p{Pi}\p{Pf}\"'„*_~|¿¡]*(?P<word>[\w'’-]*)")
# A number of an item of a list ("2.", "b."), or one that is an ordinal in many languages ("am 3. Oktober").
_NUMBER: Final = regex.compile(r"(?m:^)[^\S\n]*(?:\d{1,3}|\p{L})$|(?<!\S)\d{1,2}$")
_LAST_WORDS: Final = regex.compile(r"(?:[^\s.]+\.?[^\S\n]+){0,2}\S+$")
_DECORATION: Final = regex.compile(r"[*_~|`\p{Ps}\p{Pi}\"]")
_LINE_END: Final = regex.compile(r"(?<=\S)[^\S\n]*\n")
_HALF: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = regex.compile(r"\s*")
_BLANK: Final = regex.compile(r"\s")
# What shows as raw signs if a part of it is missing.
_WHOLE: Final = frozenset({Mark.EMOJI, Mark.MENTION, Mark.TIME})
_boundaries: Final = cast(
    Callable[[str, str], list[dict[str, Any]]],
    sentencex.get_sentence_boundaries,  # pyright: ignore
)
# So far back an abbreviation reaches, and so many letters the longest has.
_LOOK_BACK: Final = 60
_LONGEST: Final = 7


class _Kind(Enum):
    """What a mark may be that can end a sentence."""

    END = auto()
    FULL_STOP = auto()  # an end, unless it belongs to an abbreviation
    NONE = auto()


def graphemes(text: str) -> list[str]:
    """The characters as people see them: an emoji with all its parts is one, a letter with its marks too."""
    encodable = _encodable(text)
    found = list(CharacterBreaker(encodable, "en"))
    if encodable == text:
        return found
    return [text[start:end] for start, end in pairwise(accumulate(map(len, found), initial=0))]


def utf16_length(text: str) -> int:
    """How long Discord, whose clients count in UTF-16, may take a text for."""
    return len(text) + sum(c > "\uffff" for c in text)


def clipped(text: str, limit: int, *, end: str = "…") -> str:
    """`text`, or as much of it as fits into `limit` characters (as UTF-16 counts them) with `end` behind.

    No character that people see is torn, nor a custom emoji, a mention or a time; and no word but a very long one.
    """
    if utf16_length(text) <= limit:
        return text
    at, room = 0, limit - utf16_length(end)
    # The rest needs no look: a character counts as one or two.
    for character in graphemes(text[: limit + 1]):
        room -= utf16_length(character)
        if room < 0:
            break
        at += len(character)
    at = next((s.start for s in spans(text) if s.start < at < s.end and s.mark in _WHOLE), at)
    if not text[at].isspace():
        at = max((blank.start() for blank in _BLANK.finditer(text, at // 2, at)), default=at)
    return text[:at].rstrip() + end


# Each is asked for several times while a turn is made, and seldom later.
@caches_turn_texts(maxsize=128)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, without what stands between them."""
    pieces = WordBreaker(_encodable(fold(text)), "en")
    return tuple(piece for piece in pieces if piece[0].isalnum() or any(c.isalnum() for c in piece))


def line_breaks(text: str) -> list[int]:
    """Where a line of `text` may break: behind a space, or between words or characters of scripts without spaces."""
    return list(accumulate(map(len, LineBreaker(_encodable(text), "en"))))


def word_breaks(text: str) -> frozenset[int]:
    """Where in `text` a word or what stands between words may begin or end, by its characters."""
    return frozenset(accumulate((len(piece) for piece in WordBreaker(_encodable(text), "en")), initial=0))


@caches_turn_texts(maxsize=128)
def sentence_ends(text: str) -> tuple[int, ...]:
    """Where the sentences of `text` end, each before the white space behind it. A line ends one as well.

    What follows the last of them is no whole sentence. None lies inside of code, an address or a custom emoji.
    """
    is_inside = _insides(text)
    ends = {match.start() for match in _LINE_END.finditer(text)}
    stops: list[tuple[int, str]] = []
    for match in _TERMINAL.finditer(text):
        if is_inside(match.end()):
            continue
        kind = _kind(text, match)
        if kind is _Kind.END:
            ends.add(match.end())
        elif kind is _Kind.FULL_STOP:
            stops.append((match.end(), _probe(text, match)))
    ends.update(
        end for (end, _), ends_sentence in zip(stops, _are_ends([p for _, p in stops]), strict=True) if ends_sentence
    )
    return tuple(sorted(end for end in ends if not is_inside(end)))


def sentences(text: str) -> list[str]:
    """`text` cut behind each sentence and the white space that follows it; joined, the pieces are `text` again."""
    behind = (_SPACE.match(text, end) for end in sentence_ends(text))
    cuts = [0, *(space.end() for space in behind if space), len(text)]
    return [text[start:end] for start, end in pairwise(dict.fromkeys(cuts)) if start < end]


def _encodable(text: str) -> str:
    """`text`, as long as before, without halves of characters, which the libraries do not take."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _insides(text: str) -> Callable[[int], bool]:
    """Tells of a place in `text` whether it lies inside of one of its spans."""
    marked = spans(text)
    starts = [span.start for span in marked]

    def is_inside(at: int) -> bool:
        before = bisect_left(starts, at)
        return before > 0 and at < marked[before - 1].end

    return is_inside


def _kind(text: str, match: "regex.Match[str]") -> _Kind:
    """What a mark that may end a sentence does, by what stands around it."""
    marks, closers = match["marks"], match["closers"]
    behind = _NEXT.match(text, match.end())
    assert behind is not None
    if not behind["space"] and match.end() < len(text):
        return _Kind.END if not closers and _WIDE.search(marks) else _Kind.NONE
    is_lower = behind["word"][:1].islower() and _is_capitalised(text)
    if marks == ".":
        is_number = _NUMBER.search(text, max(0, match.start() - _LOOK_BACK), match.start())
        return _Kind.NONE if is_lower or is_number else _Kind.FULL_STOP
    # Behind a quotation or an omission the sentence goes on in small letters.
    return _Kind.NONE if is_lower and (closers or marks in ("…", "...", "..")) else _Kind.END


def _is_capitalised(text: str) -> bool:
    """Whether its author begins sentences with a capital: the first letter that could be one is."""
    cased = next((c for c in text if c.isupper() or c.islower()), "")
    return cased.isupper()


def _probe(text: str, match: "regex.Match[str]") -> str:
    """The words before a full stop, and the one behind it as a sentence would begin; "" where no doubt is possible."""
    before = _LAST_WORDS.search(text, max(0, match.start() - _LOOK_BACK), match.start())
    clause = _DECORATION.sub("", before.group()) if before else ""
    rest, _, last = clause.rpartition(" ")
    if not rest or rest.endswith((".", "!", "?")):
        last = last[:1].lower() + last[1:]  # the capital is the sentence's
    behind = _NEXT.match(text, match.end())
    follows = behind["word"] if behind else ""
    if len(last) > _LONGEST or (last in _ALSO_WORDS and not follows[:1].isdigit()):
        return ""
    return _encodable(f"{clause}. {follows[:1].upper()}{follows[1:] or 'The'}")


def _are_ends(probes: list[str]) -> list[bool]:
    """For each probe whether its full stop ends a sentence in every language."""
    # An abbreviation comes back, and whoever stutters says one thing a thousand times: each is looked at once.
    doubtful = [probe for probe in dict.fromkeys(probes) if probe]
    for language in _LANGUAGES:
        starts = accumulate((len(probe) + 1 for probe in doubtful), initial=0)
        ends = {boundary["end_index"] for boundary in _boundaries(language, "\n".join(doubtful))}
        doubtful = [p for p, start in zip(doubtful, starts, strict=False) if start + p.rfind(". ") + 2 in ends]
    whole = {"", *doubtful}
    return [probe in whole for probe in probes]
