"""A session whose place shows nothing, or less than it should: it pauses, says why, and spends little."""

from typing import Any

import pytest

from bot.discussion.model.record import Record
from bot.sessions.delivery.notices import Done
from bot.sessions.delivery.stage import PostRejected, RejectReason
from bot.store.models import Fault, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.memory_place import Sending, refused
from tests.support.samples import PLACE
from tests.support.session_table import SessionTable, open_table


async def test_a_lost_permission_pauses_and_is_told_to_the_convener(table: SessionTable) -> None:
    table.stage.script.extend([refused(RejectReason.BLOCKED)] * 3)
    await table.run.take_turns()
    assert table.run.status is Status.PAUSED
    assert table.place.texts == []
    assert "something that people must mend" in table.stage.told[-1]
    table.stage.script.clear()
    await table.resume()
    assert table.run.status is Status.ENDED
    await table.assert_stored()


async def test_a_place_that_is_gone_ends_the_session_and_keeps_the_record(table: SessionTable) -> None:
    await table.speak(2)
    table.stage.script.extend([refused(RejectReason.PLACE_GONE)] * 3)
    await table.resume()
    assert table.run.status is Status.ENDED
    assert len(await table.stored_turns()) == len(table.run.record)
    assert await table.store.unfinished_sessions() == []


async def test_a_withheld_turn_uses_the_clock_and_is_in_no_prompt(table: SessionTable) -> None:
    await table.speak(1)
    table.stage.script.append(refused(RejectReason.WITHHELD))
    table.server.enqueue("Something rude.")
    await table.resume()
    assert [t.withheld for t in table.spoken] == [n == 1 for n in range(10)]
    assert "A turn could not be shown" in table.place.texts[-1]
    assert not any("Something rude." in p for p in table.server.prompts)
    assert [t.withheld for t in await table.stored_turns() if t.kind == "persona"] == [n == 1 for n in range(10)]


@pytest.mark.parametrize("why", [RejectReason.OTHER, RejectReason.NAME, RejectReason.WEBHOOK_GONE])
async def test_a_table_of_which_nothing_is_shown_asks_for_two_turns_only(
    table: SessionTable, why: RejectReason
) -> None:
    await table.speak(1)
    table.stage.script.extend([refused(why)] * 4)
    asked = len(table.server.prompts)
    await table.resume()
    assert table.run.status is Status.PAUSED
    assert table.run.fault is Fault.PLACE
    assert len(table.server.prompts) == asked + 2
    await table.resume()
    assert table.run.status is Status.ENDED
    assert not any(t.withheld for t in table.spoken)


@pytest.mark.parametrize(
    ("script", "spoken"),
    [
        ([refused(RejectReason.WITHHELD)] * 3, 4),
        # Held, then withheld as it is sent again, and behind it a question: the loop has counted neither.
        (
            [
                *[refused(RejectReason.WITHHELD)] * 2,
                refused(RejectReason.BLOCKED),
                *[refused(RejectReason.WITHHELD)] * 3,
            ],
            5,
        ),
    ],
)
async def test_a_filter_that_lets_nothing_through_pauses(
    store: Store, server: ScriptedEndpoint, script: list[Sending], spoken: int
) -> None:
    async with open_table(store, server, topic_least=1) as table:
        await table.speak(1)
        table.stage.script.extend(script)
        await table.resume()
        if table.run.fault is Fault.PLACE:
            await table.resume()
        assert table.run.status is Status.PAUSED
        assert table.run.fault is Fault.PASSES
        assert f"{spoken - 1} turns in a row were withheld" in table.place.texts[-1]
        assert len(table.spoken) == spoken
        await table.resume()
        assert table.run.status is Status.ENDED


@pytest.mark.parametrize("why", [RejectReason.BLOCKED, RejectReason.WITHHELD, RejectReason.OTHER])
async def test_a_notice_that_cannot_be_shown_is_told_to_the_convener(table: SessionTable, why: RejectReason) -> None:
    table.stage.script.extend([refused(why)] * 2)
    await table.run._announcer.announce(Done("Mira paused the table."))
    assert table.stage.told == ["-# Mira paused the table."]
    assert await table.store.posts.take(PLACE, 0) is None


async def test_guests_that_cannot_be_read_do_not_keep_it_from_going_on(
    table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(after_id: int) -> Any:
        raise PostRejected(RejectReason.BLOCKED, "no permission")

    monkeypatch.setattr(table.stage, "heard_since", fail)
    table.run.mark_gap()
    await table.run.catch_up()
    assert table.run.record == Record()
