"""The council: private positions, shown together; a discussion; a secret ballot, its result and a minority report."""

from collections.abc import Sequence

from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll, poll_named
from bot.discussion.model.record import (
    PollOpened,
    PositionsRevealed,
    PositionTaken,
    Record,
    Session,
    Turn,
    question_on_table,
    speakers,
)
from bot.discussion.moderation import agenda
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.formats.roundtable import discuss, sum_up
from bot.discussion.moderation.steps import Close, ClosePoll, Gather, Open, Say, Step
from bot.discussion.text.folding import one_line

_POLL = "council"


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
        if not _is_revealed(record):
            if missing := _without_position(session, record):
                return Gather("position", missing, question, options)
            return Say(PositionsRevealed(), _told(positions(record), options))
        if agenda.turns_left(session, record) and not isinstance(step := discuss(session, record), Close):
            return step
        poll = poll_named(record, _POLL)
        if poll is None:
            return Say(self._ballot(session, record), "The table votes, and so does the audience.")
        if poll.closed is None:
            voters = tuple(p for p in speakers(session, record) if p.name not in poll.ballots)
            if voters:
                return Gather("ballot", voters, question, poll.options, ranked=poll.opened.ranked, poll=poll.seq)
            return ClosePoll(poll.seq)
        return sum_up(session, record, note=f"The vote came out so: {self.result(session, record)} Say so.")

    def phase(self, session: Session, record: Record) -> str:
        if not _is_revealed(record):
            return "positions"
        poll = poll_named(record, _POLL)
        return "" if poll is None else "result" if poll.closed else "vote"

    def result(self, session: Session, record: Record) -> str:
        poll = poll_named(record, _POLL)
        return _outcome(poll) if poll and poll.closed else ""

    def _ballot(self, session: Session, record: Record) -> PollOpened:
        question = session.task.questions[0]
        if session.task.options:
            return PollOpened(name=_POLL, question=question, options=session.task.options)
        made = [turn for turn in positions(record) if turn.text]
        return PollOpened(
            name=_POLL,
            question=question,
            options=tuple(one_line(turn.text) for turn in made),
            by=tuple(turn.speaker for turn in made),
            ranked=True,
        )


def positions(record: Record) -> list[Turn]:
    """What everybody had written down, in the order in which it came."""
    return [turn for turn in record if turn.kind == "position"]


def _is_revealed(record: Record) -> bool:
    return any(isinstance(steering, PositionsRevealed) for _, steering in record.steerings())


def _without_position(session: Session, record: Record) -> tuple[Persona, ...]:
    taken = {turn.speaker for turn in positions(record)}
    return tuple(p for p in speakers(session, record) if p.name not in taken)


def _told(taken: Sequence[Turn], options: Sequence[str]) -> str:
    lines = ["Everybody wrote down a position before anyone had spoken:"]
    for turn in taken:
        choice = turn.steering.choice if isinstance(turn.steering, PositionTaken) else None
        what = f" ({options[choice]})" if choice is not None else ""
        lines.append(f"{turn.speaker}{what}: {one_line(turn.text) or 'no position'}")
    return "\n".join(lines)


def _outcome(poll: Poll) -> str:
    won = [poll.options[number] for number in poll.winners]
    if not won:
        return "Nobody voted."
    return f"The table is for: {won[0]}." if len(won) == 1 else f"A tie between {' and '.join(won)}."
