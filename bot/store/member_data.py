"""What is stored about one member, and what they decided about it.

The store hands this out as `store.member_data`. Every method is one transaction, but for those that say so and `scrub`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, union, update

from bot.discussion.model.erasure import Member
from bot.discussion.model.record import Turn
from bot.store import member_export
from bot.store.engine import Database, upsert
from bot.store.holding import hold_session
from bot.store.mappers import post_of, turn_values
from bot.store.models import Post, PostKind, PostStatus
from bot.store.paging import pages
from bot.store.post_queries import WITHOUT_WORDS, blank_words
from bot.store.schema import (
    last_choices,
    memories,
    opt_outs,
    posts,
    reactions,
    sessions,
    turns,
    votes,
)

_UNSENT = (PostStatus.QUEUED, PostStatus.SENDING)
# What members of the audience make of a table: each row is one member's.
_OF_MEMBERS = (votes, reactions)
# What forgetting may change in a turn.
_COLUMNS = ("speaker", "text", "raw", "steering", "message_id", "author_id")


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is stored about a member on one server. `promised_days`: for how many days after their end an earlier
    version promised to keep discussions that are still there, if there are any."""

    messages: int
    discussions: int
    convened: int
    kept_out: bool
    promised_days: int | None = None
    votes: int = 0
    reactions: int = 0


class MemberData:
    """Members' data in the database. A member is always one of one server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- what is kept about a member ---

    async def about(self, guild_id: int, user_id: int) -> Kept:
        """How many messages in how many discussions, and how many discussions they convened."""
        theirs = and_(sessions.c.guild_id == guild_id, turns.c.author_id == user_id, turns.c.text != "")
        count = select(func.count(), func.count(turns.c.session_id.distinct())).select_from(turns).join(sessions)
        convened = and_(sessions.c.guild_id == guild_id, sessions.c.convener_id == user_id)
        here = sessions.c.guild_id == guild_id
        voted, reacted = (
            select(func.count()).select_from(table).join(sessions).where(here, table.c.member_id == user_id)
            for table in _OF_MEMBERS
        )
        promised = select(func.max(sessions.c.keep_days)).where(sessions.c.guild_id == guild_id)

        def work(db: Connection) -> Kept:
            messages, discussions = db.execute(count.where(theirs)).one()
            chaired = db.scalar(select(func.count()).select_from(sessions).where(convened))
            kept_out = _is_kept_out(db, guild_id, user_id)
            many = (db.scalar(voted) or 0, db.scalar(reacted) or 0)
            return Kept(messages, discussions, chaired or 0, kept_out, db.scalar(promised), *many)

        return await self._database.run(work)

    async def names(self, guild_id: int, user_id: int) -> list[str]:
        """Every name under which the member stands in a discussion of this server."""
        theirs = and_(sessions.c.guild_id == guild_id, turns.c.author_id == user_id)
        return await self._database.run(
            lambda db: list(db.scalars(select(turns.c.speaker).join(sessions).where(theirs).distinct()))
        )

    async def export(self, guild_id: int, member: Member) -> dict[str, Any]:
        """Everything that is stored about a member on a server, as a JSON object; times in ISO 8601, UTC.

        Many short transactions: what is said meanwhile may be in it or not.
        """
        return await member_export.export(self._database, guild_id, member)

    # --- forgetting a member ---

    async def sessions_with(self, guild_id: int, member: Member) -> list[int]:
        """The sessions of a server in which a member spoke, voted, reacted or did something, or which they convened.

        Many short transactions.
        """
        here = sessions.c.guild_id == guild_id
        took_part = union(*(select(table.c.session_id).where(table.c.member_id == member.id) for table in _OF_MEMBERS))
        mine = or_(turns.c.author_id == member.id, sessions.c.convener_id == member.id, sessions.c.id.in_(took_part))
        theirs = select(sessions.c.id).outerjoin(turns).where(here, mine)
        found = set(await self._database.run(lambda db: db.scalars(theirs).all()))
        acted = select(turns.c.id, turns.c.session_id, turns.c.text.label("line"))
        told = select(posts.c.id, posts.c.session_id, posts.c.content.label("line"))
        for query, key in (
            (acted.join(sessions).where(here, turns.c.kind == "moderator"), turns.c.id),
            (told.join(sessions).where(here, posts.c.kind == PostKind.NOTICE), posts.c.id),
        ):
            async for page in pages(self._database, query, key):
                found.update(row.session_id for row in page if member.is_named_in(row.line))
        return sorted(found)

    async def rewrite(
        self,
        session_id: int,
        member: Member,
        *,
        changed: Sequence[Turn],
        content_of: Callable[[Post], str],
        minutes: str,
        listen_from: int,
    ) -> None:
        """Write what is left of a session once a member is forgotten, all or nothing.

        `changed`: the turns that change. `content_of` gives a post's text without the member. `minutes` replaces those
        not yet handed out. Messages before the Discord id `listen_from` are not taken in again.
        """

        def work(db: Connection) -> None:
            hold_session(db, session_id)
            mine = and_(turns.c.session_id == session_id, turns.c.author_id == member.id)
            messages = [id_ for id_ in db.scalars(select(turns.c.message_id).where(mine)) if id_]
            for turn in changed:
                if not turn.text:
                    blank_words(db, session_id, turn.seq)
                values = {column: value for column, value in turn_values(turn).items() if column in _COLUMNS}
                where = and_(turns.c.session_id == session_id, turns.c.seq == turn.seq)
                db.execute(update(turns).where(where).values(**values))
            for row in db.execute(select(posts).where(posts.c.session_id == session_id)).all():
                post = post_of(row)
                if post.content and (content := content_of(post)) != post.content:
                    db.execute(update(posts).where(posts.c.id == post.id).values(content=content))
                if post.after_id in messages:
                    # The message before it serves as well while the outcome is open; afterwards nobody asks.
                    after = post.after_id - 1 if post.status in _UNSENT else None
                    db.execute(update(posts).where(posts.c.id == post.id).values(after_id=after))
            _set_minutes(db, session_id, minutes)
            for table in _OF_MEMBERS:
                db.execute(delete(table).where(table.c.session_id == session_id, table.c.member_id == member.id))
            this = sessions.c.id == session_id
            db.execute(update(sessions).where(this).values(listen_from=listen_from))
            convened = and_(this, sessions.c.convener_id == member.id)
            db.execute(update(sessions).where(convened).values(convener_id=0))

        await self._database.run(work)

    async def forget_place(self, place_id: int) -> None:
        """A channel or thread was deleted, and every message in it: blank what guests said there and in its threads.
        Later tables are told of it no more."""
        there = select(sessions.c.id).where(or_(sessions.c.place_id == place_id, sessions.c.channel_id == place_id))
        guests = and_(turns.c.kind == "guest", turns.c.session_id.in_(there))

        def work(db: Connection) -> None:
            db.execute(update(turns).where(guests).values(text=""))
            db.execute(update(posts).where(posts.c.session_id.in_(there)).values(attachment=None))
            db.execute(delete(reactions).where(reactions.c.session_id.in_(there)))
            db.execute(delete(last_choices).where(last_choices.c.channel_id == place_id))
            db.execute(delete(memories).where(memories.c.session_id.in_(there)))
            words = and_(posts.c.session_id.in_(there), posts.c.kind == PostKind.WORDS)
            db.execute(update(posts).where(words).values(WITHOUT_WORDS))

        await self._database.run(work)

    # --- minutes that are still to be handed out ---

    async def sessions_of_message(self, message_id: int) -> list[int]:
        """The sessions in which a guest's message is a turn."""
        said = select(turns.c.session_id).where(turns.c.message_id == message_id)
        by_command = select(posts.c.session_id).where(posts.c.message_id == message_id, posts.c.kind == PostKind.WORDS)
        return await self._database.run(lambda db: list(db.scalars(union(said, by_command))))

    async def has_unsent_minutes(self, session_id: int) -> bool:
        return await self._database.run(
            lambda db: db.execute(select(posts.c.id).where(_unsent_minutes(session_id))).first() is not None
        )

    async def set_minutes(self, session_id: int, minutes: str) -> None:
        """Replace minutes that are not yet handed out."""
        await self._database.run(lambda db: _set_minutes(db, session_id, minutes))

    # --- members who want to be left out ---

    async def keep_out(self, guild_id: int, user_id: int, *, out: bool) -> None:
        """Have a member's messages left out of every discussion on a server, or taken in again."""
        values = {"guild_id": guild_id, "user_id": user_id}

        def work(db: Connection) -> None:
            if out:
                db.execute(upsert(db.dialect.name, opt_outs).values(values).on_conflict_do_nothing())
            else:
                db.execute(delete(opt_outs).where(_opt_out(guild_id, user_id)))

        await self._database.run(work)

    async def is_kept_out(self, guild_id: int, user_id: int) -> bool:
        return await self._database.run(lambda db: _is_kept_out(db, guild_id, user_id))

    async def keeps_anybody_out(self, guild_id: int) -> bool:
        """Whether any member of a server asked to be left out."""
        anybody = select(opt_outs).where(opt_outs.c.guild_id == guild_id).limit(1)
        return await self._database.run(lambda db: db.execute(anybody).first() is not None)

    async def scrub(self) -> bool:
        """Empty SQLite's write-ahead log, in which deleted text outlives its deletion. Out: False if another program,
        which reads the database just now, kept it from that."""
        return await self._database.scrub()


def _unsent_minutes(session_id: int) -> Any:
    return and_(
        posts.c.session_id == session_id,
        posts.c.kind == PostKind.MINUTES,
        posts.c.status.in_(_UNSENT),
        posts.c.attachment.is_not(None),
    )


def _opt_out(guild_id: int, user_id: int) -> Any:
    return and_(opt_outs.c.guild_id == guild_id, opt_outs.c.user_id == user_id)


def _set_minutes(db: Connection, session_id: int, minutes: str) -> None:
    db.execute(update(posts).where(_unsent_minutes(session_id)).values(attachment=minutes))


def _is_kept_out(db: Connection, guild_id: int, user_id: int) -> bool:
    return db.execute(select(opt_outs).where(_opt_out(guild_id, user_id))).first() is not None
