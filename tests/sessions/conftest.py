"""A store on a real file, an endpoint, a session at its beginning, and waits that are over at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sessions.composing import typing_sign
from bot.sessions.delivery import outbox
from bot.store.store import Store, open_store
from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint
from tests.support.posting_desk import Desk, open_desk
from tests.support.samples import database
from tests.support.session_table import SessionTable, open_table


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(*database(tmp_path)) as store:
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
