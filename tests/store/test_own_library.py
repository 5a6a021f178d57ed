"""What members make on Discord, in the database: kept once, freed when nobody names it, and nobody's when forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.discussion.model.erasure import Member
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, moderator_turn
from bot.discussion.model.steerings import SeatAdded
from bot.discussion.model.task import Task
from bot.sessions.privacy.retention import Retention
from bot.store.models import Status, StoredSession
from bot.store.own_library import PICTURE, NameTaken, TooManyMade
from bot.store.schema import now
from bot.store.spending import Account, Used
from bot.store.store import Store
from tests.support.samples import CAST, GUILD, PLACE, stored_session

KIM = Member(77, ("Kim",))
EDDA = Persona(name="Edda", full_name="Edda", prompt="You are a ferrywoman.")
FERRY = Task(name="Ferry", questions=("Row?",))


async def keep(store: Store, persona: Persona, guild: int = GUILD, *, most: int = 9) -> int:
    sketch = await store.sketches.add(guild, KIM.id, "persona", {})
    await store.own_personas.add(guild, persona, made_by=KIM.id, most=most, sketch_id=sketch.id)
    assert await store.sketches.one(sketch.id) is None
    return (await store.own_personas.of(guild))[-1].id


async def test_a_name_is_kept_once_a_server_and_only_so_many(store: Store) -> None:
    made_id = await keep(store, EDDA)
    await keep(store, EDDA, GUILD - 1)
    with pytest.raises(NameTaken):
        await keep(store, EDDA.model_copy(update={"name": "EDDA"}))
    with pytest.raises(TooManyMade):
        await keep(store, EDDA.model_copy(update={"name": "Ida"}), most=1)
    ida = await keep(store, EDDA.model_copy(update={"name": "Ida"}))
    with pytest.raises(NameTaken):
        await store.own_personas.replace(GUILD, ida, EDDA, sketch_id=0)
    assert await store.own_personas.replace(GUILD, made_id, EDDA.model_copy(update={"intro": "Rows."}), sketch_id=0)
    assert not await store.own_personas.replace(GUILD - 1, made_id, EDDA, sketch_id=0)
    assert await store.own_personas.one(GUILD - 1, made_id) is None
    assert [made.thing.intro for made in await store.own_personas.of(GUILD)] == ["Rows.", None]
    assert not await store.own_personas.remove(GUILD - 1, made_id)
    assert await store.own_personas.remove(GUILD, made_id)


async def test_a_picture_stays_as_long_as_anything_names_it(store: Store, kept: StoredSession) -> None:
    """A persona, what is about to be one, who sits at a table from its start or later."""
    names = [character * 64 for character in "abcde"]
    for digest in names:
        sketch = await store.sketches.add(GUILD, KIM.id, "persona", {"picture": PICTURE + digest}, (digest, b"PNG"))
        await store.sketches.add(GUILD, KIM.id + 1, "persona", {}, (digest, b"another"))
        if digest != names[0]:
            await store.sketches.remove(sketch.id)
    assert await store.pictures.png(names[0]) == b"PNG"

    def faced(digest: str) -> Persona:
        return EDDA.model_copy(update={"avatar": PICTURE + digest})

    made_id = await keep(store, faced(names[1]))
    await store.add_session(stored_session(place_id=5, cast=(*CAST, faced(names[2]))), [])
    await store.add_turn(kept.id, PLACE, moderator_turn(Record(), SeatAdded(persona=faced(names[3])), ""))
    assert await store.pictures.free() == [names[4]]
    assert await store.own_personas.remove(GUILD, made_id)
    assert await store.pictures.free() == [names[1]]
    for number in range(5):  # a member has five at most
        await store.sketches.add(GUILD, KIM.id, "task", {"number": number})
    assert await store.pictures.free() == [names[0]]
    assert await store.pictures.in_use() == names[2:4]


async def test_who_made_it_is_told_handed_out_and_forgotten(store: Store) -> None:
    await keep(store, EDDA)
    sketch = await store.sketches.add(GUILD, KIM.id, "task", {})
    await store.own_tasks.add(GUILD, FERRY, made_by=KIM.id, most=9, sketch_id=sketch.id)
    sketch = await store.sketches.add(GUILD, KIM.id, "task", {"fields": {"name": "not saved"}})
    assert await store.makers.made_by(GUILD, KIM.id) == (1, 1)
    exported = await store.member_data.export(GUILD, KIM)
    assert [(each["kind"], each["content"]["fields"]["name"]) for each in exported["not_saved"]] == [
        ("task", "not saved")
    ]
    made = exported["personas_and_tasks_you_made"]
    assert [(thing["name"], thing["made_at"][:2]) for thing in made] == [("Edda", "20"), ("Ferry", "20")]
    await store.makers.forget(GUILD, KIM.id)
    assert await store.makers.made_by(GUILD, KIM.id) == (0, 0)
    assert [made.made_by for made in await store.own_personas.of(GUILD)] == [0]
    assert await store.sketches.one(sketch.id) is None


async def test_what_is_too_old_goes_by_the_servers_own_time_too(store: Store) -> None:
    """And with a server that was left goes what was made there, its portraits and what lines tried out have used."""
    at = datetime.now(UTC)
    ended: dict[str, int] = {}
    for place, (name, guild, days) in enumerate(
        [("own old", 1, 6), ("own new", 1, 4), ("other", 2, 6), ("other old", 2, 31), ("left", 3, 1)]
    ):
        stored = await store.add_session(stored_session(guild_id=guild, place_id=place), [])
        await store.set_status(stored.id, Status.ENDED)
        ended[name] = stored.id
        await store.servers._database.run(
            lambda db, number=stored.id, days=days: db.exec_driver_sql(
                f"UPDATE sessions SET ended_at = '{at - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}' WHERE id = {number}"
            )
        )
    await store.servers.change(1, keep_days=5)
    await keep(store, EDDA.model_copy(update={"avatar": PICTURE + "f" * 64}), 3)
    sketch = await store.sketches.add(3, KIM.id, "persona", {}, ("f" * 64, b"PNG"))
    await store.spending.add(Account(3, None, at.date()), Used(70))
    dropped: list[str] = []
    retention = Retention(store, lambda _: None, keep_days=30, grace_days=0, drop_pictures=dropped.extend)
    await retention.sweep([1, 2, 3], at)
    assert {name for name, number in ended.items() if await store.session(number)} == {"own new", "other", "left"}
    assert await store.sketches.one(sketch.id) is not None
    assert (await store.spending.on_day(3, at.date())).server == Used(70)
    await retention.left(3)
    await retention.sweep([1, 2], now() + timedelta(days=1, seconds=1))
    assert (await store.own_personas.of(3), await store.sketches.one(sketch.id)) == ([], None)
    assert dropped == ["f" * 64]
