"""A database on a PostgreSQL server, by asyncpg: transactions that several connections, and processes, have at once.

The store is written for transactions that come one after the other, as SQLite has them. Here they are serialisable: the
server lets each see the database as if it were alone, and fails one of two that got in each other's way, which is then
done again. No work needs a lock for what it has read, and none that is written later can forget one.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Literal, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.engine import PooledDatabase, TransientDatabaseError
from bot.store.postgresql_errors import passing

T = TypeVar("T")
log = logging.getLogger(__name__)

# How long a transaction is tried again before it counts as failed: after so many seconds each time, at most.
_WAITS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.5, 0.5, 0.5, 0.5)
# Between two questions of what became of a commit, in seconds, at most.
_LONGEST_ASKING: Final = 5.0
_CONNECTIONS: Final = 8
_SECONDS: Final = 20
# A process that stands still in a transaction (stopped, swapped out) holds its rows no longer; milliseconds.
_SERVER_SETTINGS: Final = {
    "application_name": "roundtable",
    "idle_in_transaction_session_timeout": "10000",
    "lock_timeout": "10000",
}
_NUMBER: Final = text("SELECT CAST(pg_current_xact_id_if_assigned() AS text)")
_STATUS: Final = text("SELECT pg_xact_status(CAST(CAST(:number AS text) AS xid8))")
_TRY_LOCK: Final = text("SELECT pg_try_advisory_lock(:key)")
ONE_PROCESS: Final = 0x526F756E64746162
"""The number of the advisory lock of the process that runs on a database; it spells Roundtab."""
MIGRATING: Final = ONE_PROCESS + 1
"""The one of whoever migrates it."""


class PostgresqlDatabase(PooledDatabase):
    """A work may be done several times until one of them counts: it must change nothing but the database."""

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        for wait in (*_WAITS, None):
            try:
                return await self._try(work)
            except Exception as error:
                problem = passing(error)
                if problem is None:
                    raise
                if wait is None or not problem.again:
                    raise TransientDatabaseError(f"The bot's database can't be used: {problem.cause}.") from error
            await asyncio.sleep(wait * random.random())
        raise AssertionError("the last try returns or raises")

    async def _try(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            result = await connection.run_sync(work)
            number = await connection.scalar(_NUMBER)
            try:
                await connection.commit()
            except Exception as error:
                problem = passing(error)
                # What has written nothing has no number, and may be done again.
                if number is None or problem is None or not problem.is_lost:
                    raise
                lost = error
            else:
                return result
        if not await self._has_taken_place(number):
            raise lost
        return result

    async def _has_taken_place(self, number: str) -> bool:
        """Whether the transaction of this number took place, whose commit was never answered.

        To do it again would do it twice, to tell of a failure would have memory and database disagree: so this asks
        until the server is back.
        """
        log.warning("the database went away during a commit; asking what became of it")
        wait = 0.05
        while not self._is_closed:
            try:
                async with self._engine.connect() as connection:
                    status = await connection.scalar(_STATUS, {"number": number})
            except Exception as error:
                if passing(error) is None:
                    raise
            else:
                if status != "in progress":
                    return status == "committed"
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_ASKING)
        raise TransientDatabaseError("The bot's database can't be used: the connection to its server was lost.")

    async def _use(self, work: Callable[[Any], T]) -> T:
        raise NotImplementedError("no work of the store's is for PostgreSQL's driver alone")

    async def scrub(self) -> bool:
        # When the server overwrites what is deleted is its host's to say (autovacuum, how long its log is kept).
        return True


def create_engine(
    url: str, *, isolation_level: Literal["SERIALIZABLE", "READ COMMITTED", "AUTOCOMMIT"] = "SERIALIZABLE"
) -> AsyncEngine:
    """An engine for a server. Only that of serialisable transactions gives up what takes long, as a migration may."""
    arguments: dict[str, Any] = {"timeout": _SECONDS, "server_settings": {"application_name": "roundtable"}}
    if isolation_level == "SERIALIZABLE":
        arguments |= {"command_timeout": _SECONDS, "server_settings": _SERVER_SETTINGS}
    return create_async_engine(
        url,
        hide_parameters=True,
        isolation_level=isolation_level,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_SECONDS,
        connect_args=arguments,
    )


@asynccontextmanager
async def only_process(url: str) -> AsyncIterator[bool]:
    """Be the one process that runs on a database. Gives False where there is another."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            yield bool(await connection.scalar(_TRY_LOCK, {"key": ONE_PROCESS}))
    finally:
        await engine.dispose()
