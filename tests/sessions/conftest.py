"""A store on a real file, an endpoint, a session at its beginning, and waits that are over at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sessions.composing import typing_sign
from bot.sessions.delivery import outbox
from bot.store.store import Store, open_store
from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint
from tests.support.postgresql_server import PostgresqlServer
from tests.support.posting_desk import Desk, open_desk
from tests.support.ready_database import ready_database
from tests.support.session_table import SessionTable, open_table


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked so runs on a PostgreSQL server, too."""
    if "database_kind" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"] if both else ["sqlite"], ids=str)


@pytest.fixture
async def store(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if database_kind == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql_server")
        url, file = await server.database(), None
    else:
        url, file = await ready_database(tmp_path)
    async with open_store(url, file) as store:
        yield store


@pytest.fixture
async def server() -> AsyncIterator[ScriptedEndpoint]:
    async with scripted_endpoint() as server:
        yield server


@pytest.fixture
async def table(store: Store, server: ScriptedEndpoint) -> AsyncIterator[SessionTable]:
    async with open_table(store, server) as table:
        yield table


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "SETTLE_SECONDS", 0.001)
    monkeypatch.setattr(outbox, "LONGEST_BACKOFF", 0.002)
    monkeypatch.setattr(typing_sign, "ANSWERING_SECONDS", 0)
