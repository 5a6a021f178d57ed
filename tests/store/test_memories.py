"""What is kept of tables, found again by its words: alike on both databases, and gone with whatever it is of."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.discussion.model.erasure import Member, without_name
from bot.discussion.model.memory import KeptTurn, Memory
from bot.discussion.model.record import Turn, struck
from bot.discussion.model.removal import Removal
from bot.discussion.text.search_words import query_words
from bot.store.models import Post, PostKind, StoredSession
from bot.store.schema import memories, now
from bot.store.store import Store
from tests.support.hostile_words import HOSTILE
from tests.support.samples import GUILD, PLACE, stored_session

SUMMARY, POSITION = 5, 2
THREAD, OTHER_CHANNEL, OTHER_SERVER = 21, 30, 40


def memory_of(question: str, summary: str = "They could not agree.") -> Memory:
    turns = (
        KeptTurn(seq=POSITION, kind="position", speaker="Aino", text="Certainly."),
        KeptTurn(seq=SUMMARY, kind="summary", speaker="Mira", text=summary),
    )
    return Memory(questions=(question,), turns=turns)


def raw(folder: Path) -> bytes:
    """Every byte of the database as it lies on the disk, its write-ahead log included."""
    return b"".join(file.read_bytes() for file in folder.glob("roundtable.db*"))


async def ended(store: Store, question: str, summary: str = "They could not agree.", **where: Any) -> StoredSession:
    """A table that has ended, of which this is kept."""
    stored = await store.add_session(stored_session(**where), [])
    await store.end_session(
        stored.id, stored.place_id, Post(PostKind.MINUTES, attachment=""), memory_of(question, summary)
    )
    return stored


async def found(store: Store, question: str, place: int = PLACE, channel: int = PLACE, *is_open: int) -> list[int]:
    """The sessions of which a table in a place may be told, by one question."""
    kept = await store.memories.matching(
        GUILD, query_words(question), place_id=place, channel_id=channel, open_channels=is_open
    )
    return [each.stored.id for each in kept]


SEARCHES = [
    ("Are cars bad for cities?", "Should the city ban CARS?"),
    ("Wem gehören die Straßen?", "STRASSE"),
    ("車の禁止は都市を救うか", "都市は車を禁止すべきでしょうか"),
    ("市中心的汽车太多了吗？", "汽车应该进入市中心吗？"),
    ("รถยนต์กับเมือง", "ควรห้ามรถยนต์ในใจกลางเมืองหรือไม่"),
    ("자동차가 도시에 필요한가?", "도시는 자동차를 금지해야 하나요?"),
    ("מי צריך מכוניות?", "האם יש לאסור מכוניות?"),
    ("What of 2026?", "And 2026?"),
    ('"NEAR" (trucks OR NOT bikes)', 'bikes* AND "near" -x:y ^2'),
    ("Was ist mit O'Brien & Co.?", "o’brien"),
]


async def test_a_table_is_found_by_a_word_of_its_own(store: Store) -> None:
    kept = [(await ended(store, question)).id for question, _ in SEARCHES]
    assert [await found(store, asked) for _, asked in SEARCHES] == [[each] for each in kept]


async def test_nothing_that_somebody_asks_breaks_a_search(store: Store) -> None:
    kept = await ended(store, "Do bees sleep?", "Hm.")
    for asked in [*HOSTILE, '"', "'", "* : - ( ) ^ {a}", "a & !b | <-> c:*", "NOT", "\\", "\0", "\ud800"]:
        assert await found(store, asked) == []
        assert await found(store, f"{asked} bees?") == [kept.id]


async def test_the_latest_come_first_and_a_word_of_the_summary_counts(store: Store) -> None:
    first = await ended(store, "Do bees sleep?", "✅ The hive rests.")
    second = await ended(store, "Does the hive rest?")
    assert await found(store, "The hive?") == [second.id, first.id]


WHERE = [
    # where it was said (place, channel, private thread), where somebody asks, what everybody sees, whether it is told
    ((PLACE, PLACE, None), (PLACE, PLACE), (), True),
    ((PLACE, PLACE, False), (OTHER_CHANNEL, OTHER_CHANNEL), (), False),
    ((PLACE, PLACE, False), (OTHER_CHANNEL, OTHER_CHANNEL), (PLACE,), True),
    ((PLACE, PLACE, False), (THREAD, PLACE), (), True),
    ((THREAD, PLACE, False), (PLACE, PLACE), (), True),
    ((THREAD, PLACE, False), (OTHER_CHANNEL, OTHER_CHANNEL), (PLACE,), True),
    ((THREAD, PLACE, True), (PLACE, PLACE), (PLACE,), False),
    ((THREAD, PLACE, True), (THREAD, PLACE), (), True),
    ((THREAD, PLACE, None), (PLACE, PLACE), (PLACE,), False),  # of an earlier version, which did not ask
    ((THREAD, PLACE, None), (THREAD, PLACE), (), True),
]


async def test_what_not_everybody_could_see_stays_where_it_was_said(store: Store) -> None:
    await ended(store, "Bees, bees?", guild_id=OTHER_SERVER)
    for (place, channel, is_private), asked, is_open, told in WHERE:
        kept = await ended(store, "Do bees sleep?", place_id=place, channel_id=channel, is_private=is_private)
        assert await found(store, "Bees?", *asked, *is_open) == [kept.id] * told, (place, channel, is_private, asked)
        await store.memories.forget([kept.id])


async def test_it_comes_out_as_it_went_in(store: Store) -> None:
    kept = await ended(store, "Do bees sleep?", is_private=True)
    (one,) = await store.memories.of_server(GUILD)
    assert one.memory == memory_of("Do bees sleep?")
    assert (one.stored.id, one.stored.is_private) == (kept.id, True)
    assert now() - one.kept_at < timedelta(minutes=1)
    assert await store.memories.one(GUILD, kept.id) == one
    assert await store.memories.one(OTHER_SERVER, kept.id) is None


async def test_a_table_that_went_on_is_kept_once(store: Store) -> None:
    kept = await ended(store, "Do bees sleep?")
    again = memory_of("Do ants dream?")
    await store.end_session(kept.id, PLACE, Post(PostKind.MINUTES, attachment=""), again)
    assert [each.memory for each in await store.memories.of_server(GUILD)] == [again]
    assert (await found(store, "Bees?"), await found(store, "Ants?")) == ([], [kept.id])


async def test_what_is_forgotten_is_found_no_more_and_its_table_stays(store: Store) -> None:
    first, second = await ended(store, "Do bees sleep?"), await ended(store, "Do bees dream?")
    assert await store.memories.forget([first.id, 999]) == 1
    assert await found(store, "Bees?") == [second.id]
    assert await store.session(first.id) is not None
    assert await store.memories.forget([]) == 0


async def test_a_turn_that_a_person_took_out_goes_from_what_is_kept(store: Store) -> None:
    kept = await ended(store, "Do bees sleep?", "Only drones do.")
    summary = Turn(SUMMARY, "summary", "Mira", "Only drones do.")
    await store.add_turn(kept.id, PLACE, summary)
    await store.strike(kept.id, Removal((struck(summary),), {}))
    (one,) = await store.memories.of_server(GUILD)
    assert (one.memory.summary, one.memory.position_of("Aino")) == ("", "Certainly.")
    assert await found(store, "Drones?") == []
    await store.amend_turn(kept.id, Turn(POSITION, "summary", "Aino", "Yes.", withheld=True))
    assert await store.memories.of_server(GUILD) == []
    assert await found(store, "Bees?") == []


async def test_what_a_kept_turn_says_since_is_what_later_tables_are_told(store: Store) -> None:
    kept = await ended(store, "Do bees sleep?", "Only drones do.")
    await store.strike(kept.id, Removal((), {SUMMARY: "Only (taken out) do.", 99: "Drones!"}))
    (one,) = await store.memories.of_server(GUILD)
    assert [turn.text for turn in one.memory.turns] == ["Certainly.", "Only (taken out) do."]
    assert (await found(store, "Drones?"), await found(store, "Bees?")) == ([], [kept.id])


async def test_it_goes_with_its_table_its_place_and_its_server(store: Store) -> None:
    async def stays(*gone: int) -> None:
        assert await found(store, "Bees?", 99, 99, PLACE, OTHER_CHANNEL, 50) == [
            each.id for each in reversed(all_of_them) if each.place_id not in gone
        ]

    all_of_them = [
        await ended(store, "Bees?", place_id=place, channel_id=channel, is_private=False)
        for place, channel in ((PLACE, PLACE), (OTHER_CHANNEL, OTHER_CHANNEL), (THREAD, OTHER_CHANNEL), (50, 50))
    ]
    await stays()
    await store.member_data.forget_place(OTHER_CHANNEL)  # and its threads
    await stays(OTHER_CHANNEL, THREAD)
    await store.servers.change(GUILD, keep_days=1)
    assert await store.servers.delete_ended_sooner(now() + timedelta(days=2)) == 4
    await stays(PLACE, OTHER_CHANNEL, THREAD, 50)
    await ended(store, "Bees?")
    await store.expiry.delete_server(GUILD)
    assert await store._database.run(lambda db: db.execute(memories.select()).all()) == []


async def test_a_member_is_taken_out_of_it_and_of_what_later_tables_were_told(store: Store) -> None:
    kept = await ended(store, "Does Otto's hive sleep?", "Otto (of the audience) and Mira doubt it.")
    other = await ended(store, "Do bees sleep?")
    session = stored_session().session
    told = await store.add_session(stored_session(place_id=9), [])
    await store._database.run(
        lambda db: db.execute(text("UPDATE sessions SET earlier = 'Otto asked.' WHERE id = :id"), {"id": told.id})
    )
    otto = Member(5, ("Otto",))
    named = (await store.member_data.export(GUILD, otto))["lines_that_name_you"]
    assert [(line["discussion"], line["speaker"]) for line in named] == [
        (kept.id, "what is kept of it for later ones"),
        (told.id, "what it was told of earlier ones"),
    ]
    before = await store.memories.one(GUILD, other.id)
    await store.memories.rewrite(GUILD, lambda of, text: without_name(of, text, otto))
    one = await store.memories.one(GUILD, kept.id)
    assert one is not None
    assert one.memory.questions == ("Does someone's hive sleep?",)
    assert one.memory.summary == "someone (of the audience) and Mira doubt it."
    assert await store.memories.one(GUILD, other.id) == before
    assert await found(store, "Otto?") == []
    assert await found(store, "Hive?") == [kept.id]
    again = await store.session(told.id)
    assert again is not None
    assert again.session.earlier == "someone asked."
    assert again.session.task == session.task
    assert (await store.member_data.export(GUILD, otto))["lines_that_name_you"] == []


async def test_a_session_has_what_it_was_told_of_earlier_ones(store: Store) -> None:
    stored = stored_session(earlier="# Earlier tables\n\nOn 3 October …")
    kept = await store.add_session(stored, [])
    assert (await store.session(kept.id)) == kept
    assert kept.session.earlier == "# Earlier tables\n\nOn 3 October …"
    assert (await store.add_session(stored_session(place_id=9), [])).session.earlier == ""


async def test_the_search_uses_the_index(store: Store) -> None:
    """Also where the planner would rather read a handful of rows one after the other."""
    await ended(store, "Do bees sleep?")

    def plan(db: Connection) -> Any:
        if db.dialect.name == "sqlite":
            return db.execute(
                text("EXPLAIN QUERY PLAN SELECT rowid FROM memory_index WHERE memory_index MATCH 'bees'")
            ).all()
        db.execute(text("SET LOCAL enable_seqscan = off"))
        query = "SELECT 1 FROM memories WHERE to_tsvector('simple', words) @@ to_tsquery('simple', 'bees')"
        return db.execute(text(f"EXPLAIN {query}")).all()

    told = str(await store._database.run(plan))
    assert "VIRTUAL TABLE INDEX" in told or "ix_memories_words" in told


@pytest.mark.sqlite
async def test_deleted_words_leave_the_file(store: Store, tmp_path: Path) -> None:
    """Of its index, too, which else only marks what is deleted."""

    async def is_there() -> bool:
        assert await store.member_data.scrub()
        return b"zebra" in raw(tmp_path)

    kept = await ended(store, "Do zebrafish sleep?")
    assert await is_there()
    await store.memories.forget([kept.id])
    assert not await is_there()
