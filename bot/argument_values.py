"""What the values of the command line's options may be; what is wrong with one is told in words."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.discussion.moderation.formats.choosing import format_fault, format_named

# As long as a question in a task's file may be.
_QUESTION_LENGTH: Final = 300
# As many bits as a seed has that is drawn by chance.
_SEED_BITS: Final = 32


def bounded(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
        return value

    return number


def text_value(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("is blank: write a value, or leave the option out")
    return text.strip()


def path(text: str) -> Path:
    return Path(text_value(text))


def names(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise argparse.ArgumentTypeError("names nobody: write names, or leave the option out to seat everyone")
    return text


def question(text: str) -> str:
    asked = " ".join(text_value(text).split())
    if len(asked) > _QUESTION_LENGTH:
        raise argparse.ArgumentTypeError(
            f"has {len(asked)} characters: keep it to {_QUESTION_LENGTH}, and put the rest into a task's context.txt"
        )
    return asked


def table_format(text: str) -> str:
    format = format_named(text_value(text))
    if format is None:
        raise argparse.ArgumentTypeError(str(format_fault(text)))
    return format.name


def seconds(text: str) -> float:
    try:
        given = float(text)
    except ValueError:
        given = -1
    if not 0 <= given <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return given


number = bounded(1, 10**9)
port = bounded(0, 65535)
seed = bounded(0, 2**_SEED_BITS - 1)
