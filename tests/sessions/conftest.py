"""A store on a real file, and waits that are over at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sessions.delivery import outbox
from bot.store.store import Store, open_store
from tests.support.samples import database


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(*database(tmp_path)) as store:
        yield store


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "SETTLE_SECONDS", 0.001)
    monkeypatch.setattr(outbox, "LONGEST_BACKOFF", 0.002)
