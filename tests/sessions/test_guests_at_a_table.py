"""What guests say, change and take back during a session: in the record, the database and the next prompt."""

import asyncio
from collections.abc import Collection

import pytest

from bot.discussion.model.erasure import Member
from bot.sessions.delivery.stage import GuestMessage
from bot.sessions.guest_turns import Heard
from bot.store.engine import TransientDatabaseError
from tests.support.endpoint_stand_in import (
    held,
    stalls,
)
from tests.support.session_table import NAMES, SessionTable


async def test_a_guest_who_speaks_during_composing_is_heard_at_once(table: SessionTable) -> None:
    table.server.enqueue("One.", stalls(), "Two and two.")
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(2)
    called = next(iter(NAMES - {table.stage.composed[-1], table.spoken[0].speaker}))
    assert await table.run.hear(table.place.guest(f"{called}, what do you say?")) is Heard.TAKEN
    await loop
    await asyncio.wait_for(table.server.disconnected.wait(), 10)
    guest = next(t for t in table.run.record if t.kind == "guest")
    second = table.spoken[1]
    assert (second.speaker, second.text, second.heard) == (called, "Two and two.", guest.seq)
    line = f'Kim (guest): "{called}, what do you say?"\n'
    assert line not in table.server.prompts[1]
    assert line in table.server.prompts[2]
    await table.assert_stored()


async def test_in_a_busy_channel_a_turn_is_composed_anew_only_twice(table: SessionTable) -> None:
    gate = asyncio.Event()
    table.server.enqueue("One.", stalls(), stalls(), held(gate, "Two and two."))
    loop = asyncio.create_task(table.run.take_turns())
    for calls, text in enumerate(["First.", "Second.", "Third."], 2):
        await table.server.until_asked(calls)
        assert await table.run.hear(table.place.guest(text)) is Heard.TAKEN
    gate.set()
    await loop
    second = table.spoken[1]
    assert second.text == "Two and two."
    assert [t.text for t in table.run.record.turns[second.heard : second.seq - 1]] == ["Third."]
    assert '(guest): "Third."\n' in table.server.prompts[4]


async def test_a_guests_message_is_taken_once(table: SessionTable) -> None:
    message = table.place.guest("Hello all.")
    assert await table.run.hear(message) is Heard.TAKEN
    assert await table.run.hear(message) is not Heard.TAKEN
    assert [t.text for t in await table.stored_turns()] == ["Hello all."]


async def test_a_reply_to_a_post_addresses_its_persona(table: SessionTable) -> None:
    await table.speak(3)
    first = table.spoken[0]
    post = next(p for p in await table.store.posts.of_session(table.run.stored.id) if p.turn_seq == first.seq)
    await table.run.hear(table.place.guest("Why?", reply_to=post.message_id))
    assert table.run.record.turns[-1].addressed == first.speaker
    await table.resume()
    assert table.spoken[3].speaker == first.speaker


async def test_an_edit_takes_an_address_back_but_no_reply(table: SessionTable) -> None:
    called = table.place.guest("Ravi, is it worth it?")
    await table.run.hear(called)
    await table.run.guest_changed(called.id, "Is it worth it at all?")
    await table.speak(3)
    post = next(p for p in await table.store.posts.of_session(table.run.stored.id) if p.turn_seq == table.spoken[0].seq)
    replied = table.place.guest("Why?", reply_to=post.message_id)
    await table.run.hear(replied)
    await table.run.guest_changed(replied.id, "Why so?")
    stored = [t for t in await table.stored_turns() if t.kind == "guest"]
    assert [(t.text, t.addressed) for t in stored] == [
        ("Is it worth it at all?", None),
        ("Why so?", table.spoken[0].speaker),
    ]


async def test_a_deletion_during_composing_drops_the_draft(table: SessionTable) -> None:
    message = table.place.guest("I regret this already.")
    await table.run.hear(message)
    gate = asyncio.Event()
    table.server.enqueue(held(gate, "The guest regrets something."))
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(1)
    assert "I regret this" in table.server.prompts[0]
    assert await table.run.guest_changed(message.id, "")
    gate.set()
    await loop
    assert "The guest regrets something." not in table.place.texts
    assert not any("regret" in p for p in table.server.prompts[1:])
    assert not any("regret" in t.text for t in await table.stored_turns())
    assert len(table.spoken) == 10
    await table.assert_stored()


async def test_an_edit_changes_the_record_and_the_database(table: SessionTable) -> None:
    message = table.place.guest("Ravi, is it worth it?")
    await table.run.hear(message)
    await table.speak(2)
    assert await table.run.guest_changed(message.id, "Mira, is it worth it?")
    assert not await table.run.guest_changed(999, "someone else's")
    (guest,) = [t for t in await table.stored_turns() if t.kind == "guest"]
    assert (guest.text, guest.addressed) == ("Mira, is it worth it?", "Mira")
    await table.resume()
    assert "Ravi, is it worth it?" in table.server.prompts[0]
    assert not any("Ravi, is it worth it?" in p for p in table.server.prompts[3:])
    await table.assert_stored()


async def test_guests_who_wrote_while_nobody_listened_are_taken_in(table: SessionTable) -> None:
    await table.speak(2)
    heard = table.place.guest("Before.")
    await table.run.hear(heard)
    table.place.guest("Meanwhile.")
    table.run.mark_gap()
    await table.run.catch_up()
    table.run.mark_gap()
    await table.run.catch_up()
    assert [t.text for t in table.run.record if t.kind == "guest"] == ["Before.", "Meanwhile."]


async def test_what_was_just_read_and_is_deleted_while_nobody_listens_once_more_is_blanked(
    table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    await table.run.hear(table.place.guest("Before."))
    gone = table.place.guest("I live at Mill Lane 4.")
    look_up = table.stage.said_of

    async def away_once_more(message_ids: Collection[int]) -> dict[int, str | None]:
        if gone in table.place.guests:
            table.place.guests.remove(gone)
            table.run.mark_gap()
        return await look_up(message_ids)

    monkeypatch.setattr(table.stage, "said_of", away_once_more)
    table.run.mark_gap()
    await table.run.catch_up()
    await table.run.catch_up()
    assert [t.text for t in await table.stored_turns()] == ["Before.", ""]


async def test_what_is_edited_between_being_read_and_being_taken_in_is_taken_in_so(
    table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, read, editing = table.place.guest("Rye?"), table.stage.heard_since, list[asyncio.Task[bool]]()

    async def edited_meanwhile(after_id: int) -> list[GuestMessage]:
        found = await read(after_id)
        if not editing:
            editing.append(asyncio.create_task(table.run.guest_changed(message.id, "Oats?")))
            await asyncio.sleep(0.01)
        return found

    monkeypatch.setattr(table.stage, "heard_since", edited_meanwhile)
    table.run.mark_gap()
    assert table.run.has_heard(message.id)
    await table.run.catch_up()
    assert await editing[0]
    assert [t.text for t in await table.stored_turns()] == ["Oats?"]


async def test_who_is_forgotten_while_they_are_being_heard_is_not_taken_in(
    table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = table.place.guest("I live at Mill Lane 4.")
    really, asked, go_on = table.store.member_data.is_kept_out, asyncio.Event(), asyncio.Event()

    async def slow(guild_id: int, user_id: int) -> bool:
        asked.set()
        await go_on.wait()
        return await really(guild_id, user_id)

    monkeypatch.setattr(table.store.member_data, "is_kept_out", slow)
    hearing = asyncio.create_task(table.run.hear(said))
    await asked.wait()
    await table.run.forget(Member(said.author_id, (said.name,)), said.id + 1)
    go_on.set()
    assert await hearing is Heard.IGNORED
    assert await table.stored_turns() == []


async def test_what_may_be_missing_since_a_moment_ago_is_looked_for_behind_that(table: SessionTable) -> None:
    """What somebody said by command is heard of later than what others wrote after it, if its answer is lost."""
    by_command = table.place.guest("By command.")
    assert await table.run.hear(table.place.guest("And I?")) is Heard.TAKEN
    table.run.mark_gap(since=by_command.id - 1)
    await table.run.catch_up()
    assert {t.text for t in table.run.record} == {"By command.", "And I?"}


async def test_what_is_taken_back_while_the_database_takes_nothing_is_made_up_for(
    table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = table.place.guest("I live at Mill Lane 4."), table.place.guest("So you do.")
    for message in (gone, other):
        await table.run.hear(message)

    async def full(*_: object) -> None:
        raise TransientDatabaseError("The bot's database can't be used: the disk is full.")

    table.place.guests.remove(gone)
    table.place.edited[other.id] = "Do you?"
    with monkeypatch.context() as patch:
        patch.setattr(table.store, "amend_turn", full)
        for message_id, text in ((gone.id, ""), (other.id, "Do you?")):
            with pytest.raises(TransientDatabaseError):
                await table.run.guest_changed(message_id, text)
    await table.speak(1)
    assert [turn.text for turn in await table.stored_turns() if turn.kind == "guest"] == ["", "Do you?"]
    assert "Mill Lane" not in table.server.prompts[0]
