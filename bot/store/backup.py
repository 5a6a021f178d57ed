"""Whole copies of a SQLite database: made while a bot writes to it, looked through, and put back in its place."""

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.errors import RoundtableError

# What SQLite keeps beside a database: changes that are not in it yet, and an index of them.
_COMPANIONS: Final = ("-wal", "-shm")
STAMP: Final = r"\d{8}-\d{6}"
"""How `stamp` writes a time, as a pattern."""
# How long a copy waits for a lock of another program's, in seconds.
_BUSY_SECONDS: Final = 30.0


class BackupError(RoundtableError):
    """A copy can't be made, or can't be used."""


@dataclass(frozen=True, slots=True)
class CopiedDatabase:
    """A database file of ours that was looked through and is whole. `revision`: of its schema."""

    file: Path
    revision: str
    sessions: int
    turns: int

    def __str__(self) -> str:
        tables = f"{self.sessions:,} table{'' if self.sessions == 1 else 's'}"
        turns = f"{self.turns:,} turn{'' if self.turns == 1 else 's'}"
        return f"{tables} with {turns}, schema {self.revision}, {_size(self.file.stat().st_size)}"


def copy_database(source: Path, target: Path, *, replace: bool = False) -> CopiedDatabase:
    """Copy a database to another file, as it stands at this moment, with what is only in its write-ahead log so far.

    Nobody who writes to it is kept waiting. The copy is one file that only its owner can read; it appears under its
    name once it is whole. `replace`: a file that is there goes. Raises BackupError.
    """
    if not source.is_file():
        raise BackupError(f"There is no database {source} to copy.")
    if target.exists() and not replace:
        raise BackupError(f"{target} is there already. --force replaces it.")
    if target.exists() and target.samefile(source):
        raise BackupError(f"{target} is the database itself. Name another file.")
    with _draft_of(target) as draft:
        _vacuum_into(source, draft)
        found = examine(draft, source)
        _settle(draft, target)
    return CopiedDatabase(target, found.revision, found.sessions, found.turns)


def examine(file: Path, called: Path | None = None) -> CopiedDatabase:
    """Look a database through, all of its pages. Raises BackupError if it is not a whole one of Roundtable's.

    `called`: what people know it by, where that is another file.
    """
    called = called or file
    if not file.is_file():
        raise BackupError(f"There is no file {called}.")
    try:
        with contextlib.closing(_opened(file, "ro")) as db:
            row = db.execute("SELECT version_num FROM alembic_version").fetchone()
            sessions = db.execute("SELECT count(*) FROM sessions").fetchone()[0]
            turns = db.execute("SELECT count(*) FROM turns").fetchone()[0]
            problem = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupError(f"{called} is no database of Roundtable's, or is damaged ({error}).") from None
    if row is None:
        raise BackupError(f"{called} is no database of Roundtable's: it does not tell its schema.")
    if problem != "ok":
        raise BackupError(f"{called} is damaged ({problem}).")
    return CopiedDatabase(file, row[0], sessions, turns)


def put_back(copy: Path, target: Path, *, at: datetime) -> Path | None:
    """Have a copy be the database. Nobody may be using `target`: its lock is the caller's.

    Out: where the database that it replaces is now (the name holds the time `at`); None if there was none.
    Raises BackupError, with nothing changed, or with what to rename by hand.
    """
    owner = target if target.exists() else target.parent
    with _draft_of(target) as draft, contextlib.ExitStack() as undo:
        _vacuum_into(copy, draft)
        examine(draft, copy)
        if hasattr(os, "chown") and os.geteuid() == 0:
            # By root, for a bot that runs as somebody else.
            os.chown(draft, owner.stat().st_uid, owner.stat().st_gid)
        kept = _set_aside(target, at, undo) if target.exists() else None
        _settle(draft, target)
        undo.pop_all()
    return kept


def stamp(at: datetime) -> str:
    """A time as it stands in files' names, in UTC."""
    return f"{at.astimezone(UTC):%Y%m%d-%H%M%S}"


def _set_aside(database: Path, at: datetime, undo: contextlib.ExitStack) -> Path:
    """Rename a database, and what is left beside it: a log that stays would be taken for that of the next one.

    `undo` gets what renames each of them back.
    """
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_opened(database, "rw")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    name = f"{database.name}.replaced-{stamp(at)}"
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    kept = next(place for place in map(database.with_name, names) if not place.exists())
    try:
        for end in (*_COMPANIONS, ""):
            with contextlib.suppress(FileNotFoundError):
                moved = Path(f"{database}{end}").rename(f"{kept}{end}")
                undo.callback(_rename_back, moved, Path(f"{database}{end}"))
    except OSError as error:
        raise BackupError(f"{database} can't be set aside ({error.strerror}).") from None
    return kept


def _rename_back(moved: Path, place: Path) -> None:
    try:
        moved.rename(place)
    except OSError as error:
        raise BackupError(
            f"{place} can't be put back ({error.strerror}). It is {moved} now: rename that to {place.name} before the "
            "bot starts."
        ) from None


def _vacuum_into(source: Path, target: Path) -> None:
    # Unlike a copy page by page it leaves behind what was deleted, and is not begun anew by whoever writes meanwhile.
    try:
        with contextlib.closing(_opened(source, "rw")) as db:
            db.execute("VACUUM INTO ?", (str(target.absolute()),))
        with target.open("rb+") as written:
            os.fsync(written.fileno())
    except sqlite3.Error as error:
        raise BackupError(f"{source} can't be copied ({error}).") from None


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


@contextlib.contextmanager
def _draft_of(target: Path) -> Iterator[Path]:
    """An empty file beside `target` that is its owner's alone, and is gone afterwards unless it was renamed."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupError(f"{target} can't be written ({error.strerror}).") from None
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _settle(draft: Path, target: Path) -> None:
    try:
        draft.replace(target)
    except OSError as error:
        raise BackupError(f"{target} can't be written ({error.strerror}).") from None


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.0f} kB"
