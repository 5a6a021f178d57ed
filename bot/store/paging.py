"""Reads what may be long in short transactions, so that others get through in between."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from sqlalchemy import Column, Row

from bot.store.engine import Database

# Looking for a name in so many turns takes a few milliseconds.
PAGE: Final = 100


async def pages(database: Database, query: Any, key: Column[Any]) -> AsyncIterator[Sequence[Row[Any]]]:
    """The rows of a SELECT, some at a time, in the order of `key`: a number above 0 which it has as its column `id`."""
    after = 0
    while True:
        page = query.where(key > after).order_by(key).limit(PAGE)
        rows = await database.run(lambda db, page=page: db.execute(page).all())
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1].id
