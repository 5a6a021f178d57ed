"""The database takes nothing: its disk is full, another program locks it, it can only be read."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text

from bot.discussion.model.record import Turn
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind, Status
from bot.store.schema import webhooks
from bot.store.store import Store
from tests.support.bot_host import BotHost
from tests.support.endpoint_stand_in import held, scripted_endpoint
from tests.support.rest_house import FIRST, SECOND, RestHouse
from tests.support.samples import PLACE, stored_session

pytestmark = pytest.mark.long

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs the limits of a Linux process")


async def run_sql(store: Store, statement: str) -> int:
    """Run a statement on the store's own connection, outside a transaction. Out: the first value it gives."""
    row = await store._database.run_on_driver(lambda driver: driver.execute(statement).fetchone())
    return row[0] if row else 0


# --- one store ---


async def test_a_full_database_takes_a_turn_whole_or_not_at_all(house: RestHouse) -> None:
    store = house.store
    session = await store.add_session(stored_session(), [])
    pages = await run_sql(store, "PRAGMA page_count")
    await run_sql(store, f"PRAGMA max_page_count = {pages}")
    turn = Turn(1, "persona", "Aino", "flour " * 2000)
    posts = [Post(PostKind.TURN, "flour " * 300, username="Aino", turn_seq=1) for _ in range(6)]
    with pytest.raises(TransientDatabaseError, match="can't be used: the disk is full"):
        await store.add_turn(session.id, PLACE, turn, posts)
    assert len(await store.record(session.id)) == 0
    assert await store.posts.of_session(session.id) == []
    await run_sql(store, "PRAGMA max_page_count = 100000")
    assert (await store.add_turn(session.id, PLACE, turn, posts)).is_added
    assert len(await store.posts.of_session(session.id)) == 6


# --- a table ---


@asynccontextmanager
async def locked(house: RestHouse, file: Path) -> AsyncIterator[None]:
    """Another program holds the write lock."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def read_only(house: RestHouse, file: Path) -> AsyncIterator[None]:
    await run_sql(house.store, "PRAGMA query_only = ON")
    yield
    await run_sql(house.store, "PRAGMA query_only = OFF")


TROUBLES = {"another program keeps it locked": locked, "it can only be read": read_only}


@pytest.mark.parametrize(("cause", "trouble"), TROUBLES.items(), ids=["locked", "read-only"])
async def test_a_table_stands_still_and_goes_on(
    table: RestHouse,
    tmp_path: Path,
    cause: str,
    trouble: Callable[[RestHouse, Path], AbstractAsyncContextManager[None]],
) -> None:
    session, gate = await table.between_turns()
    await table.settled()
    (run,) = table.bot.supervisor.open_sessions()
    sentence = f"The bot's database can't be used: {cause}."
    async with trouble(table, tmp_path / "roundtable.db"):
        gate.set()
        await table.world.until(lambda: run.status is Status.PAUSED, what="the pause")
        assert sentence in await table.command("status")
        assert await table.command("resume") == sentence
        table.world.member_says("general", "Otso", "Hello? Anybody?")
        await table.server.settled()
        asked = len(table.llm.prompts)
        await asyncio.sleep(0.3)  # many tries to store something
        assert len(table.llm.prompts) == asked
        assert table.turns() == [FIRST]
    await table.until_ended()
    await table.check_each_once(session)
    (told,) = [m.content for m in table.shown() if "goes on" in m.content]
    assert told == f"▶ The table goes on. It stood still: the bot's database can't be used: {cause}."
    record = await table.store.record(session.id)
    assert [t.text for t in record if t.kind == "guest"] == ["Hello? Anybody?"]
    assert len(record.persona_turns()) == 2
    assert len(table.turns()) == 3


async def test_a_table_that_people_paused_stays_paused(table: RestHouse, tmp_path: Path) -> None:
    session, _ = await table.between_turns()
    await table.settled()
    async with locked(table, tmp_path / "roundtable.db"):
        assert "can't be used" in await table.command("pause")
    assert await table.command("pause") == "Paused. `/roundtable resume` goes on."
    stored = await table.store.session(session.id)
    assert stored
    assert stored.status is Status.PAUSED


# --- a process ---


@linux
async def test_a_process_whose_disk_is_full_lives_and_goes_on(host: BotHost) -> None:
    """What the process may write to a file is limited to what it has written: a real write fails."""
    gate = asyncio.Event()
    async with scripted_endpoint() as llm:
        llm.answers_probes_aside = True
        llm.enqueue(FIRST, held(gate, SECOND))
        async with host.process(LLM_BASE_URL=llm.url, LOG_LEVEL="INFO") as process:
            # That empties the write-ahead log, which from then on only grows.
            await host.world.until(lambda: "retention:" in host.logs[-1].read_text(), timeout=20, what="the tidying")
            await host.start()
            await host.world.until(lambda: len(llm.prompts) == 2, timeout=20, what="the second speaker")
            await host.server.settled()
            written = os.stat(f"{host.database}-wal").st_size
            _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (written, most))
            gate.set()
            await host.world.until(lambda: "stands still" in host.logs[-1].read_text(), timeout=20, what="the fault")
            host.world.member_says("general", "Otso", "Hello? Anybody?")
            answer = await host.world.slash("general", "Mira", "roundtable", "status").answered("followup")
            assert "The bot's database can't be used: the disk" in answer.payload["content"]
            assert host.turns() == [FIRST]
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
            await host.world.wait_for_messages("general", 1, containing="The table goes on", timeout=20)
            await host.world.wait_for_messages("general", 1, containing="The table is closed. Thank", timeout=20)
            assert process.returncode is None
            process.terminate()  # the block's end would kill it in the middle of noting its last message
            assert await asyncio.wait_for(process.wait(), 10) == 0
    async with host.store() as store:
        posts = await store.posts.of_session(1)
        record = await store.record(1)
    own = [m.id for m in host.world.channel_history("general") if m.author.get("bot")]
    assert [p.message_id for p in posts] == own
    assert len(record.persona_turns()) == 2
    assert [t.text for t in record if t.kind == "guest"] == ["Hello? Anybody?"]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of half a megabyte, where this machine lets us make one."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this machine does not let us make a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@linux
async def test_a_real_disk_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"):
        file = tmp_path / "disk" / "roundtable.db"
        store = await Store.open(f"sqlite+aiosqlite:///{file}", file)
        session = await store.add_session(stored_session(), [])
        filler = file.with_name("filler")
        with suppress(OSError), filler.open("wb") as out:
            while True:
                out.write(bytes(512))
                out.flush()
        turn = Turn(1, "persona", "Aino", "flour " * 2000)
        with pytest.raises(TransientDatabaseError, match="the disk is full"):
            await store.add_turn(session.id, PLACE, turn, [])
        filler.unlink()
        assert (await store.add_turn(session.id, PLACE, turn, [])).is_added

        def look(db: Connection) -> None:
            db.execute(insert(webhooks).values(id=1, channel_id=2, token="t", live=True))
            assert db.scalar(text("PRAGMA integrity_check")) == "ok"

        await store._database.run(look)
        await store.aclose()
