"""What changes in a record when a person has turns taken out: these, and what the moderator told of their positions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bot.discussion.model import poll_words, positions
from bot.discussion.model.erasure import guests_unnamed
from bot.discussion.model.gist import gist
from bot.discussion.model.polls import letter, poll_of, polls
from bot.discussion.model.record import REMOVED_FLAG, TAKEN_OUT, Record, Session, Turn, struck
from bot.discussion.model.steerings import (
    Compaction,
    PollClosed,
    PollOpened,
    PositionsRevealed,
    PositionTaken,
    Steering,
)


@dataclass(frozen=True, slots=True)
class Removal:
    """The turns that change, as they are after that. `kept`: what is kept for later tables of those that say something
    else now, by number."""

    turns: tuple[Turn, ...]
    kept: Mapping[int, str]


def removal(session: Session, record: Record, seqs: Collection[int]) -> Removal:
    """What is left once these turns are taken out. The record itself stays as it is.

    They stay in it, for the count, and stand in no prompt. A position was told the table once more: in the moderator's
    words that showed all of them, as an option of a vote, in its result, in what stands for older turns. These no
    longer have it. The option keeps its letter, whose it is, and its votes, so that none of them comes to mean another.
    """
    after = Record([struck(turn) if turn.seq in seqs else turn for turn in record])
    for seq in sorted(told_again(record, seqs)):
        after.put(_retold(session, after, after.turns[seq - 1]))
    changed = tuple(new for new, old in zip(after, record, strict=True) if new != old)
    retold = [turn for turn in changed if turn.seq not in seqs]
    unnamed = guests_unnamed(session, after) if retold else str
    return Removal(changed, {turn.seq: unnamed(turn.text) for turn in retold})


def told_again(record: Record, seqs: Collection[int]) -> set[int]:
    """The numbers of the moderator's turns that tell of positions among these turns."""
    names = {turn.speaker for turn in record if turn.seq in seqs and isinstance(turn.steering, PositionTaken)}
    ballots = {poll.seq for poll in polls(record) if names & {*poll.opened.by}}

    def tells(seq: int, steering: Steering) -> bool:
        match steering:
            case PositionsRevealed() | Compaction():
                return bool(names)
            case PollClosed(poll=poll):
                return poll in ballots
            case _:
                return seq in ballots

    return {turn.seq for turn, steering in record.steerings() if tells(turn.seq, steering)}


def positions_told_in(record: Record, turn: Turn) -> tuple[positions.Position, ...]:
    """The positions of which a turn of the moderator's tells the words, or told them before they were taken out."""
    taken = [position for position in positions.positions(record) if position.text or position.is_removed]
    return tuple(position for position in taken if turn.seq in told_again(record, [position.seq]))


def _retold(session: Session, after: Record, turn: Turn) -> Turn:
    """A turn that tells of positions, from what is left of them."""
    match turn.steering:
        case PositionsRevealed():
            return replace(turn, text=positions.in_words(positions.positions(after), session.task.options))
        case Compaction(upto=upto, gist=before) as stands:
            words = gist(session, after, upto, limit=len(before))
            return replace(turn, steering=stands.model_copy(update={"gist": words}))
        case PollOpened() as opened:
            return _without_proposals(after, turn, opened)
        case PollClosed(poll=seq) if poll := poll_of(after, seq):
            return replace(turn, text=poll_words.in_words(poll, after))
        case _:
            return turn


def _without_proposals(after: Record, turn: Turn, opened: PollOpened) -> Turn:
    removed = {turn.speaker for turn in after if turn.kind == "position" and REMOVED_FLAG in turn.flags}
    options = tuple(
        TAKEN_OUT if name in removed else option for name, option in zip(opened.by, opened.options, strict=True)
    )
    # Each option has a line of its own in the turn's text, behind its letter.
    lines = {f"{letter(n)}) ": f"{letter(n)}) {TAKEN_OUT}" for n, option in enumerate(options) if option == TAKEN_OUT}
    text = "\n".join(lines.get(line[:3], line) for line in turn.text.split("\n"))
    return replace(turn, text=text, steering=opened.model_copy(update={"options": options}))
