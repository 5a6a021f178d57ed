"""Which of the standing faults were told, so that each is told once by however many bots and processes see it.

A table may have another process tomorrow, so that its fault was told stands in the database. That of an endpoint, or of
the database itself, is what one process sees: it is kept in memory, and told by each process that sees it.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from bot.ops.faults import OF_TABLE, stands_still, table_name
from bot.sessions.session_runner import SessionRunner
from bot.store.engine import TransientDatabaseError
from bot.store.server_settings import Remembered

# What the names of all such faults begin with in the database; nothing else is kept of them there.
_TOLD: Final = "fault told: "


class ToldFaults:
    """One process's, over all its bots."""

    def __init__(self) -> None:
        self.sentences: dict[str, str] = {}
        """What was told of each that stands, by what tells it from any other."""
        self.since: dict[str, float] = {}
        """Since when each stands, in seconds of a clock."""
        self._tables: set[str] = set()
        self._remembered: Remembered | None = None

    async def over_tables(self, remembered: Remembered, open_tables: Iterable[SessionRunner]) -> None:
        """There is a bot, which has these tables: others than the last one, perhaps."""
        for name in self._tables:
            self.sentences.pop(name, None)
        self._tables, self._remembered = set(), remembered
        with suppress(TransientDatabaseError):  # then a table's is told again
            told = await remembered.names(_TOLD)
            here = {table_name(table): stands_still(table) for table in open_tables}
            self._tables = told & here.keys()
            self.sentences |= {name: here[name] for name in self._tables}

    async def add(self, sentences: dict[str, str]) -> None:
        """These were told now."""
        self.sentences |= sentences
        for name in [name for name in sentences if name.startswith(OF_TABLE)]:
            self._tables.add(name)
            await self._put(name, "")

    async def remove(self, names: Iterable[str]) -> None:
        """That these are over was told now."""
        for name in names:
            del self.sentences[name]
            if name in self._tables:
                self._tables.remove(name)
                await self._put(name, None)

    async def _put(self, name: str, value: str | None) -> None:
        if self._remembered is not None:
            with suppress(TransientDatabaseError):
                await self._remembered.put(f"{_TOLD}{name}", value)
