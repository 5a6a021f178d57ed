"""What the database on a server holds, for the driver of a trial: read past the bot's own code, again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, Self

import asyncpg

from tests.chaos.stored_tables import StoredTable

# From one look to the next, in seconds.
LOOK_SECONDS: Final = 0.1
END_CONNECTIONS: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'roundtable' AND datname = current_database() AND random() < $1
"""


class ServerTables:
    """`tables`: as they were at the last look. `owners`: whose the shards were, by their ids, with their epochs;
    `present`: the processes that there were."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.tables: list[StoredTable] = []
        self.owners: dict[int, tuple[str | None, int]] = {}
        self.present: list[str] = []
        self._connection = connection
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def watching(cls, folder: str, name: str) -> AsyncIterator[Self]:
        """Look at a database again and again for the length of a block."""
        connection = await asyncpg.connect(host=folder, user="postgres", database=name)
        found = cls(connection)
        looking = asyncio.create_task(found._keep_looking())
        try:
            yield found
        finally:
            looking.cancel()
            await asyncio.wait([looking])
            await connection.close()

    async def look(self) -> None:
        """Read all of it at one instant. Before the first migration there is nothing."""
        async with self._one_at_a_time:
            try:
                async with self._connection.transaction(isolation="repeatable_read", readonly=True):
                    sessions = await self._rows("SELECT * FROM sessions ORDER BY id")
                    turns = await self._rows("SELECT * FROM turns ORDER BY session_id, seq")
                    posts = await self._rows("SELECT * FROM posts ORDER BY id")
                    shards = await self._rows("SELECT id, owner, epoch FROM shards")
                    processes = await self._rows("SELECT owner FROM processes")
            except asyncpg.UndefinedTableError:
                return
        self.present = [row["owner"] for row in processes]
        self.owners = {row["id"]: (row["owner"], row["epoch"]) for row in shards}
        self.tables = [
            StoredTable(
                session,
                [turn for turn in turns if turn["session_id"] == session["id"]],
                [post for post in posts if post["session_id"] == session["id"]],
            )
            for session in sessions
        ]

    async def end_connections(self, share: float) -> None:
        """End about so large a share of the bot's connections."""
        async with self._one_at_a_time:
            await self._connection.execute(END_CONNECTIONS, share)

    async def _keep_looking(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _rows(self, query: str) -> list[dict[str, Any]]:
        return [
            {name: _as_in_a_file(value) for name, value in row.items()} for row in await self._connection.fetch(query)
        ]


def _as_in_a_file(value: Any) -> Any:
    """A value as SQLite would have it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return int(value) if isinstance(value, bool) else value
