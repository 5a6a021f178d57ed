"""The card of a debate's result: who has won, and how the votes before became those after, in bars."""

from collections.abc import Sequence
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.text.sentences import small
from bot.discussion.model import swing
from bot.discussion.model.polls import Poll, counted
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import Moved
from bot.discussion.model.swing import OPTIONS, Swing
from bot.discussion.moderation.formats.debate_outcome import verdict
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped

_MOTION_LIMIT: Final = 500
_TEXT_LIMIT: Final = 1000
_MOVES_LIMIT: Final = 800
# In characters: two of them and the words beside them stand on one line of a phone.
_BAR: Final = 8
_MARKS: Final = discord.utils.escape_markdown


def swing_card(before: Poll, after: Poll, record: Record) -> c.Layout:
    """What a vote moved. `before`, `after`: the two polls, closed. In words only who has won: the rest stands at the
    bars, people's moves by their numbers, personas' by their names."""
    people, personas = swing.of_people(after), swing.of_personas(record, after)
    views = counted(after.opened, swing.views(record).values())
    parts = [
        _part("People", before.people, after.people, list(map(_way, _moves(people)))),
        _part(
            "Personas, whose votes do not count" if people.is_told else "Personas",
            views,
            after.personas,
            [*_named(record, after), *(_way(row) for row in _moves(personas) if _is_half(row))],
        ),
    ]
    return c.card(
        c.text(f"### Result of the debate\n> {_MARKS(clipped(one_line(after.opened.question), _MOTION_LIMIT))}"),
        c.text(clipped(_MARKS(verdict(record, after)), _TEXT_LIMIT)),
        *(c.text(part) for part in parts if part),
    )


def _part(who: str, before: Sequence[int], after: Sequence[int], moves: Sequence[str]) -> str:
    """The bars of some people, and who moved where; nothing where nobody voted."""
    if not any(before) and not any(after):
        return ""
    lines = [
        f"`{_bar(one, before)}` **{one}** → `{_bar(other, after)}` **{other}** {option}"
        for option, one, other in zip(OPTIONS, before, after, strict=True)
    ]
    told = [small(clipped(f"{'; '.join(moves)}.", _MOVES_LIMIT))] if moves else []
    return "\n".join([f"**{who}**, before → after", *lines, *told])


def _moves(votes: Swing) -> list[Moved]:
    return [row for row in votes.rows if row.before != row.after]


def _is_half(row: Moved) -> bool:
    return row.before is None or row.after is None


def _named(record: Record, after: Poll) -> list[str]:
    """Which personas moved, those who went one way together."""
    ways: dict[tuple[int, int], list[str]] = {}
    for name, way in swing.changed_minds(record, after).items():
        ways.setdefault(way, []).append(_MARKS(name))
    return [f"{', '.join(names)} {_moved(*way)}" for way, names in ways.items()]


def _way(row: Moved) -> str:
    """ "2 moved from undecided to for", "1 only before"."""
    if row.before is None or row.after is None:
        return f"{row.members} voted only {'after' if row.before is None else 'before'}"
    return f"{row.members} {_moved(row.before, row.after)}"


def _moved(before: int, after: int) -> str:
    return f"moved from {OPTIONS[before].lower()} to {OPTIONS[after].lower()}"


def _bar(votes: int, counts: Sequence[int]) -> str:
    full = round(_BAR * votes / sum(counts)) if any(counts) else 0
    return "█" * full + "░" * (_BAR - full)
