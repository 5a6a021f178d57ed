"""`roundtable migrate`: brings the database up to this version's schema, or only says whether it is."""

from contextlib import nullcontext

from bot.settings import Settings
from bot.store.opening import (
    DatabaseOpenError,
    known_revisions,
    lock_database,
    look_into,
    open_migrated,
)
from bot.store.server_opening import look_into_server


async def migrate(settings: Settings, *, only_check: bool) -> int:
    """Bring the database up to this version's schema, and say from where to where.

    Out: 0; with `only_check`, which changes nothing, 1 if it is not there. Raises RoundtableError.
    """
    newest = known_revisions()[0]
    before = await revision_of(settings)
    if before == newest:
        print(f"The database has schema {newest}, which this version uses. There is nothing to migrate.")
        return 0
    if before not in (None, *known_revisions()):
        raise DatabaseOpenError(
            f"The database has schema {before}, of a newer version of roundtable; this one knows {newest}. "
            "Update roundtable, or restore a copy from before (docs/hosting.md)."
        )
    if only_check:
        if before is None:
            print(f"There is no database yet. `roundtable migrate` makes it with schema {newest}, or the first start.")
        else:
            print(
                f"The database has schema {before}; this version uses {newest}. `roundtable migrate` brings it there."
            )
        return int(before is not None)
    file = settings.database_file
    with lock_database(file) if file else nullcontext():
        database = await open_migrated(settings.database_url, file)
        await database.aclose()
    print(f"Made with schema {newest}." if before is None else f"Migrated from schema {before} to {newest}.")
    return 0


async def revision_of(settings: Settings) -> str | None:
    """The schema's revision of the database; None where there is none yet. Raises RoundtableError."""
    if file := settings.database_file:
        if not file.exists() or not file.stat().st_size:
            return None
        try:
            return look_into(file).revision
        except DatabaseOpenError as error:
            raise DatabaseOpenError(f"The database {file} can't be read ({error}).") from None
    return (await look_into_server(settings.database_url)).revision
