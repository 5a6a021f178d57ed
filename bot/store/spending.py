"""What model calls use: tokens and money, by session and by server and day. Handed out as `store.spending`.

Nothing of it is counted in a process alone: several share one database, and one day's caps.
"""

import functools
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import BigInteger, Connection, Date, bindparam, delete, func, select, text
from sqlalchemy.exc import IntegrityError

from bot.discussion.text.money import Expense
from bot.store.engine import Database, DatabaseClosed, TransientDatabaseError, upsert
from bot.store.models import StoredSession
from bot.store.schema import day_use, spending

T = TypeVar("T")

_SUMS: Final = ("tokens", "cost", "awaited_tokens", "awaited_cost")
# In the place of a server: all of them together. No id of Discord's is negative.
_ALL: Final = -1
_OF_SESSION: Final = select(
    func.sum(spending.c.tokens), func.sum(spending.c.cost), func.sum(spending.c.unpriced)
).where(spending.c.session_id == bindparam("session"))
_ON_DAY: Final = select(day_use).where(
    day_use.c.day == bindparam("on"), day_use.c.guild_id.in_([bindparam("guild"), _ALL])
)
# For a server and for all together at once. In words, which both dialects take: one statement less in every turn.
_ADD_TO_DAY: Final = text(
    """
    INSERT INTO day_use (guild_id, day, tokens, cost, awaited_tokens, awaited_cost)
    VALUES (:guild, :day, :tokens, :cost, :awaited_tokens, :awaited_cost),
           (-1, :day, :tokens, :cost, :awaited_tokens, :awaited_cost)
    ON CONFLICT (guild_id, day) DO UPDATE SET
        tokens = day_use.tokens + excluded.tokens,
        cost = day_use.cost + excluded.cost,
        awaited_tokens = day_use.awaited_tokens + excluded.awaited_tokens,
        awaited_cost = day_use.awaited_cost + excluded.awaited_cost
    RETURNING guild_id, tokens, cost, awaited_tokens, awaited_cost
    """
).bindparams(bindparam("day", type_=Date), *(bindparam(name, type_=BigInteger) for name in _SUMS))


@dataclass(frozen=True, slots=True)
class Used:
    """What was used, or is to be: tokens, and what they cost, in billionths of the currency (whole numbers, which add
    up without a rest). `unpriced`: so many of the tokens have no known price."""

    tokens: int = 0
    cost: int = 0
    unpriced: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(self.tokens + other.tokens, self.cost + other.cost, self.unpriced + other.unpriced)

    def __sub__(self, other: "Used") -> "Used":
        return Used(self.tokens - other.tokens, self.cost - other.cost, self.unpriced - other.unpriced)


NOTHING: Final = Used()


@dataclass(frozen=True, slots=True)
class UsedToday:
    """What a server, and all servers together, have used on a day; and what the answers which they wait for just now
    may come to. How much of it has no known price is not told, but for a call that is asked about."""

    server: Used = NOTHING
    all_servers: Used = NOTHING
    server_awaits: Used = NOTHING
    all_await: Used = NOTHING

    def without(self, entry: "_Entry") -> "UsedToday":
        """The same but for an entry which is among it."""
        used, awaited = entry.used, entry.awaited
        return UsedToday(
            self.server - used, self.all_servers - used, self.server_awaits - awaited, self.all_await - awaited
        )


@dataclass(frozen=True, slots=True)
class Account:
    """Who uses something on a day (UTC): a server, for one of its sessions or (None) beside them."""

    guild_id: int
    session_id: int | None
    day: date

    @classmethod
    def of(cls, session: StoredSession, day: date) -> "Account":
        return cls(session.guild_id, session.id, day)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is added to an account, both parts possibly negative."""

    used: Used = NOTHING
    awaited: Used = NOTHING

    def __add__(self, other: "_Entry") -> "_Entry":
        return _Entry(self.used + other.used, self.awaited + other.awaited)


_Entries = dict[Account, _Entry]


class Spending:
    """A call is booked in the database before it is made; what its answer changes is accrued here, and stored with
    whatever is stored of its session next. Until then the day's totals hold the most that it may come to: a process
    that is killed leaves that behind, for the host may well pay for it."""

    def __init__(self, database: Database, currency: str) -> None:
        """`currency`: of all costs, in three letters."""
        self._database = database
        self._currency = currency
        self._accrued: defaultdict[int | None, _Entries] = defaultdict(dict)

    @asynccontextmanager
    async def booked(
        self, account: Account, prompt: Used, *, awaits: Used, check: Callable[[UsedToday], None]
    ) -> AsyncIterator[None]:
        """Around a call: `prompt` stays booked, `awaits` is nobody else's while the block lasts.

        `check` is told what is used so far, and raises if that is too much: then nothing is booked. No two calls, of
        whatever processes, are both let through on what is enough for one.
        """
        is_booked, given_back = True, _Entry(awaited=NOTHING - awaits)

        def failed() -> None:
            nonlocal is_booked
            is_booked = False

        try:
            await self._store(account, _Entry(prompt, awaits), check=check, on_failure=failed)
            yield
        except BaseException:
            if is_booked:
                self._accrue(account, given_back)
                await self.flush(account.session_id)  # perhaps nothing is stored of the session for a long time
            raise
        self._accrue(account, given_back)

    async def add(self, account: Account, used: Used) -> None:
        """Book what was used; negative numbers give some back. It is stored when this returns."""
        await self._store(account, _Entry(used))

    def accrue(self, account: Account, used: Used) -> None:
        """Book what is stored with whatever is stored of the session next."""
        self._accrue(account, _Entry(used))

    async def flush_with(self, session_id: int | None, work: Callable[[Connection], T]) -> T:
        """What `work` gives, done for a session in a transaction which also stores what the session has accrued."""
        accrued = self._accrued.pop(session_id, None)
        if not accrued:
            return await self._database.run(work)

        def work_and_store(db: Connection) -> T:
            result = work(db)
            _store(db, accrued)
            return result

        return await self._database.run(work_and_store, on_failure=lambda: self._accrue_again(accrued))

    async def flush(self, *session_ids: int | None) -> None:
        """Store what these sessions (None: what is none's) have accrued; without any what all have, at the end of a
        process. What can't be stored just now, or belongs to sessions that are gone, is left."""
        for session_id in session_ids or list(self._accrued):
            with suppress(IntegrityError, TransientDatabaseError, DatabaseClosed):
                await self.flush_with(session_id, _nothing)

    def is_new(self, session_id: int) -> None:
        """The number of a session is one that was deleted had, perhaps: what that owed is not for this one."""
        self._accrued.pop(session_id, None)

    async def of_session(self, session_id: int) -> Used:
        """What a session has used in all."""
        accrued = self._accrued.get(session_id, {})
        stored = await self._database.run(lambda db: db.execute(_OF_SESSION, {"session": session_id}).one())
        return sum((entry.used for entry in accrued.values()), Used(*(int(value or 0) for value in stored)))

    def cost(self, used: Used) -> Expense:
        """What was used, as money."""
        return Expense(used.tokens, used.cost, used.unpriced, self._currency)

    async def cost_of(self, session_id: int) -> Expense:
        """What a session has cost in all."""
        return self.cost(await self.of_session(session_id))

    async def on_day(self, guild_id: int, day: date) -> UsedToday:
        """What a server, and all servers, have used on a day as far as it is stored."""
        found = await self._database.run(lambda db: db.execute(_ON_DAY, {"guild": guild_id, "on": day}).all())
        return _today({row.guild_id: row for row in found}, guild_id)

    async def forget_before(self, day: date) -> None:
        """Delete what the totals of the days before this one are."""
        await self._database.run(lambda db: db.execute(delete(day_use).where(day_use.c.day < day)))

    def _accrue(self, account: Account, entry: _Entry) -> None:
        entries = self._accrued[account.session_id]
        entries[account] = entries.get(account, _Entry()) + entry

    def _accrue_again(self, accrued: _Entries) -> None:
        for account, entry in accrued.items():
            self._accrue(account, entry)

    async def _store(
        self,
        account: Account,
        entry: _Entry,
        *,
        check: Callable[[UsedToday], None] = lambda today: None,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """Store an entry with what the session has accrued, unless `check` objects to what is used besides."""
        accrued = self._accrued.pop(account.session_id, {})
        entries = {**accrued, account: accrued.get(account, _Entry()) + entry}

        def failed() -> None:
            self._accrue_again(accrued)
            on_failure()

        await self._database.run(lambda db: check(_store(db, entries)[account].without(entry)), on_failure=failed)


def _store(db: Connection, entries: _Entries) -> dict[Account, UsedToday]:
    """Out: the totals of each account's day, these entries among them.

    Their rows stay locked until the transaction ends, that of all servers together last: whoever has touched that one
    keeps everybody waiting.
    """
    for account, entry in entries.items():
        if account.session_id is not None and entry.used != NOTHING:
            row = {"session_id": account.session_id, "day": account.day}
            db.execute(_add_to_session(db.dialect.name), row | asdict(entry.used))
    return {account: _add_to_day(db, account, entry) for account, entry in entries.items()}


def _add_to_day(db: Connection, account: Account, entry: _Entry) -> UsedToday:
    values = {"tokens": entry.used.tokens, "cost": entry.used.cost}
    awaits = {"awaited_tokens": entry.awaited.tokens, "awaited_cost": entry.awaited.cost}
    rows = db.execute(_ADD_TO_DAY, {"guild": account.guild_id, "day": account.day} | values | awaits).all()
    return _today({row.guild_id: row for row in rows}, account.guild_id)


def _today(rows: Mapping[int, Any], guild_id: int) -> UsedToday:
    """What the rows of a day say, by server; one that is missing says nothing was used."""
    server, every = rows.get(guild_id), rows.get(_ALL)
    return UsedToday(
        *(Used(row.tokens, row.cost) if row else NOTHING for row in (server, every)),
        *(Used(row.awaited_tokens, row.awaited_cost) if row else NOTHING for row in (server, every)),
    )


@functools.cache
def _add_to_session(dialect: str) -> Any:
    new = upsert(dialect, spending)
    sums = {name: spending.c[name] + new.excluded[name] for name in ("tokens", "cost", "unpriced")}
    return new.on_conflict_do_update(index_elements=["session_id", "day"], set_=sums)


def _nothing(_: Connection) -> None:
    """There is nothing to store but what is accrued."""
