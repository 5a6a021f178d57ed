"""What holds for every engine on the database: when a transaction takes the lock, and which errors are troubles."""

import sqlite3
from typing import Final

from sqlalchemy import Connection, Engine, ExceptionContext, event

from bot.errors import RoundtableError

# What may pass by itself or with a host's help, by SQLite's primary result codes (https://sqlite.org/rescode.html).
_TROUBLES: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another program keeps it locked",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked",
    sqlite3.SQLITE_READONLY: "it can only be read",
    sqlite3.SQLITE_IOERR: "the disk does not take it",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened",
}
_PRIMARY: Final = 0xFF  # the rest of a result code says more than we need


class TransientDatabaseError(RoundtableError):
    """A transaction came to nothing for a cause outside (disk full, locked, read-only). Later it may succeed."""


def register_sqlite_events(engine: Engine) -> Engine:
    """The same engine."""

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        # A plain BEGIN takes the write lock too late: a transaction that has read then fails with "database is locked".
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "handle_error")
    def _on_error(context: ExceptionContext) -> TransientDatabaseError | None:  # pyright: ignore[reportUnusedFunction]
        code = getattr(context.original_exception, "sqlite_errorcode", None)
        cause = _TROUBLES.get(code & _PRIMARY) if isinstance(code, int) else None
        return TransientDatabaseError(f"The bot's database can't be used: {cause}.") if cause else None

    return engine
