"""The cards of a format's votes: the positions shown together, the vote while it is open, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.text.sentences import small
from bot.discussion.model.poll_words import tally, votes_for
from bot.discussion.model.polls import Poll, letter
from bot.discussion.model.positions import Position, in_option_words
from bot.discussion.model.record import TAKEN_OUT, Turn
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped

VERB: Final = "ballot"
# Of the 4000 characters of a card: what all positions have together, the question, all options, and what is told of
# the result; each with the marks that keep it from being taken for Markdown.
_POSITIONS_LIMIT: Final = 3500
_QUESTION_LIMIT: Final = 400
_OPTIONS_LIMIT: Final = 3000
_TEXT_LIMIT: Final = 1500
_OPTION_LIMIT: Final = 120
# In characters: an option that stands in full on the card of the vote.
_OPTION_SHOWN: Final = 60
# A position with a face takes three parts of a card's forty: more have none.
_MOST_FACES: Final = 12
_LEAST_LENGTH: Final = 40
# In characters: five buttons with as much stand in a row.
_BUTTON_LENGTH: Final = 20
_BAR: Final = 12  # characters
_PERSONAS: Final = "█"
_PEOPLE: Final = "▒"


def positions_card(taken: Sequence[Position], options: Sequence[str], faces: Mapping[str, str]) -> c.Layout:
    """Everybody's position, all together. `faces`: the addresses of pictures, by name."""
    heading = "### Positions\nEverybody wrote one down before anyone had spoken."
    room = _POSITIONS_LIMIT // max(1, len(taken))
    shown = [(position.name, _position(position, options, room)) for position in taken]
    if not shown:
        return c.card(c.text("### Positions\nNobody wrote one down."))
    if len(shown) > _MOST_FACES:
        return c.card(c.text(heading), c.text("\n".join(text for _, text in shown)))
    parts = [c.with_face(text, faces[name], name) if name in faces else c.text(text) for name, text in shown]
    return c.card(c.text(heading), *parts)


def open_poll_card(poll: Poll, session_id: int, *, seconds: int) -> c.Layout:
    """The card while one can vote: how the votes stand is not told, so that nobody follows the others."""
    buttons = [
        c.button(_label(poll, number), VERB, f"{session_id}:{poll.seq}:{number}") for number in range(len(poll.options))
    ]
    rows = [c.row(*buttons[at : at + c.BUTTONS]) for at in range(0, len(buttons), c.BUTTONS)]
    # Where every button says in words what it stands for, a list above them would say it again.
    told = all(_is_short(option) for option in poll.options)
    least = f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"
    until = f"at least {least}" if seconds else "as long as the personas take"
    return c.card(
        *_head("Vote", poll, lists_options=not told),
        *rows,
        c.text(
            small(
                f"One secret vote each, which you can change. It is open for {until}; nobody sees meanwhile how it "
                "stands. Whoever steers the table can close it sooner with Skip."
            )
        ),
    )


def closed_poll_card(poll: Poll) -> c.Layout:
    """The same once it is over: what came of it stands on a card of its own."""
    return c.card(*_head("Vote", poll), c.text(small("This vote is closed.")))


def result_card(poll: Poll, turn: Turn) -> c.Layout:
    """What came of a vote: what won, how personas and people voted, and the turn's other words."""
    outcome, *others = [line for line in turn.text.splitlines() if line not in tally(poll)] or [""]
    legend = f"`{_PERSONAS}` personas  `{_PEOPLE}` people" if any(poll.people) else ""
    notes = filter(None, [legend, _fitting(" ".join(others), _TEXT_LIMIT // 2) if others else ""])
    return c.card(
        c.text(f"### Result\n{_fitting(outcome, _TEXT_LIMIT // 2)}"),
        c.text(_votes(poll)),
        *([c.text(told)] if (told := "\n".join(map(small, notes))) else []),
    )


def _position(position: Position, options: Sequence[str], room: int) -> str:
    choice = f" · {options[position.choice]}" if position.choice is not None else ""
    who = f"**{_fitting(f'{position.name}{choice}', room // 2)}**"
    if not position.text and choice and not position.is_removed:
        return who
    nothing = f"*{TAKEN_OUT}*" if position.is_removed else "*no position*"
    words = in_option_words(position.text, options)
    said = _fitting(words, room - len(who) - 3) if words else nothing
    return f"{who}\n> {said}"


def _votes(poll: Poll) -> str:
    """Two lines an option: what it is, and a proposal's whose, in bold if it won; and a bar of what personas and people
    gave it."""
    together, people = poll.together, poll.people
    if poll.opened.ranked:
        together, people = poll.points, poll.points_of_people
    most = max(together, default=0)
    lines: list[str] = []
    for number, option in enumerate(poll.options):
        words = clipped(one_line(option), _OPTION_SHOWN)
        whose = f"{poll.opened.by[number]}: " if poll.opened.by else ""
        named = f"{letter(number)} · {_fitting(f'{whose}{words}', _OPTION_LIMIT)}"
        bar = _bar(together[number] - people[number], people[number], most)
        lines += [
            f"**{named}**" if number in poll.winners else named,
            f"`{bar}` {votes_for(poll, number)}" if bar else votes_for(poll, number),
        ]
    return "\n".join(lines)


def _bar(personas: int, people: int, most: int) -> str:
    """One bar of both, as long as it is to one of `most`. Nothing fills it up: that would look like people's part."""
    first, both = (round(_BAR * votes / most) if most else 0 for votes in (personas, personas + people))
    return _PERSONAS * first + _PEOPLE * (both - first)


def _head(what: str, poll: Poll, *, lists_options: bool = True) -> list[c.Part]:
    """The question and what there is to choose from."""
    room = _OPTIONS_LIMIT // len(poll.options) - 10
    lines = [f"**{letter(number)}** · {_fitting(option, room)}" for number, option in enumerate(poll.options)]
    question = _fitting(poll.opened.question, _QUESTION_LIMIT)
    return [c.text(f"### {what}\n> {question}"), *([c.text("\n".join(lines))] if lists_options else [])]


def _fitting(text: str, limit: int) -> str:
    """`text` on one line, with the marks by which Discord shows it as it is, in at most so many characters."""
    length = limit = max(limit, _LEAST_LENGTH)
    plain = one_line(text)
    while len(shown := discord.utils.escape_markdown(clipped(plain, length))) > limit:
        length -= max(1, (len(shown) - limit) // 2)  # a mark more a character at most
    return shown


def _label(poll: Poll, number: int) -> str:
    """A short option in words, a long one by its letter."""
    option = one_line(poll.options[number])
    return f"{letter(number)} · {option}" if _is_short(option) else letter(number)


def _is_short(option: str) -> bool:
    return len(one_line(option)) <= _BUTTON_LENGTH
