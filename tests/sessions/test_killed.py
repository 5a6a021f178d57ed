"""A process that ends between two transactions, and guests who write while it makes up for what it missed."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown
from bot.sessions.guest_turns import Heard
from bot.store.models import Post, PostKind, PostStatus, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.killed_store import Killed, KilledStore
from tests.support.session_table import SessionTable, open_table

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("transactions", range(7))
async def test_killed_while_it_closes_a_table_hands_out_the_minutes_once(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    async with open_table(store, server, turns=1) as table:
        await table.speak(1)
        with monkeypatch.context() as patch:
            KilledStore(store, patch, transactions)
            with suppress(Killed):
                await table.run.close()
    stored = await store.session(table.run.stored.id)
    assert stored is not None
    async with open_table(store, server, stored=stored, place=table.place) as table:
        await table.run.open()
        if stored.status is Status.ENDED:
            await table.run._outbox.deliver()
        else:
            await table.run.close()
        again = await store.session(stored.id)
    assert again is not None
    assert again.status is Status.ENDED
    (minutes,) = await store.posts.of_session(stored.id, PostKind.MINUTES)
    assert minutes.status is PostStatus.POSTED
    assert [m.content for m in table.place.messages if not m.by_webhook].count(minutes.content) == 1


async def test_a_guest_heard_after_an_absence_does_not_hide_those_before(
    table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord's history fails at first; whoever is heard meanwhile waits behind those who were not."""
    table.run.mark_gap()
    table.place.guest("While you were away.")
    read, tries = table.stage.heard_since, list[int]()

    async def fails_at_first(after_id: int) -> list[GuestMessage]:
        tries.append(after_id)
        if len(tries) == 1:
            waiting.append(asyncio.create_task(table.run.hear(table.place.guest("You are back!"))))
            await asyncio.sleep(0)  # it is heard now
            raise OutcomeUnknown("HTTP 503")
        return await read(after_id)

    waiting: list[asyncio.Task[Heard]] = []
    monkeypatch.setattr(table.stage, "heard_since", fails_at_first)
    await table.run.catch_up()
    assert [t.text for t in table.run.record] == ["While you were away.", "You are back!"]
    assert await waiting[0] is Heard.TAKEN
    assert await table.run.hear(table.place.guest("And now?")) is Heard.TAKEN


async def test_a_guest_who_writes_while_the_history_is_read_is_not_missed(
    table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.run.mark_gap()
    table.place.guest("While you were away.")
    read = table.stage.heard_since

    async def too_early(after_id: int) -> list[GuestMessage]:
        found = await read(after_id)
        if len(table.place.guests) == 1:
            waiting.append(asyncio.create_task(table.run.hear(table.place.guest("While you read."))))
            await asyncio.sleep(0)  # it is heard now
        return found

    waiting: list[asyncio.Task[Heard]] = []

    monkeypatch.setattr(table.stage, "heard_since", too_early)
    await table.run.catch_up()
    assert [t.text for t in table.run.record] == ["While you were away.", "While you read."]
    assert await waiting[0] is Heard.TAKEN


async def test_who_speaks_while_the_history_is_read_hides_nobody_if_the_process_is_killed_then(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_table(store, server) as table:
        table.run.mark_gap()
        table.place.guest("While you were away.")
        reading = asyncio.Event()

        async def never_answers(after_id: int) -> list[GuestMessage]:
            reading.set()
            return await asyncio.Future()

        monkeypatch.setattr(table.stage, "heard_since", never_answers)
        hearing = asyncio.create_task(table.run.hear(table.place.guest("Meanwhile.")))
        await reading.wait()
        assert not table.run.record
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
    async with open_table(store, server, stored=table.run.stored, place=table.place) as table:
        await table.run.restore()
        await table.run.catch_up()
        assert [t.text for t in table.run.record] == ["While you were away.", "Meanwhile."]


async def test_what_is_said_by_command_while_the_process_ends_hides_nobody_who_was_missed(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_table(store, server) as table:
        table.run.mark_gap()
        table.place.guest("While you were away.")

        async def ends(after_id: int) -> list[GuestMessage]:
            table.run.stop_waiting()
            raise OutcomeUnknown("HTTP 503")

        monkeypatch.setattr(table.stage, "heard_since", ends)
        said = Post(PostKind.WORDS, "By command.", username="Otto (guest)")
        by_command = GuestMessage(table.place.new_id(), 7, "Otto", said.content, posts=(said,))
        assert await table.run.speak_for(by_command) == (Heard.TOO_LATE, None)
    async with open_table(store, server, stored=table.run.stored, place=table.place) as table:
        await table.run.restore()
        await table.run.catch_up()
        assert [t.text for t in table.run.record] == ["While you were away."]


async def test_what_answers_a_persona_by_command_still_does_after_the_history_was_read(table: SessionTable) -> None:
    await table.speak(2)
    (post,) = [p for p in await table.store.posts.of_session(table.run.id, PostKind.TURN) if p.turn_seq == 2]
    table.run.mark_gap()
    by_command = table.place.guest("Why?", reply_to=post.message_id)
    table.place.guests[-1] = replace(by_command, reply_to=None)  # the history does not tell
    assert await table.run.hear(by_command) is Heard.TAKEN
    assert table.run.record.turns[-1].addressed == table.spoken[0].speaker


async def test_a_session_and_its_last_post_end_together(store: Store, table: SessionTable) -> None:
    stored = table.run.stored
    await store.end_session(stored.id, stored.place_id, Post(PostKind.MINUTES, "Closed.", attachment="# Minutes"))
    (found,) = await store.unfinished_sessions()  # the minutes are still to be shown
    assert found.status is Status.ENDED
    assert [p.attachment for p in await store.posts.of_session(stored.id)] == ["# Minutes"]
