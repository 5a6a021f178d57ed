"""Opens the database: pragmas, immediate transactions, the lock that keeps a second process out, migrations."""

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import Connection, event, false, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import RoundtableError
from bot.store.schema import sessions
from bot.store.sqlite_events import TransientDatabaseError, register_sqlite_events

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
# Waits out another program that looks into the file (a backup), in milliseconds.
_BUSY_TIMEOUT: Final = 5000


class DatabaseOpenError(RoundtableError):
    """The database can't be opened."""


def lock_database(file: Path) -> FileLock:
    """Take the lock of a database for this process; released when the process ends. Raises DatabaseOpenError."""
    _make_folder(file)
    lock = FileLock(f"{file}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DatabaseOpenError(
            f"The database {file} is in use by another roundtable process. Stop that one, "
            "or set DATABASE_URL to another file."
        ) from None
    except OSError as error:
        raise DatabaseOpenError(_unwritable(file, error)) from None
    return lock


def create_engine(url: str) -> AsyncEngine:
    """An engine for `url` set up as the store needs it. One connection: our transactions queue instead of colliding."""
    # No transaction is open any more where a connection is handed back: that need not be made sure of once more.
    engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=60, pool_reset_on_return=None)

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        # The driver must not begin or commit by itself: its implicit commit before DDL would split a migration.
        connection.isolation_level = None
        cursor = connection.cursor()
        # secure_delete: what is deleted is overwritten in the file, not only forgotten.
        safe = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")
        for pragma in (*safe, f"busy_timeout={_BUSY_TIMEOUT}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    register_sqlite_events(engine.sync_engine)
    return engine


async def migrate(engine: AsyncEngine, file: Path) -> None:
    """Bring the database up to this version's schema, all or nothing. Raises DatabaseOpenError."""
    _make_folder(file)
    _make_private(file)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
            # Changes nothing, but fails now rather than in the middle of a session if the file can only be read.
            await connection.execute(update(sessions).where(false()).values(reason=None))
    except CommandError as error:
        raise DatabaseOpenError(
            f"The database {file} was made by a newer version of roundtable ({error}). "
            "Update roundtable, or change DATABASE_URL to another file."
        ) from None
    except (DatabaseError, TransientDatabaseError, OSError) as error:
        raise DatabaseOpenError(_unwritable(file, error)) from None


def known_revisions() -> list[str]:
    """The schema revisions that this version knows, newest first."""
    return [script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()]


def _upgrade(connection: Connection, run: Callable[..., None] = command.upgrade) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    run(config, "head")


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise DatabaseOpenError(_unwritable(file, NotADirectoryError(errno.ENOTDIR, "its folder is a file"))) from None
    except OSError as error:
        raise DatabaseOpenError(_unwritable(file, error)) from None


def _make_private(file: Path) -> None:
    """Make a new database readable by its owner alone; the files that SQLite puts beside it follow it in that."""
    with contextlib.suppress(OSError):  # what is wrong with the path is told by SQLite's own attempt
        os.close(os.open(file, os.O_RDONLY | os.O_CREAT, 0o600))


def _unwritable(file: Path, error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, TransientDatabaseError) else getattr(error, "orig", None)
    cause = cause or error
    reason = cause.strerror if isinstance(cause, OSError) and cause.errno != errno.EIO else str(cause)
    return f"The database {file} can't be used ({reason}). Check the path in DATABASE_URL and its permissions."
