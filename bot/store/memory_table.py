"""What is kept of tables for later ones, by server: `store.memories`. Each method is one transaction, or says so."""

import logging
from collections.abc import Callable, Collection, Sequence
from functools import partial

from sqlalchemy import Connection, Executable, delete, select, update
from sqlalchemy.exc import DatabaseError

from bot.discussion.model.memory import Memory
from bot.discussion.model.record import Session
from bot.store import memory_queries
from bot.store.engine import Database
from bot.store.mappers import session_of
from bot.store.models import KeptMemory
from bot.store.paging import pages
from bot.store.schema import memories, sessions

log = logging.getLogger(__name__)


class MemoryTable:
    """One memory a session, for as long as the session itself is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def matching(
        self, guild_id: int, words: Sequence[str], *, place_id: int, channel_id: int, open_channels: Collection[int]
    ) -> list[KeptMemory]:
        """What is kept of a server that has one of these words, as far as everybody who sees a place may know it.

        See memory_queries.matching. An index that can't be read is logged: no table waits for what it might be told.
        """
        if not words:
            return []
        try:
            return await self._database.run(
                lambda db: memory_queries.matching(db, guild_id, words, place_id, channel_id, open_channels)
            )
        except DatabaseError:
            log.exception("what is kept of earlier tables could not be searched")
            return []

    async def of_server(self, guild_id: int, most: int | None = None) -> list[KeptMemory]:
        """What is kept of a server, latest first; so many at most."""
        query = memory_queries.of_server(guild_id).limit(most)
        return await self._database.run(lambda db: [memory_queries.kept_memory_of(row) for row in db.execute(query)])

    async def one(self, guild_id: int, session_id: int) -> KeptMemory | None:
        """What is kept of one session; None also for one of another server."""
        query = memory_queries.of_server(guild_id, session_id)
        row = await self._database.run(lambda db: db.execute(query).one_or_none())
        return memory_queries.kept_memory_of(row) if row is not None else None

    async def forget(self, session_ids: Collection[int]) -> int:
        """Forget what is kept of these sessions, which stay. Out: of how many that was."""
        these = memories.c.session_id.in_(session_ids)
        return await self._database.run(lambda db: db.execute(delete(memories).where(these)).rowcount)

    async def rewrite(self, guild_id: int, change: Callable[[Session, str], str]) -> None:
        """Change texts in whatever is kept of a server, and in what its tables were told of earlier ones.

        In: `change` is given the session of which, or to which, a text tells. Many short transactions.
        """
        here = sessions.c.guild_id == guild_id
        async for page in pages(self._database, memory_queries.KEPT.where(here), sessions.c.id):
            for kept in map(memory_queries.kept_memory_of, page):
                rewritten = partial(Memory.rewritten, change=partial(change, kept.stored.session))
                if rewritten(kept.memory) != kept.memory:
                    await self._database.run(partial(memory_queries.change, session_id=kept.stored.id, how=rewritten))
        told = select(sessions).where(here, sessions.c.earlier.is_not(None))
        async for page in pages(self._database, told, sessions.c.id):
            for stored in map(session_of, page):
                earlier = change(stored.session, stored.session.earlier)
                if earlier != stored.session.earlier:
                    this = update(sessions).where(sessions.c.id == stored.id)
                    await self._database.run(partial(_do, statement=this.values(earlier=earlier)))


def _do(db: Connection, statement: Executable) -> None:
    db.execute(statement)
