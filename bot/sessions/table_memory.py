"""What a server's tables know of its earlier ones: what is kept of one that ends, and what a new one is told."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bot.discussion.model.memory import Memory
from bot.discussion.model.record import Record
from bot.discussion.prompts.earlier_tables import EarlierTable, earlier_tables, searched_words
from bot.llm.token_ratio import usual_ratio
from bot.sessions.composing.limits import tokens_in
from bot.store.models import StoredSession
from bot.store.store import Store

# Of a prompt, by the same low guess of characters a token that goes before any measurement.
MOST_TOKENS: Final = 400


class TableMemory:
    """For all tables of the bot. Where the host, or the server, wants none, nothing is kept and nothing told."""

    def __init__(self, store: Store, *, is_wanted: bool = True) -> None:
        self._store = store
        self._is_wanted = is_wanted

    async def told(self, stored: StoredSession, open_channels: Collection[int]) -> StoredSession:
        """A session that is about to be stored, with what its prompts tell of earlier tables from then on.

        `open_channels`: those of the server that everybody in it can see.
        """
        if not await self._is_on(stored.guild_id):
            return stored
        session = stored.session
        kept = await self._store.memories.matching(
            stored.guild_id,
            searched_words(session.task.questions),
            place_id=stored.place_id,
            channel_id=stored.channel_id,
            open_channels=open_channels,
        )
        tables = [EarlierTable(each.kept_at, each.memory, each.words) for each in kept]
        block = earlier_tables(session.task.questions, session.cast, tables, _fits)
        # As it comes out of the database: the same after a restart.
        return replace(stored, session=replace(session, earlier=block.replace("\0", "")))

    async def of(self, stored: StoredSession, record: Record) -> Memory | None:
        """What is to be kept of a session that ends now; None for nothing."""
        return Memory.of(stored.session, record) if await self._is_on(stored.guild_id) else None

    async def _is_on(self, guild_id: int) -> bool:
        return self._is_wanted and (await self._store.servers.of(guild_id)).memory


def _fits(text: str) -> bool:
    return tokens_in(len(text), usual_ratio(text)) <= MOST_TOKENS
