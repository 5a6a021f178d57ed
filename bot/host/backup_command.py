"""`roundtable backup` and `roundtable restore`: a copy of the database, made while the bot runs, and put back."""

import shlex
from pathlib import Path

from sqlalchemy import URL, make_url

from bot.errors import RoundtableError
from bot.settings import Settings
from bot.store.backup import copy_database, examine, put_back, stamp
from bot.store.opening import known_revisions, lock_database
from bot.store.schema import now


def back_up(settings: Settings, target: Path, *, force: bool) -> int:
    """Copy the database to `target`, or to a file named by the time in that folder, and say what the copy holds.

    Raises RoundtableError.
    """
    database = _database_file(settings, f"pg_dump --format=custom --file={shlex.quote(str(target))}")
    if target.is_dir():
        target = target / f"roundtable-{stamp(now())}.db"
    copy = copy_database(database, target, replace=force)
    print(f"{target} is a whole copy of {database}: {copy}.")
    return 0


def restore(settings: Settings, copy: Path) -> int:
    """Have a copy be the database, and say where what it replaces is kept. Raises RoundtableError."""
    database = _database_file(settings, f"pg_restore --clean --if-exists --no-owner {shlex.quote(str(copy))}")
    found, known = examine(copy), known_revisions()
    if found.revision not in known:
        raise RoundtableError(
            f"{copy} was made by a newer version of roundtable (schema {found.revision}; this one knows {known[0]}). "
            "Update roundtable, then restore it."
        )
    if database.exists() and copy.samefile(database):
        raise RoundtableError(f"{copy} is the database itself. Name the copy that is to take its place.")
    with lock_database(database):
        kept = put_back(copy, database, at=now())
    print(f"{database} is now what {copy} holds: {found}.")
    if found.revision != known[0]:
        print(f"The next start brings it up to schema {known[0]}.")
    if kept:
        print(f"What it was before is kept: `roundtable restore {shlex.quote(str(kept))}` takes this back.")
    return 0


def _database_file(settings: Settings, instead: str) -> Path:
    """The SQLite file. Raises RoundtableError with the command line of PostgreSQL's own that does it there."""
    url, file = make_url(settings.database_url), settings.database_file
    if url.get_backend_name() == "sqlite" and file:
        return file
    # The password stands in no command line: other users see those.
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()
    raise RoundtableError(
        f"DATABASE_URL is a PostgreSQL database, which is copied by PostgreSQL's own programs:\n"
        f"{instead} --dbname={shlex.quote(address)}\n"
        "It asks for the password, or takes it from PGPASSWORD or ~/.pgpass."
    )
