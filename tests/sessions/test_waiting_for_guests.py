"""What a table waits for beyond its pace: the word of a guest who was asked, and the end of what one says."""

import asyncio
from dataclasses import replace

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record, Turn
from bot.discussion.model.steerings import QuestionPut
from bot.sessions.composing import pace as pace_module
from bot.sessions.composing.pace import Pace
from bot.store.models import Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint, says
from tests.support.samples import stored_session
from tests.support.session_house import until
from tests.support.session_table import open_table

ASKS = "Kim, what would you do about the tools?"
MINUTE = 1 << 22 << 16  # more than one between two ids


async def test_a_guest_who_was_asked_is_waited_for_and_heard_at_once(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, turns=3, guest_wait=600, topic_least=3) as table:
        await table.run.hear(table.place.guest("I have a shed."))
        server.enqueue(says(ASKS), says("Nobody has heard of it yet."), says("A shed will do nicely then."))
        loop = asyncio.create_task(table.run.take_turns())
        await server.until_asked(2)
        await until(lambda: table.run._draft._pace.left > 500)
        await table.run.hear(
            table.place.guest("Anybody else?", name="Yan", author_id=78)
        )  # another one's word ends nothing
        assert len(table.spoken) == 1
        await table.run.hear(table.place.guest("Lend them all out!"))
        await until(lambda: len(table.spoken) >= 2)
        await loop
        answer = next(t for t in table.run.record if t.text == "Lend them all out!")
        assert table.spoken[1].heard >= answer.seq
        assert table.run.status is Status.ENDED


async def test_a_person_who_hurries_or_another_process_waits_no_longer(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, turns=3, guest_wait=600, topic_least=3) as table:
        await table.run.hear(table.place.guest("I have a shed."))
        server.enqueue(says(ASKS))
        loop = asyncio.create_task(table.run.take_turns())
        await until(lambda: len(table.spoken) == 1 and table.run._draft._pace.left > 500)
        await table.run.pause()
        await asyncio.wait_for(loop, 5)
        assert table.run._draft._pace.left <= 0
        stored = await store.session(table.run.id)
    async with open_table(store, server, stored=stored, place=table.place) as table:
        await table.run.restore()
        await table.run.resume()
        await asyncio.wait_for(table.run.take_turns(), 5)
        assert table.run.status is Status.ENDED


async def test_the_wait_comes_once_and_on_top_of_the_pace() -> None:
    guest = Turn(1, "guest", "Kim", "Hello.", message_id=1, author_id=77)
    record = Record([guest, Turn(2, "persona", "Aino", ASKS, heard=1)])
    for seconds, least, most in ((20, 29, 30), (0, 9, 10)):
        dials = Dials(pace=10, pace_most=10, guest_wait=seconds)
        pace = Pace(stored_session(dials=dials).session, record, lambda: 0.0)
        assert pace.left <= 0, "a process that has just begun waits for nobody"
        pace.shown(ASKS, in_a_hurry=False)
        assert least < pace.left <= most
        pace.hurry()
        assert pace.left <= 0
    record.append(replace(guest, seq=3, text="A shed.", message_id=3))
    pace.shown(ASKS, in_a_hurry=False)
    assert 9 < pace.left <= 10


async def test_a_burst_is_over_after_a_while_without_another_message(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(stored_session(dials=Dials(pace=8)).session, Record(), lambda: 0.0)
    assert pace.quiet_left <= 0
    pace.guest_spoke()
    assert 1.5 < pace.quiet_left <= 2
    pace.hurry()
    assert pace.quiet_left <= 0
    monkeypatch.setattr(pace_module, "BURST_SECONDS", 1.0)
    pace.guest_spoke()
    pace.guest_spoke()
    assert 0 < pace.quiet_left <= 1, "not for ever"
    quick = Pace(stored_session(dials=Dials(pace=0)).session, Record(), lambda: 0.0)
    quick.guest_spoke()
    assert quick.quiet_left <= 0


async def test_a_burst_is_answered_as_a_whole(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, turns=1, pace=0.4, words_per_minute=0) as table:
        await table.run.steer(QuestionPut(question="Lend tools?"), "Lend tools?")
        first, second = table.place.guest("I have a shed,"), table.place.guest("if that helps.")
        later = replace(table.place.guest("Anything else?"), id=second.id + MINUTE)
        await table.run.hear(first)
        loop = asyncio.create_task(table.run.take_turns())
        await table.run.hear(second)
        await table.run.hear(later)
        await loop
        turns = [t for t in await table.stored_turns() if t.kind == "guest"]
        assert [(t.text, t.message_id) for t in turns] == [(m.text, m.id) for m in (first, second, later)]
        assert len(server.asked) == 2, "one call for the turn, one for the summary"
        assert 'Kim (guest): "I have a shed, if that helps."\nKim (guest): "Anything else?"\n' in server.prompts[0]
        assert await table.run.guest_changed(second.id, "")
        assert [t.text for t in await table.stored_turns() if t.kind == "guest"] == [first.text, "", later.text]
