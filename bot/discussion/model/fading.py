"""What is left of the words at a standing table once they have had their days: that somebody spoke, and no more."""

from dataclasses import replace
from typing import Final

from bot.discussion.model.erasure import SOMEONE
from bot.discussion.model.gist import gist
from bot.discussion.model.record import Record, Session, Turn
from bot.discussion.model.steerings import Compaction, QuestionPut

# Stands on a turn whose words have had their days.
FADED_FLAG: Final = "faded"
_A_QUESTION: Final = "…"


def faded(session: Session, record: Record, upto: int) -> list[Turn]:
    """The turns that change when what was said up to turn `upto` is forgotten, as they are after that. The record
    itself stays as it is, and so does what was steered, but for people's own words in it."""
    put = {s.question for turn, s in record.steerings() if isinstance(s, QuestionPut) and turn.seq <= upto}
    gone = put - {*session.task.questions, _A_QUESTION}
    after = [_faded(session, turn) if turn.seq <= upto else turn for turn in record]
    after = [replace(turn, question=None) if turn.question in gone else turn for turn in after]
    for at, turn in enumerate(after):
        if isinstance(turn.steering, Compaction):
            short = gist(session, Record(after), turn.steering.upto, limit=len(turn.steering.gist))
            after[at] = replace(turn, steering=turn.steering.model_copy(update={"gist": short}))
    return [new for new, old in zip(after, record, strict=True) if new != old]


def _faded(session: Session, turn: Turn) -> Turn:
    if FADED_FLAG in turn.flags:
        return turn
    steering = turn.steering
    if isinstance(steering, QuestionPut) and steering.question not in session.task.questions:
        steering = steering.model_copy(update={"question": _A_QUESTION})
    return replace(
        turn,
        speaker=SOMEONE if turn.kind == "guest" else turn.speaker,
        text="",
        raw=None,
        question=None,
        steering=steering,
        flags=(*turn.flags, FADED_FLAG),
        author_id=None,
    )
