"""What is SQLite's alone: the pragmas of a connection, when a transaction takes the lock, which errors may pass."""

import sqlite3
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from bot.store.schema import MEMORY_INDEX

BEGIN: Final = "BEGIN IMMEDIATE"
"""A plain BEGIN takes the write lock too late: a transaction that has read then fails with "database is locked"."""
# Waits out another program that looks into the file (a backup), in milliseconds.
_BUSY_TIMEOUT: Final = 5000
# What may pass by itself or with a host's help, by SQLite's primary result codes (https://sqlite.org/rescode.html).
_PASSING: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another program keeps it locked",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked",
    sqlite3.SQLITE_READONLY: "it can only be read",
    sqlite3.SQLITE_IOERR: "the disk does not take it",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened",
}
_PRIMARY: Final = 0xFF  # the rest of a result code says more than we need


def register_sqlite_events(engine: Engine) -> None:
    """Have every connection of an engine set up as the store needs it, and every transaction take the lock at once."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        # The driver must not begin or commit by itself: its implicit commit before DDL would split a migration.
        connection.isolation_level = None
        cursor = connection.cursor()
        # secure_delete: what is deleted is overwritten in the file, not only forgotten.
        safe = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")
        for pragma in (*safe, f"busy_timeout={_BUSY_TIMEOUT}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql(BEGIN)


def passing_cause(error: BaseException) -> str | None:
    """Why the driver failed, in words, if that may pass; None if trying again is of no use."""
    code = getattr(error, "sqlite_errorcode", None)
    return _PASSING.get(code & _PRIMARY) if isinstance(code, int) else None


def empty_log(connection: Any) -> bool:
    """Take what is deleted out of the full-text index, which only marks it, then empty the write-ahead log.

    In: the driver's connection, no transaction begun. Out: False if another program, which reads the database just now,
    kept it from that.
    """
    cursor = connection.cursor()
    # https://sqlite.org/fts5.html#the_optimize_command
    cursor.execute(f"INSERT INTO {MEMORY_INDEX}({MEMORY_INDEX}) VALUES ('optimize')")  # nosec B608 (a name of ours)
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    is_busy = cursor.fetchone()[0]
    cursor.close()
    return not is_busy
