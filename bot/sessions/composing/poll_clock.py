"""How much longer a poll is open for the audience."""

import asyncio

from bot.discussion.model.polls import poll_of
from bot.discussion.model.record import Record, Session


class PollClock:
    """One session's. What was open when the process began is open for as long again: people did not see less of it."""

    def __init__(self, session: Session) -> None:
        self._seconds = session.dials.vote_seconds
        self._since: dict[int, float] = {}

    def left(self, seq: int, record: Record) -> float:
        """Seconds; none where somebody wants it closed."""
        poll = poll_of(record, seq)
        if poll is None or poll.is_cut:
            return 0.0
        now = asyncio.get_running_loop().time()
        return max(0.0, self._since.setdefault(seq, now) + self._seconds - now)
