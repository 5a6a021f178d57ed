"""On what the audience votes: each question that several personas spoke on, and who of them convinced people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session
from bot.discussion.model.steerings import QuestionPut, SeatAdded

# As many as there are buttons for: five rows of five.
MOST: Final = 25


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote on the question that was put in turn `question_seq`, and whom one can vote for, in seating order.

    Each by a number that stays theirs, whoever joins the table or is heard later.
    """

    question_seq: int
    question: str
    choices: Mapping[int, Persona]


def current_ballot(session: Session, record: Record) -> Ballot | None:
    """The vote on the question that is on the table, as soon as the table moves on; None where there is none.

    With fewer than two who were heard on a question there is nothing to choose.
    """
    put = max((turn.seq for turn, s in record.steerings() if isinstance(s, QuestionPut)), default=0)
    ballot = ballot_on(session, record, put) if session.dials.vote else None
    return ballot if ballot and len(ballot.choices) > 1 else None


def ballot_on(session: Session, record: Record, question_seq: int) -> Ballot | None:
    """The vote on the question that was put in this turn, as the record stands now; None if none was put in it."""
    question: str | None = None
    heard: set[str] = set()
    for turn in record.after(max(question_seq - 1, 0)):
        if isinstance(turn.steering, QuestionPut):
            if question is not None or turn.seq != question_seq:
                break
            question = turn.steering.question
        elif turn.kind == "persona" and turn.text and not turn.withheld:
            heard.add(turn.speaker)
    if question is None:
        return None
    joined = [s.persona for _, s in record.steerings() if isinstance(s, SeatAdded)]
    table = {p.name: p for p in [*session.cast, *joined]}
    choices = [(number, p) for number, p in enumerate(table.values()) if p.name in heard]
    return Ballot(question_seq, question, dict(choices[:MOST]))
