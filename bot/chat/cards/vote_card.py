"""The card on which the audience says who convinced them: a button a persona, then what came of it."""

from collections.abc import Mapping
from math import ceil
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.discussion.model.ballots import Ballot
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped

VERB: Final = "vote"
HEADING: Final = "Who convinced you?"
UNTIL: Final = "the next question's vote begins or the table closes"
_QUESTION_LIMIT: Final = 500
_NAME_LIMIT: Final = 80
_BAR: Final = 12  # characters
# Discord would make bold type, a mention or the like of these.
_MARKS: Final = discord.utils.escape_markdown


def open_vote(ballot: Ballot, session_id: int) -> discord.ui.LayoutView:
    """The card while one can vote: how the votes stand is not told, so that nobody follows the others."""
    buttons = [
        c.button(persona.full_name, VERB, f"{session_id}:{ballot.question_seq}:{number}")
        for number, persona in ballot.choices.items()
    ]
    # As many in each row, as far as that goes.
    length = ceil(len(buttons) / max(1, ceil(len(buttons) / c.BUTTONS)))
    rows = [c.row(*buttons[at : at + length]) for at in range(0, len(buttons), length or 1)]
    return c.card(
        c.text(_head(ballot)),
        *rows,
        c.text(f"-# One vote each. You can change yours until {UNTIL}; then everyone sees the result."),
    )


def closed_vote(ballot: Ballot, votes: Mapping[str, int]) -> discord.ui.LayoutView:
    """The card once it is over. `votes` by persona's name."""
    names = {persona.name: persona.full_name for persona in ballot.choices.values()}
    counts = dict.fromkeys(names, 0) | dict(votes)
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    most, cast = max(counts.values(), default=0), sum(counts.values())
    lines = [f"`{_bar(n, most)}` **{n}** {_name(names.get(name, name))}" for name, n in ranked]
    told = f"-# {cast} vote{'' if cast == 1 else 's'}."
    return c.card(c.text(_head(ballot)), c.text("\n".join([*lines, told]) if cast else "-# Nobody voted."))


def _head(ballot: Ballot) -> str:
    return f"### {HEADING}\n> {_MARKS(clipped(one_line(ballot.question), _QUESTION_LIMIT))}"


def _name(name: str) -> str:
    return _MARKS(clipped(name, _NAME_LIMIT))


def _bar(votes: int, most: int) -> str:
    full = round(_BAR * votes / most) if most else 0
    return "█" * full + "░" * (_BAR - full)
