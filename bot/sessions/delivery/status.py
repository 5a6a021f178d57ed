"""How a session stands, read off its parts."""

from bot.discussion.model.record import Record, question_on_table, seats
from bot.discussion.moderation import agenda
from bot.llm.fallback import spoken_by
from bot.sessions.composing.budget import Budget
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import StatusReport
from bot.sessions.state import SessionState


def status_report(state: SessionState, record: Record, outbox: Outbox, budget: Budget) -> StatusReport:
    """The values that the panel and `status` show."""
    session = state.session
    question = question_on_table(record)
    questions = agenda.questions_in_order(session, record)
    return StatusReport(
        session_id=state.id,
        status=state.status,
        reason=state.reason,
        turns=len(record.persona_turns()),
        turns_in_all=agenda.turns_in_all(session, record),
        question=question,
        question_number=questions.index(question) + 1 if question in questions else 0,
        questions=len(questions),
        cast=tuple(p.name for p in seats(session, record)),
        convener_id=state.stored.convener_id,
        waiting=outbox.waiting,
        spoken_by=spoken_by(record.persona_turns()[-1].flags) if record.persona_turns() else None,
        tokens=budget.used,
        most_tokens=budget.most,
    )
