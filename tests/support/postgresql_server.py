"""A PostgreSQL server of the tests' own, from Debian's binaries: in a temporary folder, on a socket, no passwords."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy import make_url

from bot.database_address import database_address
from bot.store.schema import metadata
from bot.store.store import open_store

REQUIRED: Final = "ROUNDTABLE_REQUIRE_POSTGRESQL"
# Nothing outlives the server, so nothing is written for that.
_OPTIONS: Final = (
    *("listen_addresses=", "max_connections=300", "jit=off", "autovacuum=off"),
    *("fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0"),
)
_START_SECONDS: Final = 30
_DELETE: Final = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))
# A few rows go in a tenth of the time that new files for all tables and indexes take (TRUNCATE).
_CLEAR: Final = f"DO $$ BEGIN {_DELETE}; PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence; END $$"


class PostgresqlServer:
    """One that runs."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.folder = folder
        self._pid = pid
        self._numbers = count(1)
        self._cleared = ""

    async def new_database(self) -> str:
        """The URL of an empty one."""
        name = f"test_{next(self._numbers)}"
        await self.do(f"CREATE DATABASE {name}")
        return database_address(f"postgresql://postgres@/{name}?host={self.folder}")

    async def database(self) -> str:
        """The URL of one with the store's tables, in which nothing is: the same each time, which is faster."""
        if not self._cleared:
            self._cleared = await self.new_database()
            async with open_store(self._cleared, None):
                pass
        await self.do(_CLEAR, self._cleared)
        return self._cleared

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """While the block lasts it answers nobody, and ends no connection: nor does it take leave of anybody."""
        children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text()
        # The parent first: it makes no further ones.
        processes = [self._pid, *map(int, children.split())]
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in processes:
                os.kill(pid, signal.SIGCONT)

    def name_of(self, url: str) -> str:
        """The name of a database."""
        return make_url(url).database or ""

    async def do(self, statement: str, url: str = "") -> list[Any]:
        """Do something as its administrator. In: `url`, of the database to do it in, if that matters."""
        name = self.name_of(url) if url else "postgres"
        connection = await asyncpg.connect(host=str(self.folder), user="postgres", database=name)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()


def binaries() -> Path | None:
    """The folder of the newest server's programs; None where there is none."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return Path(on_path).parent if on_path else found[-1].parent if found else None


@contextmanager
def run_server() -> Iterator[PostgresqlServer]:
    """A server for the length of a block. Skips the test where there is none, or fails it where it is required."""
    programs = binaries()
    if programs is None:
        sentence = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    # The server refuses to run as root, and its user must reach the folder.
    with tempfile.TemporaryDirectory(prefix="roundtable-pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        as_user = ["setpriv", "--pdeathsig=QUIT"]  # it ends with the tests, however these do
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            as_user += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        data = str(folder / "data")
        make = [str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        quiet: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        subprocess.run([*as_user, *make, "--no-sync"], check=True, stderr=subprocess.PIPE, **quiet)
        options = [part for option in _OPTIONS for part in ("-c", option)]
        serve = [str(programs / "postgres"), "-D", data, "-k", str(folder), *options]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([*as_user, *serve], stderr=log, **quiet)
        try:
            _wait_for(folder / ".s.PGSQL.5432", server)
            yield PostgresqlServer(folder, server.pid)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once
            server.wait()


def _wait_for(socket: Path, server: "subprocess.Popen[Any]") -> None:
    end = time.monotonic() + _START_SECONDS
    # The lock file has its last line once connections are taken.
    ready = socket.parent / "data" / "postmaster.pid"
    while not (ready.exists() and "ready" in ready.read_text()):
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"PostgreSQL did not start: {(socket.parent / 'log').read_text()}")
        time.sleep(0.02)
