"""What people ask of a table that listens: a guest's messages, those in quick succession as one, or a question put."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from bot.discussion.model.bursts import GOES_ON_FLAG
from bot.discussion.model.names import shown_name
from bot.discussion.model.record import REMOVED_FLAG, Record, Session, Turn, answers
from bot.discussion.model.steerings import FloorGiven, QuestionPut

# So many turns may come to nothing before a question stays without an answer: whoever was asked, and another.
MOST_TRIES: Final = 2


@dataclass(slots=True)
class AudienceQuestion:
    """One question: the turns that ask it, in order. `seq`: the number of the first of them, by which it is known."""

    seq: int
    turns: list[Turn]
    tries: int = 0
    skipped: set[str] = field(default_factory=set[str])

    @property
    def words(self) -> str:
        """What is left of it; empty where its author has taken it back, or the table may not read it."""
        said = [turn for turn in self.turns if not turn.withheld]
        put = (turn.steering.question for turn in said if isinstance(turn.steering, QuestionPut))
        return " ".join(filter(None, [*put, *(turn.text for turn in said if turn.kind == "guest")]))

    @property
    def is_put(self) -> bool:
        """Whether it is a question on the table, not a guest's."""
        return isinstance(self.turns[0].steering, QuestionPut)

    @property
    def addressed(self) -> str | None:
        """The persona on whom it calls, as last said."""
        return next((t.addressed for t in reversed(self.turns) if t.addressed and not t.withheld), None)

    def by(self, session: Session) -> str:
        return shown_name(session, self.turns[0])


def open_questions(record: Record) -> list[AudienceQuestion]:
    """What was asked and has no answer yet, in the order in which it was.

    Whoever answers says in their turn which question that was. What a guest went on to say, which the answer had not
    heard, is a question of its own.
    """
    found: list[AudienceQuestion] = []
    last: AudienceQuestion | None = None
    for turn in record:
        if turn.kind == "guest":
            if last is not None and GOES_ON_FLAG in turn.flags and any(last is each for each in found):
                last.turns.append(turn)
            else:
                found.append(last := AudienceQuestion(turn.seq, [turn]))
        elif isinstance(turn.steering, QuestionPut):
            found.append(AudienceQuestion(turn.seq, [turn]))
        elif turn.kind == "persona" and (seq := answers(turn)):
            found = [left for each in found if (left := _after(each, turn) if each.seq == seq else each)]
    return [each for each in found if each.words]


def _after(question: AudienceQuestion, turn: Turn) -> AudienceQuestion | None:
    """What is left of a question behind a turn that was to answer it."""
    if turn.is_pass or (turn.withheld and REMOVED_FLAG not in turn.flags):
        question.tries += 1
        question.skipped.add(turn.speaker)
        if question.tries < MOST_TRIES:
            return question
    unheard = [each for each in question.turns if each.seq > turn.heard]
    return AudienceQuestion(unheard[0].seq, unheard) if unheard else None


def last_word(record: Record) -> AudienceQuestion | None:
    """What people have said, asked or wanted last: all of a guest's last messages, a question put, the floor given."""
    for at in range(len(record.turns) - 1, -1, -1):
        turn = record.turns[at]
        if isinstance(turn.steering, QuestionPut | FloorGiven):
            return AudienceQuestion(turn.seq, [turn])
        if turn.kind == "guest" and turn.text and not turn.withheld:
            return AudienceQuestion(turn.seq, _burst(record, at))
    return None


def _burst(record: Record, at: int) -> list[Turn]:
    """The guest's turn at this place, and those with which it goes on."""
    burst = [record.turns[at]]
    for before in islice(reversed(record.turns), len(record.turns) - at, None):
        if before.is_note:
            continue
        if GOES_ON_FLAG not in burst[0].flags or before.kind != "guest":
            break
        burst.insert(0, before)
    return burst


def calls(record: Record, names: Sequence[str], *, since: int) -> list[str]:
    """Whom guests have called on behind turn `since` and who has not had a turn that heard it, in that order."""
    heard = dict.fromkeys(names, since)
    called: dict[str, int] = {}
    for turn in record.after(since):
        if turn.kind == "persona" and turn.speaker in heard:
            heard[turn.speaker] = max(heard[turn.speaker], turn.heard)
        elif turn.kind == "guest" and turn.addressed in heard and turn.text and not turn.withheld:
            called[turn.addressed] = turn.seq
    return [name for name in called if called[name] > heard[name]]
