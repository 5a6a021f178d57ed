"""Works on a database: each all or nothing, in their order, done to the end, however the driver is used."""

import asyncio
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import Connection, Dialect, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.store import driver_thread
from bot.store.driver_thread import DriverThreadDatabase
from bot.store.engine import Database, DatabaseClosed, TransientDatabaseError, upsert
from bot.store.models import Post, PostKind, StoredSession
from bot.store.opening import open_database
from bot.store.schema import sessions, webhooks
from bot.store.store import Store, open_store
from tests.support.ready_database import ready_database
from tests.support.samples import GUILD, PLACE, database, stored_session

SEED = select(sessions.c.seed)
NOTICE = Post(PostKind.NOTICE, "a notice")


@pytest.fixture
async def in_thread(tmp_path: Path) -> AsyncIterator[DriverThreadDatabase]:
    """A database in the driver's thread."""
    async with open_store(*await ready_database(tmp_path)) as store:
        assert isinstance(store._database, DriverThreadDatabase)
        yield store._database


def add_webhook(number: int) -> Callable[[Connection], int]:
    def work(db: Connection) -> int:
        db.execute(insert(webhooks).values(id=number, channel_id=1, token="t", live=False))
        return number

    return work


def fail_half_way(db: Connection) -> None:
    add_webhook(99)(db)
    raise LookupError("half-way")


def stored(db: Connection) -> list[int]:
    """The webhooks' ids in the order in which they came."""
    return list(db.scalars(select(webhooks.c.id).order_by(webhooks.c.created_at)))


# --- transactions ---


@pytest.mark.sqlite
async def test_the_pragmas(opened: Database) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    assert await opened.run(lambda db: [db.scalar(text(f"PRAGMA {name}")) for name in names]) == ["wal", 1, 1, 5000]


async def test_a_work_that_fails_leaves_nothing(opened: Database) -> None:
    await opened.run(add_webhook(1))

    def break_a_rule(db: Connection) -> None:
        add_webhook(2)(db)
        db.execute(update(webhooks).values(token=None))

    def look_behind_the_end(db: Connection) -> None:
        add_webhook(2)(db)
        next(iter(()))

    for work, error in (
        (fail_half_way, LookupError),
        (break_a_rule, IntegrityError),
        (look_behind_the_end, RuntimeError),
    ):
        with pytest.raises(error):
            await opened.run(work)
    assert await opened.run(stored) == [1]


async def test_works_that_fail_concern_no_others(opened: Database) -> None:
    works = [add_webhook(1), fail_half_way, add_webhook(2), add_webhook(2), add_webhook(3)]
    done = await asyncio.gather(*(opened.run(work) for work in works), return_exceptions=True)
    assert [type(each) for each in (done[0], done[1], done[4])] == [int, LookupError, int]
    assert {type(done[2]), type(done[3])} == {int, IntegrityError}
    assert sorted(await opened.run(stored)) == [1, 2, 3]


READER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print("reading", flush=True)
while True:
    db.execute("BEGIN")
    db.execute("SELECT count(*), max(seed) FROM sessions").fetchall()
    db.execute("COMMIT")
"""


@pytest.mark.sqlite
async def test_transactions_that_read_and_then_write_never_find_it_locked(opened: Database, tmp_path: Path) -> None:
    await Store(opened).add_session(stored_session(seed=0), [])
    # Two connections, as two processes have them, and a third one of a process that reads.
    both = [opened, await open_database(database(tmp_path)[0])]

    def count_up(db: Connection) -> None:
        found = db.scalar(SEED) or 0
        db.execute(update(sessions).values(seed=found + 1))

    command = [sys.executable, "-c", READER, str(database(tmp_path)[1])]
    reader = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert reader.stdout is not None
    await reader.stdout.readline()
    await asyncio.gather(*(both[n % 2].run(count_up) for n in range(100)))
    assert reader.returncode is None
    reader.kill()
    await reader.wait()
    assert await opened.run(lambda db: db.scalar(SEED)) == 100
    await both[1].aclose()


# --- who waits, and who does not ---

CALLS: dict[str, Callable[[Store, int], Awaitable[object]]] = {
    "reading": lambda store, number: store.posts.of_session(number),
    "writing": lambda store, number: store.posts.add(number, PLACE, NOTICE),
    "spending": lambda store, number: store.spending.of_session(number),
    "privacy": lambda store, number: store.member_data.about(GUILD, number),
    "scrubbing": lambda store, number: store.member_data.scrub(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_cancelled_at_any_moment_of_a_transaction(
    store: Store, kept: StoredSession, call: Callable[[Store, int], Awaitable[object]]
) -> None:
    for moments in range(12):
        task = asyncio.ensure_future(call(store, kept.id))
        for _ in range(moments):
            await asyncio.sleep(0.0003)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        # Raises TransientDatabaseError while a transaction that was cut off holds the lock.
        await store.posts.add(kept.id, PLACE, NOTICE)
    assert len(await store.posts.of_session(kept.id)) >= 12


async def test_what_was_begun_is_done_although_nobody_waits_for_it(opened: Database) -> None:
    failed: list[int] = []
    adding = asyncio.ensure_future(opened.run(add_webhook(1), on_failure=lambda: failed.append(1)))
    failing = asyncio.ensure_future(opened.run(fail_half_way, on_failure=lambda: failed.append(2)))
    await asyncio.sleep(0)
    for _ in range(3):
        adding.cancel()
        failing.cancel()
        await asyncio.sleep(0)
    for task in (adding, failing):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await opened.run(stored) == [1]
    assert failed == [2]


async def test_a_cancelled_caller_hears_of_that_when_the_work_is_done(in_thread: Database) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def wait(db: Connection) -> None:
        add_webhook(1)(db)
        has_begun.set()
        assert may_end.wait(30)

    task = asyncio.ensure_future(in_thread.run(wait))
    await asyncio.to_thread(has_begun.wait, 30)
    task.cancel()
    later = asyncio.ensure_future(in_thread.run(stored))
    await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await later == [1]


async def test_what_waits_goes_together_in_its_order(
    in_thread: DriverThreadDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_thread, "_SHARED_SECONDS", 60)
    batches: list[object] = []

    class Thread:
        def put_nowait(self, batch: object) -> None:
            batches.append(batch)
            thread.put_nowait(batch)

    thread, in_thread._thread = in_thread._thread, Thread()
    has_begun, may_end = threading.Event(), threading.Event()
    first = asyncio.ensure_future(in_thread.run(lambda db: has_begun.set() or may_end.wait(30)))
    await asyncio.to_thread(has_begun.wait, 30)
    others = [asyncio.ensure_future(in_thread.run(add_webhook(number))) for number in (5, 3, 4, 1, 2)]
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(first, *others)
    assert len(batches) == 2
    assert await in_thread.run(stored) == [5, 3, 4, 1, 2]
    assert [task.result() for task in others] == [5, 3, 4, 1, 2]


# --- the end ---


async def test_closing_waits_for_the_last_works(opened: Database, database_url: str) -> None:
    works = [asyncio.ensure_future(opened.run(add_webhook(number))) for number in range(1, 6)]
    await asyncio.sleep(0)
    await opened.aclose()
    assert [work.result() for work in works] == [1, 2, 3, 4, 5]
    failed: list[int] = []
    with pytest.raises(DatabaseClosed, match=r"The database is closed\."):
        await opened.run(add_webhook(6), on_failure=lambda: failed.append(6))
    assert failed == [6]
    await opened.aclose()
    again = await open_database(database_url)
    assert sorted(await again.run(stored)) == [1, 2, 3, 4, 5]
    await again.aclose()


# --- the driver ---


async def test_who_is_done_does_not_wait_for_those_behind_a_slow_one(
    in_thread: DriverThreadDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_thread, "_SHARED_SECONDS", -1)  # every work takes longer than that
    first_is_heard_of = threading.Event()

    async def first() -> None:
        await in_thread.run(lambda db: None)
        first_is_heard_of.set()

    second = in_thread.run(lambda db: first_is_heard_of.wait(10))
    assert (await asyncio.gather(first(), second))[1]


async def test_a_rollback_that_fails_as_well_hides_no_cause(
    in_thread: DriverThreadDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FailingDisk:
        in_transaction = True

        def execute(self, statement: str) -> None:
            if statement in ("COMMIT", "ROLLBACK"):
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR
                raise error

    await in_thread.run(lambda db: None)
    with monkeypatch.context() as patch:
        patch.setattr(in_thread, "_raw", FailingDisk())
        with pytest.raises(TransientDatabaseError, match="the disk does not take it"):
            await in_thread.run(lambda db: None)


async def test_whoever_closes_and_is_cancelled_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    opened = await open_database(database(tmp_path)[0])
    may_end = threading.Event()
    working = asyncio.create_task(opened.run(lambda db: may_end.wait(10)))
    await asyncio.sleep(0)
    closing = asyncio.create_task(opened.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    may_end.set()
    await asyncio.gather(working, closing, return_exceptions=True)
    async with asyncio.timeout(10):
        while threading.active_count() > before:  # noqa: ASYNC110 (a thread sends no signal)
            await asyncio.sleep(0.005)


async def test_what_is_private_to_aiosqlite_is_as_we_use_it(tmp_path: Path) -> None:
    """All that bot/store/driver_thread.py takes for granted. Should this fail, only that module is to be changed."""
    driver = await aiosqlite.connect(tmp_path / "some.db")
    hint = f"aiosqlite {aiosqlite.__version__} has changed: bot/store/driver_thread.py relies on"
    queue = getattr(driver, "_tx", None)
    assert hasattr(queue, "put_nowait"), f"{hint} `Connection._tx`, the queue of the driver's thread"
    raw = getattr(driver, "_conn", None)
    assert isinstance(raw, sqlite3.Connection), f"{hint} `Connection._conn`, the sqlite3 connection"
    outcome = asyncio.get_running_loop().create_future()
    queue.put_nowait((outcome, lambda: (threading.current_thread(), raw.execute("SELECT 1").fetchone())))  # type: ignore[union-attr]
    done, _ = await asyncio.wait([outcome], timeout=10)
    assert done, f"{hint} `_tx` to take (future, function), and the future to get what the function gives"
    thread, row = outcome.result()
    assert thread is not threading.current_thread()
    assert row == (1,), f"{hint} `_tx` to lead to the thread in which `_conn` may be used"
    await driver.close()


async def test_works_are_done_in_the_driver_s_thread(in_thread: Database) -> None:
    assert await in_thread.run(lambda db: threading.current_thread()) is not threading.current_thread()


# --- dialects ---


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_what_is_there_already_is_left_or_changed_in_each_dialect(dialect: Dialect) -> None:
    new = upsert(dialect.name, webhooks).values(id=1, channel_id=2, token="t", live=True)
    left = str(new.on_conflict_do_nothing().compile(dialect=dialect))
    changed = str(new.on_conflict_do_update(index_elements=["id"], set_={"live": True}).compile(dialect=dialect))
    assert left.endswith("ON CONFLICT DO NOTHING")
    assert "ON CONFLICT (id) DO UPDATE SET live = " in changed
