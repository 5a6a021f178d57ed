"""The database as it was before a migration: a copy beside it, of which the newest few are kept for a while."""

import contextlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.store.backup import STAMP, copy_database, stamp

# So many are kept, and none for longer than this: what was deleted since then still stands in them.
MOST_COPIES: Final = 3
KEPT_FOR: Final = timedelta(days=14)


def copy_before_migration(database: Path, revision: str, at: datetime) -> Path:
    """Copy a database of the schema `revision` that is about to be migrated. Out: the copy. Raises BackupError."""
    copy = database.with_name(f"{database.name}.schema-{revision}-{stamp(at)}")
    copy_database(database, copy, replace=True)
    drop_old_copies(database, at)
    return copy


def drop_old_copies(database: Path | None, at: datetime) -> None:
    """Delete the copies that are too old, or too many. None: a database on a server, of which there are none."""
    if database is None:
        return
    ours = re.compile(rf"{re.escape(database.name)}\.schema-\w+-({STAMP})")
    named = ((ours.fullmatch(file.name), file) for file in database.parent.glob("*"))
    made = sorted(((match[1], file) for match, file in named if match), reverse=True)
    oldest = stamp(at - KEPT_FOR)
    for number, (when, copy) in enumerate(made):
        if number >= MOST_COPIES or when < oldest:
            with contextlib.suppress(OSError):  # it is tried again with the next look
                copy.unlink()
