"""What the store does with sessions and their turns: plain functions of a connection, for use in a transaction."""

from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, false, func, insert, or_, select, update

from bot.discussion.model.record import Record, Turn
from bot.store import memory_queries
from bot.store.mappers import session_of, session_values, turn_of, turn_values
from bot.store.models import PostStatus, Status, StoredSession
from bot.store.schema import posts, sessions, turns

# The statements of every turn are built once.
_ADD_TURN: Final = insert(turns)
_OF_MESSAGE: Final = select(turns.c.id).where(
    turns.c.session_id == bindparam("session"), turns.c.message_id == bindparam("message")
)
_CHANGE: Final = update(sessions).where(sessions.c.id == bindparam("session"))
_RECORD: Final = select(turns).where(turns.c.session_id == bindparam("session")).order_by(turns.c.seq)
_AMENDED: Final = ("speaker", "text", "addressed", "steering", "withheld", "raw", "flags", "message_id")


def add_session(db: Connection, stored: StoredSession) -> int:
    """Out: the session's id. Raises sqlalchemy.exc.IntegrityError if there is an open one in its place."""
    result: Any = db.execute(insert(sessions), session_values(stored))
    return result.inserted_primary_key[0]


def write_nothing(db: Connection) -> None:
    """Change nothing, as one who may write. Fails where the file can only be read, or is locked."""
    db.execute(update(sessions).where(false()).values(reason=None))


def unfinished(db: Connection) -> list[StoredSession]:
    """Every session that has not ended, or has posts that are still to be shown; oldest first."""
    unsettled = select(posts.c.session_id).where(posts.c.status.in_((PostStatus.SENDING, PostStatus.QUEUED)))
    where = or_(sessions.c.status != Status.ENDED, sessions.c.id.in_(unsettled))
    return [session_of(row) for row in db.execute(select(sessions).where(where).order_by(sessions.c.id))]


def session(db: Connection, session_id: int) -> StoredSession | None:
    return _one(db.execute(select(sessions).where(sessions.c.id == session_id)).one_or_none())


def last_session(db: Connection, place_id: int) -> StoredSession | None:
    """The newest session of a place, ended or not."""
    newest = select(sessions).where(sessions.c.place_id == place_id).order_by(sessions.c.id.desc()).limit(1)
    return _one(db.execute(newest).one_or_none())


def last_sessions(db: Connection, guild_id: int, most: int) -> list[StoredSession]:
    """The newest sessions of a server, ended or not, newest first."""
    newest = select(sessions).where(sessions.c.guild_id == guild_id).order_by(sessions.c.id.desc()).limit(most)
    return [session_of(row) for row in db.execute(newest)]


def change_session(db: Connection, session_id: int, values: dict[str, Any]) -> None:
    """Write these columns of a session."""
    db.execute(_CHANGE, {"session": session_id} | values)


def latest_id(db: Connection, session_id: int) -> int:
    """The largest Discord id the session has seen: its start, a guest's message or a post."""
    found = [
        db.scalar(select(sessions.c.anchor_id).where(sessions.c.id == session_id)),
        db.scalar(select(func.max(turns.c.message_id)).where(turns.c.session_id == session_id)),
        db.scalar(select(func.max(posts.c.message_id)).where(posts.c.session_id == session_id)),
        db.scalar(select(func.max(posts.c.after_id)).where(posts.c.session_id == session_id)),
    ]
    return max(value or 0 for value in found)


def record(db: Connection, session_id: int) -> Record:
    """Every turn of a session, in order."""
    return Record([turn_of(row) for row in db.execute(_RECORD, {"session": session_id})])


def is_turn(db: Connection, session_id: int, message_id: int) -> bool:
    """Whether a message is a turn of a session."""
    return db.execute(_OF_MESSAGE, {"session": session_id, "message": message_id}).first() is not None


def add_turn(db: Connection, session_id: int, turn: Turn) -> None:
    """Raises sqlalchemy.exc.IntegrityError if there is a turn of that number, or of that message."""
    db.execute(_ADD_TURN, {"session_id": session_id} | turn_values(turn))


def amend_turn(db: Connection, session_id: int, turn: Turn) -> None:
    """Write what may change in an older turn: its text, what it tells, its withholding, and which message it is.

    What nobody is to see any more is no longer kept for later tables either.
    """
    if turn.withheld:
        memory_queries.drop_turn(db, session_id, turn.seq)
    where = (turns.c.session_id == session_id, turns.c.seq == turn.seq)
    values = {column: value for column, value in turn_values(turn).items() if column in _AMENDED}
    db.execute(update(turns).where(*where).values(**values))


def _one(row: Row[Any] | None) -> StoredSession | None:
    return session_of(row) if row else None
