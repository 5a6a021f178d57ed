"""What becomes of what was said at a table that stands for longer than words are kept."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import QuestionPut
from bot.sessions import steering
from bot.sessions.privacy.retention import Retention
from bot.sessions.session_runner import SessionRunner
from bot.store.models import PostKind
from bot.store.schema import now, posts, sessions, turns
from bot.store.store import Store
from tests.support.session_house import SessionHouse, open_house, until

OPEN = Dials(pace=0, format="open", open_turns=1)


@pytest.fixture
async def house(store: Store) -> AsyncIterator[SessionHouse]:
    async with open_house(store) as house:
        yield house


async def until_shown(house: SessionHouse, run: SessionRunner, turns: int) -> None:
    """Until personas have had so many turns, and the channel has the last of them."""
    said = run.record.persona_turns
    await until(lambda: len(said()) >= turns and said()[-1].text in [each.content for each in house.place.messages])


async def ask(house: SessionHouse, run: SessionRunner, text: str) -> None:
    spoken = len(run.record.persona_turns())
    await run.hear(house.place.guest(text))
    await until_shown(house, run, spoken + 1)


async def aged(house: SessionHouse, run: SessionRunner, days: int) -> None:
    """Have all that was said so far be said so many days ago."""
    then = now() - timedelta(days=days)
    database = house.store._database  # pyright: ignore[reportPrivateUsage]
    await database.run(lambda db: [db.execute(update(each).values(created_at=then)) for each in (turns, posts)])


async def stored_words(house: SessionHouse) -> str:
    """All that the database holds of turns and posts."""
    database = house.store._database  # pyright: ignore[reportPrivateUsage]
    rows = await database.run(lambda db: [*db.execute(select(turns)).all(), *db.execute(select(posts)).all()])
    return str(rows)


async def sweep(house: SessionHouse, keep_days: int | None) -> None:
    drop = house.supervisor.drop_server
    retention = Retention(house.store, drop, keep_days=keep_days, grace_days=7, fade=house.supervisor.fade)
    await retention.sweep([1], now())


@pytest.mark.both_databases
async def test_old_words_of_a_table_that_stands_are_forgotten_and_it_goes_on(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    house.server.enqueue("Kim lives where the miller lived.")
    await steering.put_question(run, "Is Mill Lane to be paved?")
    await until_shown(house, run, 1)
    await ask(house, run, "Ravi, I live at Mill Lane 4.")
    await aged(house, run, days=31)
    await ask(house, run, "Aino, is it cold?")
    await sweep(house, keep_days=30)
    words = await stored_words(house)
    for gone in ("Mill Lane", "the miller lived"):
        assert gone not in words
    assert "is it cold" in words
    assert [t.speaker for t in run.record if t.kind == "guest"] == ["someone", "Kim"]
    assert (await house.store.record(run.id)).turns == run.record.turns
    before = len(house.place.messages)
    await sweep(house, keep_days=30)
    await ask(house, run, "Mira, and now?")
    assert "Mill Lane" not in house.server.prompts[-1]
    assert len(house.place.messages) == before + 1, "what is in the channel stays there"


async def test_it_is_taken_up_again_without_them(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    await ask(house, run, "Ravi, I live at Mill Lane 4.")
    await aged(house, run, days=31)
    await sweep(house, keep_days=30)
    await house.supervisor.shutdown()
    await house.again().resume_all()
    (run,) = house.supervisor.open_sessions()
    await ask(house, run, "Aino, is it cold?")
    assert [t.text for t in run.record if t.kind == "guest"] == ["", "Aino, is it cold?"]
    assert not [p for p in await house.store.posts.of_session(run.id, PostKind.TURN) if "Mill" in p.content]


async def test_a_server_may_keep_them_for_less_time_and_a_host_for_ever(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    await ask(house, run, "Ravi, I live at Mill Lane 4.")
    await aged(house, run, days=31)
    await sweep(house, keep_days=None)
    assert "Mill Lane" in await stored_words(house)
    await house.store.servers.change(1, keep_days=30)
    await sweep(house, keep_days=None)
    assert "Mill Lane" not in await stored_words(house)


async def test_other_tables_keep_theirs_until_they_have_ended(house: SessionHouse) -> None:
    run = await house.start(Dials(pace=0, format="interview"))
    await ask(house, run, "Ravi, I live at Mill Lane 4.")
    await steering.put_question(run, "Is it to be paved?")
    await aged(house, run, days=31)
    await sweep(house, keep_days=30)
    assert "Mill Lane" in await stored_words(house)
    assert any(isinstance(s, QuestionPut) for _, s in run.record.steerings())


async def test_what_a_standing_table_was_told_of_earlier_ones_goes_with_its_old_words(house: SessionHouse) -> None:
    run = await house.start(OPEN)
    database = house.store._database  # pyright: ignore[reportPrivateUsage]
    await database.run(lambda db: db.execute(update(sessions).values(earlier="A ladder was lent.")))
    await house.supervisor.shutdown()
    await house.again().resume_all()
    (run,) = house.supervisor.open_sessions()
    await ask(house, run, "Ravi, is it back?")
    assert "A ladder was lent." in house.server.prompts[-1]
    await aged(house, run, days=31)
    await sweep(house, keep_days=30)
    await ask(house, run, "Aino, is it back?")
    assert "A ladder was lent." not in house.server.prompts[-1]
    stored = await house.store.session(run.id)
    assert stored is not None
    assert stored.session.earlier == ""
