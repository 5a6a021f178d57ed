"""What model calls cost: tokens by session and day. The store hands this out as `store.spending`."""

import functools
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, and_, bindparam, func, select

from bot.store.engine import Database, upsert
from bot.store.models import StoredSession
from bot.store.schema import sessions, spending

T = TypeVar("T")

_OF_SESSION: Final = select(func.sum(spending.c.tokens)).where(spending.c.session_id == bindparam("session"))
_OF_SERVER: Final = (
    select(func.sum(spending.c.tokens))
    .join(sessions, sessions.c.id == spending.c.session_id)
    .where(and_(sessions.c.guild_id == bindparam("guild"), spending.c.day == bindparam("on")))
)


class Spending:
    """A day is one in UTC. One process owns the database, so what a server has used on its last day is kept here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of_servers: dict[int, tuple[date, int]] = {}
        self._accrued: defaultdict[int, Counter[date]] = defaultdict(Counter)

    async def add(self, session: StoredSession, day: date, tokens: int) -> None:
        """Book tokens for a session; a negative number gives some back. They are stored when this returns."""
        self.accrue(session, day, tokens)
        await self.flush_with(session.id, _nothing, on_failure=lambda: self.accrue(session, day, -tokens))

    def accrue(self, session: StoredSession, day: date, tokens: int) -> None:
        """Book tokens for a session that are stored with whatever is stored of it next; they count from now on."""
        self._accrued[session.id][day] += tokens
        kept = self._of_servers.get(session.guild_id)
        if kept is not None and kept[0] == day:
            self._of_servers[session.guild_id] = day, kept[1] + tokens

    async def flush_with(
        self, session_id: int, work: Callable[[Connection], T], *, on_failure: Callable[[], None] | None = None
    ) -> T:
        """What `work` gives, done for a session in a transaction which also stores what the session has accrued.

        `on_failure` is called if that came to nothing.
        """
        accrued = self._accrued.pop(session_id, None)
        if not accrued:
            return await self._database.run(work, on_failure=on_failure)

        def store_and_work(db: Connection) -> T:
            for day, tokens in accrued.items():
                db.execute(_add(db.dialect.name), {"session_id": session_id, "day": day, "tokens": tokens})
            return work(db)

        def accrue_again() -> None:
            self._accrued[session_id].update(accrued)
            if on_failure is not None:
                on_failure()

        return await self._database.run(store_and_work, on_failure=accrue_again)

    def is_new(self, session_id: int) -> None:
        """The number of a session is one that was deleted had, perhaps: what that owed is not for this one."""
        self._accrued.pop(session_id, None)

    async def of_session(self, session_id: int) -> int:
        """The tokens that a session has used in all."""
        accrued = self._accrued.get(session_id, Counter[date]()).total()
        stored = await self._database.run(lambda db: db.scalar(_OF_SESSION, {"session": session_id}))
        return (stored or 0) + accrued

    def kept_of_server(self, guild_id: int, day: date) -> int | None:
        """The same as `of_server`, without asking the database; None if only that knows."""
        kept = self._of_servers.get(guild_id)
        return kept[1] if kept is not None and kept[0] == day else None

    async def of_server(self, guild_id: int, day: date) -> int:
        """The tokens that all sessions of a server have used on a day."""
        stored = await self._database.run(lambda db: db.scalar(_OF_SERVER, {"guild": guild_id, "on": day})) or 0
        if (kept := self.kept_of_server(guild_id, day)) is not None:
            return kept  # somebody has asked, and perhaps booked, meanwhile
        self._of_servers[guild_id] = day, stored
        return stored


@functools.cache
def _add(dialect: str) -> Any:
    new = upsert(dialect, spending)
    tokens = spending.c.tokens + new.excluded.tokens
    return new.on_conflict_do_update(index_elements=["session_id", "day"], set_={"tokens": tokens})


def _nothing(_: Connection) -> None:
    """There is nothing to store but what is accrued."""
