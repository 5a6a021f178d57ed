"""What people type is data: it is stored and shown as it is, and no query is made of it."""

from sqlalchemy import text

from bot.store.models import Status
from tests.support.simulated_place import SimulatedPlace

EVIL = "Robert'); DROP TABLE turns;-- \" OR 1=1 %s :x ?"


async def test_no_text_is_a_query(place: SimulatedPlace) -> None:
    rogue = place.guild.add_member(place.env.create_user("rogue"), nick="'; DROP TABLE turns;--")
    await place.type("start", question=EVIL, by=rogue)
    await place.type("ask", question=f"{EVIL} again", by=rogue)
    await rogue.send(place.channel, EVIL)
    await rogue.slash(place.channel, "roundtable say", text=EVIL)
    await place.type("pause", by=rogue)
    session = await place.session()
    assert session.status is Status.PAUSED
    assert session.session.task.questions == (EVIL,)
    assert [(t.speaker, t.text) for t in await place.guests()] == [("'; DROP TABLE turns;--", EVIL)] * 2
    names = text("SELECT name FROM sqlite_master")
    tables = set(await place.store._database.run(lambda db: db.scalars(names).all()))
    assert {"sessions", "turns", "posts", "webhooks"} <= tables


async def test_suggestions_take_any_text(place: SimulatedPlace) -> None:
    await place.type("start")
    for typed in (EVIL, "%", "_", "\\", "*", "(", "' OR ''='", "x" * 6000, "\u202e🙂"):
        options = (("start", "task"), ("start", "personas"), ("floor", "persona"), ("seat add", "persona"))
        for command, option in options:
            assert await place.mira.autocomplete(place.channel, f"roundtable {command}", option, typed) == []


async def test_names_that_do_not_exist_are_refused_in_a_sentence(place: SimulatedPlace) -> None:
    for typed in (EVIL, "x" * 3000, "../../etc/passwd"):
        assert "There is no task called" in await place.type("start", task=typed)
        assert "There is no persona called" in await place.type("start", personas=typed.replace(",", ""))
