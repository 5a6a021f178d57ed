"""The gateway hangs up, repeats itself, forgets the bot or loses its server: every guest is heard, and once."""

from dataclasses import replace

import pytest

from bot.chat.posting import place_history
from bot.chat.session_starts import SessionStartsUsedUp
from bot.sessions.delivery.stage import PostRejected
from bot.store.models import PostStatus, StoredSession
from tests.support.discord_stand_in import Fault
from tests.support.rest_house import FIRST, RestHouse


async def guests(house: RestHouse, session: StoredSession) -> list[str]:
    """What guests have said, as it is stored."""
    return [turn.text for turn in await house.store.record(session.id) if turn.kind == "guest"]


async def until_heard(house: RestHouse, *texts: str) -> None:
    """The table's record has exactly these guests' turns, in any order."""
    (run,) = house.bot.supervisor.open_sessions()
    await house.world.until(
        lambda: sorted(t.text for t in run.record if t.kind == "guest") == sorted(texts), what="the guests' turns"
    )


async def test_a_resume_that_repeats_events_tells_nothing_twice(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.world.member_says("general", "Otso", "Ravi, what about rye?")
    await until_heard(table, "Ravi, what about rye?")
    table.server.gateway.repeat = 100
    table.server.gateway.reconnect()
    await table.world.until(lambda: table.server.gateway.resumes == 1, what="the connection")
    table.world.member_says("general", "Owner", "Or oats.")
    await until_heard(table, "Ravi, what about rye?", "Or oats.")
    await table.server.settled()
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)
    assert await guests(table, session) == ["Ravi, what about rye?", "Or oats."]


async def test_what_was_said_during_an_outage_of_the_gateway_is_told_afterwards(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.server.gateway.shut()
    await table.world.until(lambda: not table.server.gateway.connected, what="the outage")
    table.world.member_says("general", "Otso", "Is anybody there?")
    gate.set()
    table.server.gateway.reopen()
    await table.until_ended()
    await table.check_each_once(session)
    assert await guests(table, session) == ["Is anybody there?"]


async def test_what_was_said_before_a_new_session_with_the_gateway_is_read(table: RestHouse) -> None:
    """After an invalid session Discord repeats nothing; and somebody speaks before the bot has looked back."""
    session, gate = await table.between_turns()
    table.server.gateway.invalidate()
    table.world.member_says("general", "Otso", "You did not hear this.")
    await table.world.until(lambda: len(table.server.gateway.identifies) == 2, timeout=10, what="the new session")
    table.world.member_says("general", "Owner", "You heard this.")
    await until_heard(table, "You did not hear this.", "You heard this.")
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)


async def test_a_session_that_is_invalid_for_a_moment_is_resumed(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.server.gateway.invalidate(resumable=True)
    table.world.member_says("general", "Otso", "Still here.")
    await until_heard(table, "Still here.")
    assert table.server.gateway.resumes == 1
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)


async def test_who_speaks_right_after_the_start_hides_nothing_that_came_before(house: RestHouse) -> None:
    async with house.running():
        session, _ = await house.between_turns()
    house.world.member_says("general", "Otso", "You were away.")
    async with house.running() as bot:
        # Before the table has been taken up: that waits until the library says that all servers are there.
        house.world.member_says("general", "Owner", "You are back.")
        await house.until_ended()
        assert bot.is_ready()
    assert sorted(await guests(house, session)) == ["You are back.", "You were away."]


@pytest.mark.parametrize("stored", [True, False])
async def test_a_server_that_is_out_when_the_bot_starts(house: RestHouse, stored: bool) -> None:
    """Its history can't be judged then: a post whose outcome is open waits, neither lost nor doubled."""
    house.llm.enqueue(FIRST)
    lost = Fault.accepted_then(event="never") if stored else Fault.before_storing()
    house.server.faults.next("POST", "/webhooks/", lost, content=FIRST)
    async with house.running():
        session = await house.start()
        await house.world.until(lost.met.is_set, what="the send")
    house.world.begin_outage()
    house.world.member_says("general", "Otso", "The lights went out.")
    async with house.running() as bot:
        (run,) = bot.supervisor.open_sessions()
        await house.world.until(lambda: run.status_report().waiting, what="waiting for Discord")
        assert run.status_report().waiting
        assert [p.content for p in await house.posts(session) if p.status is PostStatus.SENDING] == [FIRST]
        house.world.end_outage()
        await house.until_ended()
        await house.check_each_once(session)
    assert house.turns().count(FIRST) == 1
    assert await guests(house, session) == ["The lights went out."]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(body=(b"[]", 2)),
        Fault(body=(b'{"session_start_limit": {"remaining": null}}', 44)),
        Fault.refused(403, 0, "Forbidden"),
    ],
    ids=["another shape", "no number", "refused"],
)
async def test_where_discord_does_not_tell_how_many_sessions_are_left_one_is_begun(
    house: RestHouse, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    house.server.faults.next("GET", "/gateway/bot", fault)
    async with house.running(commands=False) as bot:
        assert bot.is_ready()
    assert "does not tell how many session starts are left" in caplog.text


@pytest.mark.parametrize(("more", "seconds"), [(b"", 3600), (b', "reset_after": 0', 1)])
async def test_where_discord_tells_of_no_wait_none_of_the_last_ones_is_begun(
    house: RestHouse, more: bytes, seconds: int
) -> None:
    told = b'{"session_start_limit": {"remaining": 20' + more + b"}}"
    house.server.faults.next("GET", "/gateway/bot", Fault(body=(told, len(told))))
    with pytest.raises(SessionStartsUsedUp) as used_up:
        async with house.running(commands=False):
            pass
    assert used_up.value.seconds == seconds
    assert house.server.gateway.identifies == []


async def test_a_server_that_is_out_for_a_while(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.world.begin_outage()
    await table.server.settled()
    table.world.member_says("general", "Otso", "The lights went out.")
    table.world.end_outage()
    await until_heard(table, "The lights went out.")
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)


async def test_only_messages_that_are_known_are_looked_up_newest_first(
    table: RestHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session = await table.start()
    await table.until_ended()
    world = table.world
    busy = world.add_channel("busy")
    said = [world.member_says(busy, "Otso", f"Crumb {n}.") for n in range(330)]
    asked = [said[n].id for n in (2, 5, 120, 325, 326, 329)]
    world.delete_message(said[5])
    world.delete_message(said[325])
    world.edit_message(said[326], "Bread.")
    world.edit_message(said[120], "// never mind")
    stage = table.bot.stage_of(replace(session, channel_id=busy.id, place_id=busy.id))
    path = f"/channels/{busy.id}/messages"

    def looks() -> int:
        return len([each for each in world.requests if each.method == "GET" and each.path.endswith(path)])

    assert await stage.said_of(asked) == dict(zip(asked, [None, "", "", "", "Bread.", None], strict=True))
    assert looks() == 3  # not the two hundred in between, nor what came before the first
    monkeypatch.setattr(place_history, "MOST_PAGES", 1)
    assert set(await stage.said_of(asked)) == set(asked[3:])
    assert looks() == 4
    assert ", ".join(map(str, reversed(asked[:3]))) in caplog.text
    for message in said:
        world.delete_message(message)
    assert set((await stage.said_of(asked[3:])).values()) == {""}
    world.member_says(busy, "Otso", "Crumbs.")
    with world.holding_events():
        world.forbid(busy, "read_message_history")
    with pytest.raises(PostRejected):  # it may see nothing, and was not told so: that nothing is there is not said
        await stage.said_of(asked[3:])
