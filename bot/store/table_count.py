"""How many tables a server has open, counted so that no two of several processes take the last place there is."""

from collections.abc import Callable

from sqlalchemy import Connection, func, select

from bot.store.holding import hold
from bot.store.models import Status
from bot.store.schema import sessions

Check = Callable[[int], None]
"""Told how many tables a server has open; raises if there may be no further one."""


def check_open(db: Connection, guild_id: int, check: Check) -> None:
    """Raise what `check` does. Nobody else opens a table on this server before the transaction has ended."""
    hold(db, guild_id)
    check(count_open(db, guild_id))


def count_open(db: Connection, guild_id: int) -> int:
    are_open = select(func.count()).where(sessions.c.guild_id == guild_id, sessions.c.status != Status.ENDED)
    return db.scalar(are_open) or 0
