"""What stays true at a table whatever is said later: who was for what, who is on which side, what a vote came to.

Where the turns that told it have left the prompts, this stands for them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.discussion.model.positions import Position, positions
from bot.discussion.model.record import Record, Session, Turn
from bot.discussion.model.steerings import PollClosed, PositionsRevealed, SidesDrawn
from bot.discussion.text.enumeration import enumerated
from bot.discussion.text.folding import one_line
from bot.discussion.text.quoting import inside_quotes
from bot.discussion.text.segmentation import clipped

# In characters: as much as an option, a proposal or a result may take, from much to little.
_LENGTHS: Final = (120, 60, 30)


def what_lasts(session: Session, record: Record, upto: int, *, limit: int) -> str:
    """The sentences that stand for what the table was told up to turn `upto`, in at most `limit` characters. What there
    is no room for is left out, the earliest last: the positions are what the table is about."""
    told = [turn for turn in record.turns[:upto] if not turn.withheld]
    kept: list[str] = []
    for tell in (_positions, _sides, _result):
        for length in _LENGTHS:
            sentence = tell(session, record, told, length)
            if sentence and len(" ".join([*kept, sentence])) <= limit:
                kept.append(sentence)
                break
    return " ".join(kept)


def _positions(session: Session, record: Record, told: Sequence[Turn], length: int) -> str:
    if not any(isinstance(turn.steering, PositionsRevealed) for turn in told):
        return ""
    taken, options = positions(record), session.task.options
    held = list(_for_options(taken, options, length) if options else _proposals(taken, length))
    return f"Before anyone had spoken, {'; '.join(held)}." if held else ""


def _for_options(taken: Sequence[Position], options: Sequence[str], length: int) -> Iterator[str]:
    for number, option in enumerate(options):
        names = [position.name for position in taken if position.choice == number]
        who = f"{enumerated(names)} {'were' if len(names) > 1 else 'was'}" if names else "nobody was"
        yield f"{who} for {_quoted(option, length)}"


def _proposals(taken: Sequence[Position], length: int) -> Iterator[str]:
    yield from (f"{each.name} proposed {_quoted(each.text, length)}" for each in taken if each.text)


def _sides(_: Session, _record: Record, told: Sequence[Turn], length: int) -> str:
    drawn = next((turn.steering for turn in reversed(told) if isinstance(turn.steering, SidesDrawn)), None)
    if drawn is None or not drawn.supporters or not drawn.opponents:
        return ""
    return f"For the motion: {enumerated(drawn.supporters)}; against it: {enumerated(drawn.opponents)}."


def _result(_: Session, _record: Record, told: Sequence[Turn], length: int) -> str:
    """What won, of all that was told of the newest vote."""
    said = next((turn.text for turn in reversed(told) if isinstance(turn.steering, PollClosed) and turn.text), "")
    return f"The table has voted. {clipped(one_line(said.splitlines()[0]), 2 * length)}" if said else ""


def _quoted(text: str, length: int) -> str:
    return f"“{clipped(inside_quotes(text).rstrip('.'), length)}”"
