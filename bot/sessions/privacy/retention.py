"""How long things are kept: ended discussions for some days, those of a server that was left for a grace period."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.discussion.text.text_caches import forget_turn_texts
from bot.store.schema import now
from bot.store.store import Store

log = logging.getLogger(__name__)

_DAY: Final = 24 * 60 * 60
# How long what a member was about to make waits to be saved.
_SKETCHES: Final = timedelta(days=1)
# The same of what a server has used on a day: an answer that is waited for at midnight is still booked on the old one.
_DAYS_USE: Final = timedelta(days=1)


class Retention:
    """Deletes what is older than the host wants it kept. `keep_days` None: discussions are kept for ever."""

    def __init__(
        self,
        store: Store,
        drop_server: Callable[[int], None],
        *,
        keep_days: int | None,
        grace_days: int,
        keeps_promises: bool = False,
        drop_pictures: Callable[[Sequence[str]], None] = lambda digests: None,
        drop_copies: Callable[[datetime], None] = lambda at: None,
        fade: Callable[[datetime, int | None], Awaitable[int]] | None = None,
    ) -> None:
        """`drop_server` ends every loop of a server whose sessions are about to be deleted. `keeps_promises`: the host
        has set nothing, so what an earlier version promised to keep for longer is kept for longer. `drop_pictures`
        hears the digests of portraits that are kept no more; `drop_copies` deletes old copies of the database; `fade`
        forgets what was said so many days before a time at tables that stand."""
        self._fade = fade
        self._drop_copies = drop_copies
        self._drop_pictures = drop_pictures
        self._drop_server = drop_server
        self._store = store
        self._keep_days = keep_days
        self._grace_days = grace_days
        self._keeps_promises = keeps_promises

    async def run(
        self, servers: Callable[[], Sequence[int]], owns: Callable[[int], bool], *, leads: bool = True
    ) -> None:
        """Sweep now and then once a day, for ever. `servers` gives those the bot is in, unavailable ones included;
        `owns` says of a server whether this process would know that the bot is in it; what is no server's own (what has
        had its days, portraits) goes where this process `leads`."""
        while True:
            try:
                await self.sweep(servers(), now(), owns, leads=leads)
            except Exception:  # whatever it was: what is too old today still is tomorrow
                log.exception("what is too old could not be deleted; trying again tomorrow")
            await asyncio.sleep(_DAY)

    async def sweep(
        self,
        servers: Sequence[int],
        at: datetime,
        owns: Callable[[int], bool] = lambda _: True,
        *,
        leads: bool = True,
    ) -> None:
        """Delete what is too old at a time. A server that holds data, and that this process `owns` but does not find
        among `servers`, counts as left."""
        expiry = self._store.expiry
        newly_left = await expiry.note_servers(servers, at, owns)
        for guild_id in newly_left:
            log.warning("server %s: I am no longer in it; its data goes in %s days", guild_id, self._grace_days)
        of_left = 0
        for guild_id in await expiry.servers_left(at - timedelta(days=self._grace_days)):
            if guild_id in newly_left or not owns(guild_id):
                continue  # not in the same breath, also without a grace period: the next look may see it again
            self._drop_server(guild_id)
            of_left += await expiry.delete_server(guild_id)
        if self._fade and (faded := await self._fade(at, self._keep_days)):
            log.info("retention: the old words of %s tables that stand are forgotten", faded)
        old = await self._delete_old(at) if leads else 0
        forget_turn_texts()
        emptied = await self._store.member_data.scrub()
        log.info(
            "retention: %s ended discussions deleted (kept for %s), %s of servers left (%s days of grace)%s",
            old,
            "ever" if self._keep_days is None else f"{self._keep_days} days",
            of_left,
            self._grace_days,
            "" if emptied else "; another program reads the database, so its write-ahead log keeps them until tomorrow",
        )

    async def _delete_old(self, at: datetime) -> int:
        """Delete what has had its days, on whatever server. Out: how many discussions."""
        old = 0
        if self._keep_days is not None:
            old = await self._store.expiry.delete_ended(at, self._keep_days, keeps_promises=self._keeps_promises)
        old += await self._store.servers.delete_ended_sooner(at)
        await self._store.sketches.delete_old(at - _SKETCHES)
        await self._store.spending.forget_before((at - _DAYS_USE).date())
        self._drop_pictures(await self._store.pictures.free())
        await asyncio.to_thread(self._drop_copies, at)
        return old

    async def left(self, guild_id: int) -> None:
        """The bot was removed from a server: the grace period begins."""
        await self._store.expiry.leave(guild_id, now())

    async def back(self, guild_id: int) -> None:
        """The bot was added to a server, perhaps again: what is left of its data stays."""
        await self._store.expiry.return_to(guild_id)
