"""Options to choose between, out of a text: one a line as people keep lists, or on one line with `|` between them."""

from typing import Final

from bot.discussion.text.folding import one_line
from bot.library.question_lines import QuestionLine, question_lines

# What parts several things on one line.
PARTED: Final = "|"


def option_lines(text: str) -> list[QuestionLine]:
    """Every option with the number of its line, without the marks of a list; an empty one where nothing stands beside
    a `|`."""
    if PARTED in text:
        return [QuestionLine(1, one_line(part)) for part in text.split(PARTED)]
    return [QuestionLine(line.line, one_line(line.text)) for line in question_lines(text)]


def options_in(text: str) -> tuple[str, ...]:
    """The same as texts."""
    return tuple(option.text for option in option_lines(text))
