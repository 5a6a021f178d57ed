"""On what the audience votes: each question that several personas spoke on, and who of them convinced people."""

from dataclasses import dataclass
from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import QuestionPut, Record, SeatAdded, Session

# As many as there are buttons for: five rows of five.
MOST: Final = 25


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote on the question that was put in turn `question_seq`, and whom one can vote for, in seating order."""

    question_seq: int
    question: str
    personas: tuple[Persona, ...]


def ballots(session: Session, record: Record) -> list[Ballot]:
    """Every vote there is or will be once the table moves on, in order; none where the table does not vote.

    With fewer than two who were heard on a question there is nothing to choose.
    """
    if not session.dials.vote:
        return []
    joined = [s.persona for _, s in record.steerings() if isinstance(s, SeatAdded)]
    table = {p.name: p for p in [*session.cast, *joined]}
    heard: list[tuple[int, str, set[str]]] = []
    for turn in record:
        if isinstance(turn.steering, QuestionPut):
            heard.append((turn.seq, turn.steering.question, set()))
        elif heard and turn.kind == "persona" and turn.text and not turn.withheld:
            heard[-1][2].add(turn.speaker)
    found = [Ballot(seq, asked, tuple(p for p in table.values() if p.name in by)[:MOST]) for seq, asked, by in heard]
    return [ballot for ballot in found if len(ballot.personas) > 1]


def current_ballot(session: Session, record: Record) -> Ballot | None:
    """The vote on the question that is on the table."""
    put = max((turn.seq for turn, s in record.steerings() if isinstance(s, QuestionPut)), default=0)
    return next((ballot for ballot in ballots(session, record) if ballot.question_seq == put), None)
