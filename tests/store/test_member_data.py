"""Members' data in the database: counted, handed out, forgotten, and really gone from the file."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.discussion.model.erasure import Member
from bot.discussion.model.record import Turn, moderator_turn
from bot.discussion.model.steerings import FloorGiven, PollCut, PositionsRevealed, PositionTaken
from bot.minutes.account import PlaceNames
from bot.sessions.privacy.session_erasure import erase_member, renew_minutes
from bot.store import paging
from bot.store.models import Post, PostKind, PostStatus, Status, StoredSession, Webhook
from bot.store.schema import departures, metadata, posts
from bot.store.spending import Account, Used
from bot.store.store import Store, open_store
from tests.support.samples import CAST, CONVENER, GUILD, PLACE, TASK, database, stored_session

KIM = Member(7_777_777_777_777, ("Kim of Kent",))
WORDS = "I live at Mill Lane 4."
MESSAGE = 1_234_567_890_123_456_789
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def guest(seq: int, said: str = WORDS, *, member: Member = KIM, message_id: int = MESSAGE) -> Turn:
    return Turn(seq, "guest", member.names[0], said, message_id=message_id + seq, author_id=member.id)


async def forget(store: Store, session_id: int, member: Member = KIM, listen_from: int = 0) -> None:
    stored = await store.session(session_id)
    assert stored is not None
    await erase_member(store, stored, await store.record(session_id), member, listen_from)
    assert await store.member_data.scrub()


def raw(folder: Path) -> bytes:
    """Every byte of the database as it lies on the disk, its write-ahead log included."""
    return b"".join(f.read_bytes() for f in sorted(folder.glob("roundtable.db*")))


async def rows(store: Store, table: str) -> int:
    return await store._database.run(lambda db: db.scalar(text(f"SELECT count(*) FROM {table}"))) or 0


# --- counting and handing out ---


async def test_figures_count_a_members_own_messages_on_one_server(store: Store, kept: StoredSession) -> None:
    other = await store.add_session(stored_session(place_id=5, convener_id=KIM.id), [])
    abroad = await store.add_session(stored_session(place_id=6, guild_id=9), [])
    for session, numbers in ((kept, (1, 2)), (other, (1,)), (abroad, (1,))):
        for seq in numbers:
            await store.add_turn(session.id, PLACE, guest(seq))
    await store.add_turn(kept.id, PLACE, guest(3, "Me too.", member=Member(5, ("Lena",))))
    await store.add_turn(kept.id, PLACE, guest(4, ""))  # deleted by its author
    about = await store.member_data.about(GUILD, KIM.id)
    assert (about.messages, about.discussions, about.convened, about.kept_out) == (3, 2, 1, False)
    assert await store.member_data.names(GUILD, KIM.id) == ["Kim of Kent"]


async def test_an_export_has_everything_of_theirs_and_nothing_of_others(store: Store) -> None:
    kept = await store.add_session(
        stored_session(convener_id=KIM.id), [Post(PostKind.NOTICE, "-# Kim of Kent paused.")]
    )
    await store.add_turn(kept.id, PLACE, guest(1))
    await store.add_turn(kept.id, PLACE, guest(2, "Kim of Kent is right.", member=Member(5, ("Lena",))))
    await store.add_turn(kept.id, PLACE, Turn(3, "persona", "Aino", "Thank you, Kim of Kent.", raw="x"))
    data = await store.member_data.export(GUILD, KIM)
    (message,) = data["messages"]
    assert (message["text"], message["message_id"], message["name"]) == (WORDS, str(MESSAGE + 1), "Kim of Kent")
    assert [c["questions"] for c in data["convened"]] == [list(kept.session.task.questions)]
    assert [line["text"] for line in data["lines_that_name_you"]] == [
        "Thank you, Kim of Kent.",
        "-# Kim of Kent paused.",
    ]
    assert "Lena" not in str(data)


@pytest.mark.parametrize("are_shown", [True, False])
async def test_an_export_has_what_a_persona_wrote_for_itself_once_the_table_has_read_it(
    store: Store, kept: StoredSession, are_shown: bool
) -> None:
    held = Turn(1, "position", "Aino", "As Kim of Kent says.", steering=PositionTaken())
    shown = PositionsRevealed() if are_shown else PollCut()
    await store.add_turn(kept.id, PLACE, held)
    await store.add_turn(kept.id, PLACE, Turn(2, "moderator", "Moderator", "Aino: something.", steering=shown))
    await store.set_status(kept.id, Status.ENDED)
    named = (await store.member_data.export(GUILD, KIM))["lines_that_name_you"]
    assert [line["text"] for line in named] == ["As Kim of Kent says."] * are_shown


async def test_others_get_through_while_much_is_handed_out(
    store: Store, kept: StoredSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE", 4)
    named = [f"Thank you, Kim of Kent, for the {seq}th time." for seq in range(1, 61)]
    for seq, line in enumerate(named, 1):
        await store.add_turn(kept.id, PLACE, Turn(seq, "persona", "Aino", line))
    export = asyncio.ensure_future(store.member_data.export(GUILD, KIM))
    meanwhile = 0
    while not export.done():
        await store.posts.add(kept.id, PLACE, Post(PostKind.PANEL))
        meanwhile += 1
    assert [line["text"] for line in (await export)["lines_that_name_you"]] == named
    # One for each of the fifteen pages of turns. An export in one go would let through one before it and one after it.
    assert meanwhile > 15


# --- forgetting ---


async def test_what_is_forgotten_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    async with open_store(*database(tmp_path)) as store:
        kept = await store.add_session(
            stored_session(convener_id=KIM.id), [Post(PostKind.NOTICE, "-# Kim of Kent paused.")]
        )
        # The id of their message is also the largest seen before the next post.
        await store.add_turn(kept.id, PLACE, guest(1))
        shown = [Post(PostKind.TURN, "Thank you, Kim of Kent.", username="Aino", turn_seq=2)]
        spoken = Turn(2, "persona", "Aino", "Thank you, Kim of Kent.", raw=f"Aino: {WORDS}")
        await store.add_turn(kept.id, PLACE, spoken, shown, after_id=MESSAGE + 1)
        await store.add_turn(kept.id, PLACE, guest(3, "Not me.", member=Member(5, ("Lena",))))
        record = await store.record(kept.id)
        await store.add_turn(
            kept.id, PLACE, moderator_turn(record, FloorGiven(name="Ravi"), "Kim of Kent gives the floor to Ravi.")
        )
        await store.posts.add(kept.id, PLACE, Post(PostKind.MINUTES, "closed", attachment=f"**Kim of Kent**: {WORDS}"))

        ids = [n.to_bytes(8, "big") for n in (MESSAGE + 1, KIM.id)]
        # SQLite stores a number in as few bytes as it needs.
        traces = [WORDS.encode(), b"Kim of Kent", ids[0], ids[1].lstrip(b"\0")]
        assert all(trace in raw(tmp_path) for trace in traces)
        await forget(store, kept.id)
        assert [trace for trace in traces if trace in raw(tmp_path)] == []

        left = await store.record(kept.id)
        assert [(t.speaker, t.text) for t in left] == [
            ("someone", ""),
            ("Aino", "Thank you, someone."),
            ("Lena", "Not me."),
            ("Moderator", "someone gives the floor to Ravi."),
        ]
        (minutes,) = await store.posts.of_session(kept.id, PostKind.MINUTES)
        assert "Not me." in (minutes.attachment or "")
        sending = await store.posts.sending(PLACE)
        assert sending is not None
        assert (sending.content, sending.after_id) == ("-# someone paused.", MESSAGE)
        assert [p.content for p in await store.posts.of_session(kept.id, PostKind.TURN)] == ["Thank you, someone."]
    assert b"Not me." in raw(tmp_path)
    assert [trace for trace in traces if trace in raw(tmp_path)] == []


async def test_the_sessions_to_look_at(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, guest(1))
    convened = await store.add_session(stored_session(place_id=5, convener_id=KIM.id), [])
    acted = await store.add_session(stored_session(place_id=6), [Post(PostKind.NOTICE, "-# ⏸ Kim of Kent paused.")])
    await store.add_session(stored_session(place_id=7), [Post(PostKind.NOTICE, "-# ⏸ Kim paused.")])
    await store.add_session(stored_session(place_id=8, guild_id=9, convener_id=KIM.id), [])
    assert await store.member_data.sessions_with(GUILD, KIM) == [kept.id, convened.id, acted.id]


async def test_messages_from_before_are_not_listened_to_again(store: Store, kept: StoredSession) -> None:
    await forget(store, kept.id, listen_from=4_711)
    stored = await store.session(kept.id)
    assert stored == replace(kept, listen_from=4_711)
    assert kept.convener_id == CONVENER


# --- deleted messages ---


@pytest.mark.parametrize("settled", ["bind", "refuse", "remove"])
async def test_minutes_that_are_settled_keep_no_copy(store: Store, kept: StoredSession, settled: str) -> None:
    post_id = await store.posts.add(kept.id, PLACE, Post(PostKind.MINUTES, "closed", attachment=WORDS))
    assert await store.posts.take(PLACE, 1)
    match settled:
        case "bind":
            await store.posts.bind(post_id, 5)
        case "refuse":
            await store.posts.refuse(post_id, explained=True)
        case _:
            await store.posts.bind(post_id, 5)
            await store.posts.message_gone(5)
    post = await store.posts.post(post_id)
    assert post is not None
    assert post.status is not PostStatus.SENDING
    assert post.attachment is None


async def test_minutes_not_yet_handed_out_follow_a_deletion(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, guest(1))
    await store.posts.add(kept.id, PLACE, Post(PostKind.MINUTES, "closed", attachment=WORDS))
    await store.posts.message_gone(MESSAGE + 1)
    assert await store.member_data.sessions_of_message(MESSAGE + 1) == [kept.id]
    await renew_minutes(store, kept.id, lambda stored: PlaceNames())
    (post,) = await store.posts.of_session(kept.id, PostKind.MINUTES)
    assert post.attachment
    assert WORDS not in post.attachment


async def test_with_a_channel_goes_what_guests_said_in_it_and_its_threads(store: Store, kept: StoredSession) -> None:
    await store.last_choices.put(PLACE, GUILD, {"turns": 5})
    await store.set_status(kept.id, Status.ENDED)
    thread = await store.add_session(stored_session(place_id=5, channel_id=PLACE), [])
    elsewhere = await store.add_session(stored_session(place_id=6, channel_id=6), [])
    for session in (kept, thread, elsewhere):
        await store.add_turn(session.id, PLACE, guest(1))
    await store.member_data.forget_place(PLACE)
    assert [(await store.record(s.id)).turns[0].text for s in (kept, thread, elsewhere)] == ["", "", WORDS]
    assert await store.last_choices.of(PLACE) == {}


# --- members who want to be left out ---


async def test_being_kept_out_is_by_server(store: Store) -> None:
    for _ in range(2):
        await store.member_data.keep_out(GUILD, KIM.id, out=True)
    assert await store.member_data.is_kept_out(GUILD, KIM.id)
    assert not await store.member_data.is_kept_out(GUILD + 1, KIM.id)
    assert (await store.member_data.about(GUILD, KIM.id)).kept_out
    await store.member_data.keep_out(GUILD, KIM.id, out=False)
    assert not await store.member_data.is_kept_out(GUILD, KIM.id)


# --- the end of its time ---


async def test_what_ended_before_goes_with_all_that_belongs_to_it(tmp_path: Path, store: Store) -> None:
    old = await store.add_session(stored_session(), [Post(PostKind.CARD)])
    await store.add_turn(old.id, PLACE, guest(1))
    await store.webhooks.add(Webhook(5, PLACE, "secret"))
    await store.set_status(old.id, Status.ENDED)
    still_open = await store.add_session(stored_session(), [])
    after = datetime.now(UTC) + timedelta(days=30, seconds=1)
    assert await store.expiry.delete_ended(after, 31) == 0
    assert await store.expiry.delete_ended(after, 30) == 1
    assert await store.session(old.id) is None
    assert await store.session(still_open.id) is not None
    assert [await rows(store, table) for table in ("turns", "posts", "webhooks")] == [0, 0, 1]
    assert await store.member_data.scrub()
    assert WORDS.encode() not in raw(tmp_path)


async def test_a_server_that_was_left_is_noted_until_the_bot_is_back(store: Store, kept: StoredSession) -> None:
    expiry = store.expiry
    await store.add_session(stored_session(guild_id=9, place_id=5), [])
    assert await expiry.note_servers([9], NOW) == [GUILD]
    assert await expiry.note_servers([9], NOW + timedelta(days=1)) == []
    assert await expiry.servers_left(NOW - timedelta(seconds=1)) == []
    assert await expiry.servers_left(NOW) == [GUILD]
    await expiry.leave(GUILD, NOW + timedelta(days=2))  # known already: the first time counts
    assert await expiry.servers_left(NOW) == [GUILD]
    await expiry.return_to(GUILD)
    assert await expiry.servers_left(NOW + timedelta(days=9)) == []
    await expiry.leave(GUILD, NOW)
    assert await expiry.note_servers([9, GUILD], NOW) == []
    assert await expiry.servers_left(NOW) == []


async def test_a_webhook_goes_with_its_server_also_where_its_sessions_went_before(store: Store) -> None:
    await store.webhooks.add(Webhook(5, PLACE, "secret", GUILD))
    assert await store.expiry.note_servers([9], NOW) == [GUILD]
    await store.expiry.delete_server(GUILD)
    assert await store.webhooks.channels() == {}


async def test_everything_of_a_server_and_nothing_of_another(store: Store, kept: StoredSession) -> None:
    abroad = await store.add_session(stored_session(guild_id=9, place_id=5, channel_id=5), [])
    for session, channel in ((kept, PLACE), (abroad, 5)):
        await store.add_turn(session.id, channel, guest(1))
        await store.webhooks.add(Webhook(channel, channel, "secret"))
        await store.member_data.keep_out(session.guild_id, KIM.id, out=True)
        await store.posts.add_vote(session.id, channel, 1)
        assert await store.votes.cast(session.id, 1, KIM.id, "Aino")
        await store.servers.change(session.guild_id, turns=5)
        await store.last_choices.put(channel, session.guild_id, {"turns": 5})
        await store.own_personas.add(session.guild_id, CAST[0], made_by=KIM.id, most=9, sketch_id=0)
        await store.own_tasks.add(session.guild_id, TASK, made_by=KIM.id, most=9, sketch_id=0)
        await store.sketches.add(session.guild_id, KIM.id, "task", {})
        await store.spending.add(Account.of(session, NOW.date()), Used(7))
    await store.expiry.leave(GUILD, NOW)
    assert await store.expiry.delete_server(GUILD) == 1
    of_servers = [table.name for table in metadata.sorted_tables if "guild_id" in table.c and table is not departures]
    counts = {name: await rows(store, name) for name in [*of_servers, "turns", "posts", "votes"]}
    # What all servers together have used on a day stays.
    assert {name: count for name, count in counts.items() if count != 1} == {"day_use": 2}
    assert await rows(store, departures.name) == 0
    assert await store.session(abroad.id) is not None


# --- the file ---


@pytest.mark.sqlite
async def test_deleted_text_is_overwritten(store: Store) -> None:
    assert await store._database.run(lambda db: db.scalar(text("PRAGMA secure_delete"))) == 1


@pytest.mark.sqlite
async def test_the_log_is_emptied_later_when_another_program_reads(tmp_path: Path, store: Store) -> None:
    await store.add_session(stored_session(), [])
    await store._database.run_on_driver(lambda driver: driver.execute("PRAGMA busy_timeout=10") and None)
    with closing(sqlite3.connect(database(tmp_path)[1], isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM sessions").fetchall()
        await store.add_session(stored_session(place_id=5), [])
        assert not await store.member_data.scrub()
        reader.execute("COMMIT")
        assert await store.member_data.scrub()
    assert await rows(store, posts.name) == 0
