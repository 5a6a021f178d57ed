"""How a session stands, read off its parts."""

from bot.discussion.model.record import MINORITY_FLAG, Record, Session, question_on_table, seats
from bot.discussion.moderation import agenda
from bot.discussion.moderation.formats.format import WISHES
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.speaker_selection import choosable, next_speaker
from bot.discussion.moderation.steps import Open, Speak, Summarise
from bot.discussion.prompts.prompt import Cue
from bot.llm.fair_queue import Caller
from bot.llm.fallback import spoken_by
from bot.sessions.composing.budget import Budget
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import StatusReport
from bot.sessions.state import SessionState


def status_report(state: SessionState, record: Record, outbox: Outbox, budget: Budget, caller: Caller) -> StatusReport:
    """The values that the panel and `status` show."""
    session, format = state.session, format_of(state.session)
    question = question_on_table(record)
    questions = agenda.questions_in_order(session, record)
    return StatusReport(
        session_id=state.id,
        status=state.status,
        reason=state.reason,
        turns=len(record.persona_turns()),
        turns_in_all=format.turns_in_all(session, record),
        question=question,
        question_number=questions.index(question) + 1 if question in questions else 0,
        questions=len(questions),
        cast=tuple(p.name for p in seats(session, record)),
        convener_id=state.stored.convener_id,
        waiting=outbox.waiting,
        spoken_by=spoken_by(record.persona_turns()[-1].flags) if record.persona_turns() else None,
        tokens=budget.used.tokens,
        most_tokens=budget.most,
        cost=budget.cost.in_words,
        next_speaker=who_is_next(session, record),
        calls_before=caller.calls_before,
        phase=format.phase(session, record),
        takes_questions=format.takes_questions(session, record),
        refused=frozenset(wish for wish in WISHES if format.refusal(wish, session, record)),
    )


def who_is_next(session: Session, record: Record) -> str | None:
    """The name of whoever speaks or sums up next if nobody steers; None where that is still to be chosen, or nobody."""
    match next_step(session, record):
        case Speak(cue=Cue(flag=flag)) if flag == MINORITY_FLAG:
            return None  # outside the clock: the phase tells it
        case Speak(persona) | Summarise(persona):
            return persona.name
        case Open() if not choosable(session, record) and (persona := next_speaker(session, record)):
            return persona.name
        case _:
            return None
