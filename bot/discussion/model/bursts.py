"""Guests' messages in quick succession: each is a turn of its own, and all of them are read as one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.discussion.model.record import Record, Turn

# What is written within so many seconds of the first message is taken for one that goes on.
BURST_SECONDS: Final = 12.0
# Stands on a guest's turn that goes on with the one before it, as far as their times tell.
GOES_ON_FLAG: Final = "goes_on"


def bursts(record: Record, after: int = 0) -> Iterator[tuple[Turn, ...]]:
    """The turns behind number `after`, in order, with those together that are read as one.

    What was read by a turn in the record already stays apart from what came behind it, so that no prompt changes a line
    which one before it held. What the moderator only notes is in none, and parts nothing.
    """
    heard = {turn.heard for turn in record}
    burst: list[Turn] = []
    for turn in record.after(after):
        if turn.is_note:
            continue
        if burst and not (_goes_on(turn, burst[-1]) and heard.isdisjoint(range(burst[-1].seq, turn.seq))):
            yield tuple(burst)
            burst = []
        burst.append(turn)
    if burst:
        yield tuple(burst)


def as_one(burst: Sequence[Turn]) -> Turn:
    """What a burst says, as the first of its turns with a line each."""
    if len(burst) == 1:
        return burst[0]
    seen = [turn for turn in burst if turn.text and not turn.withheld]
    return replace(burst[0], text="\n".join(turn.text for turn in seen), withheld=not seen)


def _goes_on(turn: Turn, before: Turn) -> bool:
    by_same = turn.author_id is not None and (turn.author_id, turn.speaker) == (before.author_id, before.speaker)
    return by_same and GOES_ON_FLAG in turn.flags
