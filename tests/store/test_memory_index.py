"""A full-text index that is damaged in the file: tables end, are found and forgotten as before, and it is made anew."""

import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.discussion.model.memory import KeptTurn, Memory
from bot.discussion.text.search_words import query_words
from bot.store.memory_index import log as index_log
from bot.store.models import Post, PostKind, Status, StoredSession
from bot.store.store import Store, open_store
from tests.support.ready_database import ready_database
from tests.support.samples import GUILD, PLACE, stored_session

SUMMARY = "They could not agree."
WARNING = "was damaged"
# What may be wrong with it in the file. The bot opens it as it is, or is running as it happens.
DAMAGES = {
    "nothing in it": ["DELETE FROM memory_index_data"],
    "a part of it missing": ["DELETE FROM memory_index_data WHERE id > 10"],
    "its structure missing": ["DELETE FROM memory_index_data WHERE id = 10"],
    "its counts missing": ["DELETE FROM memory_index_data WHERE id = 1"],
    "garbage in it": ["UPDATE memory_index_data SET block = x'deadbeef'"],
    "no version": ["DELETE FROM memory_index_config"],
    "a table of it missing": ["DROP TABLE memory_index_data"],
    "another table of it missing": ["DROP TABLE memory_index_docsize"],
    "a third": ["DROP TABLE memory_index_idx"],
    "all of it missing": ["DROP TABLE memory_index"],
}


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    _, file = await ready_database(tmp_path)
    assert file is not None
    return file


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite+aiosqlite:///{file}", file) as store:
        yield store


async def ended(store: Store, question: str, **where: Any) -> StoredSession:
    stored = await store.add_session(stored_session(**where), [])
    turns = (KeptTurn(seq=5, kind="summary", speaker="Mira", text=SUMMARY),)
    closing = Post(PostKind.MINUTES, attachment="")
    await store.end_session(stored.id, stored.place_id, closing, Memory(questions=(question,), turns=turns))
    return stored


async def found(store: Store, question: str) -> list[int]:
    kept = await store.memories.matching(
        GUILD, query_words(question), place_id=PLACE, channel_id=PLACE, open_channels=()
    )
    return [each.stored.id for each in kept]


def damage(file: Path, statements: Sequence[str]) -> None:
    """By another program, as a disk or a copy gone wrong would."""
    db = sqlite3.connect(file, isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()


def schema(file: Path) -> list[Any]:
    db = sqlite3.connect(file)
    found = db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    return found


@pytest.mark.parametrize(
    ("what", "is_reopened"),
    # Its version is read as it is opened.
    [(what, is_reopened) for what in DAMAGES for is_reopened in (True, False) if is_reopened or what != "no version"],
)
async def test_a_table_ends_and_is_found(
    file: Path, what: str, is_reopened: bool, caplog: pytest.LogCaptureFixture
) -> None:
    before = schema(file)
    async with open_store(f"sqlite+aiosqlite:///{file}", file) as store:
        first = await ended(store, "Do bees sleep?")
        assert await found(store, "Bees?") == [first.id]
        if not is_reopened:
            damage(file, DAMAGES[what])
            second = await ended(store, "Do bees dream?", place_id=PLACE)
            await is_whole(store, [second.id, first.id])
    if is_reopened:
        damage(file, DAMAGES[what])
        async with open_store(f"sqlite+aiosqlite:///{file}", file) as store:
            second = await ended(store, "Do bees dream?")
            await is_whole(store, [second.id, first.id])
    assert schema(file) == before, "as the migrations make it"
    assert len([record for record in caplog.records if WARNING in record.getMessage()]) == 1


async def is_whole(store: Store, session_ids: list[int]) -> None:
    """These tables have ended, newest first; what is kept of them is whole, and found."""
    for session_id in session_ids:
        stored = await store.session(session_id)
        assert stored is not None
        assert stored.status is Status.ENDED
    assert [each.stored.id for each in await store.memories.of_server(GUILD)] == session_ids
    assert await found(store, "Bees?") == session_ids
    assert (await found(store, "Dream?"), await found(store, "Horses?")) == (session_ids[:1], [])


@pytest.mark.parametrize("what", ["nothing in it", "its structure missing", "a table of it missing"])
async def test_whoever_meets_it_first_is_not_kept_waiting(store: Store, file: Path, what: str) -> None:
    """A table that begins, one that is forgotten, what is deleted with its server, what is scrubbed."""
    kept = await ended(store, "Do bees sleep?")
    damage(file, DAMAGES[what])
    assert await found(store, "Bees?") == [kept.id]
    damage(file, DAMAGES[what])
    assert await store.member_data.scrub()
    assert await found(store, "Bees?") == [kept.id]
    damage(file, DAMAGES[what])
    assert await store.memories.forget([kept.id]) == 1
    assert await found(store, "Bees?") == []
    await ended(store, "Do bees sleep?")
    damage(file, DAMAGES[what])
    await store.expiry.delete_server(GUILD)
    assert await store.memories.of_server(GUILD) == []


async def test_other_mistakes_are_told_as_they_are_and_done_once(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def work(db: Any) -> None:
        tries.append(1)
        db.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(DatabaseError, match="no_such_table"):
        await store._database.run(work)
    assert len(tries) == 1
    assert caplog.records == []


@pytest.mark.logs_errors
async def test_one_that_can_not_be_made_anew_fails_what_needs_it_and_nothing_else(
    store: Store, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = await ended(store, "Do bees sleep?")
    damage(file, DAMAGES["a table of it missing"])
    monkeypatch.setattr("bot.store.memory_index._CREATE", "CREATE VIRTUAL TABLE memory_index USING no_such_module(x)")
    with caplog.at_level(logging.ERROR, logger=index_log.name):
        assert await found(store, "Bees?") == [], "a table begins without"
    assert "can't be made anew" in caplog.text
    assert [each.stored.id for each in await store.memories.of_server(GUILD)] == [kept.id]
    monkeypatch.undo()
    assert await found(store, "Bees?") == [kept.id]
