"""A store on a real file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.store import Store, open_store
from tests.support.ready_database import ready_database


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(*await ready_database(tmp_path)) as store:
        yield store
