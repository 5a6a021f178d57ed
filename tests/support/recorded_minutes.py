"""The minutes of a table to test with: a record, and facts that no record tells."""

from datetime import UTC, datetime
from typing import Any

from bot.minutes.account import Minutes, MinutesFacts, PlaceNames, account
from tests.support.recorded_table import RecordedTable

BEGAN = datetime(2026, 11, 26, 23, 50, tzinfo=UTC)
UNTIL = datetime(2026, 11, 27, 0, 15, tzinfo=UTC)
NAMES = PlaceNames("Harbour Town", "parlour", "alex")


def minutes_of(table: RecordedTable, **facts: Any) -> Minutes:
    """What minutes of a table tell that has ended; `facts` differ from the usual ones."""
    usual: dict[str, Any] = {"began": BEGAN, "until": UNTIL, "names": NAMES}
    return account(table.session, table.record, MinutesFacts(**usual | facts))
