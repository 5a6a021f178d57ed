"""`roundtable backup`, `restore` and `migrate`, as typed."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command as alembic_command

from bot.cli import main
from bot.errors import RoundtableError
from bot.host.backup_command import back_up, restore
from bot.settings import Settings
from bot.store import opening
from bot.store.opening import known_revisions, lock_database, open_database
from bot.store.store import open_store
from tests.support.samples import database, stored_session

pytestmark = pytest.mark.usefixtures("no_settings")

NEWEST = known_revisions()[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database of the settings' default, with one table."""
    _, file = database(tmp_path / "data")

    async def fill() -> None:
        async with open_store(f"sqlite+aiosqlite:///{file}", file) as store:
            await store.add_session(stored_session(), [])

    asyncio.run(fill())
    return file


def tables(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return db.execute("SELECT count(*) FROM sessions").fetchone()[0]


def test_a_backup_while_the_bot_runs(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with lock_database(file):
        assert main(["backup", "copy.db"]) == 0
        assert main(["backup", "copy.db"]) == 1
        assert main(["backup", "copy.db", "--force"]) == 0
        assert main(["backup", "."]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(
        f"copy.db is a whole copy of data/roundtable.db: 1 table with 0 turns, schema {NEWEST}, "
    )
    assert shown.err == "copy.db is there already. --force replaces it.\n"
    assert [tables(copy) for copy in tmp_path.glob("*.db")] == [1, 1]


def test_a_restore_can_be_taken_back(file: Path, capsys: pytest.CaptureFixture[str]):
    main(["backup", "copy.db"])
    with closing(sqlite3.connect(file)) as db:
        db.execute("DELETE FROM sessions")
        db.commit()
    capsys.readouterr()
    assert main(["restore", "copy.db"]) == 0
    assert tables(file) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("data/roundtable.db is now what copy.db holds: 1 table with 0 turns")
    undo = said[-1].split("`")[1].split()[1:]
    assert main(undo) == 0
    assert tables(file) == 0


def test_a_database_that_a_bot_uses_is_not_replaced(file: Path, capsys: pytest.CaptureFixture[str]):
    main(["backup", "copy.db"])
    with lock_database(file):
        assert main(["restore", "copy.db"]) == 1
    assert "data/roundtable.db is in use by another roundtable process. Stop that one" in capsys.readouterr().err
    assert not list(file.parent.glob("*.replaced-*"))


def test_a_copy_of_a_newer_version_is_refused(file: Path, capsys: pytest.CaptureFixture[str]):
    main(["backup", "copy.db"])
    with closing(sqlite3.connect("copy.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    assert main(["restore", "copy.db"]) == 1
    assert "copy.db was made by a newer version of roundtable (schema 9999" in capsys.readouterr().err
    file.unlink()
    Path("copy.db").rename(file)
    assert main(["migrate"]) == 1
    assert "schema 9999, of a newer version of roundtable" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (
            lambda settings: back_up(settings, Path("a b.dump"), force=False),
            "pg_dump --format=custom --file='a b.dump'",
        ),
        (lambda settings: restore(settings, Path("x.dump")), "pg_restore --clean --if-exists --no-owner x.dump"),
    ],
)
def test_postgresql_has_programs_of_its_own(command: Callable[[Settings], int], line: str):
    settings = Settings.model_construct(database_url="postgresql+asyncpg://bo:hush@db.example:5432/round?ssl=require")
    with pytest.raises(RoundtableError) as told:
        command(settings)
    assert f"\n{line} --dbname=postgresql://bo@db.example:5432/round\n" in str(told.value)
    assert "hush" not in str(told.value)


def test_migrating_says_from_where_to_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first = known_revisions()[-1]
    url, file = database(tmp_path / "data")

    async def make_old() -> None:
        opened = await open_database(url)
        await opened.run(lambda c: opening._upgrade(c, lambda config, _: alembic_command.upgrade(config, first)))
        await opened.aclose()

    assert main(["migrate", "--check"]) == 0
    assert "There is no database yet." in capsys.readouterr().out
    assert not file.exists()
    file.parent.mkdir()
    asyncio.run(make_old())
    assert main(["migrate", "--check"]) == 1
    assert main(["migrate"]) == 0
    assert main(["migrate", "--check"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"The database has schema {first}; this version uses {NEWEST}. `roundtable migrate` brings it there.",
        f"Migrated from schema {first} to {NEWEST}.",
        f"The database has schema {NEWEST}, which this version uses. There is nothing to migrate.",
    ]
