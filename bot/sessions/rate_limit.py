"""One member must not flood a table: how much of it is taken in, decided from the record alone."""

from typing import Final

from bot.discussion.model.bursts import BURST_SECONDS, GOES_ON_FLAG
from bot.discussion.model.record import Record, Turn

# Six seconds for each message is quick typing. More in a minute from one person would leave no room for anyone else in
# the prompt, and would have personas answer nobody but that one.
GUEST_TURNS: Final = 10
_MINUTE: Final = 60_000
# Each edit of a message that was heard makes the draft that had read it void, and so costs a model call.
EDITS: Final = 5


def is_over_rate(record: Record, author_id: int, message_id: int) -> bool:
    """Whether this member's message comes on top of GUEST_TURNS of the same member in the minute before it."""
    earliest = milliseconds(message_id) - _MINUTE
    recent = [t for t in record if t.author_id == author_id and milliseconds(t.message_id or 0) > earliest]
    return len(recent) >= GUEST_TURNS


def goes_on_from(record: Record, turn: Turn) -> bool:
    """Whether a guest's turn, the record's next, goes on with the last one: by the same guest, so soon after the first
    of them that it is one burst."""
    behind = [t for t in record if not t.is_note]
    last = behind[-1] if behind else None
    if last is None or last.kind != "guest" or (last.author_id, last.speaker) != (turn.author_id, turn.speaker):
        return False
    first = next(t for t in reversed(behind) if GOES_ON_FLAG not in t.flags)
    return milliseconds(turn.message_id or 0) - milliseconds(first.message_id or 0) <= BURST_SECONDS * 1000


def milliseconds(message_id: int) -> int:
    """When a message was written, by the clock of the place it stands in."""
    # Ids carry it: https://discord.com/developers/docs/reference#snowflakes
    return message_id >> 22
