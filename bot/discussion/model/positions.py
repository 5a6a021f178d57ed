"""The positions of a record: what each persona was for before anybody had spoken, and who voted otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

from bot.discussion.model.polls import Poll, option_named
from bot.discussion.model.record import REMOVED_FLAG, TAKEN_OUT, Record
from bot.discussion.model.steerings import PositionsRevealed, PositionTaken
from bot.discussion.text.enumeration import enumerated
from bot.discussion.text.folding import fold, one_line
from bot.discussion.text.segmentation import clipped

# In characters: what is voted on, and what is told of a position where all stand together. Two sentences take less.
PROPOSAL_LENGTH: Final = 300
_TOLD_LENGTH: Final = 400
# As options are listed by letters: "B)", "(B)".
_BY_LETTER: Final = regex.compile(r"(?<![\p{Latin}\p{N}])[(（]?(?P<letter>[A-J])[)）](?P<space>[^\S\n]*)")


@dataclass(frozen=True, slots=True)
class Position:
    """A persona's, of turn `seq`. `text` is empty for one that had none, or that a person had taken out (`is_removed`).
    `choice`: the number of the option that it names; None: it names none, or there were none."""

    seq: int
    name: str
    text: str
    choice: int | None = None
    is_removed: bool = False

    @property
    def proposal(self) -> str:
        """What is voted on where positions are proposals."""
        return clipped(one_line(self.text), PROPOSAL_LENGTH)


@dataclass(frozen=True, slots=True)
class ChangedMind:
    """A persona that voted for something else than it was for before. `before` None: its own proposal."""

    name: str
    before: int | None
    after: int


def positions(record: Record) -> list[Position]:
    """What everybody had written down, in the order in which it came; of whoever wrote twice the last."""
    taken = {
        turn.speaker: Position(
            turn.seq, turn.speaker, "" if turn.withheld else turn.text, steering.choice, REMOVED_FLAG in turn.flags
        )
        for turn, steering in record.steerings()
        if isinstance(steering, PositionTaken)
    }
    return list(taken.values())


def are_revealed(record: Record) -> bool:
    """Whether everybody may read them."""
    return any(isinstance(steering, PositionsRevealed) for _, steering in record.steerings())


def in_words(taken: Sequence[Position], options: Sequence[str]) -> str:
    """All of them as the table gets to read them, a line each, behind what it is to choose between."""
    either = enumerated((f"“{one_line(option)}”" for option in options), last="or")
    choice = f"In the end the table chooses {either} by a vote. " if options else ""
    if not any(position.text or position.choice is not None or position.is_removed for position in taken):
        return f"{choice}Nobody wrote down a position."
    lines = [f"{choice}Everybody wrote down a position before anyone had spoken:"]
    for position in taken:
        what = f" ({options[position.choice]})" if position.choice is not None else ""
        said = clipped(one_line(in_option_words(position.text, options)), _TOLD_LENGTH)
        said = TAKEN_OUT if position.is_removed else said or ("" if what else "no position")
        lines.append(": ".join(filter(None, [f"{position.name}{what}", said])))
    return "\n".join(lines)


def in_option_words(text: str, options: Sequence[str]) -> str:
    """What a position says, with options in words: whoever was asked by letters answers in them ("I am for B) no"), and
    whoever reads them speaks in them."""

    def spelt_out(match: "regex.Match[str]") -> str:
        number = option_named(match["letter"], len(options))
        before = text[: match.start()]
        # "(so much for plan B)": this bracket closes another.
        if number is None or (match.group()[0] not in "(（" and before.count("(") > before.count(")")):
            return match.group()
        option = one_line(options[number])
        is_told = fold(text[match.end() :]).startswith(fold(option))
        return "" if is_told else f"“{option}”{match['space']}"

    return _BY_LETTER.sub(spelt_out, text)


def changed_minds(record: Record, poll: Poll) -> list[ChangedMind]:
    """Who voted for something else than the position they had, in the order of the votes. Where the options are
    proposals: whose first place is not their own."""
    had = {position.name: position for position in positions(record)}
    changed: list[ChangedMind] = []
    for name, ranking in poll.ballots.items():
        position = had.get(name)
        if not ranking or position is None:
            continue
        if poll.opened.by:
            own = _own_proposal(poll, position)
            if own is not None and own != ranking[0]:
                changed.append(ChangedMind(name, None, ranking[0]))
        elif position.choice is not None and position.choice != ranking[0]:
            changed.append(ChangedMind(name, position.choice, ranking[0]))
    return changed


def _own_proposal(poll: Poll, position: Position) -> int | None:
    """The number of the option that a position is; None: it was not drawn. By its words only where it stands there in
    another's name, who had proposed the same."""
    if position.name in poll.opened.by:
        return poll.opened.by.index(position.name)
    return poll.options.index(position.proposal) if position.proposal in poll.options else None
