"""The cards of a format's votes: the positions shown together, the vote while it is open, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.text.sentences import small
from bot.discussion.model.polls import Poll, letter
from bot.discussion.model.record import Turn
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped

VERB: Final = "ballot"
# Of the 4000 characters of a card: the question's, an option's, and what is told of the result.
_QUESTION_LIMIT: Final = 500
_OPTION_LIMIT: Final = 300
_TEXT_LIMIT: Final = 2500
_BAR: Final = 12  # characters
# Discord would make bold type, a mention or the like of these.
_MARKS: Final = discord.utils.escape_markdown


def positions_card(turn: Turn) -> c.Layout:
    """Everybody's position, each on a line of its own as the turn that shows them has it."""
    heading, *positions = turn.text.splitlines()
    shown = "\n".join(f"> {line}" for line in positions)
    return c.card(c.text(f"### {_MARKS(heading)}"), c.text(clipped(shown, _TEXT_LIMIT)))


def open_poll_card(poll: Poll, session_id: int, *, seconds: int) -> c.Layout:
    """The card while one can vote: how the votes stand is not told, so that nobody follows the others."""
    buttons = [
        c.button(_label(poll, number), VERB, f"{session_id}:{poll.seq}:{number}") for number in range(len(poll.options))
    ]
    rows = [c.row(*buttons[at : at + c.BUTTONS]) for at in range(0, len(buttons), c.BUTTONS)]
    lines = [f"**{letter(number)}** · {_option(option)}" for number, option in enumerate(poll.options)]
    until = f"for {seconds} seconds, or until it is closed" if seconds else "until it is closed"
    return c.card(
        c.text(_head(poll)),
        c.text("\n".join(lines)),
        *rows,
        c.text(small(f"One secret vote each. You can change yours {until}; then everyone sees the result.")),
    )


def closed_poll_card(poll: Poll) -> c.Layout:
    """The same once it is over: what came of it stands on a card of its own."""
    lines = [f"**{letter(number)}** · {_option(option)}" for number, option in enumerate(poll.options)]
    return c.card(c.text(_head(poll)), c.text("\n".join(lines)), c.text(small("This vote is closed.")))


def result_card(poll: Poll, turn: Turn) -> c.Layout:
    """What came of a vote: personas' votes, people's, and both together, in bars; and the turn's words."""
    counts: Mapping[str, Sequence[int]] = {"Personas": poll.personas, "People": poll.people, "Together": poll.together}
    shown = {who: votes for who, votes in counts.items() if any(votes)}
    if len(shown) < len(counts):
        shown.pop("Together", None)
    parts = [f"**{who}**\n{_bars(poll, votes)}" for who, votes in shown.items()]
    return c.card(
        c.text(f"### Result\n> {_MARKS(clipped(one_line(poll.opened.question), _QUESTION_LIMIT))}"),
        *map(c.text, parts or [small("Nobody voted.")]),
        c.text(clipped(_MARKS(turn.text), _TEXT_LIMIT)),
    )


def _bars(poll: Poll, votes: Sequence[int]) -> str:
    most = max(votes)
    lines = [
        f"`{'█' * (full := round(_BAR * count / most))}{'░' * (_BAR - full)}` **{count}** {letter(number)} · "
        f"{clipped(_option(poll.options[number]), 80)}"
        for number, count in enumerate(votes)
    ]
    return "\n".join(lines)


def _head(poll: Poll) -> str:
    return f"### Vote\n> {_MARKS(clipped(one_line(poll.opened.question), _QUESTION_LIMIT))}"


def _option(text: str) -> str:
    return _MARKS(clipped(one_line(text), _OPTION_LIMIT))


def _label(poll: Poll, number: int) -> str:
    """A short option in words, a long one by its letter."""
    option = one_line(poll.options[number])
    return f"{letter(number)} · {option}" if len(option) <= 20 else letter(number)
