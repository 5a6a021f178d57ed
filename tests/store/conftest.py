"""A store on a real file, through the driver's thread and as any other driver is used, and on a PostgreSQL server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.engine import Database, PooledDatabase, create_pool
from bot.store.models import StoredSession
from bot.store.opening import open_database
from bot.store.store import Store
from tests.support.postgresql_server import PostgresqlServer
from tests.support.ready_database import ready_database
from tests.support.samples import stored_session

THREAD, POOL, SERVER = KINDS = ("driver thread", "pool", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test on every kind of database; what is SQLite's alone only on that."""
    if "database_url" in metafunc.fixturenames:
        is_for_files = metafunc.definition.get_closest_marker("sqlite") is not None
        kinds = [kind for kind in KINDS if kind != SERVER or not is_for_files]
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database with the store's tables."""
    if request.param == SERVER:
        server: PostgresqlServer = request.getfixturevalue("postgresql_server")
        return await server.database()
    url, _ = await ready_database(tmp_path)
    return url


@pytest.fixture
async def opened(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Database]:
    kind = request.node.callspec.params["database_url"]
    opened = PooledDatabase(create_pool(database_url)) if kind == POOL else await open_database(database_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def store(opened: Database) -> Store:
    return Store(opened)


@pytest.fixture
async def kept(store: Store) -> StoredSession:
    """A session that is in the store."""
    return await store.add_session(stored_session(), [])
