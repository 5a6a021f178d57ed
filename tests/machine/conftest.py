"""The same house and host as for Discord's faults; here it is the machine that fails."""

import pytest

from bot.store import sqlite_events
from tests.support.rest_house import host, house, quick, table

__all__ = ["host", "house", "impatient", "quick", "table"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock on the database is waited for a moment only."""
    monkeypatch.setattr(sqlite_events, "_BUSY_TIMEOUT", 300)
