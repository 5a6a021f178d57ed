"""What model calls cost: tokens by session and day. The store hands this out as `store.spending`."""

from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.schema import sessions, spending
from bot.store.whole import whole


@whole
class Spending:
    """Every method is one transaction. A day is one in UTC."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, session_id: int, day: date, tokens: int) -> None:
        """Book tokens for a session; a negative number gives some back."""
        statement = upsert(spending).values(session_id=session_id, day=day, tokens=tokens)
        together = {"tokens": spending.c.tokens + statement.excluded.tokens}
        async with self._engine.begin() as db:
            await db.execute(statement.on_conflict_do_update(index_elements=["session_id", "day"], set_=together))

    async def of_session(self, session_id: int) -> int:
        """The tokens that a session has used in all."""
        async with self._engine.begin() as db:
            total = select(func.sum(spending.c.tokens)).where(spending.c.session_id == session_id)
            return await db.scalar(total) or 0

    async def of_server(self, guild_id: int, day: date) -> int:
        """The tokens that all sessions of a server have used on a day."""
        where = and_(sessions.c.guild_id == guild_id, spending.c.day == day)
        total = select(func.sum(spending.c.tokens)).join(sessions, sessions.c.id == spending.c.session_id).where(where)
        async with self._engine.begin() as db:
            return await db.scalar(total) or 0
