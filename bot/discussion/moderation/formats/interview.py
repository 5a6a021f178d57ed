"""The interview: personas speak only when people ask, and answer each question once, in the order they came in."""

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, speakers
from bot.discussion.model.steerings import TurnsChanged, TurnSkipped, WrapUpCalled
from bot.discussion.moderation import agenda, speaker_selection
from bot.discussion.moderation.audience_questions import AudienceQuestion, open_questions
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.formats.roundtable import sum_up
from bot.discussion.moderation.steps import Close, Listen, Speak, Step
from bot.discussion.prompts.prompt import GUEST_TEXT_LIMIT, Cue
from bot.discussion.text.markup import in_words
from bot.discussion.text.quoting import inside_quotes
from bot.discussion.text.segmentation import clipped

ASKED = '{name} (guest) has asked: "{words}" Answer that, and only that.'
SUMMARY = "People came with questions: say what was asked, and what the answers were."


class Interview(Format):
    name = "interview"
    title = "Interview"
    about = "The personas answer people's questions, one after the other, and nothing else"
    tells_last_turns = False
    waits_for_guests = False
    needs_people = True

    def next_step(self, session: Session, record: Record) -> Step:
        if agenda.has_ended(record):
            return Close()
        if self.turns_left(session, record) == 0:
            return sum_up(session, record, note=SUMMARY, was_told=False)
        question = next(iter(_to_answer(record)), None)
        persona = question and _who_answers(session, record, question)
        if question is None or persona is None:
            return Listen()
        return Speak(persona, _cue(session, question))

    def rules(self, session: Session) -> list[str]:
        many = f"{session.dials.turns} answers" if session.dials.turns != 1 else "one answer"
        return [
            "Ask something: the personas speak only when somebody does, and answer one question after the other.",
            f"After {many} comes a summary, or when somebody wraps up.",
        ]

    def phase(self, session: Session, record: Record) -> str:
        return "listening" if isinstance(self.next_step(session, record), Listen) else ""

    def turns_in_all(self, session: Session, record: Record) -> int:
        """So many answers; where somebody has asked for the summary, those to what was asked before."""
        turns, called = _clock(session, record)
        if called is None:
            return turns
        return min(turns, len(record.persona_turns()) + len(_to_answer(record)))

    def turns_left(self, session: Session, record: Record) -> int:
        return max(0, self.turns_in_all(session, record) - len(record.persona_turns()))

    def is_wrapping_up(self, session: Session, record: Record) -> bool:
        return _clock(session, record)[1] is not None or self.turns_left(session, record) == 0

    def concerns(self, session: Session, record: Record, *, heard: int) -> bool:
        """What others ask meanwhile waits for its turn; what goes on with the question belongs to it."""
        question = next(iter(_to_answer(record)), None)
        return question is None or question.seq > heard or question.turns[-1].seq > heard


def _clock(session: Session, record: Record) -> tuple[int, int | None]:
    """How many answers there are in all, and in which turn somebody asked for the summary."""
    turns, called = session.dials.turns, None
    for turn, steering in record.steerings():
        if isinstance(steering, TurnsChanged):
            turns, called = steering.turns, None
        elif isinstance(steering, WrapUpCalled):
            called = turn.seq
    return turns, called


def _to_answer(record: Record) -> list[AudienceQuestion]:
    """The questions that still get an answer: where somebody has asked for the summary, those from before that."""
    questions = open_questions(record)
    called = next((t.seq for t, s in reversed(list(record.steerings())) if isinstance(s, WrapUpCalled)), None)
    ended = next((t.seq for t, s in reversed(list(record.steerings())) if isinstance(s, TurnsChanged)), 0)
    return [each for each in questions if called is None or called < ended or each.seq < called]


def _who_answers(session: Session, record: Record, question: AudienceQuestion) -> Persona | None:
    """Whoever was given the floor, else whom the question calls on, else the next in turn."""
    table = {p.name: p for p in speakers(session, record)}
    if not table:
        return None
    skipped = {t.steering.name for t in record.after(question.seq) if isinstance(t.steering, TurnSkipped)}
    called = table.get(question.addressed or "")
    if called and called.name in skipped | question.skipped:
        called = None
    given = table.get(speaker_selection.given(record) or "")
    return given or called or speaker_selection.in_turn(session, record, tuple(table.values()))


def _cue(session: Session, question: AudienceQuestion) -> Cue:
    if question.is_put:
        return Cue(question=question.words, answers=question.seq)
    words = clipped(inside_quotes(in_words(question.words)), GUEST_TEXT_LIMIT)
    return Cue(None, answers=question.seq, note=ASKED.format(name=question.by(session), words=words))
