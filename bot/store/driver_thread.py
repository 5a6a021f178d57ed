"""A whole transaction on one trip to the driver's thread.

Otherwise each cursor, statement, fetch and commit is a trip of its own, for which the transaction waits in the event
loop's queue, and everybody behind it waits with it: there is one connection.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.sqlite_events import register_sqlite_events

T = TypeVar("T")

_ENGINE: Final = "engine of its thread"


async def in_one_trip(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """What `work` gives, done in a transaction. It runs in another thread: it may touch nothing but the database."""
    async with engine.connect() as connection:  # the only one there is; nobody comes in between
        assert connection.sync_connection is not None
        pooled: Any = connection.sync_connection.connection
        driver = pooled.driver_connection

        def there() -> T:
            if _ENGINE not in pooled.info:
                pooled.info[_ENGINE] = _engine_on(driver._conn)
            with pooled.info[_ENGINE].begin() as db:
                return work(db)

        return await driver._execute(there)


def _engine_on(connection: Any) -> Engine:
    """An engine without a thread of its own, on a connection that is there already."""
    return register_sqlite_events(create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool))
