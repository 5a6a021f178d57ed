"""The one way to the database: sessions, their turns and posts, and the webhooks.

Every method is one transaction. None of them waits for the network, so a transaction is never held across it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import Connection, String, and_, bindparam, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.discussion.model.record import Record, Turn
from bot.store.driver_thread import in_one_trip
from bot.store.engine import create_engine, migrate
from bot.store.mappers import post_of, session_of, turn_of, turn_values
from bot.store.member_data import Privacy
from bot.store.models import Fault, Post, PostKind, PostStatus, Status, StoredSession, Webhook
from bot.store.schema import now, posts, sessions, turns, webhooks
from bot.store.spending import Spending
from bot.store.uncancellable import uncancellable

# Written out: a list of parameters would be put into the statement anew each time.
_UNSETTLED: Final = [literal_column(f"'{status}'", String) for status in (PostStatus.SENDING, PostStatus.QUEUED)]
# The statements of every turn are built once.
_ADD_TURN: Final = insert(turns)
_ADD_POST: Final = insert(posts)
_OF_MESSAGE: Final = select(posts).where(posts.c.message_id == bindparam("message"))
_BIND: Final = update(posts).where(
    posts.c.id == bindparam("post"), posts.c.message_id.is_(None), ~exists(_OF_MESSAGE.correlate(None))
)
_TAKE: Final = update(posts).where(posts.c.id == bindparam("post"))
# What is to be shown next in a place: what is under way, else the oldest that waits.
_OPEN: Final = (
    select(posts)
    .where(posts.c.place_id == bindparam("place"), posts.c.status.in_(_UNSETTLED))
    .order_by(posts.c.status.desc(), posts.c.id)
    .limit(1)
)


class PlaceTaken(Exception):
    """There is an open session in this place already."""


@uncancellable
class Store:
    """The sessions of one database file. Open with `Store.open`, close with `aclose()`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.spending = Spending(engine)
        self.privacy = Privacy(engine)

    @classmethod
    async def open(cls, url: str, file: Path) -> Self:
        """Open (or create) the database and migrate it. Raises DatabaseOpenError."""
        engine = create_engine(url)
        try:
            await migrate(engine, file)
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine)

    async def aclose(self) -> None:
        # The one connection is handed back when the last transaction, an event's perhaps, has ended.
        async with self._engine.connect():
            pass
        await self._engine.dispose()

    # --- sessions ---

    async def add_session(self, stored: StoredSession, opening: Sequence[Post]) -> StoredSession:
        """Store a new session with its first posts. Raises PlaceTaken."""
        session = stored.session
        values = {
            "guild_id": stored.guild_id,
            "place_id": stored.place_id,
            "channel_id": stored.channel_id,
            "convener_id": stored.convener_id,
            "anchor_id": stored.anchor_id,
            "status": stored.status,
            "reason": stored.reason,
            "fault": stored.fault,
            "seed": session.seed,
            "task": session.task.model_dump(mode="json"),
            "cast": [persona.model_dump(mode="json") for persona in session.cast],
            "dials": session.dials.model_dump(mode="json"),
            "created_at": stored.created_at,
        }

        def work(db: Connection) -> int:
            session_id = _new_id(db.execute(insert(sessions), values))
            _add_posts(db, session_id, stored.place_id, opening)
            return session_id

        try:
            session_id = await in_one_trip(self._engine, work)
        except IntegrityError as error:
            raise PlaceTaken from error
        self.spending.is_new(session_id)
        return replace(stored, id=session_id)

    async def unfinished_sessions(self) -> list[StoredSession]:
        """Every session that has not ended, or has posts that are still to be shown; oldest first."""
        unsettled = select(posts.c.session_id).where(posts.c.status.in_((PostStatus.SENDING, PostStatus.QUEUED)))
        where = or_(sessions.c.status != Status.ENDED, sessions.c.id.in_(unsettled))
        async with self._engine.begin() as db:
            return [session_of(row) for row in await db.execute(select(sessions).where(where).order_by(sessions.c.id))]

    async def session(self, session_id: int) -> StoredSession | None:
        async with self._engine.begin() as db:
            row = (await db.execute(select(sessions).where(sessions.c.id == session_id))).one_or_none()
            return session_of(row) if row else None

    async def last_session(self, place_id: int) -> StoredSession | None:
        """The newest session of a place, ended or not."""
        newest = select(sessions).where(sessions.c.place_id == place_id).order_by(sessions.c.id.desc()).limit(1)
        async with self._engine.begin() as db:
            row = (await db.execute(newest)).one_or_none()
            return session_of(row) if row else None

    async def set_status(
        self, session_id: int, status: Status, reason: str | None = None, fault: Fault | None = None
    ) -> None:
        values: dict[str, Any] = {"status": status, "reason": reason, "fault": fault}
        if status is Status.ENDED:
            values["ended_at"] = now()
        change = update(sessions).where(sessions.c.id == session_id).values(**values)
        await self.spending.flush_with(session_id, lambda db: db.execute(change) and None)

    async def end_session(self, session_id: int, place_id: int, closing: Post) -> None:
        """End a session and queue its last post, both or neither: a restart in between would queue it once more."""
        values = {"status": Status.ENDED, "reason": None, "fault": None, "ended_at": now()}

        def work(db: Connection) -> None:
            _add_posts(db, session_id, place_id, [closing])
            db.execute(update(sessions).where(sessions.c.id == session_id).values(**values))

        await self.spending.flush_with(session_id, work)

    async def record(self, session_id: int) -> Record:
        """Every turn of a session, in order."""
        async with self._engine.begin() as db:
            rows = await db.execute(select(turns).where(turns.c.session_id == session_id).order_by(turns.c.seq))
            return Record([turn_of(row) for row in rows])

    async def latest_id(self, session_id: int) -> int:
        """The largest Discord id the session has seen: its start, a guest's message or a post."""
        async with self._engine.begin() as db:
            found = [
                await db.scalar(select(sessions.c.anchor_id).where(sessions.c.id == session_id)),
                await db.scalar(select(func.max(turns.c.message_id)).where(turns.c.session_id == session_id)),
                await db.scalar(select(func.max(posts.c.message_id)).where(posts.c.session_id == session_id)),
                await db.scalar(select(func.max(posts.c.after_id)).where(posts.c.session_id == session_id)),
            ]
        return max(value or 0 for value in found)

    # --- turns ---

    async def add_turn(
        self, session_id: int, place_id: int, turn: Turn, show: Sequence[Post] = (), *, after_id: int = 0
    ) -> bool:
        """Store a turn together with the posts that will show it, the first of them ready to send.

        `after_id` is the largest Discord id seen in the place. Out: False if a turn of that message is stored already.
        """

        def work(db: Connection) -> bool:
            if turn.message_id is not None:
                of_message = and_(turns.c.session_id == session_id, turns.c.message_id == turn.message_id)
                if db.execute(select(turns.c.id).where(of_message)).first():
                    return False
            db.execute(_ADD_TURN, {"session_id": session_id} | turn_values(turn))
            if show:
                # What is under way or waits comes first; else the first of these is taken as it is stored.
                is_next = _take(db, place_id, after_id) is None
                first = replace(show[0], status=PostStatus.SENDING, after_id=after_id) if is_next else show[0]
                _add_posts(db, session_id, place_id, [first, *show[1:]])
            return True

        return await self.spending.flush_with(session_id, work)

    async def amend_turn(self, session_id: int, turn: Turn) -> None:
        """Write an older turn's changed text, address or withholding."""
        where = and_(turns.c.session_id == session_id, turns.c.seq == turn.seq)
        async with self._engine.begin() as db:
            await db.execute(
                update(turns)
                .where(where)
                .values(text=turn.text, addressed=turn.addressed, withheld=turn.withheld, raw=turn.raw)
            )

    # --- posts ---

    async def add_post(self, session_id: int, place_id: int, post: Post) -> int:
        """Queue a post that belongs to no turn (panel, notice, minutes). Out: its id."""
        return (await in_one_trip(self._engine, lambda db: _add_posts(db, session_id, place_id, [post])))[0]

    async def take_post(self, place_id: int, after_id: int) -> Post | None:
        """The post of the place that is `sending`, else the next queued one, which thereby becomes `sending`."""
        return await in_one_trip(self._engine, lambda db: _take(db, place_id, after_id))

    async def set_post(self, post_id: int, status: PostStatus, *, username: str | None = None) -> None:
        """Change where a post stands, and the name it is shown under if Discord refused the first."""
        values: dict[str, Any] = {"status": status} | ({"username": username} if username else {})
        async with self._engine.begin() as db:
            await db.execute(update(posts).where(posts.c.id == post_id).values(**values))

    async def refuse_post(self, post_id: int) -> int | None:
        """Give up a post under way. If it shows a turn, the posts behind it are given up and the turn is withheld.

        Out: the session it belongs to.
        """
        async with self._engine.begin() as db:
            post = (await db.execute(select(posts).where(posts.c.id == post_id))).one_or_none()
            if post is None:
                return None
            this_turn = and_(posts.c.session_id == post.session_id, posts.c.turn_seq == post.turn_seq)
            where = and_(
                posts.c.id == post_id if post.turn_seq is None else this_turn,
                posts.c.status.in_((PostStatus.SENDING, PostStatus.QUEUED)),
            )
            await db.execute(update(posts).where(where).values(status=PostStatus.REFUSED, attachment=None))
            turn = and_(turns.c.session_id == post.session_id, turns.c.seq == post.turn_seq)
            await db.execute(update(turns).where(turn).values(withheld=True))
            return post.session_id

    async def give_up_post(self, post_id: int) -> None:
        """Give up a post that nobody has begun to send."""
        where = and_(posts.c.id == post_id, posts.c.status == PostStatus.QUEUED)
        async with self._engine.begin() as db:
            await db.execute(update(posts).where(where).values(status=PostStatus.REFUSED, attachment=None))

    async def give_up_place(self, place_id: int) -> None:
        """Give up every post that a place which is gone was still to show."""
        unsettled = posts.c.status.in_((PostStatus.SENDING, PostStatus.QUEUED))
        async with self._engine.begin() as db:
            where = and_(posts.c.place_id == place_id, unsettled)
            await db.execute(update(posts).where(where).values(status=PostStatus.REFUSED, attachment=None))

    async def bind(self, post_id: int, message_id: int) -> bool:
        """Note that this message shows this post. A bound post or message stays as it is. Out: whether it was bound."""
        return await in_one_trip(self._engine, lambda db: _bind(db, post_id, message_id))

    async def bind_answered(self, post_id: int, message_id: int, place_id: int) -> tuple[bool, bool]:
        """The same for the message that a send was answered with. Out: whether it was bound, and whether another post
        of the place waits."""

        def work(db: Connection) -> tuple[bool, bool]:
            is_bound = _bind(db, post_id, message_id)
            return is_bound, db.execute(_OPEN, {"place": place_id}).first() is not None

        return await in_one_trip(self._engine, work)

    async def rebind(self, post_id: int, message_id: int) -> int | None:
        """Note which message really shows a post. Out: the one it was bound to, None if the post is not shown."""
        async with self._engine.begin() as db:
            where = and_(posts.c.id == post_id, posts.c.status == PostStatus.POSTED)
            former = await db.scalar(select(posts.c.message_id).where(where))
            if former is not None:
                await db.execute(update(posts).where(where).values(message_id=message_id))
            return former

    async def sending(self, place_id: int) -> Post | None:
        """The place's post whose outcome is open."""
        where = and_(posts.c.place_id == place_id, posts.c.status == PostStatus.SENDING)
        async with self._engine.begin() as db:
            row = (await db.execute(select(posts).where(where))).one_or_none()
            return post_of(row) if row else None

    async def post(self, post_id: int) -> Post | None:
        async with self._engine.begin() as db:
            row = (await db.execute(select(posts).where(posts.c.id == post_id))).one_or_none()
            return post_of(row) if row else None

    async def post_of_message(self, message_id: int) -> tuple[int, Post] | None:
        """The session and post that a message shows."""
        async with self._engine.begin() as db:
            row = (await db.execute(_OF_MESSAGE, {"message": message_id})).one_or_none()
            return (row.session_id, post_of(row)) if row else None

    async def session_posts(self, session_id: int, *kinds: PostKind) -> list[Post]:
        """A session's posts in order, all or those of some kinds."""
        query = select(posts).where(posts.c.session_id == session_id).order_by(posts.c.id)
        if kinds:
            query = query.where(posts.c.kind.in_(kinds))
        async with self._engine.begin() as db:
            return [post_of(row) for row in await db.execute(query)]

    async def posted_copies(self, place_id: int, content: str) -> list[Post]:
        """The posts with this content that are known to be shown in the place."""
        where = and_(
            posts.c.place_id == place_id,
            posts.c.status == PostStatus.POSTED,
            or_(posts.c.content == content, func.trim(posts.c.content) == content.strip()),
        )
        async with self._engine.begin() as db:
            return [post_of(row) for row in await db.execute(select(posts).where(where))]

    async def message_gone(self, message_id: int) -> None:
        """A message was deleted: its post is `removed` and will not be sent again, a guest's words are blanked."""
        where = posts.c.message_id == message_id
        async with self._engine.begin() as db:
            await db.execute(update(posts).where(where).values(status=PostStatus.REMOVED, attachment=None))
            await db.execute(update(turns).where(turns.c.message_id == message_id).values(text=""))

    # --- webhooks ---

    async def add_webhook(self, webhook: Webhook) -> None:
        """Remember a webhook of ours; it becomes the live one of its channel."""
        async with self._engine.begin() as db:
            await db.execute(update(webhooks).where(webhooks.c.channel_id == webhook.channel_id).values(live=False))
            values = {"channel_id": webhook.channel_id, "token": webhook.token, "live": True}
            statement = upsert(webhooks).values(id=webhook.id, created_at=now(), **values)
            await db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    async def live_webhook(self, channel_id: int) -> Webhook | None:
        where = and_(webhooks.c.channel_id == channel_id, webhooks.c.live)
        async with self._engine.begin() as db:
            row = (await db.execute(select(webhooks).where(where))).first()
            return Webhook(row.id, row.channel_id, row.token) if row else None

    async def retire_webhook(self, webhook_id: int) -> None:
        """The webhook was deleted or moved. Its id stays known as ours."""
        async with self._engine.begin() as db:
            await db.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(live=False))

    async def webhook_channels(self) -> dict[int, int]:
        """Every webhook id ever owned, with the channel it belongs to."""
        async with self._engine.begin() as db:
            rows = await db.execute(select(webhooks.c.id, webhooks.c.channel_id))
            return {row.id: row.channel_id for row in rows}


@asynccontextmanager
async def open_store(url: str, file: Path) -> AsyncIterator[Store]:
    """A store for the length of a block. Raises DatabaseOpenError."""
    store = await Store.open(url, file)
    try:
        yield store
    finally:
        await store.aclose()


def _add_posts(db: Connection, session_id: int, place_id: int, show: Sequence[Post]) -> list[int]:
    ids: list[int] = []
    for post in show:
        values = {
            "session_id": session_id,
            "place_id": place_id,
            "turn_seq": post.turn_seq,
            "kind": post.kind,
            "username": post.username,
            "avatar": post.avatar,
            "content": post.content,
            "attachment": post.attachment,
            "status": post.status,
            "after_id": post.after_id or None,
        }
        ids.append(_new_id(db.execute(_ADD_POST, values)))
    return ids


def _take(db: Connection, place_id: int, after_id: int) -> Post | None:
    row = (db.execute(_OPEN, {"place": place_id})).one_or_none()
    if row is None:
        return None
    post = post_of(row)
    if post.status is PostStatus.QUEUED:
        db.execute(_TAKE, {"post": post.id, "status": PostStatus.SENDING, "after_id": after_id})
        return replace(post, after_id=after_id)
    return post


def _bind(db: Connection, post_id: int, message_id: int) -> bool:
    # Whoever deletes a message must not find it kept in minutes that are in the channel already.
    values = {"message_id": message_id, "status": PostStatus.POSTED, "attachment": None}
    return (db.execute(_BIND, {"post": post_id, "message": message_id} | values)).rowcount == 1


def _new_id(result: Any) -> int:
    return result.inserted_primary_key[0]
