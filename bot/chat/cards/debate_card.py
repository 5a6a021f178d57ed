"""The card of a debate's result: who has won, and how the votes before became those after, in bars."""

from collections.abc import Sequence
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.text.sentences import small
from bot.discussion.model import swing
from bot.discussion.model.polls import Poll, counted
from bot.discussion.model.record import Record, Turn
from bot.discussion.model.steerings import Moved
from bot.discussion.model.swing import OPTIONS, Swing
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped

_MOTION_LIMIT: Final = 500
_TEXT_LIMIT: Final = 2000
# In characters: two of them and the words beside them stand on one line of a phone.
_BAR: Final = 8
_MARKS: Final = discord.utils.escape_markdown


def swing_card(before: Poll, after: Poll, turn: Turn, record: Record) -> c.Layout:
    """What a vote moved. `before`, `after`: the two polls, closed; `turn`: what tells the result in words."""
    people, personas = swing.of_people(after), swing.of_personas(record, after)
    views = counted(after.opened, swing.views(record).values())
    parts = [
        _part("People", before.people, after.people, people),
        _part("Personas", views, after.personas, personas),
    ]
    return c.card(
        c.text(f"### Result of the debate\n> {_MARKS(clipped(one_line(after.opened.question), _MOTION_LIMIT))}"),
        c.text(clipped(_MARKS(turn.text), _TEXT_LIMIT)),
        *(c.text(part) for part in parts if part),
    )


def _part(who: str, before: Sequence[int], after: Sequence[int], votes: Swing) -> str:
    """The bars of some people, and who moved where; nothing where nobody voted."""
    if not any(before) and not any(after):
        return ""
    lines = [
        f"`{_bar(one, before)}` **{one}** → `{_bar(other, after)}` **{other}** {option}"
        for option, one, other in zip(OPTIONS, before, after, strict=True)
    ]
    told = ", ".join(_way(row) for row in votes.rows if row.before != row.after)
    return "\n".join(
        [f"**{who}**, before → after", *lines, small(f"{told[:1].upper()}{told[1:]}.") if told else ""]
    ).strip()


def _way(row: Moved) -> str:
    """ "2 from undecided to for", "1 only before"."""
    if row.before is None or row.after is None:
        return f"{row.members} voted only {'after' if row.before is None else 'before'}"
    return f"{row.members} from {OPTIONS[row.before].lower()} to {OPTIONS[row.after].lower()}"


def _bar(votes: int, counts: Sequence[int]) -> str:
    full = round(_BAR * votes / sum(counts)) if any(counts) else 0
    return "█" * full + "░" * (_BAR - full)
