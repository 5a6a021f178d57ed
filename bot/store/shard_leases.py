"""Which shards of the application are this process's, where several share a database on a PostgreSQL server.

Each process prolongs its leases every few seconds, takes what is free or was left by one that died, and gives back what
is more than its fair share. `Leases.share()` hands out what it has to whoever runs a bot for it; `share.over` is set as
soon as that is to end: because shards were lost, are to be given back, or have come to it.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from bot.errors import HostMustMend
from bot.store import shard_queries
from bot.store.engine import TransientDatabaseError
from bot.store.fencing import Fence, clock
from bot.store.postgresql import PostgresqlDatabase, create_engine
from bot.store.shard_queries import LEASE_SECONDS, OtherCount

log = logging.getLogger(__name__)

RENEW_SECONDS: float = 5.0
# Nothing is begun for a shard any more once its lease has less left than this: what is on its way then still arrives.
MARGIN_SECONDS: Final = 5.0
# An answer of the server's that takes longer is given up, and asked for again.
_PATIENCE: Final = 4.0
# A lease that is about to run out is looked at so many seconds after that.
_JUST_AFTER: Final = 0.05
# How long the end of the process may be held up to give all of them back, in seconds.
_LEAVE_SECONDS: Final = 1.5


@dataclass(frozen=True)
class Share:
    """The shards that a bot is run for, of so many in all."""

    count: int
    fence: Fence
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def shard_ids(self) -> list[int]:
        return sorted(self.fence.leases)


class Leases:
    """One process's. Used inside the event loop."""

    def __init__(self, database: PostgresqlDatabase) -> None:
        self._database = database
        self._owner = f"{os.getpid()}-{secrets.token_hex(6)}-{socket.gethostname()[:32]}"
        self._held: dict[int, int] = {}
        self._surplus: list[int] = []
        self._safe_until = 0.0
        self._share: Share | None = None
        self._renewed = asyncio.Condition()
        self._at_once = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> "AsyncIterator[Leases]":
        """Leases for the length of a block; at its end all of them are free for others."""
        # Of its own: a renewal must not wait for the tables' transactions.
        database = PostgresqlDatabase(create_engine(url, patience=_PATIENCE, pool_size=2))
        leases = cls(database)
        try:
            yield leases
        finally:
            # What is not given back in time runs out by itself.
            await asyncio.wait([asyncio.create_task(leases._leave())], timeout=_LEAVE_SECONDS)

    async def share(self, count: int) -> Share:
        """What this process has, once it has anything. In: how many shards the application has in all.

        Whatever the last share was used for must have ended: what is to be given back of it goes now. Raises
        HostMustMend where other processes run with another number of shards, TransientDatabaseError.
        """
        await self._give_back()
        await self._set_count(count)
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep(), name="the leases of shards")
        async with self._renewed:
            await self._renewed.wait_for(lambda: bool(self._held) and not self._surplus and self._is_safe())
        fence = Fence(self._owner, dict(self._held), lambda: self._safe_until, self._lost)
        self._share = Share(count, fence)
        log.info("shards of this process: %s of %s", ", ".join(map(str, sorted(self._held))), count)
        return self._share

    def _is_safe(self) -> bool:
        return clock() < self._safe_until

    async def _set_count(self, count: int) -> None:
        # Each time: while this process was stopped, others may have changed it.
        try:
            await self._database.run(lambda db: shard_queries.set_count(db, self._owner, count))
        except OtherCount as other:
            raise HostMustMend(
                f"Other processes run on this database with {other} shards, this one would with {count}. "
                f"Set SHARD_COUNT={other} here too, or stop all of them to change it."
            ) from None

    async def _keep(self) -> None:
        while True:
            began, pause = clock(), RENEW_SECONDS
            try:
                # While some are to be given back nothing is taken.
                renewal = partial(shard_queries.renew, owner=self._owner, claims=not self._surplus)
                found = await self._database.run(renewal)
                self._safe_until = began + LEASE_SECONDS - MARGIN_SECONDS
                if found.free_in is not None:  # whoever has died is missed for no longer than need be
                    pause = min(pause, found.free_in + _JUST_AFTER)
                await self._note(found)
            except TransientDatabaseError as problem:
                log.warning("the leases of shards could not be renewed: %s", problem)
            except Exception:  # whatever it is: without a renewal the shards are given up, and that is all
                log.exception("the leases of shards could not be renewed")
            if self._share is not None and not self._is_safe():
                self._share.over.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._at_once.wait(), pause)
            self._at_once.clear()

    def _lost(self) -> None:
        """The database, or the clock, says that something of the share is this process's no more."""
        if self._share is not None and not self._share.over.is_set():
            log.warning("shards of this process were lost; what ran for them ends here")
            self._share.over.set()
            self._held = {}
            self._at_once.set()

    async def _note(self, found: shard_queries.Renewed) -> None:
        self._held = found.held
        # The highest ones: whoever leads goes on to.
        self._surplus = sorted(found.held)[found.fair :]
        if self._share is not None and (self._surplus or self._share.fence.leases != found.held):
            # Of what has become another's nothing more may be read, either: the lease of the rest goes on.
            self._share.fence.is_lost |= not self._share.fence.leases.items() <= found.held.items()
            self._share.over.set()
        if self._share is None and self._surplus:
            await self._give_back()
        async with self._renewed:
            self._renewed.notify_all()

    async def _give_back(self) -> None:
        self._share, surplus = None, list(self._surplus)
        if surplus:
            with contextlib.suppress(TransientDatabaseError):  # they run out by themselves
                await self._database.run(lambda db: shard_queries.release(db, self._owner, surplus))
                log.info("shards given back for other processes: %s", ", ".join(map(str, surplus)))
            self._held = {shard: epoch for shard, epoch in self._held.items() if shard not in surplus}
            self._surplus = []

    async def _leave(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        with contextlib.suppress(TransientDatabaseError):
            await self._database.run(lambda db: shard_queries.leave(db, self._owner))
        await self._database.aclose()
