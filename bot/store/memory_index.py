"""The full-text index of what is kept of tables, on SQLite: where it is damaged, it is made anew from what it indexes.

Triggers write into it whenever something is kept, changed or forgotten. So a damaged one would fail the transaction in
which a table ends, or a member is forgotten: it must not, since nothing is lost with an index.
"""

import logging
import sqlite3
from contextlib import suppress
from typing import Final

from bot.store.schema import MEMORY_INDEX, memories

log = logging.getLogger(__name__)

# What tells of itself that it is the index: there is no other virtual table.
_DAMAGED: Final = sqlite3.SQLITE_CORRUPT_VTAB
# What it also fails with, and so does much else: https://sqlite.org/rescode.html
_MAY_BE_DAMAGED: Final = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_CORRUPT)
# https://sqlite.org/fts5.html#fts5_data_structures
_PARTS: Final = ("data", "idx", "docsize", "config", "content")
# As the migration makes it; its triggers stay, since they are those of `memories`.
_CREATE: Final = (
    f"CREATE VIRTUAL TABLE {MEMORY_INDEX} USING fts5("
    "words, content='memories', content_rowid='session_id', tokenize='ascii')"
)
# https://sqlite.org/fts5.html#the_integrity_check_command, https://sqlite.org/fts5.html#the_rebuild_command
_CHECK: Final = f"INSERT INTO {MEMORY_INDEX}({MEMORY_INDEX}, rank) VALUES ('integrity-check', 1)"  # nosec B608
_FILL: Final = f"INSERT INTO {MEMORY_INDEX}({MEMORY_INDEX}) VALUES ('rebuild')"  # nosec B608


def mended(db: sqlite3.Connection, error: sqlite3.Error) -> bool:
    """Make the index anew if an error comes from it, and say so in the log. Out: whether what failed may be done again.

    In: the driver's connection, no transaction begun.
    """
    if not _is_of_index(db, error):
        return False
    try:
        _make_anew(db)
    except sqlite3.Error:
        log.exception("the full-text index of what is kept of earlier tables is damaged, and can't be made anew")
        return False
    log.warning("the full-text index of what is kept of earlier tables was damaged (%s), and was made anew", error)
    return True


def _is_of_index(db: sqlite3.Connection, error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code == _DAMAGED:
        return True
    # The database may be one that has no index yet.
    return code in _MAY_BE_DAMAGED and _is_there(db) and not _is_sound(db)


def _is_there(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [memories.name]).fetchone() is not None


def _is_sound(db: sqlite3.Connection) -> bool:
    try:
        db.execute(_CHECK)
    except sqlite3.Error:
        return False
    return True


def _make_anew(db: sqlite3.Connection) -> None:
    """All or nothing. One that is damaged can seldom be rebuilt, and not even be dropped: SQLite opens it for that."""
    db.execute("BEGIN IMMEDIATE")
    try:
        # It is only an entry in the schema; once that is gone, its parts are tables like any others.
        db.execute("PRAGMA writable_schema=ON")
        db.execute("DELETE FROM sqlite_master WHERE name = ?", [MEMORY_INDEX])
        db.execute("PRAGMA writable_schema=RESET")
        for part in _PARTS:
            db.execute(f"DROP TABLE IF EXISTS {MEMORY_INDEX}_{part}")
        db.execute(_CREATE)
        db.execute(_FILL)
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            with suppress(sqlite3.Error):  # what went wrong before is what is to be told
                db.execute("ROLLBACK")
        db.execute("PRAGMA writable_schema=RESET")
