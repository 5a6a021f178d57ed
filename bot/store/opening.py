"""Opens the database: the lock that keeps a second process out, the driver that its URL asks for, migrations."""

import asyncio
import contextlib
import errno
import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import Connection, false, func, inspect, select, update
from sqlalchemy.exc import DatabaseError

from bot.store import postgresql
from bot.store.backup import BackupError
from bot.store.driver_thread import DriverThreadDatabase
from bot.store.engine import Database, DatabaseOpenError, TransientDatabaseError, create_pool
from bot.store.migration_copies import copy_before_migration
from bot.store.models import LookedInto
from bot.store.postgresql import PostgresqlDatabase
from bot.store.schema import now, processes, sessions
from bot.store.server_opening import in_words, migrate
from bot.store.server_settings import APPLICATION

log = logging.getLogger(__name__)

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


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


async def open_database(url: str) -> Database:
    """Connect to the database at an SQLAlchemy URL. Raises sqlalchemy.exc.DatabaseError, TransientDatabaseError."""
    if not url.startswith("sqlite"):
        return PostgresqlDatabase(postgresql.create_engine(url))
    engine = create_pool(url)
    try:
        return await DriverThreadDatabase.open(engine)
    except BaseException:
        await engine.dispose()
        raise


async def open_migrated(url: str, file: Path | None) -> Database:
    """Open (or create) a database and bring it up to this version's schema, all or nothing.

    Raises DatabaseOpenError.
    """
    if file is None:
        with in_words(url):
            await migrate(url, _migrate)
        return await open_database(url)
    _make_folder(file)
    _make_private(file)
    await asyncio.to_thread(_copy_if_older, url, file)
    try:
        database = await open_database(url)
        try:
            await database.run(_migrate)
        except BaseException:
            await database.aclose()
            raise
    except CommandError as error:
        raise DatabaseOpenError(
            f"The database {file} was made by a newer version of roundtable ({error}). "
            "Update roundtable, or change DATABASE_URL to another file."
        ) from None
    except (DatabaseError, TransientDatabaseError, OSError) as error:
        raise DatabaseOpenError(_unwritable(file, error)) from None
    return database


def look_into(file: Path) -> LookedInto:
    """Look into a database file without changing it. Raises DatabaseOpenError with the bare reason."""
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
            row = db.execute("SELECT version_num FROM alembic_version").fetchone()
            (open_tables,) = db.execute("SELECT count(*) FROM sessions WHERE status != 'ended'").fetchone()
            owner = None
            # The schema has had that table from the fourth revision on.
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'remembered'").fetchone():
                owner = db.execute("SELECT value FROM remembered WHERE name = ?", [APPLICATION]).fetchone()
    except sqlite3.Error as error:
        raise DatabaseOpenError(str(error)) from None
    return LookedInto(row[0] if row else None, open_tables, owner[0] if owner else None)


def known_revisions() -> list[str]:
    """The schema revisions that this version knows, newest first."""
    return [script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()]


def _copy_if_older(url: str, file: Path) -> None:
    """Copy a database that is about to be migrated. Raises DatabaseOpenError."""
    if not url.startswith("sqlite"):
        return
    try:
        revision = look_into(file).revision
    except DatabaseOpenError:  # new and empty, or damaged, which the attempt to open it tells
        return
    known = known_revisions()
    if revision not in known[1:]:
        return
    try:
        copy = copy_before_migration(file, revision, now())
    except BackupError as error:
        raise DatabaseOpenError(
            f"{error} Without a copy of it {file} is not brought up to this version's schema: make room, and try again."
        ) from None
    log.info("the database has schema %s; before it is migrated, a copy of it is kept in %s", revision, copy)


def _migrate(connection: Connection) -> None:
    before = MigrationContext.configure(connection).get_current_revision()
    newest = known_revisions()[0]
    if before and before != newest:
        _require_no_process(connection)
    if before != newest:
        _upgrade(connection)
    if before and before != newest:
        log.info("the database is migrated from schema %s to %s", before, newest)
    # Changes nothing, but fails now rather than in the middle of a session if the file can only be read.
    connection.execute(update(sessions).where(false()).values(reason=None))


def _require_no_process(connection: Connection) -> None:
    """Raise DatabaseOpenError while others, which know another schema, run on the database."""
    if connection.dialect.name == "sqlite" or not inspect(connection).has_table(processes.name):
        return  # a file has a lock
    live = select(func.count()).select_from(processes).where(processes.c.until >= func.now())
    if number := connection.scalar(live):
        raise DatabaseOpenError(
            f"Processes of another version run on the database that DATABASE_URL names ({number} of them), and its "
            "schema is to be changed. Stop all of them first, then start this version (a killed one counts for 20 s)."
        )


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
