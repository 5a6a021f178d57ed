"""Whether a table gets nowhere: turns come to nothing, speakers only agree, or they say nothing new on the question."""

from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Final

from bot.discussion.model.fading import FADED_FLAG
from bot.discussion.model.record import REMOVED_FLAG, Record, Session, Turn
from bot.discussion.model.steerings import QuestionPut, TurnsChanged
from bot.discussion.text.agreement import only_agrees
from bot.discussion.text.text_metrics import novelty

# So many turns in a row that nobody saw pause the session.
IN_VAIN_BEFORE_PAUSE: Final = 3
# So many turns in a row that only agree, or bring nothing new, count as stagnation.
IN_A_ROW: Final = 3
# Below this share of new word pairs a turn brings nothing new. Fresh talk has 0.7 and more, also late in a discussion.
LEAST_NOVELTY: Final = 0.25


def in_vain(record: Record) -> list[Turn]:
    """The last persona turns in a row that nobody saw, the newest first: they came to nothing, or are withheld. Those
    that a person had taken out tell nothing, nor those that have had their days."""
    told = (turn for turn in reversed(record.persona_turns()) if not {REMOVED_FLAG, FADED_FLAG} & {*turn.flags})
    return list(takewhile(lambda turn: turn.is_pass or turn.withheld, told))


def only_agree(session: Session, record: Record) -> bool:
    """Whether the last speakers, one after the other, opened with an agreement and no "but"."""
    if not session.dials.guards_against("agreement"):
        return False
    last = list(islice(_spoken(record), IN_A_ROW))
    return len(last) == IN_A_ROW and all(only_agrees(turn.text) for turn in last)


def brings_nothing_new(session: Session, record: Record, *, turns: int = IN_A_ROW) -> bool:
    """Whether the last so many turns said hardly anything that had not been said before.

    What stands before the question on the table, or before somebody had the discussion last otherwise, does not count.
    """
    if not session.dials.guards_against("progress"):
        return False
    anew = (t.seq for t, steering in record.steerings() if isinstance(steering, QuestionPut | TurnsChanged))
    since = max(anew, default=0)
    last = [turn for turn in islice(_spoken(record), turns) if turn.seq > since]
    return len(last) == turns and all(_novelty(turn, record) < LEAST_NOVELTY for turn in last)


def _spoken(record: Record) -> Iterator[Turn]:
    """Persona turns that the table saw, the newest first."""
    return (t for t in reversed(record.persona_turns()) if t.text and not t.withheld)


def _novelty(turn: Turn, record: Record) -> float:
    return novelty(turn.text, (earlier.text for earlier in record.turns[: turn.seq - 1] if earlier.text))
