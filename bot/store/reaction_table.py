"""How members react to personas' messages: `store.reactions`. Each method is one transaction."""

from collections import defaultdict

from sqlalchemy import delete, func, select

from bot.discussion.model.reactions import Counts
from bot.store.engine import Database, upsert
from bot.store.schema import reactions


class ReactionTable:
    """Each reaction that says something, by session, message, member and emoji: whoever takes one back has perhaps
    another one there that says the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, session_id: int, message_id: int, member_id: int, emoji: str, *, turn_seq: int, liked: bool
    ) -> None:
        """Note that a member reacted to a message, which shows this turn, and whether they liked it."""
        keys = {"session_id": session_id, "message_id": message_id, "member_id": member_id, "emoji": emoji}
        values = keys | {"turn_seq": turn_seq, "liked": liked}
        await self._database.run(
            lambda db: db.execute(upsert(db.dialect.name, reactions).values(values).on_conflict_do_nothing())
        )

    async def remove(
        self, session_id: int, message_id: int, *, member_id: int | None = None, emoji: str | None = None
    ) -> None:
        """Reactions to a message are gone: a member's or (None) everybody's, with one emoji or (None) with any."""
        where = [reactions.c.session_id == session_id, reactions.c.message_id == message_id]
        where += [] if member_id is None else [reactions.c.member_id == member_id]
        where += [] if emoji is None else [reactions.c.emoji == emoji]
        await self._database.run(lambda db: db.execute(delete(reactions).where(*where)))

    async def counts(self, session_id: int) -> Counts:
        """How many members liked each turn of a session, and how many did not, whatever they said it by."""
        members = func.count(reactions.c.member_id.distinct())
        query = (
            select(reactions.c.turn_seq, reactions.c.liked, members)
            .where(reactions.c.session_id == session_id)
            .group_by(reactions.c.turn_seq, reactions.c.liked)
        )
        found: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for seq, liked, number in await self._database.run(lambda db: db.execute(query).all()):
            likes, dislikes = found[seq]
            found[seq] = (number, dislikes) if liked else (likes, number)
        return dict(found)
