"""A store on a real file: through the driver's thread, and as any other driver is used."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.store.engine import Database, PooledDatabase, create_pool
from bot.store.models import StoredSession
from bot.store.opening import open_database
from bot.store.store import Store, open_store
from tests.support.samples import database, stored_session


async def pooled(url: str) -> Database:
    return PooledDatabase(create_pool(url))


KINDS: dict[str, Callable[[str], Awaitable[Database]]] = {"driver thread": open_database, "pool": pooled}


@pytest.fixture(params=KINDS.values(), ids=list(KINDS))
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with the store's tables."""
    async with open_store(*database(tmp_path)):
        pass
    opened: Database = await request.param(database(tmp_path)[0])
    yield opened
    await opened.aclose()


@pytest.fixture
def store(opened: Database) -> Store:
    return Store(opened)


@pytest.fixture
async def kept(store: Store) -> StoredSession:
    """A session that is in the store."""
    return await store.add_session(stored_session(), [])
