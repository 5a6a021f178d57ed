"""A database on a PostgreSQL server, by asyncpg: transactions that several connections, and processes, have at once.

Works hold what they decide about (holding.py). What the server gives up because two waited for each other, or because a
connection was lost before its commit, is done again.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot import metrics
from bot.store.engine import Outcome, PooledDatabase, TransientDatabaseError
from bot.store.fencing import SEAL, Fence, ShardsLost
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
_STATUS: Final = text("SELECT pg_xact_status(CAST(CAST(:number AS text) AS xid8))")


class PostgresqlDatabase(PooledDatabase):
    """A work may be done several times until one of them counts: it must change nothing but the database."""

    fence: Fence | None = None
    # A server that does not answer holds up nobody's end; what became of such a work is as after a crash.
    _last_seconds = 0.5

    def behind(self, fence: Fence) -> "PostgresqlDatabase":
        """The same database for what is done for some shards: its works end with ShardsLost once these are lost."""
        return _FencedDatabase(self._engine, fence)

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        for wait in (*_WAITS, None):
            try:
                return await self._try(work)
            except Exception as error:
                problem = passing(error)
                if problem is None:
                    raise
                if wait is None or not problem.again:
                    metrics.DATABASE_ERRORS.labels(problem.cause).inc()
                    raise TransientDatabaseError(f"The bot's database can't be used: {problem.cause}.") from error
            await asyncio.sleep(wait * random.random())
        raise AssertionError("the last try returns or raises")

    async def _try(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            result = await connection.run_sync(work)
            number, held = (await connection.execute(SEAL, {"owner": self.fence and self.fence.owner})).one()
            if self.fence is not None and number is not None:
                self.fence.check(held)
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


class _FencedDatabase(PostgresqlDatabase):
    """Has the connections of another, which outlives it."""

    def __init__(self, engine: AsyncEngine, fence: Fence) -> None:
        super().__init__(engine)
        self.fence = fence

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        assert self.fence is not None
        self.fence.check_clock()
        try:
            return await super()._transact(work)
        finally:
            # What was read, or went wrong, may be the next owner's doing.
            self.fence.check_clock()

    def _begin(self, doing: Coroutine[Any, Any, T]) -> Outcome[T]:
        if not self._is_closed:
            return super()._begin(doing)
        doing.close()
        late = Outcome[T]()
        late.set_exception(ShardsLost())
        return late

    async def aclose(self) -> None:
        self._is_closed = True
        if self._tasks:
            await asyncio.wait(self._tasks)


def create_engine(url: str, *, patience: float | None = _SECONDS, **options: Any) -> AsyncEngine:
    """An engine for a server. `patience`: for so many seconds an answer is waited for; None: for what may take long (a
    migration)."""
    from bot.store.postgresql_connection import AbruptConnection

    arguments: dict[str, Any] = {"timeout": patience or _SECONDS, "server_settings": _SERVER_SETTINGS}
    arguments["connection_class"] = AbruptConnection
    if patience is None:
        arguments["server_settings"] = {"application_name": _SERVER_SETTINGS["application_name"]}
    else:
        arguments["command_timeout"] = patience
    standard = {"isolation_level": "READ COMMITTED", "pool_size": _CONNECTIONS, "max_overflow": 0}
    options = standard | {"pool_timeout": _SECONDS, "connect_args": arguments} | options
    return create_async_engine(url, hide_parameters=True, **options)
