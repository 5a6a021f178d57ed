"""Copies of the database: whole while somebody writes, looked through, put back, and made before each migration."""

import errno
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection

from bot.discussion.model.record import Turn
from bot.store import migration_copies, opening
from bot.store.backup import BackupError, copy_database, examine, put_back
from bot.store.migration_copies import copy_before_migration, drop_old_copies
from bot.store.opening import DatabaseOpenError, known_revisions, open_database
from bot.store.store import open_store
from tests.support.samples import database, stored_session

AT = datetime(2026, 12, 1, 11, 30, tzinfo=UTC)


def said(seq: int) -> Turn:
    return Turn(seq, "persona", "Aino", f"Bread is number {seq}. " * 20, heard=seq - 1)


async def with_turns(folder: Path, number: int) -> Path:
    """A database with one table of so many turns."""
    url, file = database(folder)
    async with open_store(url, file) as store:
        session = await store.add_session(stored_session(), [])
        for seq in range(1, number + 1):
            await store.add_turn(session.id, session.place_id, said(seq))
    return file


async def test_a_copy_has_what_is_only_in_the_log_and_nothing_half_done(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    copy = tmp_path / "copy.db"
    async with open_store(url, file) as store:
        session = await store.add_session(stored_session(), [])
        for seq in range(1, 6):
            await store.add_turn(session.id, session.place_id, said(seq))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("DELETE FROM turns")
            found = copy_database(file, copy)
            other.execute("ROLLBACK")
        assert (file.parent / f"{file.name}-wal").stat().st_size > 0
    assert (found.sessions, found.turns, found.revision) == (1, 5, known_revisions()[0])
    assert examine(copy) == found
    assert str(found).startswith(f"1 table with 5 turns, schema {known_revisions()[0]}, ")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [name for name in os.listdir(tmp_path) if name.startswith((".", "copy.db-"))] == []


async def test_a_copy_overwrites_nothing_unless_asked_to(tmp_path: Path) -> None:
    file = await with_turns(tmp_path, 1)
    kept = tmp_path / "kept.db"
    kept.write_text("mine")
    with pytest.raises(BackupError, match=r"kept.db is there already. --force replaces it."):
        copy_database(file, kept)
    assert kept.read_text() == "mine"
    assert copy_database(file, kept, replace=True).turns == 1
    with pytest.raises(BackupError, match="is the database itself"):
        copy_database(file, file, replace=True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file"),
        (b"not a database, only text " * 50, "no database of Roundtable's, or is damaged .file is not a database"),
        (b"", "no database of Roundtable's, or is damaged .no such table: alembic_version"),
    ],
)
def test_what_is_no_database_of_ours_is_told_and_put_nowhere(tmp_path: Path, content: bytes | None, says: str) -> None:
    strange, target = tmp_path / "strange.db", tmp_path / "roundtable.db"
    target.write_text("as it was")
    if content is not None:
        strange.write_bytes(content)
    with pytest.raises(BackupError, match=says):
        examine(strange)
    with pytest.raises(BackupError, match=r"strange\.db"):
        put_back(strange, target, at=AT)
    assert target.read_text() == "as it was"
    assert sorted(p.name for p in tmp_path.iterdir() if p != strange) == ["roundtable.db"]


async def test_a_damaged_copy_is_told(tmp_path: Path) -> None:
    file = await with_turns(tmp_path, 200)
    copy = copy_database(file, tmp_path / "copy.db").file
    with copy.open("rb+") as opened:
        opened.seek(copy.stat().st_size // 2)
        opened.write(b"\xff" * 8192)
    with pytest.raises(BackupError, match="damaged"):
        examine(copy)


async def test_what_is_put_back_can_be_taken_back(tmp_path: Path) -> None:
    file = await with_turns(tmp_path, 5)
    copy = copy_database(file, tmp_path / "copy.db").file
    with closing(sqlite3.connect(file)) as db:
        db.execute("DELETE FROM turns")
        db.commit()
    replaced = put_back(copy, file, at=AT)
    assert examine(file).turns == 5
    assert replaced is not None
    assert replaced == tmp_path / "roundtable.db.replaced-20261201-113000"
    again = put_back(replaced, file, at=AT)
    assert again is not None
    assert again == tmp_path / "roundtable.db.replaced-20261201-113000-2"
    assert (examine(file).turns, examine(again).turns) == (0, 5)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert examine(copy).turns == 5, "the copy stays"


@pytest.mark.parametrize(
    ("way", "fails_at", "says"),
    [
        ("rename", "roundtable.db-shm", "can't be set aside"),
        ("rename", "roundtable.db", "can't be set aside"),
        ("replace", ".roundtable.db.", "can't be written"),
    ],
)
async def test_a_failure_half_way_leaves_the_database_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, fails_at: str, says: str
) -> None:
    file = await with_turns(tmp_path, 5)
    copy = copy_database(file, tmp_path / "copy.db").file
    real = getattr(Path, way)

    def mostly(self: Path, target: str | Path) -> Path:
        if self.name == fails_at or (fails_at.startswith(".") and self.name.startswith(fails_at)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, target)

    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("DELETE FROM turns WHERE seq > 3")
        reader.execute("COMMIT")
        before = sorted(os.listdir(tmp_path))
        assert {"roundtable.db-wal", "roundtable.db-shm"} < set(before)
        monkeypatch.setattr(Path, way, mostly)
        with pytest.raises(BackupError, match=rf"roundtable\.db {says} \(No space left"):
            put_back(copy, file, at=AT)
        assert sorted(os.listdir(tmp_path)) == before
    assert (examine(file).turns, examine(copy).turns) == (3, 5)


async def test_what_can_not_even_be_renamed_back_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = await with_turns(tmp_path, 5)
    copy = copy_database(file, tmp_path / "copy.db").file
    real = Path.rename

    def only_aside(self: Path, target: str | Path) -> Path:
        return real(self, target) if self.name.startswith(file.name + "-") or self == file else full(self, target)

    def full(self: Path, target: str | Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr(Path, "rename", only_aside)
    kept = f"{file}.replaced-20261201-113000"
    with pytest.raises(BackupError) as told:
        put_back(copy, file, at=AT)
    assert f"It is {kept} now: rename that to roundtable.db before the bot starts." in str(told.value)
    assert examine(Path(kept)).turns == 5


async def test_there_may_have_been_no_database_yet(tmp_path: Path) -> None:
    copy = copy_database(await with_turns(tmp_path, 2), tmp_path / "copy.db").file
    (tmp_path / "new").mkdir()
    assert put_back(copy, tmp_path / "new" / "roundtable.db", at=AT) is None
    assert examine(tmp_path / "new" / "roundtable.db").turns == 2


# --- before a migration ---


def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("roundtable.db.schema-*"))


async def at_revision(folder: Path, revision: str) -> tuple[str, Path]:
    def to(run: Callable[..., None]) -> Callable[[Connection], None]:
        return lambda connection: opening._upgrade(connection, lambda config, _: run(config, revision))

    url, file = database(folder)
    opened = await open_database(url)
    await opened.run(to(command.upgrade))
    await opened.aclose()
    return url, file


async def test_an_older_database_is_copied_before_it_is_migrated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    newest, *_, first = known_revisions()
    url, file = await at_revision(tmp_path, first)
    for _ in range(2):
        async with open_store(url, file):
            pass
    (copy,) = copies(tmp_path)
    assert copy.name.startswith(f"roundtable.db.schema-{first}-")
    assert (examine(copy).revision, examine(file).revision) == (first, newest)
    assert f"the database has schema {first}; before it is migrated, a copy of it is kept in {copy}" in caplog.text
    assert f"the database is migrated from schema {first} to {newest}" in caplog.text


async def test_without_room_for_the_copy_nothing_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **options: object) -> None:
        raise BackupError("The disk is full.")

    first = known_revisions()[-1]
    url, file = await at_revision(tmp_path, first)
    monkeypatch.setattr(migration_copies, "copy_database", full)
    with pytest.raises(DatabaseOpenError, match=r"The disk is full. Without a copy of it .* make room, and try again"):
        async with open_store(url, file):
            pass
    assert examine(file).revision == first


async def test_the_newest_copies_are_kept_for_a_while(tmp_path: Path) -> None:
    file = await with_turns(tmp_path, 1)
    for number in range(5):
        copy_before_migration(file, f"000{number}", AT + timedelta(days=number))

    def kept() -> list[str]:
        return [copy.name[21:25] for copy in copies(tmp_path)]

    drop_old_copies(file, AT + timedelta(days=5))
    assert kept() == ["0002", "0003", "0004"]
    drop_old_copies(file, AT + timedelta(days=17, hours=12))
    assert kept() == ["0004"]
    drop_old_copies(file, AT + timedelta(days=30))
    assert kept() == []
    assert examine(file).turns == 1
