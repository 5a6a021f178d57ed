"""The questions from the floor of a debate: which there are, which is being answered, and by whom."""

from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.reading import Reading
from bot.discussion.model.record import Record, Session, Turn
from bot.discussion.model.steerings import QuestionTaken, TurnSkipped
from bot.discussion.moderation.formats.debate_sides import side_of, teams
from bot.discussion.text.text_caches import caches_turn_texts

# Stands on a guest's turn that was asked by the button for it, whatever it says.
QUESTION_FLAG: Final = "question"


def waiting(session: Session, record: Record) -> list[Turn]:
    """The guests' questions that were not taken yet, in order: what asks something, or speaks to a persona."""
    taken = {s.question for _, s in record.steerings() if isinstance(s, QuestionTaken)}
    return [t for t in record if t.kind == "guest" and t.seq not in taken and _is_question(t)]


def being_answered(session: Session, record: Record) -> tuple[Turn, list[Persona]] | None:
    """The question that was taken last, and who may answer it next; None once it was answered, or is no more.

    Somebody who was asked answers alone; else each side does, the one first that did not speak last.
    """
    at = next((t for t, s in reversed(list(record.steerings())) if isinstance(s, QuestionTaken)), None)
    if at is None or not isinstance(at.steering, QuestionTaken):
        return None
    question = record.turns[at.steering.question - 1]
    if not question.text or question.withheld:
        return None
    if question.addressed and (asked := side_of(session, record, question.addressed)) is not None:
        sides = [asked]
    else:
        before = next(iter(reversed(turns_had(record, 0, at.seq))), "")
        sides = sorted((0, 1), key=lambda side: side == side_of(session, record, before))
    able = teams(session, record)
    # Where a side that was asked can't speak, the other does.
    if not any(able[side] for side in sides):
        sides = [0, 1]
    had = [side_of(session, record, name) for name in turns_had(record, at.seq)]
    left = next((able[side] for side in sides if able[side] and side not in had), None)
    if left is None:
        return None
    return question, [p for p in left if p.name == question.addressed] or list(left)


def turns_had(record: Record, since: int, until: int | None = None) -> list[str]:
    """Who has had a turn, or was passed over, behind turn `since` and before `until`, in order."""
    turns = record.turns[since : until - 1 if until else None]
    return [
        t.steering.name if isinstance(t.steering, TurnSkipped) else t.speaker
        for t in turns
        if t.kind == "persona" or isinstance(t.steering, TurnSkipped)
    ]


def skipped_since_last(record: Record) -> set[str]:
    """Who was passed over since somebody last spoke."""
    last = next(reversed(record.persona_turns()), None)
    return {t.steering.name for t in record.after(last.seq if last else 0) if isinstance(t.steering, TurnSkipped)}


def _is_question(turn: Turn) -> bool:
    if not turn.text or turn.withheld:
        return False
    return turn.addressed is not None or QUESTION_FLAG in turn.flags or _asks(turn.text)


@caches_turn_texts(maxsize=1024)
def _asks(text: str) -> bool:
    return Reading(text, ()).asks
