"""A database file on aiosqlite: whole transactions in the driver's thread, on the one connection there is.

What queues up while some works are being done is done in one go, so that many sessions share the way to that thread and
back. All touches of what is private to aiosqlite are here.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, StaticPool, create_engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.engine import Database, DatabaseClosed, Outcome, tell_transient_errors, transient_error
from bot.store.memory_index import mended
from bot.store.sqlite_events import BEGIN, empty_log

T = TypeVar("T")
_Done = list[tuple[Any, BaseException | None]]  # of each work of a batch: what it gave, or what it failed with
_HandedIn = tuple[Outcome[Any], Callable[[], Any]]

# A work that took longer has waited for a lock, perhaps: those behind it in the batch must not wait for it to be heard.
_SHARED_SECONDS: Final = 0.1


class DriverThreadDatabase(Database):
    """First come, first served. Everything but the marked part belongs to the event loop's thread."""

    def __init__(self, engine: AsyncEngine, connection: AsyncConnection, driver: Any) -> None:
        """In: `connection`, which nobody else may use from now on, and the `aiosqlite.Connection` beneath it."""
        self._loop = asyncio.get_running_loop()
        self._engine = engine
        self._connection = connection
        # aiosqlite has no public way to run a function of ours in its thread. `_tx` is what waits for the thread:
        # pairs of a future and the function whose result that gets. `_conn` is the connection that lives there.
        self._thread = driver._tx
        self._raw: sqlite3.Connection = driver._conn
        self._waiting: list[_HandedIn] = []
        self._is_under_way = False
        self._is_closed = False
        self._db: Connection | None = None

    @classmethod
    async def open(cls, engine: AsyncEngine) -> "DriverThreadDatabase":
        """Connect. Raises sqlalchemy.exc.DatabaseError, TransientDatabaseError."""
        connection = await engine.connect()
        return cls(engine, connection, (await connection.get_raw_connection()).driver_connection)

    async def run(self, work: Callable[[Connection], T], *, on_failure: Callable[[], None] | None = None) -> T:
        return await self._hand_in(partial(self._transact, work)).wait(on_failure)

    async def run_on_driver(self, work: Callable[[Any], T]) -> T:
        return await self._hand_in(partial(self._use, work))

    async def scrub(self) -> bool:
        # Deleted text in the main file is overwritten at once (PRAGMA secure_delete).
        return await self.run_on_driver(empty_log)

    async def aclose(self) -> None:
        if not self._is_closed:
            last = self._hand_in(self._leave)
            self._is_closed = True
            # To its end, whoever is cancelled: the driver's thread would outlive the process otherwise.
            await asyncio.shield(self._close_after(last))

    async def _close_after(self, last: Outcome[None]) -> None:
        await last
        await self._connection.close()
        await self._engine.dispose()

    def _hand_in(self, work: Callable[[], T]) -> Outcome[T]:
        outcome = Outcome[T](loop=self._loop)
        if self._is_closed:
            outcome.set_exception(DatabaseClosed())
            return outcome
        self._waiting.append((outcome, work))
        if not self._is_under_way:
            self._is_under_way = True
            self._loop.call_soon(self._go)  # with whatever else is handed in until then
        return outcome

    def _go(self) -> None:
        batch, self._waiting = self._waiting, []
        done: asyncio.Future[_Done] = self._loop.create_future()
        done.add_done_callback(partial(self._back, batch))
        self._thread.put_nowait((done, partial(_do_each, [work for _, work in batch])))

    def _back(self, batch: list[_HandedIn], done: asyncio.Future[_Done]) -> None:
        results = done.result()
        self._waiting[:0] = batch[len(results) :]
        self._is_under_way = bool(self._waiting)
        if self._waiting:
            self._go()
        for (outcome, _), (result, error) in zip(batch, results, strict=False):
            if error is None:
                outcome.set_result(result)
            else:
                outcome.set_exception(error)

    # --- in the driver's thread ---

    def _transact(self, work: Callable[[Connection], T]) -> T:
        return self._again_if_mended(lambda: self._attempt(work))

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        if self._db is None:
            self._db = _connected(self._raw)
        try:
            self._raw.execute(BEGIN)
            result = work(self._db)
            self._raw.execute("COMMIT")
        except sqlite3.Error as error:
            raise _told(error) from error
        finally:
            if self._raw.in_transaction:
                with suppress(sqlite3.Error):  # what went wrong before is what is to be told
                    self._raw.execute("ROLLBACK")
        return result

    def _use(self, work: Callable[[Any], T]) -> T:
        return self._again_if_mended(lambda: self._attempt_on_driver(work))

    def _attempt_on_driver(self, work: Callable[[Any], T]) -> T:
        try:
            return work(self._raw)
        except sqlite3.Error as error:
            raise _told(error) from error

    def _again_if_mended(self, attempt: Callable[[], T]) -> T:
        """What `attempt` gives. Where it came to nothing since the full-text index is damaged, it is done once more."""
        try:
            return attempt()
        except DatabaseError as error:
            if not isinstance(error.orig, sqlite3.Error) or not mended(self._raw, error.orig):
                raise
        return attempt()

    def _leave(self) -> None:
        if self._db is not None:
            self._db.close()


def _connected(raw: sqlite3.Connection) -> Connection:
    """SQLAlchemy's connection on a connection that is there already.

    It need not know of our transactions: its bookkeeping of them costs more than the transactions do.
    """
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None, "hide_parameters": True}
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, **options)
    tell_transient_errors(engine)
    return engine.connect()


def _do_each(works: list[Callable[[], Any]]) -> _Done:
    """Do works until all are done or one took its time. Out: what came of those that were done."""
    done: _Done = []
    began = time.monotonic()
    for work in works:
        try:
            done.append((work(), None))
        except StopIteration as error:  # which no future takes
            done.append((None, RuntimeError(repr(error))))
        except BaseException as error:  # noqa: BLE001 (it goes to whoever handed in the work)
            done.append((None, error))
        if time.monotonic() - began > _SHARED_SECONDS:
            break
    return done


def _told(error: sqlite3.Error) -> Exception:
    """An error of the driver as SQLAlchemy or we would tell it."""
    return transient_error(error) or DatabaseError(None, None, error)
