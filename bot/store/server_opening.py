"""Opens a database on a PostgreSQL server: how it is migrated, and a sentence for what is in the way."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from typing import Any, Final

from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database_address import shown_database
from bot.store.engine import DatabaseOpenError
from bot.store.models import LookedInto
from bot.store.postgresql import create_engine
from bot.store.postgresql_errors import passing
from bot.store.server_settings import APPLICATION

log = logging.getLogger(__name__)

# The number of the advisory lock of whoever migrates a database; it spells Roundtab.
_MIGRATING: Final = 0x526F756E64746162
# A server that is just being started, or ends a connection, is asked again after so many seconds each time.
_WAITS: Final = (0.1, 0.3, 0.6, 1.0, 1.0)
# What a commit that was never answered became (pg_xact_status of such numbers) is told from this version on.
_OLDEST: Final = 13
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:key)")
_IS_NEW: Final = text("SELECT to_regclass('alembic_version') IS NULL")
_REVISION: Final = text("SELECT version_num FROM alembic_version")
# The schema has had that table from the fourth revision on.
_HAS_OWNER: Final = text("SELECT to_regclass('remembered') IS NOT NULL")
_OWNER: Final = text("SELECT value FROM remembered WHERE name = :name")
_OPEN: Final = text("SELECT count(*) FROM sessions WHERE status != 'ended'")


async def migrate(url: str, work: Callable[[Connection], None]) -> None:
    """Do a migration, one process at a time, all or nothing. Raises DatabaseOpenError."""
    with in_words(url):
        for wait in (*_WAITS, None):
            try:
                async with _connected(url) as connection:
                    await connection.execute(_LOCK, {"key": _MIGRATING})
                    await connection.run_sync(work)
                    await connection.commit()
                return
            except Exception as error:
                problem = passing(error)
                if wait is None or problem is None or not problem.again:
                    raise
                log.warning("the database %s can't be used yet: %s; trying again", shown_database(url), problem.cause)
            await asyncio.sleep(wait)


async def look_into_server(url: str) -> LookedInto:
    """Look into a database without changing it. Raises DatabaseOpenError."""
    with in_words(url):
        async with _connected(url) as connection:
            if await connection.scalar(_IS_NEW):
                return LookedInto(None)
            has_owner = await connection.scalar(_HAS_OWNER)
            owner = await connection.scalar(_OWNER, {"name": APPLICATION}) if has_owner else None
            return LookedInto(await connection.scalar(_REVISION), await connection.scalar(_OPEN) or 0, owner)


@asynccontextmanager
async def _connected(url: str, **options: Any) -> AsyncIterator[AsyncConnection]:
    if find_spec("asyncpg") is None:
        raise DatabaseOpenError(
            f"The database {shown_database(url)} needs the driver for PostgreSQL, which is not installed: "
            "pip install 'roundtable-bot[postgres]'"
        )
    engine = create_engine(url, patience=None, **options)
    try:
        async with engine.connect() as connection:
            version = connection.dialect.server_version_info
            if version is not None and version < (_OLDEST,):
                raise DatabaseOpenError(
                    f"The server of {shown_database(url)} is PostgreSQL {version[0]}. It must be {_OLDEST} or later."
                )
            yield connection
    finally:
        await engine.dispose()


@contextmanager
def in_words(url: str) -> Iterator[None]:
    """Have what goes wrong with a database raised as DatabaseOpenError."""
    try:
        yield
    except CommandError as error:
        raise DatabaseOpenError(
            f"The database {shown_database(url)} was made by a newer version of roundtable ({error}). "
            "Update roundtable, or change DATABASE_URL to another database."
        ) from None
    except Exception as error:
        problem = passing(error)
        if problem is None and not isinstance(error, SQLAlchemyError):
            raise
        told = str(getattr(error, "orig", None) or error).partition(">: ")
        reason = " ".join((told[2] or told[0]).split()) or type(error).__name__
        cause = f"{problem.cause}: {reason}" if problem else reason
        raise DatabaseOpenError(
            f"The database {shown_database(url)} can't be used ({cause}). Check DATABASE_URL, and what its server says."
        ) from None
