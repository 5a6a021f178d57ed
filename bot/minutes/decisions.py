"""What minutes tell of a format's votes: positions where they were shown together, ballots behind their result."""

from collections.abc import Iterator
from typing import Any

from bot.discussion.model.polls import Poll, polls
from bot.discussion.model.record import MINORITY_FLAG, PRIVATE_KINDS, Record, Session, Turn
from bot.discussion.model.steerings import BallotCast, PollClosed, PollOpened, PositionsRevealed, PositionTaken
from bot.discussion.moderation.formats.table import format_of


def as_told(record: Record) -> Record:
    """The record in the order in which the table came to know it, without what it does not know yet."""
    private = [turn for turn in record if turn.kind in PRIVATE_KINDS]

    def told() -> Iterator[Turn]:
        for turn in record:
            if turn.kind in PRIVATE_KINDS:
                continue
            if isinstance(turn.steering, PositionsRevealed):
                yield from (
                    each for each in private if isinstance(each.steering, PositionTaken) and each.seq < turn.seq
                )
                continue
            yield turn
            if isinstance(turn.steering, PollClosed):
                poll = turn.steering.poll
                yield from (
                    each for each in private if isinstance(each.steering, BallotCast) and each.steering.poll == poll
                )

    return Record(list(told()))


def poll_told_in(turn: Turn, record: Record) -> Poll | None:
    """The poll that a ballot or a result is about."""
    if not isinstance(turn.steering, BallotCast | PollClosed):
        return None
    about = turn.steering.poll
    return next((poll for poll in polls(record) if poll.seq == about), None)


def choice_in_words(session: Session, turn: Turn) -> str:
    """The option that a position names, in words; empty where it names none."""
    options = format_of(session).choices(session)
    choice = turn.steering.choice if isinstance(turn.steering, PositionTaken) else None
    return options[choice] if choice is not None and choice < len(options) else ""


def decision_object(session: Session, turn: Turn, poll: Poll | None) -> dict[str, Any]:
    """What a position, a vote, a ballot or a result says, as data: options by their numbers from 0, and in words."""
    match turn.steering:
        case PositionTaken(choice=choice):
            return {"choice": choice, "choice_text": choice_in_words(session, turn) or None}
        case PollOpened() as opened:
            return {"options": opened.options, "by": opened.by, "ranked": opened.ranked}
        case BallotCast(poll=seq, ranking=ranking):
            texts = [poll.options[number] for number in ranking] if poll else []
            return {"poll": seq, "ranking": ranking, "choices": texts}
        case PollClosed(poll=seq) as closed:
            return {"poll": seq, "moved": [row.model_dump() for row in closed.moved]} | (_counted(poll) if poll else {})
        case _:
            return {"minority_report": True} if MINORITY_FLAG in turn.flags else {}


def _counted(poll: Poll) -> dict[str, Any]:
    return {
        "options": poll.options,
        "by": poll.opened.by,
        "personas": poll.personas,
        "people": poll.people,
        "together": poll.together,
        "points": poll.points if poll.opened.ranked else None,
        "winners": poll.winners,
        "abstained": poll.abstained,
    }
