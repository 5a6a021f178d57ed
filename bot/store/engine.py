"""What the store asks of a database: to run works, each in a transaction of its own. Here by SQLAlchemy's own pool.

`opening.open_database` says which kind of `Database` serves a URL.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, ExceptionContext, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot import metrics
from bot.errors import RoundtableError
from bot.store.sqlite_events import empty_log, passing_cause, register_sqlite_events

T = TypeVar("T")

_INSERTS: Final[dict[str, Callable[[Table], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class DatabaseOpenError(RoundtableError):
    """The database can't be opened."""


class TransientDatabaseError(RoundtableError):
    """A transaction came to nothing for a cause outside (disk full, locked, read-only). Later it may succeed."""


class DatabaseClosed(RuntimeError):
    """Work was handed in after the database was closed."""

    def __init__(self) -> None:
        super().__init__("The database is closed.")


class Database(ABC):
    """Runs works on one database."""

    @abstractmethod
    async def run(self, work: Callable[[Connection], T], *, on_failure: Callable[[], None] | None = None) -> T:
        """Do some work in a transaction of its own: all of it or nothing.

        In: `work`, a plain function, which may run in another thread and touches nothing but the database; it may be
        done again from its beginning.
        `on_failure` is called if the work came to nothing. Out: what `work` gives. Raises what `work` raises,
        TransientDatabaseError, DatabaseClosed. Once handed in, it is done: a caller who is cancelled waits for that.
        """

    @abstractmethod
    async def run_on_driver(self, work: Callable[[Any], T]) -> T:
        """The same outside of any transaction, with the driver's connection (DB-API) instead of SQLAlchemy's."""

    @abstractmethod
    async def scrub(self) -> bool:
        """Overwrite what is deleted wherever the database still keeps it. Out: False if that is to be tried later."""

    @abstractmethod
    async def aclose(self) -> None:
        """Close the database when the works that were handed in are done."""


class Outcome(asyncio.Future[T]):
    """Of a work: whoever waits for it and is cancelled hears of that when the work is done."""

    def cancel(self, msg: Any = None) -> bool:
        return False  # a task then throws its cancellation in as soon as this is done, instead of the result

    async def wait(self, on_failure: Callable[[], None] | None) -> T:
        try:
            return await self
        finally:
            if on_failure is not None and self.done() and self.exception() is not None:
                on_failure()


class PooledDatabase(Database):
    """A database through SQLAlchemy's pool of connections: any other than a SQLite file on aiosqlite."""

    # How long its end waits for works under way, in seconds; None: as long as they take.
    _last_seconds: float | None = None

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    async def run(self, work: Callable[[Connection], T], *, on_failure: Callable[[], None] | None = None) -> T:
        return await self._begin(self._transact(work)).wait(on_failure)

    async def run_on_driver(self, work: Callable[[Any], T]) -> T:
        return await self._begin(self._use(work))

    async def scrub(self) -> bool:
        return await self.run_on_driver(empty_log)

    async def aclose(self) -> None:
        self._is_closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._last_seconds)
        await self._engine.dispose()

    def _begin(self, doing: Coroutine[Any, Any, T]) -> Outcome[T]:
        outcome = Outcome[T]()
        if self._is_closed:
            doing.close()
            outcome.set_exception(DatabaseClosed())
            return outcome
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, outcome))
        return outcome

    def _done(self, outcome: Outcome[T], task: asyncio.Task[T]) -> None:
        self._tasks.discard(task)
        if task.cancelled():  # with every other task, at the end of the loop
            outcome.set_exception(asyncio.CancelledError())
        elif error := task.exception():
            outcome.set_exception(error)
        else:
            outcome.set_result(task.result())

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def _use(self, work: Callable[[Any], T]) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(lambda db: work(db.connection.dbapi_connection))


def create_pool(url: str) -> AsyncEngine:
    """An engine for a SQLite file, set up as the store needs it."""
    # One connection: transactions queue instead of colliding. None is open any more where it is handed back.
    options = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 60, "pool_reset_on_return": None}
    engine = create_async_engine(url, hide_parameters=True, **options)
    register_sqlite_events(engine.sync_engine)
    tell_transient_errors(engine.sync_engine)
    return engine


def tell_transient_errors(engine: Engine) -> None:
    """Have an engine's errors that may pass raised as TransientDatabaseError."""

    @event.listens_for(engine, "handle_error")
    def _on_error(context: ExceptionContext) -> TransientDatabaseError | None:  # pyright: ignore[reportUnusedFunction]
        return transient_error(context.original_exception)


def transient_error(error: BaseException) -> TransientDatabaseError | None:
    """What an error of the driver is to the store, if it may pass."""
    cause = passing_cause(error)
    if cause:
        metrics.DATABASE_ERRORS.labels(cause).inc()
    return TransientDatabaseError(f"The bot's database can't be used: {cause}.") if cause else None


def upsert(dialect: str, table: Table) -> Any:
    """An INSERT into `table` that has `on_conflict_do_nothing` and `on_conflict_do_update`.

    In: `dialect`, the name of the connection's.
    """
    return _INSERTS[dialect](table)
