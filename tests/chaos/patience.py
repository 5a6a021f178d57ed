"""How long a round is waited for in its last life: as long as something comes of it, within reason."""

import time
from collections.abc import Iterable
from typing import Final

from tests.chaos.stored_tables import StoredTable

# So many times as long as it may stand still a round may last in all.
MOST: Final = 5


class Patience:
    """Tells when a round is stuck: in so many `seconds` nothing was stored or shown. A busy machine only takes long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = self._moved = time.monotonic()
        self._seen = -1

    def is_over(self, tables: Iterable[StoredTable]) -> bool:
        """Whether to give it up, as the tables stand now."""
        seen = sum(len(table.turns) + sum(post["status"] == "posted" for post in table.posts) for table in tables)
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._moved = seen, now
        return now - self._moved > self._seconds or now - self._began > MOST * self._seconds
