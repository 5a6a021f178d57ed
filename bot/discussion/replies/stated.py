"""Whether a summary states what a vote came to.

What can be told in any script, and of a text in any language: whether an option stands there set apart (in quotation
marks, in bold), and whether a sentence has the figures of the result. That a short option's words stand somewhere tells
nothing: most texts have a "no". Of a long one so many words stand in no other text.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import regex

from bot.discussion.model.polls import Poll
from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import sentences, words

# An option of more words is known by so large a share of them, and of those that no other option has. Where a word is a
# single sign, as in Chinese, it is known by all of them in their order.
_FEW: Final = 4
_SHARE: Final = 0.5
# What sets words apart: quotation marks of all scripts, and Markdown's emphasis. Angles may have a space inside.
_MARK: Final = r"[\"'‘’‚‛“”„‟〝〞〟「」『』《》〈〉״`*_]"
_ANGLE: Final = r"[«»‹›]"
_OPENS: Final = rf"(?:{_MARK}|{_ANGLE}\s?)"
_CLOSES: Final = rf"(?:{_MARK}|\s?{_ANGLE})"
_STOPS: Final = r"[.!?…,;。、！？।؟،]*"
_BETWEEN: Final = r"[^\p{L}\p{M}\p{N}]*"
# In these scripts no space tells where a word begins.
_UNSPACED: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_NOT_BEHIND: Final = r"(?<![\p{L}\p{M}\p{N}])"
_NOT_BEFORE: Final = r"(?![\p{L}\p{M}\p{N}])"
_PHRASE: Final = r"\p{L}[^\n\"“”„«»‹›「」『』《》〈〉*]{0,120}?"
_SET_APART: Final = regex.compile(f"{_NOT_BEHIND}{_OPENS}{_PHRASE}{_CLOSES}{_NOT_BEFORE}")
_APOSTROPHES: Final = str.maketrans("’ʼ", "''")
# In the digits of any script; the numerals of Chinese are letters to Unicode.
_FIGURE: Final = regex.compile(r"\p{Nd}+|\p{N}|[一二三四五六七八九十]")


def left_out(text: str, poll: Poll) -> tuple[int, ...]:
    """Which of the options that won a text does not state, by their numbers. `poll`: a closed one."""
    plain = _plain(text)
    told = [sentence for sentence in sentences(plain) if _has_figures(sentence, poll)]
    return tuple(number for number in poll.winners if not _is_stated(plain, told, poll, number))


def _is_stated(text: str, told: Sequence[str], poll: Poll, number: int) -> bool:
    """`told`: the sentences of `text` with the figures of the result."""
    option = _plain(poll.options[number])
    is_set_apart = regex.search(f"{_OPENS}{_in_any_setting(option)}{_STOPS}{_CLOSES}", text)
    if is_set_apart or any(_tells_of(sentence, poll, number) for sentence in told):
        return True
    return len(words(option)) > _FEW and (
        _by_its_words(text, poll, number) is not None or _is_paraphrased(text, poll, number)
    )


def _tells_of(told: str, poll: Poll, number: int) -> bool:
    """Whether a sentence with the figures of the result tells them of this option."""
    others = (_place(told, poll, at) for at in range(len(poll.options)) if at not in poll.winners)
    before = min((place for place in others if place is not None), default=None)
    place = _place(told, poll, number)
    if place is not None:
        # Of names the one that won comes first. Words may be no option here: "there is no plan, 2 of 3 said yes".
        return before is None or (bool(poll.opened.by) and place < before)
    # Where the option was put into another language only the figures, and the quotation marks, can be told again.
    is_marked = len(_SET_APART.findall(told)) >= len(poll.winners)
    return before is None and (is_marked or not _is_alone(poll))


def _place(text: str, poll: Poll, number: int) -> int | None:
    """Where a text names an option, a proposal also by whose it is; None where it does not."""
    if poll.opened.by:
        name = _plain(poll.opened.by[number])
        # Endings may follow a name; in scripts without capitals anything may stand before it.
        before = r"(?<!\p{L})" if name[:1].upper() != name[:1] else ""
        if found := regex.search(before + regex.escape(name), text):
            return found.start()
    return _by_its_words(text, poll, number)


def _by_its_words(text: str, poll: Poll, number: int) -> int | None:
    options = [_plain(option) for option in poll.options]
    longer = (other for other in options if len(other) > len(options[number]))
    taken = [match.span() for other in longer for match in _matches(other, text)]
    # "Allow it" is not named by "do not allow it", where that is an option, too.
    found = (match.span() for match in _matches(options[number], text))
    return next((at for at, end in found if not any(one <= at and end <= other for one, other in taken)), None)


def _matches(option: str, text: str) -> Iterator["regex.Match[str]"]:
    before, after = ("", "") if _UNSPACED.match(option) else (_NOT_BEHIND, _NOT_BEFORE)
    return regex.finditer(f"{before}{_in_any_setting(option)}{after}", text)


def _in_any_setting(option: str) -> str:
    """A pattern of the words of an option, with whatever stands between them."""
    return _BETWEEN.join(map(regex.escape, words(option))) or "(?!)"


def _is_paraphrased(text: str, poll: Poll, number: int) -> bool:
    """Whether so many of an option's words are there, and of those by which one knows it from the others."""
    wanted, said = set(words(_plain(poll.options[number]))), set(words(text))
    if sum(map(len, wanted)) < 2 * len(wanted):
        return False
    own = wanted.difference(*(words(_plain(option)) for at, option in enumerate(poll.options) if at != number))
    return bool(own) and all(len(some & said) >= _SHARE * len(some) for some in (wanted, own))


def _has_figures(sentence: str, poll: Poll) -> bool:
    """Whether a sentence has the votes of what won; where they are not told alone also a count to set them against."""
    scores = poll.points if poll.opened.ranked else poll.together
    most, figures = max(scores), list(map(_number, _FIGURE.findall(sentence)))
    if most not in figures:
        return False
    figures.remove(most)
    return _is_alone(poll) or bool({sum(scores), *scores}.intersection(figures))


def _is_alone(poll: Poll) -> bool:
    """Whether the votes of what won are told alone: "1 each", "5 points", and not "2 of 3", "2 : 1"."""
    return poll.opened.ranked or len(poll.winners) > 1


def _number(figure: str) -> int:
    if figure.isdecimal():
        return int(figure[:9])
    value = unicodedata.numeric(figure, 0.0)
    return int(value) if value.is_integer() else 0


def _plain(text: str) -> str:
    return fold(text).translate(_APOSTROPHES)
