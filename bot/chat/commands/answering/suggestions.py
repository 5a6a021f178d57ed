"""What Discord suggests while somebody types: names that fit, within its limits."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from discord.app_commands import Choice

from bot.discussion.text.folding import bare, fold_name
from bot.library.name_rules import SEPARATORS

# Discord shows at most this many suggestions, each of at most this many characters.
CHOICES: Final = 25
CHOICE_LENGTH: Final = 100
_SEPARATOR: Final = re.compile(f"[{SEPARATORS}]")


def matching(current: str, names: Iterable[str]) -> list[Choice[str]]:
    """Suggestions of the names that contain what was typed so far, those that begin with it first; all for nothing."""
    typed = _compared(current)
    if current.strip() and not typed:
        return []  # what no name has: an emoji, say
    found = [name for name in names if typed in _compared(name) and len(name) <= CHOICE_LENGTH]
    found.sort(key=lambda name: not _compared(name).startswith(typed))
    return [Choice(name=name, value=name) for name in found][:CHOICES]


def complete_list(current: str, names: Sequence[str], *, first: Sequence[Choice[str]] = ()) -> list[Choice[str]]:
    """Suggestions that complete the last name of a list and keep the ones before it, by whatever they are separated.

    A choice replaces all that was typed. A name that stands there whole is offered with each one that may follow.
    `first`: what is offered before the names while nothing is typed.
    """
    *done, last = [part.strip() for part in _SEPARATOR.split(current)]
    done = list(filter(None, done))
    if not done and not last:
        return [*first, *_lists([], names)][:CHOICES]
    taken = set(map(_compared, done))
    left = [name for name in names if _compared(name) not in taken]
    typed = _compared(last)
    if last and not typed:
        return []
    fits = [name for name in left if _compared(name).startswith(typed)]
    lists = _lists(done, fits)
    for whole in (name for name in fits if _compared(name) == typed):  # the next may follow
        lists += _lists([*done, whole], [name for name in left if name not in fits])
    return lists[:CHOICES]


def _compared(name: str) -> str:
    """A name as it may be typed: in any case, without accents."""
    return bare(fold_name(name))


def _lists(done: Sequence[str], names: Iterable[str]) -> list[Choice[str]]:
    made = [", ".join([*done, name]) for name in names]
    return [Choice(name=text, value=text) for text in made if len(text) <= CHOICE_LENGTH]
