"""The end of what is stored: sessions whose days are over, and whole servers that the bot has left.

The store hands this out as `store.expiry`. Every method is one transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, or_, select, union, update

from bot.discussion.model.record import Turn
from bot.store.engine import Database, upsert
from bot.store.holding import hold_session
from bot.store.mappers import turn_values
from bot.store.models import PostKind, PostStatus, Status
from bot.store.schema import (
    day_use,
    departures,
    last_choices,
    opt_outs,
    own_personas,
    own_tasks,
    posts,
    server_settings,
    sessions,
    sketches,
    turns,
    votes,
    webhooks,
)

# What is a server's, beside its sessions and webhooks.
_OF_SERVERS = (opt_outs, server_settings, own_personas, own_tasks, sketches, last_choices)

_UNSENT = (PostStatus.QUEUED, PostStatus.SENDING)
# What a table has once, and is brought up to date.
_CARDS = (PostKind.CARD, PostKind.PANEL)
# What changes in a turn whose words have had their days.
_FADING = ("speaker", "text", "raw", "question", "steering", "flags", "author_id")


class Expiry:
    """Deletes what has had its time, and knows since when a server has been left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_ended(self, at: datetime, keep_days: int, *, keeps_promises: bool = False) -> int:
        """Delete sessions that by a time have ended for more than so many days, with all that belongs to them.

        `keeps_promises`: where an earlier version has promised another number of days, that counts. Out: how many.
        """
        ended, promised = sessions.c.ended_at, sessions.c.keep_days

        def work(db: Connection) -> int:
            old = ended < at - timedelta(days=keep_days)
            if keeps_promises:
                others = [days for days in db.scalars(select(promised).distinct()) if days is not None]
                each = [and_(promised == days, ended < at - timedelta(days=days)) for days in others]
                old = or_(and_(promised.is_(None), old), *each)
            return db.execute(delete(sessions).where(sessions.c.status == Status.ENDED, old)).rowcount

        return await self._database.run(work)

    async def last_turn_before(self, session_id: int, at: datetime) -> int:
        """The number of a session's last turn that is older than a time; 0: none is."""
        old = and_(turns.c.session_id == session_id, turns.c.created_at < at)
        found = await self._database.run(lambda db: db.scalar(select(func.max(turns.c.seq)).where(old)))
        return found or 0

    async def fade(self, session_id: int, changed: Sequence[Turn], upto: int, at: datetime) -> None:
        """Write what is left of the turns of a table that stands, up to number `upto`, and delete the posts that are
        older than a time, all or nothing. Its cards stay, and what is still to be shown."""

        def work(db: Connection) -> None:
            hold_session(db, session_id)
            for turn in changed:
                values = {column: value for column, value in turn_values(turn).items() if column in _FADING}
                db.execute(
                    update(turns).where(turns.c.session_id == session_id, turns.c.seq == turn.seq).values(**values)
                )
            shown = (posts.c.status.not_in(_UNSENT), posts.c.kind.not_in(_CARDS), posts.c.created_at < at)
            db.execute(delete(posts).where(posts.c.session_id == session_id, *shown))
            db.execute(delete(votes).where(votes.c.session_id == session_id, votes.c.question_seq <= upto))
            # What it was told of earlier tables is older than all of it.
            db.execute(update(sessions).where(sessions.c.id == session_id).values(earlier=None))

        await self._database.run(work)

    async def note_servers(
        self, present: Sequence[int], now: datetime, owns: Callable[[int], bool] = lambda _: True
    ) -> list[int]:
        """Note which servers with data the bot is in: those it is no longer in have been left by `now`, those it is in
        again have not. Of a server that is not `owns`ed nothing is known. Out: the servers newly left."""

        def work(db: Connection) -> list[int]:
            db.execute(delete(departures).where(departures.c.guild_id.in_(present)))
            holding = (sessions, *_OF_SERVERS, webhooks)
            known = set(db.scalars(union(*(select(table.c.guild_id) for table in holding)))) - {None}
            left = known - set(present) - set(db.scalars(select(departures.c.guild_id)))
            left = set(filter(owns, left))
            for guild_id in left:
                new = upsert(db.dialect.name, departures).values(guild_id=guild_id, left_at=now)
                db.execute(new.on_conflict_do_nothing())
            return sorted(left)

        return await self._database.run(work)

    async def leave(self, guild_id: int, now: datetime) -> None:
        """The bot was removed from a server."""
        values = {"guild_id": guild_id, "left_at": now}

        def work(db: Connection) -> None:
            db.execute(upsert(db.dialect.name, departures).values(values).on_conflict_do_nothing())

        await self._database.run(work)

    async def return_to(self, guild_id: int) -> None:
        """The bot is in a server (again)."""

        def work(db: Connection) -> None:
            db.execute(delete(departures).where(departures.c.guild_id == guild_id))

        await self._database.run(work)

    async def servers_left(self, before: datetime) -> list[int]:
        """The servers that the bot left before a time."""
        return await self._database.run(
            lambda db: list(db.scalars(select(departures.c.guild_id).where(departures.c.left_at <= before)))
        )

    async def delete_server(self, guild_id: int) -> int:
        """Delete everything of a server the bot has left. Out: how many sessions."""

        def work(db: Connection) -> int:
            channels = select(sessions.c.channel_id).where(sessions.c.guild_id == guild_id)
            ours = or_(webhooks.c.guild_id == guild_id, webhooks.c.channel_id.in_(channels))
            db.execute(delete(webhooks).where(ours))
            # What it has used today still counts for all together, in a row of its own.
            db.execute(delete(day_use).where(day_use.c.guild_id == guild_id))
            count = db.execute(delete(sessions).where(sessions.c.guild_id == guild_id)).rowcount
            for table in _OF_SERVERS:
                db.execute(delete(table).where(table.c.guild_id == guild_id))
            db.execute(delete(departures).where(departures.c.guild_id == guild_id))
            return count

        return await self._database.run(work)
