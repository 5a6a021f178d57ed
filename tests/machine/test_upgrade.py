"""A database that an older version wrote is migrated with everything in it, and a session in it goes on."""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from bot.llm.endpoint import Endpoint
from bot.store.models import PostStatus, Status
from bot.store.opening import _upgrade, known_revisions, open_database
from bot.store.spending import Used, UsedToday
from bot.store.store import Store, open_store
from tests.support.discord_stand_in import stand_in
from tests.support.endpoint_stand_in import scripted_endpoint
from tests.support.rest_house import CAST, TASKS, RestHouse
from tests.support.samples import database, stored_session

FIRST_REVISION = "0001"


async def made_by_the_first_version(
    url: str, file: Path, place_id: int, guild_id: int, said: int
) -> dict[str, list[Any]]:
    """A session with a guest's turn (their message is `said`) and one still to be sent. Out: its rows by table."""
    opened = await open_database(url)

    def to_first(config: Config, _: str) -> None:
        command.upgrade(config, FIRST_REVISION)

    await opened.run(lambda db: _upgrade(db, to_first))
    await opened.aclose()
    with closing(sqlite3.connect(file)) as db, db:
        task, cast = TASKS[0].model_dump_json(), "[" + ",".join(p.model_dump_json() for p in CAST) + "]"
        when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # as SQLAlchemy writes it
        db.execute(
            "INSERT INTO sessions (id, guild_id, place_id, channel_id, convener_id, anchor_id, status, seed, task,"
            " \"cast\", dials, created_at) VALUES (1, ?, ?, ?, 7, 1, 'running', 3, ?, ?, ?, ?)",
            (guild_id, place_id, place_id, task, cast, '{"turns": 2, "pace": 0}', when),
        )
        turns = [
            (1, "moderator", "", "Who bakes?", '{"what": "question_put", "question": "Who bakes?"}', None, None),
            (2, "guest", "Otso", "Is it ærly?", None, said, 12),
            (3, "persona", "Aino", "It is early.", None, None, None),
        ]
        for seq, kind, speaker, text, steering, message, author in turns:
            db.execute(
                "INSERT INTO turns (session_id, seq, kind, speaker, text, question, heard, steering, flags, message_id,"
                " author_id, withheld, created_at) VALUES (1, ?, ?, ?, ?, 'Who bakes?', 0, ?, '[]', ?, ?, 0, ?)",
                (seq, kind, speaker, text, steering, message, author, when),
            )
        db.execute(
            "INSERT INTO posts (session_id, place_id, turn_seq, kind, username, content, status, created_at)"
            " VALUES (1, ?, 3, 'turn', 'Professor Aino Virtanen', 'It is early.', 'queued', ?)",
            (place_id, when),
        )
        db.execute(
            "INSERT INTO webhooks (id, channel_id, token, live, created_at) VALUES (8, ?, 'x', 0, ?)", (place_id, when)
        )
        return {name: rows(db, name) for name in ("sessions", "turns", "posts", "webhooks")}


def rows(db: sqlite3.Connection, table: str, columns: str = "*") -> list[Any]:
    return db.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()


def columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


async def test_every_row_of_the_first_version_survives(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url, file = database(tmp_path)
    before = await made_by_the_first_version(url, file, 5, 6, 11)
    with closing(sqlite3.connect(file)) as db:
        names = {table: ",".join(f'"{c}"' for c in columns(db, table)) for table in before}
    with caplog.at_level(logging.INFO, "bot.store.opening"):
        for _ in range(2):
            async with open_store(url, file):
                pass
    told = [record.getMessage() for record in caplog.records if record.name == "bot.store.opening"]
    assert told[1:] == [f"the database is migrated from schema {FIRST_REVISION} to {known_revisions()[0]}"]
    with closing(sqlite3.connect(file)) as db:
        assert {table: rows(db, table, names[table]) for table in before} == before
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(known_revisions()[0],)]
        # Of which server it is was told by its channel's tables only.
        assert db.execute("SELECT guild_id FROM webhooks").fetchall() == [(6,)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_what_was_used_today_still_counts(tmp_path: Path) -> None:
    """By tables, deleted ones too, and by lines tried out; at no known price."""
    url, file = database(tmp_path)
    async with open_store(url, file) as store:
        await store.add_session(stored_session(guild_id=6), [])
    opened = await open_database(url)
    await opened.run(lambda db: _upgrade(db, lambda config, _: command.downgrade(config, "0005")))
    await opened.aclose()
    today = datetime.now(UTC).date()
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("INSERT INTO spending (session_id, day, tokens) VALUES (1, ?, 100)", (str(today),))
        names = (("tokens of deleted sessions", 20), ("lines tried out on 6", 3), ("lines tried out on 7", 4))
        db.executemany("INSERT INTO remembered VALUES (?, ?)", [(n, f"{today} {tokens}") for n, tokens in names])
        db.execute("INSERT INTO remembered VALUES ('another', 'thing')")
    async with open_store(url, file) as store:
        used = [await store.spending.on_day(guild, today) for guild in (6, 7)]
        assert used == [UsedToday(Used(103), Used(127)), UsedToday(Used(4), Used(127))]
        assert await store.spending.of_session(1) == Used(100, unpriced=100)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT name FROM remembered").fetchall() == [("another",)]


async def test_a_session_of_the_first_version_goes_on(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    async with stand_in() as server, scripted_endpoint() as llm:
        world = server.world
        said = world.member_says("general", "Otso", "Is it ærly?")
        await made_by_the_first_version(url, file, world.general.id, world.guild_id, said.id)
        store = await Store.open(url, file)
        house = RestHouse(server, store, Endpoint(llm.url, retries=0, timeout=10), llm)
        async with house.running():
            await house.until_ended()
            session = await store.session(1)
            assert session
            assert session.status is Status.ENDED
            assert house.turns()[0] == "It is early."
            assert len(house.turns()) == 3
            assert "Is it ærly?" in llm.prompts[0]
            assert {p.status for p in await store.posts.of_session(1)} == {PostStatus.POSTED}
        await house.endpoint.aclose()
        await store.aclose()


async def test_what_an_earlier_version_promised_to_keep_for_longer_is_kept(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    await made_by_the_first_version(url, file, 5, 6, 11)
    async with open_store(url, file) as store:
        await store.set_status(1, Status.ENDED)
        ended = datetime.now(UTC)
        keep = store.expiry.delete_ended
        assert await keep(ended + timedelta(days=89), 30, keeps_promises=True) == 0
        new = await store.add_session(stored_session(place_id=7), [])
        await store.set_status(new.id, Status.ENDED)
        assert await keep(ended + timedelta(days=31), 30, keeps_promises=True) == 1
        assert await store.session(new.id) is None
        assert await keep(ended + timedelta(days=91), 30, keeps_promises=True) == 1


async def test_what_the_host_has_set_counts_for_everything(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    await made_by_the_first_version(url, file, 5, 6, 11)
    async with open_store(url, file) as store:
        await store.set_status(1, Status.ENDED)
        assert await store.expiry.delete_ended(datetime.now(UTC) + timedelta(days=8), 7) == 1
