"""A database file with the store's tables, in which nothing is: migrated once in a process, then copied."""

import tempfile
from pathlib import Path

from bot.store.store import open_store
from tests.support.samples import database

_made: list[bytes] = []


async def ready_database(folder: Path) -> tuple[str, Path]:
    """The URL and file of one in a folder; the tests of migrations make theirs from nothing."""
    if not _made:
        with tempfile.TemporaryDirectory() as elsewhere:
            url, file = database(Path(elsewhere))
            async with open_store(url, file):
                pass
            _made.append(file.read_bytes())
    url, file = database(folder)
    file.touch(0o600)
    file.write_bytes(_made[0])
    return url, file
