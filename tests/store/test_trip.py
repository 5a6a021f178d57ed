"""A whole transaction on one trip to the driver's thread: all or nothing, and never inside another one."""

import asyncio

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.driver_thread import in_one_trip
from bot.store.models import StoredSession
from bot.store.schema import sessions
from bot.store.store import Store

SEED = select(sessions.c.seed)


async def seed(store: Store) -> int | None:
    return await in_one_trip(store._engine, lambda db: db.scalar(SEED))


async def test_a_trip_that_fails_leaves_nothing(store: Store, kept: StoredSession) -> None:
    before = await seed(store)

    def fail_half_way(db: Connection) -> None:
        db.execute(update(sessions).values(seed=-1))
        db.execute(update(sessions).values(status=None))

    with pytest.raises(IntegrityError):
        await in_one_trip(store._engine, fail_half_way)
    assert await seed(store) == before


async def test_trips_and_other_transactions_wait_for_one_another(store: Store, kept: StoredSession) -> None:
    await in_one_trip(store._engine, lambda db: db.execute(update(sessions).values(seed=0)) and None)

    def count_up(db: Connection) -> None:
        found = db.scalar(SEED) or 0
        db.execute(update(sessions).values(seed=found + 1))

    async def count_up_slowly() -> None:
        async with store._engine.begin() as db:
            found = await db.scalar(SEED) or 0
            await asyncio.sleep(0)
            await db.execute(update(sessions).values(seed=found + 1))

    await asyncio.gather(*(in_one_trip(store._engine, count_up) if n % 2 else count_up_slowly() for n in range(60)))
    assert await seed(store) == 60
