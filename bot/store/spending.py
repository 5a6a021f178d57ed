"""What model calls cost: tokens by session and day. The store hands this out as `store.spending`."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from sqlalchemy import Connection, and_, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.driver_thread import in_one_trip
from bot.store.models import StoredSession
from bot.store.schema import sessions, spending
from bot.store.uncancellable import uncancellable

T = TypeVar("T")

_NEW: Final = upsert(spending)
_ADD: Final = _NEW.on_conflict_do_update(
    index_elements=["session_id", "day"], set_={"tokens": spending.c.tokens + _NEW.excluded.tokens}
)
_OF_SESSION: Final = select(func.sum(spending.c.tokens)).where(spending.c.session_id == bindparam("session"))
_OF_SERVER: Final = (
    select(func.sum(spending.c.tokens))
    .join(sessions, sessions.c.id == spending.c.session_id)
    .where(and_(sessions.c.guild_id == bindparam("guild"), spending.c.day == bindparam("on")))
)


@uncancellable
class Spending:
    """A day is one in UTC. One process owns the database, so what a server has used on its last day is kept here."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._of_servers: dict[int, tuple[date, int]] = {}
        self._accrued: defaultdict[int, Counter[date]] = defaultdict(Counter)

    async def add(self, session: StoredSession, day: date, tokens: int) -> None:
        """Book tokens for a session; a negative number gives some back. They are stored when this returns."""
        self.accrue(session, day, tokens)
        try:
            await self.flush_with(session.id, lambda db: None)
        except BaseException:
            self.accrue(session, day, -tokens)
            raise

    def accrue(self, session: StoredSession, day: date, tokens: int) -> None:
        """Book tokens for a session that are stored with whatever is stored of it next; they count from now on."""
        self._accrued[session.id][day] += tokens
        kept = self._of_servers.get(session.guild_id)
        if kept is not None and kept[0] == day:
            self._of_servers[session.guild_id] = day, kept[1] + tokens

    async def flush_with(self, session_id: int, work: Callable[[Connection], T]) -> T:
        """What `work` gives, done for a session in a transaction which also stores what the session owes."""
        owed = self._accrued.pop(session_id, Counter[date]())

        def pay_and_work(db: Connection) -> T:
            for day, tokens in owed.items():
                db.execute(_ADD, {"session_id": session_id, "day": day, "tokens": tokens})
            return work(db)

        try:
            return await in_one_trip(self._engine, pay_and_work)
        except BaseException:
            self._accrued[session_id].update(owed)
            raise

    def is_new(self, session_id: int) -> None:
        """The number of a session is one that was deleted had, perhaps: what that owed is not for this one."""
        self._accrued.pop(session_id, None)

    async def of_session(self, session_id: int) -> int:
        """The tokens that a session has used in all."""
        owed = self._accrued.get(session_id, Counter[date]()).total()
        stored = await in_one_trip(self._engine, lambda db: db.scalar(_OF_SESSION, {"session": session_id}))
        return (stored or 0) + owed

    def kept_of_server(self, guild_id: int, day: date) -> int | None:
        """The same as `of_server`, without asking the database; None if only that knows."""
        kept = self._of_servers.get(guild_id)
        return kept[1] if kept is not None and kept[0] == day else None

    async def of_server(self, guild_id: int, day: date) -> int:
        """The tokens that all sessions of a server have used on a day."""
        stored = await in_one_trip(self._engine, lambda db: db.scalar(_OF_SERVER, {"guild": guild_id, "on": day})) or 0
        if (kept := self.kept_of_server(guild_id, day)) is not None:
            return kept  # somebody has asked, and perhaps booked, meanwhile
        self._of_servers[guild_id] = day, stored
        return stored
