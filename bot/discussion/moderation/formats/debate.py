"""The debate, Oxford style: a vote before, two sides with openings, rebuttals, questions from the floor and closings, a
vote after; the side that moved more votes wins."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll, open_poll, poll_named
from bot.discussion.model.record import Record, Session, Turn, question_on_table, speakers
from bot.discussion.model.steerings import PhaseBegun, PollClosed, PollOpened, QuestionTaken
from bot.discussion.model.swing import OPTIONS
from bot.discussion.model.task import Task
from bot.discussion.moderation import agenda
from bot.discussion.moderation.formats import debate_cues, debate_phases, debate_sides
from bot.discussion.moderation.formats.debate_floor import being_answered, waiting
from bot.discussion.moderation.formats.debate_outcome import outcome, verdict
from bot.discussion.moderation.formats.format import Format, OtherCalls
from bot.discussion.moderation.formats.roundtable import sum_up
from bot.discussion.moderation.steps import Close, ClosePoll, Gather, Open, Say, Speak, Step

BEFORE: Final = "before"
AFTER: Final = "after"
_VIEW: Final = (
    "A debate on this comes next. Which side you speak for in it is settled later, and has nothing to do with this: "
    "say honestly what you hold today."
)
_VOTE: Final = (
    "The debate is over, and this is no part of it: whichever side you spoke for, vote for what you hold now that you "
    "have heard both."
)
# What the table is told as a phase begins.
_BEGINS: Final[Mapping[debate_phases.Phase, str]] = {
    "openings": "The openings: each side makes its case.",
    "rebuttals": "The rebuttals: the sides answer each other in turn.",
    "floor": "Questions from the floor: the sides answer what the audience asks, in order. While nobody asks, the "
    "rebuttals go on.",
    "closings": "The closings: one speech a side, without new arguments.",
}
_IN_WORDS: Final[Mapping[debate_phases.Phase, str]] = {
    "openings": "openings",
    "rebuttals": "rebuttals",
    "floor": "questions from the floor",
    "closings": "closings",
}


class Debate(Format):
    name = "debate"
    title = "Debate"
    about = "Two sides speak for and against a motion; whoever moves more of the audience's votes wins"
    has_polls = True
    has_one_question = True
    takes_options = True
    options_are = "Sides"
    without_options = "sides drawn by lot"
    last_turns = 2  # a closing a side

    def next_step(self, session: Session, record: Record) -> Step:
        if agenda.has_ended(record):
            return Close()
        motion = session.task.questions[0]
        if question_on_table(record) is None:
            return Open(motion)
        if poll := open_poll(record):
            return _vote(session, record, poll)
        if poll_named(record, BEFORE) is None and not record.persona_turns():
            opened = PollOpened(name=BEFORE, question=motion, options=OPTIONS)
            return Say(opened, "Before anybody speaks, the motion is put to the vote.")
        if drawn := debate_sides.to_draw(session, record):
            return Say(drawn, debate_sides.told_of(session, record, drawn))
        due, (phase, _) = debate_phases.due(session, record), debate_phases.current(record)
        speaker = debate_phases.speaker(session, record)
        if due is None or speaker is None:
            return _end(session, record)
        if due != phase:
            return Say(PhaseBegun(name=due), _told_of(session, record, due))
        if due == "floor" and being_answered(session, record) is None and (asked := waiting(session, record)):
            return Say(QuestionTaken(question=asked[0].seq), _taken(session, record, asked[0]))
        return Speak(speaker, debate_cues.cue(session, record, speaker))

    def rules(self, session: Session) -> list[str]:
        return [
            *super().rules(session),
            "The audience votes before and after. Its questions are kept, and answered in order after the rebuttals.",
        ]

    def problem(self, task: Task, cast: Sequence[Persona]) -> str | None:
        return debate_sides.sides_fault(task.options, cast)

    def choices(self, session: Session) -> tuple[str, ...]:
        return OPTIONS

    def other_calls(self, session: Session) -> OtherCalls:
        # What each holds before it, which nobody reads, and its ballot after it.
        return OtherCalls(len(session.cast), len(session.cast))

    def takes_questions(self, session: Session, record: Record) -> bool:
        """Whether what the audience asks now will have its turn."""
        if agenda.has_ended(record):
            return False
        phase, _ = debate_phases.current(record)
        return phase is None or debate_phases.due(session, record) not in (None, "closings")

    def phase(self, session: Session, record: Record) -> str:
        if poll := open_poll(record):
            return f"vote {poll.opened.name} the debate"
        phase, _ = debate_phases.current(record)
        return _IN_WORDS[phase] if phase and debate_phases.due(session, record) else ""

    def result(self, session: Session, record: Record) -> str:
        closed = record.turns[-1].steering if record.turns else None
        after = poll_named(record, AFTER)
        is_told = isinstance(closed, PollClosed) and after is not None and closed.poll == after.seq
        return outcome(record, after) if is_told and after else ""

    def after_the_turns(self, session: Session, record: Record) -> str | None:
        return "the motion is put to the vote again"


def _vote(session: Session, record: Record, poll: Poll) -> Step:
    """While the audience votes, the personas write down what they hold, and vote."""
    question, options, is_before = poll.opened.question, poll.options, poll.opened.name == BEFORE
    done = {turn.speaker for turn in record if turn.kind == "position"} if is_before else set(poll.ballots)
    if missing := tuple(p for p in speakers(session, record) if p.name not in done):
        if is_before:
            return Gather("position", missing, question, options, is_shown=False, note=_VIEW)
        return Gather("ballot", missing, question, options, poll=poll.seq, note=_VOTE)
    before = poll_named(record, BEFORE)
    is_compared = not is_before and before is not None and before.closed is not None
    return ClosePoll(poll.seq, compared=before.seq if is_compared and before else 0)


def _end(session: Session, record: Record) -> Step:
    """Once nobody speaks any more: the vote on what was heard, then the summary."""
    spoken = record.persona_turns()
    if not any(turn.text and not turn.withheld for turn in spoken):
        return sum_up(session, record)
    after = poll_named(record, AFTER)
    if after is None or after.closed is None or after.seq < spoken[-1].seq:
        opened = PollOpened(name=AFTER, question=session.task.questions[0], options=OPTIONS)
        return Say(opened, "The debate is over, and the motion is put to the vote again.")
    # Not looked for in what is said: these words are the bot's own, and the summary may be in another language. It
    # stands on the summary's card anyway.
    return sum_up(session, record, note=f"The vote on the motion came out so: {verdict(record, after)} Say so.")


def _told_of(session: Session, record: Record, phase: debate_phases.Phase) -> str:
    """What the table is told as a phase begins; before the closings also how many questions are left."""
    left = len(waiting(session, record)) if phase == "closings" else 0
    if not left:
        return _BEGINS[phase]
    stays = "One question from the floor stays" if left == 1 else f"{left} questions from the floor stay"
    return f"{_BEGINS[phase]} {stays} without an answer."


def _taken(session: Session, record: Record, question: Turn) -> str:
    asked = debate_sides.side_of(session, record, question.addressed) if question.addressed else None
    who = "both sides answer" if asked is None else f"{question.addressed} answers"
    return f"{shown_name(session, question)} has asked from the floor, and {who}."
