"""How a session stands, read off its run."""

from typing import TYPE_CHECKING

from bot.discussion.model.record import QuestionPut, question_on_table, seats
from bot.discussion.moderation import agenda
from bot.sessions.delivery.stage import Overview

if TYPE_CHECKING:
    from bot.sessions.state import Standing


def overview(run: "Standing") -> Overview:
    """The values that the panel and `status` show."""
    session, record = run.session, run.record
    question = question_on_table(record)
    put = dict.fromkeys(s.question for _, s in record.steerings() if isinstance(s, QuestionPut))
    questions = list(dict.fromkeys([*session.task.questions, *put]))
    return Overview(
        session_id=run.stored.id,
        status=run.status,
        reason=run.reason,
        turns=len(record.persona_turns()),
        turns_in_all=agenda.turns_in_all(session, record),
        question=question,
        question_number=questions.index(question) + 1 if question in questions else 0,
        questions=len(questions),
        cast=tuple(p.name for p in seats(session, record)),
        convener_id=run.stored.convener_id,
        waiting=run.poster.waiting,
        tokens=run.budget.used,
        most_tokens=run.budget.most,
    )
