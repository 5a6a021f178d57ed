"""Shards of several processes: each is one process's at a time, and whoever has lost one writes nothing any more."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, select, text, update

from bot.errors import HostMustMend
from bot.store import fencing, shard_leases, shard_queries
from bot.store.engine import Database, TransientDatabaseError
from bot.store.fencing import SEAL, Fence, clock
from bot.store.models import Post, PostKind
from bot.store.opening import open_database
from bot.store.postgresql import PostgresqlDatabase
from bot.store.schema import sessions, shards
from bot.store.shard_leases import Leases
from bot.store.shard_queries import OtherCount, Renewed
from bot.store.store import Store
from tests.support.postgresql_server import PostgresqlServer
from tests.support.samples import PLACE, stored_session

RUN_OUT = "UPDATE shards SET until = now() - interval '1 s' WHERE owner = '{0}'"
GONE = "UPDATE processes SET until = now() - interval '1 s' WHERE owner = '{0}'"


@pytest.fixture
async def url(postgresql_server: PostgresqlServer) -> str:
    return await postgresql_server.database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[PostgresqlDatabase]:
    opened = await open_database(url)
    assert isinstance(opened, PostgresqlDatabase)
    yield opened
    await opened.aclose()


async def renewed(database: Database, owner: str, *, claims: bool = True) -> Renewed:
    return await database.run(lambda db: shard_queries.renew(db, owner, claims=claims))


async def kill(database: Database, owner: str) -> None:
    """What is left of a process that has died, once its lease has run out."""
    for statement in (RUN_OUT, GONE):
        await database.run(lambda db, statement=statement: db.execute(text(statement.format(owner))))


def fence(owner: str, leases: dict[int, int], lost: list[str], *, seconds: float = 60) -> Fence:
    end = clock() + seconds
    return Fence(owner, leases, lambda: end, lambda: lost.append(owner))


# --- who has which ---


async def test_each_is_one_process_s_and_all_are_somebody_s(database: PostgresqlDatabase) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 6))
    for owner in "abc":
        await renewed(database, owner, claims=False)
    found = await asyncio.gather(*(renewed(database, owner) for owner in "abc"))
    held = [shard for each in found for shard in each.held]
    assert len(held) == len(set(held))
    # Whoever met a row that another was just taking has left it out.
    again = [(await renewed(database, owner)).held for owner in "abc"]
    assert sorted(shard for each in again for shard in each) == list(range(6))
    assert [len(each) for each in again] == [2, 2, 2]


async def test_what_a_dead_process_had_goes_to_the_others_at_a_new_epoch(database: PostgresqlDatabase) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 2))
    assert (await renewed(database, "a")).held == {0: 1, 1: 1}
    assert await renewed(database, "b") == Renewed({}, fair=1)
    await kill(database, "a")
    assert await renewed(database, "b") == Renewed({0: 2, 1: 2}, fair=2)
    # It was only stopped.
    assert await renewed(database, "a") == Renewed({}, fair=1)


async def test_what_has_run_out_and_nobody_took_is_still_ones_own(database: PostgresqlDatabase) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 1))
    await renewed(database, "a")
    await kill(database, "a")
    assert (await renewed(database, "a")).held == {0: 1}


async def test_who_has_more_than_their_share_gives_back(database: PostgresqlDatabase) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 3))
    assert (await renewed(database, "a")).held.keys() == {0, 1, 2}
    await renewed(database, "b")
    assert await renewed(database, "a") == Renewed({0: 1, 1: 1, 2: 1}, fair=2)
    await database.run(lambda db: shard_queries.release(db, "a", [2]))
    assert (await renewed(database, "b")).held == {2: 2}
    await database.run(lambda db: shard_queries.leave(db, "a"))
    assert await renewed(database, "b") == Renewed({2: 2, 0: 2, 1: 2}, fair=3)


async def test_the_number_changes_only_while_nobody_else_runs(database: PostgresqlDatabase) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 2))
    # From then on: before it has renewed anything.
    with pytest.raises(OtherCount, match="2"):
        await database.run(lambda db: shard_queries.set_count(db, "b", 3))
    await renewed(database, "a")
    await kill(database, "a")
    await database.run(lambda db: shard_queries.set_count(db, "b", 3))
    found = await renewed(database, "b")
    assert found.held.keys() == {0, 1, 2}
    assert min(found.held.values()) > 1


# --- the fence ---


async def test_whoever_has_lost_a_shard_reads_and_writes_nothing(database: PostgresqlDatabase) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 2))
    held, lost = (await renewed(database, "a")).held, []
    ours = Store(database.behind(fence("a", held, lost)))
    kept = await ours.add_session(stored_session(), [])
    await kill(database, "a")
    # Nobody has taken it yet.
    await ours.posts.add(kept.id, PLACE, Post(PostKind.NOTICE, "still mine"))
    await renewed(database, "b")
    with pytest.raises(asyncio.CancelledError):
        await ours.posts.add(kept.id, PLACE, Post(PostKind.NOTICE, "mine no more"))
    assert lost == ["a"]
    posts = await Store(database).posts.of_session(kept.id)
    assert [post.content for post in posts] == ["still mine"]
    # It gets them again: what ran before stays shut out.
    await kill(database, "b")
    await renewed(database, "a")
    with pytest.raises(asyncio.CancelledError):
        await ours.posts.add(kept.id, PLACE, Post(PostKind.NOTICE, "of the past"))
    await ours.aclose()


async def test_nothing_is_taken_over_while_its_owner_s_transaction_is_under_way(
    database: PostgresqlDatabase, url: str
) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 1))
    held = (await renewed(database, "a")).held
    await Store(database).add_session(stored_session(seed=1), [])
    other = await open_database(url)
    async with database._engine.connect() as connection:
        await connection.execute(update(sessions).values(seed=2))
        sealed = (await connection.execute(SEAL, {"owner": "a"})).one()
        fence("a", held, []).check(sealed.held)
        await kill(other, "a")
        assert (await renewed(other, "b")).held == {}
        await connection.commit()
    assert (await renewed(other, "b")).held == {0: 2}
    await other.aclose()


async def test_reading_alone_looks_at_no_shard(database: PostgresqlDatabase) -> None:
    await database.run(lambda db: shard_queries.set_count(db, "a", 1))
    await renewed(database, "a")
    async with database._engine.connect() as connection:
        await connection.execute(select(sessions))
        assert tuple((await connection.execute(SEAL, {"owner": "a"})).one()) == (None, [])


@pytest.mark.parametrize("when", ["before", "after"])
async def test_nothing_is_begun_nor_told_of_once_the_own_clock_says_so(
    database: PostgresqlDatabase, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    lost: list[str] = []
    behind = database.behind(fence("a", {}, lost))
    if when == "before":
        monkeypatch.setattr(fencing, "clock", lambda: clock() + 61)
    begun: list[str] = []

    def work(db: Connection) -> None:
        begun.append(when)
        monkeypatch.setattr(fencing, "clock", lambda: clock() + 61)  # as if the process were stopped here

    with pytest.raises(asyncio.CancelledError):
        await behind.run(work)
    assert begun == ([] if when == "before" else ["after"])
    assert lost == ["a"]
    await behind.aclose()


# --- processes ---


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_leases, "RENEW_SECONDS", 0.02)


@pytest.mark.usefixtures("_quick")
async def test_a_process_that_joins_gets_its_part_and_leaves_it_to_the_others(url: str) -> None:
    async with asyncio.timeout(20), Leases.open(url) as first:
        alone = await first.share(3)
        assert alone.shard_ids == [0, 1, 2]
        async with Leases.open(url) as second:
            joining = asyncio.create_task(second.share(3))
            await alone.over.wait()
            assert not joining.done()  # the first one's bot still runs for them
            assert (await first.share(3)).shard_ids == [0, 1]
            assert (await joining).shard_ids == [2]
            with pytest.raises(HostMustMend, match="Set SHARD_COUNT=3 here too"):
                await second.share(4)
        alone = await first.share(3)
        if alone.shard_ids != [0, 1, 2]:
            await alone.over.wait()
            alone = await first.share(3)
        assert alone.shard_ids == [0, 1, 2]


async def test_what_a_dead_process_had_is_taken_as_soon_as_its_lease_runs_out(
    url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_leases, "RENEW_SECONDS", 3600)
    await database.run(lambda db: shard_queries.set_count(db, "dead", 1))
    await renewed(database, "dead")
    soon = "UPDATE {0} SET until = now() + interval '0.3 s' WHERE owner = 'dead'"
    for table in ("shards", "processes"):
        await database.run(lambda db, table=table: db.execute(text(soon.format(table))))
    async with asyncio.timeout(20), Leases.open(url) as leases:
        assert (await leases.share(1)).shard_ids == [0]


@pytest.mark.usefixtures("_quick")
async def test_a_process_that_stood_still_while_the_number_changed_is_told(url: str, database: Database) -> None:
    async with asyncio.timeout(20), Leases.open(url) as leases:
        await leases.share(2)
        assert leases._keeping is not None
        leases._keeping.cancel()  # it stands still
        await asyncio.wait([leases._keeping])
        await kill(database, leases._owner)
        await database.run(lambda db: shard_queries.set_count(db, "b", 3))
        with pytest.raises(HostMustMend, match="Set SHARD_COUNT=3 here too"):
            await leases.share(2)


@pytest.mark.usefixtures("_quick")
async def test_a_renewal_that_fails_in_any_way_is_followed_by_others(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(20), Leases.open(url) as leases:
        note, failed = leases._note, asyncio.Event()

        async def fail_first(found: Renewed) -> None:
            if not failed.is_set():
                failed.set()
                raise LookupError("a fault of ours")
            await note(found)

        monkeypatch.setattr(leases, "_note", fail_first)
        assert (await leases.share(1)).shard_ids == [0]
        assert "the leases of shards could not be renewed" in caplog.text


@pytest.mark.usefixtures("_quick")
async def test_a_process_that_has_lost_its_shards_says_so_and_asks_again(
    url: str, database: PostgresqlDatabase
) -> None:
    async with asyncio.timeout(20), Leases.open(url) as leases:
        share = await leases.share(1)
        ours = Store(database.behind(share.fence))
        assert await ours.unfinished_sessions() == []
        await database.run(lambda db: db.execute(update(shards).values(owner="another", epoch=9)))
        await share.over.wait()
        # The process is well, its lease of nothing is prolonged; but what it did for the shard is over.
        with pytest.raises(asyncio.CancelledError):
            await ours.unfinished_sessions()
        waiting = asyncio.create_task(leases.share(1))
        await kill(database, "another")
        assert (await waiting).fence.leases == {0: 10}


@pytest.mark.usefixtures("_quick")
async def test_without_a_renewal_in_time_a_share_is_over(
    url: str, monkeypatch: pytest.MonkeyPatch, postgresql_server: PostgresqlServer
) -> None:
    async with asyncio.timeout(20), Leases.open(url) as leases:
        share = await leases.share(1)

        async def fail(*_: object) -> None:
            raise TransientDatabaseError("gone")

        with monkeypatch.context() as patch:
            patch.setattr(PostgresqlDatabase, "run", fail)
            patch.setattr(shard_leases, "clock", lambda: clock() + 16)
            await share.over.wait()
        assert (await leases.share(1)).shard_ids == [0]
