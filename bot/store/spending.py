"""What model calls cost: tokens by session and day. The store hands this out as `store.spending`."""

import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select

from bot.store.engine import Database, upsert
from bot.store.models import StoredSession
from bot.store.schema import now, remembered, sessions, spending

T = TypeVar("T")

_OF_SESSION: Final = select(func.sum(spending.c.tokens)).where(spending.c.session_id == bindparam("session"))
_OF_SERVER: Final = (
    select(func.sum(spending.c.tokens))
    .join(sessions, sessions.c.id == spending.c.session_id)
    .where(and_(sessions.c.guild_id == bindparam("guild"), spending.c.day == bindparam("on")))
)
_OF_ALL: Final = select(func.sum(spending.c.tokens)).where(spending.c.day == bindparam("on"))
# Under which name what deleted sessions had used on a day is remembered: day and number.
_OF_DELETED: Final = "tokens of deleted sessions"
# The same for what a server used without a session; its id goes behind it.
_OF_TRIALS: Final = "lines tried out on "
_WITHOUT_SESSION: Final = select(remembered.c.value).where(
    or_(remembered.c.name == _OF_DELETED, remembered.c.name.startswith(_OF_TRIALS))
)


@dataclass(frozen=True, slots=True)
class UsedToday:
    """The tokens that a server, and all servers together, have used on a day; and those that the answers which they
    wait for just now may come to."""

    server: int
    all_servers: int
    server_awaits: int = 0
    all_await: int = 0


class Spending:
    """A day is one in UTC. One process owns the database, so what was used on the last day is kept here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of_servers: dict[int, tuple[date, int]] = {}
        self._of_all: tuple[date, int] | None = None
        self._accrued: defaultdict[int, Counter[date]] = defaultdict(Counter)
        self._awaited: Counter[int] = Counter()

    @contextmanager
    def awaiting(self, guild_id: int, tokens: int) -> Iterator[None]:
        """While a server waits for an answer of so many tokens at most: nobody else may use them meanwhile."""
        self._awaited[guild_id] += tokens
        try:
            yield
        finally:
            self._awaited[guild_id] -= tokens

    async def add_without_session(self, guild_id: int, day: date, tokens: int) -> None:
        """Book tokens that a server uses beside its sessions; a negative number gives some back."""
        self._count(guild_id, day, tokens)

        def work(db: Connection) -> None:
            name = f"{_OF_TRIALS}{guild_id}"
            _remember(db, name, day, _remembered(db, name, day) + tokens)

        await self._database.run(work, on_failure=lambda: self._count(guild_id, day, -tokens))

    async def add(self, session: StoredSession, day: date, tokens: int) -> None:
        """Book tokens for a session; a negative number gives some back. They are stored when this returns."""
        self.accrue(session, day, tokens)
        await self.flush_with(session.id, _nothing, on_failure=lambda: self.accrue(session, day, -tokens))

    def accrue(self, session: StoredSession, day: date, tokens: int) -> None:
        """Book tokens for a session that are stored with whatever is stored of it next; they count from now on."""
        self._accrued[session.id][day] += tokens
        self._count(session.guild_id, day, tokens)

    def _count(self, guild_id: int, day: date, tokens: int) -> None:
        kept = self._of_servers.get(guild_id)
        if kept is not None and kept[0] == day:
            self._of_servers[guild_id] = day, kept[1] + tokens
        if self._of_all is not None and self._of_all[0] == day:
            self._of_all = day, self._of_all[1] + tokens

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

    def kept_on(self, guild_id: int, day: date) -> UsedToday | None:
        """The same as `on_day`, without asking the database; None if only that knows."""
        server, every = self._of_servers.get(guild_id), self._of_all
        if server is None or every is None or not server[0] == every[0] == day:
            return None
        return self._today(guild_id, server[1], every[1])

    async def on_day(self, guild_id: int, day: date) -> UsedToday:
        """The tokens that all sessions of a server, and of all servers, have used on a day."""

        def work(db: Connection) -> UsedToday:
            return UsedToday(_of_server(db, guild_id, day), _of_all(db, day))

        stored = await self._database.run(work)
        # Where somebody has asked, and perhaps booked, meanwhile, what they have left here is newer.
        if self._of_servers.get(guild_id, (None,))[0] != day:
            self._of_servers[guild_id] = day, stored.server
        if self._of_all is None or self._of_all[0] != day:
            self._of_all = day, stored.all_servers
        return self._today(guild_id, self._of_servers[guild_id][1], self._of_all[1])

    def _today(self, guild_id: int, server: int, every: int) -> UsedToday:
        return UsedToday(server, every, self._awaited[guild_id], self._awaited.total())


def keep_of_deleted(db: Connection, guild_id: int) -> None:
    """The sessions of a server are about to be deleted: what they have used today still counts for all together."""
    today = now().date()
    if tokens := _of_server(db, guild_id, today):
        _remember(db, _OF_DELETED, today, tokens + _remembered(db, _OF_DELETED, today))
    db.execute(delete(remembered).where(remembered.c.name == f"{_OF_TRIALS}{guild_id}"))


def _of_server(db: Connection, guild_id: int, day: date) -> int:
    of_sessions = db.scalar(_OF_SERVER, {"guild": guild_id, "on": day}) or 0
    return of_sessions + _remembered(db, f"{_OF_TRIALS}{guild_id}", day)


def _of_all(db: Connection, day: date) -> int:
    found = db.execute(_WITHOUT_SESSION).all()
    return (db.scalar(_OF_ALL, {"on": day}) or 0) + sum(_tokens(value, day) for (value,) in found)


def _remembered(db: Connection, name: str, day: date) -> int:
    return _tokens(db.scalar(select(remembered.c.value).where(remembered.c.name == name)), day)


def _tokens(value: str | None, day: date) -> int:
    """Those of a day, from what is remembered."""
    on, _, tokens = (value or "").partition(" ")
    return int(tokens) if on == str(day) else 0


def _remember(db: Connection, name: str, day: date, tokens: int) -> None:
    value = f"{day} {tokens}"
    new = upsert(db.dialect.name, remembered).values(name=name, value=value)
    db.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


@functools.cache
def _add(dialect: str) -> Any:
    new = upsert(dialect, spending)
    tokens = spending.c.tokens + new.excluded.tokens
    return new.on_conflict_do_update(index_elements=["session_id", "day"], set_={"tokens": tokens})


def _nothing(_: Connection) -> None:
    """There is nothing to store but what is accrued."""
