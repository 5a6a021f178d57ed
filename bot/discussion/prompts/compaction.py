"""Compaction: what to drop from a transcript that no longer fits."""

from bot.discussion.model.gist import gist
from bot.discussion.model.record import Record, Session
from bot.discussion.model.steerings import Compaction
from bot.discussion.prompts.prompt import line


def compaction(session: Session, record: Record, *, room: int) -> Compaction | None:
    """All but the newest turns, so that half of `room` is free again: in bulk, so that the prefix then stays the same.

    In: `room`, the characters a transcript may take. Out: None if there is nothing left to drop, or no room even for
    that.
    """
    previous = record.compaction()
    oldest = previous.upto if previous else 0
    lines = [(turn.seq, len(line(session, turn))) for turn in record.after(oldest)]
    short = gist(session, record, record.last_seq, limit=room // 4)
    free = room // 2 - len(short) - len("()\n")
    if free < 0:
        return None
    newest = next((length for _, length in reversed(lines) if length), 0)
    if free < newest <= room - len(short) - len("()\n"):
        free = newest  # one long line: there must be something to answer to
    upto = record.last_seq
    for seq, length in reversed(lines):
        free -= length
        if free < 0:
            break
        upto = seq - 1
    if not any(length for seq, length in lines if seq <= upto):
        return None
    return Compaction(upto=upto, gist=gist(session, record, upto, limit=len(short)))
