"""Says which of the host's files other users of the machine could read or replace, and what mends it."""

import os
import stat
from pathlib import Path
from typing import Final

ENV_FILE: Final = Path(".env")
# SQLite gives these the same permissions as the database; they may be left over from before those were changed.
_COMPANIONS: Final = ("", "-wal", "-shm")


def exposed_files(database: Path | None, env_file: Path = ENV_FILE) -> list[str]:
    """A sentence with its `chmod` for each file that others can get at; empty on Windows, which has other rules.
    `database`: None where it is no file.

    A folder that others can only read does no harm while the files in it are private: it is named only if they could
    put another file in a file's place.
    """
    if os.name == "nt":
        return []
    ours = [env_file] if database is None else [env_file, database]
    files = (env_file, *(Path(f"{database}{end}") for end in _COMPANIONS if database is not None))
    found = [
        f"{file} can be read by every user of this machine: chmod 600 {file}"
        for file in files
        if _mode(file) & (stat.S_IROTH | stat.S_IWOTH)
    ]
    for folder in dict.fromkeys(file.absolute().parent for file in ours if _mode(file)):
        mode = _mode(folder)
        # In a folder like /tmp (sticky) only a file's owner can replace it.
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            found.append(f"{folder} can be changed by every user of this machine: chmod o-w {folder}")
    return found


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
