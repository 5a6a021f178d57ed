"""The council: private positions, shown together; a discussion; a secret ballot, its result and a minority report."""

from typing import Final

from bot.discussion.model import poll_words, positions
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import LEAST_OPTIONS, MOST_OPTIONS, Poll, letter, polls, went_on
from bot.discussion.model.record import MINORITY_FLAG, Record, Session, question_on_table, speakers
from bot.discussion.model.steerings import PollOpened, PositionsRevealed, TurnsChanged, TurnSkipped
from bot.discussion.moderation import agenda
from bot.discussion.moderation.dissenter import dissenter
from bot.discussion.moderation.formats.format import Format, OtherCalls, Wish
from bot.discussion.moderation.formats.roundtable import discuss, sum_up
from bot.discussion.moderation.seeded_random import seeded_random
from bot.discussion.moderation.steps import Close, ClosePoll, Gather, Open, Say, Speak, Step
from bot.discussion.prompts.prompt import Cue
from bot.discussion.text.folding import one_line

_POLL: Final = "council"
MINORITY: Final = (
    "The vote is over, and your side lost it. Give the minority report: in two or three sentences say what the result "
    "overlooks and what should not be forgotten. Do not ask for another vote."
)
_STATE: Final = "The table has voted. {outcome} State this result in the summary, {how}."


class Council(Format):
    name = "council"
    title = "Council"
    about = "Private positions first, a discussion, then a secret ballot and its result"
    has_polls = True
    has_one_question = True
    takes_options = True

    def next_step(self, session: Session, record: Record) -> Step:
        question, options = session.task.questions[0], session.task.options
        if agenda.has_ended(record):
            return Close()
        if question_on_table(record) is None:
            return Open(question)
        if not positions.are_revealed(record):
            if missing := _without_position(session, record):
                return Gather("position", missing, question, options)
            return Say(PositionsRevealed(), positions.in_words(positions.positions(record), options))
        if poll := _poll(record):
            return self._vote(session, record, poll)
        if agenda.turns_left(session, record) and not isinstance(step := discuss(session, record), Close):
            return step
        opened = _ballot(session, record)
        return Say(opened, _told(opened, record)) if opened else sum_up(session, record)

    def _vote(self, session: Session, record: Record, poll: Poll) -> Step:
        """From the opening of the ballot to the summary."""
        if poll.closed is None:
            if voters := tuple(p for p in speakers(session, record) if p.name not in poll.ballots):
                question, ranked = poll.opened.question, poll.opened.ranked
                return Gather("ballot", voters, question, poll.options, ranked=ranked, poll=poll.seq)
            return ClosePoll(poll.seq)
        if speaker := _reporter(session, record, poll):
            return Speak(speaker, Cue(poll.opened.question, note=MINORITY, flag=MINORITY_FLAG))
        note = _STATE.format(outcome=poll_words.outcome(poll), how=poll_words.how_to_state(poll))
        return sum_up(session, record, note=note, states=poll)

    def other_calls(self, session: Session) -> OtherCalls:
        cast, options = len(session.cast), session.task.options or session.cast
        # Positions; ballots and the minority report, where there is anything to vote on.
        return OtherCalls(cast, cast + 1 if len(options) >= LEAST_OPTIONS else 0, told=cast)

    def phase(self, session: Session, record: Record) -> str:
        if not positions.are_revealed(record):
            return "positions"
        poll = _poll(record)
        if poll is None or poll.closed is None:
            return "vote" if poll else ""
        return "minority report" if _reporter(session, record, poll) else "result"

    def result(self, session: Session, record: Record) -> str:
        poll = next(reversed(polls(record)), None)
        return poll_words.in_words(poll, record) if poll and poll.closed else ""

    def refusal(self, wish: Wish, session: Session, record: Record) -> str | None:
        if wish != "skip" and _poll(record):
            return "The discussion is over: the table votes, then it sums up."
        return super().refusal(wish, session, record)

    def after_the_turns(self, session: Session, record: Record) -> str | None:
        return "the table votes" if _ballot(session, record) else None


def _poll(record: Record) -> Poll | None:
    """The ballot. A table that goes on after its end holds another."""
    anew = went_on(record)
    return next((poll for poll in reversed(polls(record)) if poll.seq > anew), None)


def _without_position(session: Session, record: Record) -> tuple[Persona, ...]:
    taken = {position.name for position in positions.positions(record)}
    return tuple(p for p in speakers(session, record) if p.name not in taken)


def _ballot(session: Session, record: Record) -> PollOpened | None:
    """What is voted on: the convener's options, else the proposals, which nobody's name stands at and whose order is
    drawn by lot. None where there are fewer than two."""
    question, options = session.task.questions[0], session.task.options
    if len(options) >= LEAST_OPTIONS:
        return PollOpened(name=_POLL, question=question, options=options[:MOST_OPTIONS])
    made = {position.proposal: position.name for position in positions.positions(record) if position.text}
    drawn = list(made.items())
    seeded_random(session.seed, "proposals", 0).shuffle(drawn)
    drawn = drawn[:MOST_OPTIONS]
    if len(drawn) < LEAST_OPTIONS:
        return None
    proposals, by = zip(*drawn, strict=True)
    return PollOpened(name=_POLL, question=question, options=proposals, by=by, ranked=True)


def _told(opened: PollOpened, record: Record) -> str:
    """What the table sees of the vote where there is no card."""
    made = sum(bool(position.text) for position in positions.positions(record))
    drawn = f" {len(opened.options)} of {made} proposals, drawn by lot:" if 0 < len(opened.by) < made else ""
    lines = [f"{letter(number)}) {one_line(option)}" for number, option in enumerate(opened.options)]
    return "\n".join([f"The table votes, each for themselves.{drawn}", *lines])


def _reporter(session: Session, record: Record, poll: Poll) -> Persona | None:
    """Who is still to give the minority report: nobody once somebody has, or wants the table to come to its end."""
    for turn in record.after(poll.seq):
        if MINORITY_FLAG in turn.flags or isinstance(turn.steering, TurnsChanged):
            return None
    found = dissenter(session, record, poll)
    skipped = (turn.steering for turn in record.after(poll.seq) if isinstance(turn.steering, TurnSkipped))
    return None if found and any(steering.name == found.name for steering in skipped) else found
