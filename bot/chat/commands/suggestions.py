"""What Discord suggests while somebody types: names that fit, within its limits."""

from collections.abc import Iterable
from typing import Final

from discord.app_commands import Choice

# Discord shows at most this many suggestions, each of at most this many characters.
CHOICES: Final = 25
CHOICE_LENGTH: Final = 100


def matching(current: str, names: Iterable[str]) -> list[Choice[str]]:
    """Suggestions of the names that contain what was typed so far."""
    found = [name for name in names if current.casefold() in name.casefold() and len(name) <= CHOICE_LENGTH]
    return [Choice(name=name, value=name) for name in found][:CHOICES]


def complete_list(current: str, names: list[str]) -> list[Choice[str]]:
    """Suggestions that complete the last name of a comma-separated list and keep the ones before it."""
    *done, last = [part.strip() for part in current.split(",")]
    taken = {name.casefold() for name in done}
    choices = [n for n in names if n.casefold().startswith(last.casefold()) and n.casefold() not in taken]
    lists = [", ".join([*filter(None, done), name]) for name in choices]
    return [Choice(name=text, value=text) for text in lists if len(text) <= CHOICE_LENGTH][:CHOICES]
