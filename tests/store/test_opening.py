"""Opening the database: migrations all or nothing, one process at a time, and a sentence for everything else."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection

import bot.store.migrations
from bot.store import opening
from bot.store.opening import DatabaseOpenError, lock_database, open_database
from bot.store.schema import metadata
from bot.store.store import Store, open_store
from tests.support.samples import database, stored_session
from tests.support.schema_differences import SEARCH_INDEX, differences

TABLES = {"alembic_version", *metadata.tables}
SHIPPED = Path(bot.store.migrations.__path__[0])


def tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name for (name,) in names if not name.startswith(SEARCH_INDEX)}


async def problem(url: str, file: Path) -> str:
    with pytest.raises(DatabaseOpenError) as caught:
        await Store.open(url, file)
    return str(caught.value)


# --- migrations ---


async def test_a_database_is_made_from_nothing(tmp_path: Path) -> None:
    url, file = database(tmp_path / "not" / "yet")
    async with open_store(url, file):
        pass
    assert tables(file) == TABLES


async def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    async with open_store(url, file) as store:
        kept = await store.add_session(stored_session(), [])
    async with open_store(url, file) as store:
        assert await store.session(kept.id) == kept


async def test_the_migrations_make_what_the_schema_says(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    async with open_store(url, file):
        pass

    opened = await open_database(url)
    assert await opened.run(differences) == []
    await opened.aclose()


async def test_every_older_schema_comes_up_and_the_newest_goes_down_and_up_again(tmp_path: Path) -> None:
    def to(revision: str, run: Callable[..., None]) -> Callable[[Connection], None]:
        return lambda connection: opening._upgrade(connection, lambda config, _: run(config, revision))

    revisions = opening.known_revisions()
    for revision in revisions:
        url, file = database(tmp_path / revision)
        file.parent.mkdir()
        opened = await open_database(url)
        await opened.run(to(revision, command.upgrade))
        await opened.run(to("head", command.upgrade))
        if revision == revisions[0]:
            await opened.run(to(revisions[-1], command.downgrade))
            await opened.run(to("head", command.upgrade))
        assert await opened.run(differences) == []
        await opened.aclose()


# Opens the database with a set of migrations whose last one tells us when it is half-way, and waits there for ever.
UPGRADER = """
import asyncio, sys
from pathlib import Path
from bot.store import opening
from bot.store.store import Store
opening._MIGRATIONS = Path(sys.argv[1])
asyncio.run(Store.open(f"sqlite+aiosqlite:///{sys.argv[2]}", Path(sys.argv[2])))
"""
NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9001", {after!r}, None, None

def upgrade():
    op.create_table("half_way", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("sessions", sa.Column("mood", sa.Text))
    op.execute("UPDATE sessions SET mood = 'curious', reason = 'changed'")
    {stall}
    op.create_table("whole", sa.Column("id", sa.Integer, primary_key=True))
"""
STALL = "import sys, time; print('half-way', flush=True); time.sleep(600)"


def next_migrations(folder: Path, stall: str) -> Path:
    """The shipped migrations and one more."""
    shutil.copytree(SHIPPED, folder)
    newest = max(file.name[:4] for file in SHIPPED.glob("versions/[0-9]*.py"))
    (folder / "versions" / "9001_the_next.py").write_text(NEXT.format(after=newest, stall=stall))
    return folder


def kill_half_way(migrations: Path, file: Path) -> None:
    command = [sys.executable, "-c", UPGRADER, str(migrations), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        process.kill()


async def test_a_first_migration_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    await asyncio.to_thread(kill_half_way, next_migrations(tmp_path / "migrations", STALL), file)
    assert tables(file) == set()
    async with open_store(url, file) as store:
        assert await store.unfinished_sessions() == []
    assert tables(file) == TABLES


async def test_a_later_migration_that_is_killed_changes_nothing_and_can_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, file = database(tmp_path)
    async with open_store(url, file) as store:
        kept = await store.add_session(stored_session(), [])
    await asyncio.to_thread(kill_half_way, next_migrations(tmp_path / "stalling", STALL), file)
    assert tables(file) == TABLES
    async with open_store(url, file) as store:
        assert await store.session(kept.id) == kept
    monkeypatch.setattr(opening, "_MIGRATIONS", next_migrations(tmp_path / "whole", "pass"))
    async with open_store(url, file) as store:
        again = await store.session(kept.id)
    assert again is not None
    assert again.reason == "changed"
    assert tables(file) == TABLES | {"half_way", "whole"}


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, file = database(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(opening, "_MIGRATIONS", next_migrations(tmp_path / "newer", "pass"))
        async with open_store(url, file):
            pass
    sentence = await problem(url, file)
    assert sentence.startswith(f"The database {file} was made by a newer version of roundtable")
    assert sentence.endswith("Update roundtable, or change DATABASE_URL to another file.")


# --- files that are no database ---


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("notes.txt", b"Dear diary, " * 200, "file is not a database"),
        ("short.db", b"hello", "file is not a database"),
        ("folder", None, "unable to open database file"),
    ],
)
async def test_what_is_not_a_database(tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    file = tmp_path / name
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    assert await problem(f"sqlite+aiosqlite:///{file}", file) == (
        f"The database {file} can't be used ({reason}). Check the path in DATABASE_URL and its permissions."
    )
    assert content is None or file.read_bytes() == content


async def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    url, file = database(tmp_path / "data")
    assert "its folder is a file" in await problem(url, file)
    with pytest.raises(DatabaseOpenError, match="its folder is a file"):
        lock_database(file)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody can write into")
async def test_a_folder_that_cannot_be_made() -> None:
    url, file = database(Path("/proc/roundtable"))
    assert f"The database {file} can't be used" in await problem(url, file)
    with pytest.raises(DatabaseOpenError):
        lock_database(file)


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_database_that_can_only_be_read(tmp_path: Path, is_new: bool) -> None:
    url, file = database(tmp_path)
    if is_new:
        with closing(sqlite3.connect(file)) as db:
            db.execute("CREATE TABLE other (a)")
    else:
        async with open_store(url, file):
            pass
    # Opened for reading only, which also root can't get round.
    sentence = await problem(f"sqlite+aiosqlite:///file:{file}?mode=ro&uri=true", file)
    assert "attempt to write a readonly database" in sentence


async def test_a_database_of_another_program(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE sessions (a)")
    assert "table sessions already exists" in await problem(url, file)
    assert tables(file) == {"sessions"}


# --- one process ---

LOCKER = """
import sys
from pathlib import Path
from bot.store.opening import DatabaseOpenError, lock_database
try:
    lock = lock_database(Path(sys.argv[1]))
except DatabaseOpenError as problem:
    sys.exit(str(problem))
print("locked", flush=True)
sys.stdin.readline()
"""


def locker(file: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", LOCKER, str(file)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe)


def test_a_second_process_is_turned_away_until_the_first_is_gone(tmp_path: Path) -> None:
    _, file = database(tmp_path / "new")
    with locker(file) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "locked\n"
        with locker(file) as second:
            _, sentence = second.communicate()
        assert second.returncode == 1
        assert sentence.strip() == (
            f"The database {file} is in use by another roundtable process. Stop that one, "
            "or set DATABASE_URL to another file."
        )
        first.kill()
    lock_database(file).release()
