"""Has transactions about the same thing come one after the other, where a database lets several run at once.

SQLite takes one writer at a time, and nothing here does anything. PostgreSQL shows each statement what others have
committed by then (READ COMMITTED): whoever decides by what was read, and then writes, holds the thing first. What is
held is held until the transaction ends. By which rule, so that nobody who holds one thing waits for another the wrong
way round: a place, then its server, then what is everybody's.

A place is held by whoever changes its posts' order or status, or adds a turn; a server by whoever counts or changes
what it has; a channel by whoever changes its webhook. It takes an advisory lock of the transaction's instead of a
row's: a place has posts of several sessions, and what is counted has perhaps no row yet. (Serialisable transactions
would need no holding, but half of a few busy tables' transactions then fail and are done again.)
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Connection, bindparam, func, select

from bot.store.schema import posts, sessions

PICTURES: Final = 1
"""In the place of a Discord id: all the portraits that are kept."""

_HOLD: Final = select(func.pg_advisory_xact_lock(bindparam("id", type_=BigInteger)))
_OF_SESSION: Final = select(func.pg_advisory_xact_lock(sessions.c.place_id)).where(
    sessions.c.id == bindparam("session")
)
_OF_POST: Final = select(func.pg_advisory_xact_lock(posts.c.place_id)).where(posts.c.id == bindparam("post"))
_OF_MESSAGE: Final = select(func.pg_advisory_xact_lock(posts.c.place_id)).where(
    posts.c.message_id == bindparam("message")
)


def hold(db: Connection, discord_id: int) -> None:
    """Hold a place, a server or a channel, by its id."""
    _hold(db, _HOLD, {"id": discord_id})


def hold_session(db: Connection, session_id: int) -> None:
    """Hold the place of a session."""
    _hold(db, _OF_SESSION, {"session": session_id})


def hold_post(db: Connection, post_id: int) -> None:
    """Hold the place of a post."""
    _hold(db, _OF_POST, {"post": post_id})


def hold_message(db: Connection, message_id: int) -> None:
    """Hold the place of the post that a message shows, if it shows one."""
    _hold(db, _OF_MESSAGE, {"message": message_id})


def _hold(db: Connection, statement: Any, values: dict[str, int]) -> None:
    if db.dialect.name == "postgresql":
        db.execute(statement, values)
