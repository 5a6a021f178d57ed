"""PostgreSQL: what many connections do at once counts as if they took turns, and what goes wrong there is outlived."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Turn
from bot.store import post_queries, postgresql, server_opening
from bot.store.engine import DatabaseOpenError, TransientDatabaseError
from bot.store.holding import hold
from bot.store.models import Post, PostKind, PostStatus
from bot.store.opening import known_revisions, open_database
from bot.store.own_library import TooManyMade
from bot.store.schema import sessions
from bot.store.server_opening import look_into_server
from bot.store.server_settings import APPLICATION
from bot.store.store import Store, open_store
from tests.support.postgresql_server import PostgresqlServer
from tests.support.samples import CAST, GUILD, PLACE, stored_session
from tests.support.schema_differences import differences

SEED = select(sessions.c.seed)
END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'roundtable' AND pid != pg_backend_pid()
"""


@pytest.fixture
async def url(postgresql_server: PostgresqlServer) -> str:
    return await postgresql_server.database()


@pytest.fixture
async def stores(url: str) -> AsyncIterator[list[Store]]:
    """Three, as three processes have them, each with connections of its own."""
    opened = [Store(await open_database(url)) for _ in range(3)]
    yield opened
    for each in opened:
        await each.aclose()


def turn(seq: int, **changes: Any) -> Turn:
    return Turn(**({"seq": seq, "kind": "persona", "speaker": "Aino", "text": "Well."} | changes))


def count_up(db: Connection) -> None:
    hold(db, PLACE)
    found = db.scalar(SEED) or 0
    db.execute(update(sessions).values(seed=found + 1))


# --- many at once ---


async def test_sixty_increments_at_once_all_count(stores: list[Store]) -> None:
    await stores[0].add_session(stored_session(seed=0), [])
    await asyncio.gather(*(stores[n % 3]._database.run(count_up) for n in range(60)))
    assert await stores[0]._database.run(lambda db: db.scalar(SEED)) == 60


async def test_each_post_is_taken_once_and_one_after_the_other(stores: list[Store]) -> None:
    kept = await stores[0].add_session(stored_session(), [])
    ids = [await stores[0].posts.add(kept.id, PLACE, Post(PostKind.NOTICE, str(n))) for n in range(20)]
    shown: list[int] = []

    async def show_all(store: Store) -> None:
        while (post := await store.posts.take(PLACE, 0)) is not None:
            # All three have the same one under way; one of them binds it.
            if await store.posts.bind(post.id, 1_000 + post.id):
                shown.append(post.id)

    await asyncio.gather(*map(show_all, stores))
    assert shown == ids


async def test_what_is_stored_slowly_is_not_overtaken(stores: list[Store]) -> None:
    """A post has its number before it is there for others; one with a later number must not be shown before it."""
    kept = await stores[0].add_session(stored_session(), [])

    def add_slowly(db: Connection) -> None:
        post_queries.add_posts(db, kept.id, PLACE, [Post(PostKind.NOTICE, "first")])
        db.execute(text("SELECT pg_sleep(0.2)"))

    adding = asyncio.create_task(stores[0]._database.run(add_slowly))
    asleep = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    while not await stores[2]._database.run(lambda db: db.scalar(asleep)):
        assert not adding.done()
    await stores[1].posts.add(kept.id, PLACE, Post(PostKind.NOTICE, "second"))
    taken = await stores[1].posts.take(PLACE, 0)
    assert taken
    assert taken.content == "first"
    await adding


async def test_a_turn_with_its_posts_takes_what_waits_and_nothing_twice(stores: list[Store]) -> None:
    kept = await stores[0].add_session(stored_session(), [])

    async def add(seq: int) -> Post | None:
        show = [Post(PostKind.TURN, f"{seq}", username="Aino", turn_seq=seq)]
        return (await stores[seq % 3].add_turn(kept.id, PLACE, turn(seq), show)).sending

    taken = await asyncio.gather(*map(add, range(1, 31)))
    assert len([post for post in taken if post]) == 1
    statuses = [post.status for post in await stores[0].posts.of_session(kept.id)]
    assert sorted(statuses) == [PostStatus.QUEUED] * 29 + [PostStatus.SENDING]


async def test_a_guests_message_that_everybody_hears_is_one_turn(stores: list[Store]) -> None:
    kept = await stores[0].add_session(stored_session(), [])
    said = [turn(seq, kind="guest", message_id=77) for seq in range(1, 13)]
    added = await asyncio.gather(*(stores[each.seq % 3].add_turn(kept.id, PLACE, each) for each in said))
    assert [each.is_added for each in added].count(True) == 1
    assert len(await stores[0].record(kept.id)) == 1


async def test_what_a_server_sets_at_once_is_all_set(stores: list[Store]) -> None:
    changes: list[dict[str, Any]] = [{"turns": 9}, {"pace": 4.5}, {"language": "Finnish"}, {"vote": True}]
    await asyncio.gather(*(stores[n % 3].servers.change(GUILD, **change) for n, change in enumerate(changes)))
    found = await stores[0].servers.of(GUILD)
    assert (found.turns, found.pace, found.language, found.vote) == (9, 4.5, "Finnish", True)


async def test_a_server_makes_no_more_than_it_may(stores: list[Store]) -> None:
    def make(n: int) -> Any:
        persona: Persona = CAST[0].model_copy(update={"name": f"P{n}"})
        return stores[n % 3].own_personas.add(GUILD, persona, made_by=1, most=5, sketch_id=0)

    made = await asyncio.gather(*map(make, range(12)), return_exceptions=True)
    assert [type(each) for each in made].count(TooManyMade) == 7
    assert len(await stores[0].own_personas.of(GUILD)) == 5


# --- what may pass ---


async def test_connections_that_are_ended_are_not_noticed(
    stores: list[Store], url: str, postgresql_server: PostgresqlServer
) -> None:
    await stores[0].add_session(stored_session(seed=0), [])
    works = [asyncio.create_task(stores[n % 3]._database.run(count_up)) for n in range(60)]
    for _ in range(6):
        await postgresql_server.do(END_ALL, url)
    await asyncio.gather(*works)
    assert await stores[0]._database.run(lambda db: db.scalar(SEED)) == 60


@pytest.mark.parametrize("is_done", [True, False], ids=["that took place", "that did not"])
async def test_a_commit_that_is_never_answered_counts_once(
    stores: list[Store], url: str, monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    await stores[0].add_session(stored_session(seed=0), [])
    commit, was_lost = AsyncConnection.commit, False

    async def lose_the_answer(connection: AsyncConnection) -> None:
        nonlocal was_lost
        if was_lost:
            return await commit(connection)
        was_lost = True
        if is_done:
            await commit(connection)
        raise ConnectionResetError("gone")

    monkeypatch.setattr(AsyncConnection, "commit", lose_the_answer)
    await stores[0]._database.run(count_up)
    assert was_lost
    assert await stores[0]._database.run(lambda db: db.scalar(SEED)) == 1


async def test_a_deadlock_is_done_again(stores: list[Store]) -> None:
    def both(first: int, second: int) -> Callable[[Connection], None]:
        def work(db: Connection) -> None:
            db.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            hold(db, first)
            db.execute(text("SELECT pg_sleep(0.05)"))
            hold(db, second)

        return work

    await asyncio.gather(stores[0]._database.run(both(1, 2)), stores[1]._database.run(both(2, 1)))


async def test_a_server_that_is_away_is_told_as_what_may_pass(
    stores: list[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(111, "Connect call failed")

    monkeypatch.setattr("asyncpg.connect", refuse)
    monkeypatch.setattr(postgresql, "_WAITS", (0.01, 0.01))
    count = metrics.DATABASE_ERRORS.labels("its server can't be reached")._value
    before = count.get()
    with pytest.raises(
        TransientDatabaseError, match=r"^The bot's database can't be used: its server can't be reached\.$"
    ):
        await stores[0].unfinished_sessions()
    assert count.get() == before + 1
    monkeypatch.undo()
    assert await stores[0].unfinished_sessions() == []


async def test_a_work_that_is_wrong_is_no_outage(stores: list[Store]) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        await stores[0]._database.run(lambda db: db.execute(text("SELECT * FROM no_such_table")))


# --- opening ---


async def test_processes_that_start_together_migrate_an_empty_database_once(
    postgresql_server: PostgresqlServer,
) -> None:
    url = await postgresql_server.new_database()
    assert await look_into_server(url) == (None, 0, None)
    stores = await asyncio.gather(*(Store.open(url, None) for _ in range(3)))
    assert await stores[0]._database.run(differences) == []
    await stores[0].add_session(stored_session(), [])
    await stores[0].remembered.put(APPLICATION, "7")
    for store in stores:
        await store.aclose()
    assert await look_into_server(url) == (known_revisions()[0], 1, "7")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"database": "nowhere"}, "its server has no database of that name"),
        ({"username": "nobody"}, "its server refuses the bot's name or password"),
        ({"host": "127.0.0.1", "port": 9, "query": {}}, "its server can't be reached"),
    ],
)
async def test_what_is_in_the_way_is_told_without_the_password(
    url: str, changed: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_opening, "_WAITS", (0.01,))
    wrong = make_url(url).set(password="s3cret", **changed).render_as_string(hide_password=False)
    with pytest.raises(DatabaseOpenError) as caught:
        async with open_store(wrong, None):
            pass
    assert says in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_nothing_is_migrated_under_processes_of_an_older_version(postgresql_server: PostgresqlServer) -> None:
    url = await postgresql_server.new_database()
    async with open_store(url, None):
        pass
    await postgresql_server.do("INSERT INTO processes VALUES ('a', now() + interval '1 hour')", url)
    older = known_revisions()[1]
    await postgresql_server.do(f"UPDATE alembic_version SET version_num = '{older}'", url)
    with pytest.raises(DatabaseOpenError, match=r"another version run on .* \(1 of them\)"):
        await Store.open(url, None)
    assert (await look_into_server(url))[0] == older


async def test_a_database_of_a_newer_version_is_refused(postgresql_server: PostgresqlServer) -> None:
    url = await postgresql_server.new_database()
    async with open_store(url, None):
        pass
    await postgresql_server.do("UPDATE alembic_version SET version_num = '9001'", url)
    with pytest.raises(DatabaseOpenError, match="was made by a newer version of roundtable"):
        await Store.open(url, None)
