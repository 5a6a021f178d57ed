"""Places whose parent's permissions do not tell all: private threads, and the chats of voice and stage channels."""

import pytest

from bot.chat.rules.permissions import NOT_IN_THREAD
from bot.sessions.resilience import recovery
from bot.store.models import Status
from tests.support.discord_stand_in import Channel
from tests.support.discord_stand_in.records import NEWS_CHANNEL, STAGE_CHANNEL, TEXT_CHANNEL, VOICE_CHANNEL
from tests.support.rest_house import FIRST, SECOND, RestHouse

MENTION_ME = "I am not in this private thread. Mention me in this thread first, then try again."


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "PLACE_NAP", 0.02)


def private_thread(house: RestHouse) -> Channel:
    """One that the bot is not in, and may not look into either."""
    house.world.forbid("general", "manage_threads")
    return house.world.add_thread("general", "cellar", private=True)


async def test_a_private_thread_that_the_bot_is_not_in_opens_no_table(table: RestHouse) -> None:
    thread = private_thread(table)
    await table.server.settled()
    assert await table.command("start", channel=thread) == MENTION_ME
    assert await table.store.unfinished_sessions() == []
    table.world.invite_to_thread(thread)
    await table.server.settled()
    session = await table.start(thread)
    await table.until_ended(thread)
    await table.check_each_once(session)


async def test_whoever_manages_threads_needs_no_invitation(table: RestHouse) -> None:
    thread = table.world.add_thread("general", "cellar", private=True)
    await table.server.settled()
    session, gate = await table.between_turns(thread)
    table.world.forbid("general", "manage_threads")
    await table.server.settled()
    table.world.member_says(thread, "Otso", "Can you hear me?")
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert paused.reason == NOT_IN_THREAD
    table.world.permit("general", "manage_threads")
    await table.until_ended(thread)
    assert [t.text for t in await table.store.record(session.id) if t.kind == "guest"] == ["Can you hear me?"]


@pytest.mark.parametrize("as_deleted", [False, True], ids=["told of it", "told that it is gone"])
async def test_a_bot_that_is_taken_out_of_a_private_thread_waits_to_be_let_in(
    table: RestHouse, as_deleted: bool
) -> None:
    thread = private_thread(table)
    table.world.invite_to_thread(thread)
    await table.server.settled()
    session, gate = await table.between_turns(thread)
    table.world.remove_from_thread(thread, as_deleted=as_deleted)
    paused = await table.until_status(session, Status.PAUSED)
    assert paused.reason == NOT_IN_THREAD
    (told,) = await table.world.wait_for_messages(table.world.direct_messages("Mira"), 1)
    assert NOT_IN_THREAD in told.content
    gate.set()
    table.world.member_says(thread, "Otso", "Can you hear me?")
    table.world.invite_to_thread(thread)
    await table.world.wait_for_messages(thread, 1, containing="▶ The table goes on: I can post here again.")
    await table.until_ended(thread)
    assert [t.text for t in await table.store.record(session.id) if t.kind == "guest"] == ["Can you hear me?"]
    assert table.turns(thread)[0] == FIRST


async def test_a_bot_that_was_taken_out_of_a_private_thread_meanwhile_shows_no_turn_there(house: RestHouse) -> None:
    thread = private_thread(house)
    house.world.invite_to_thread(thread)
    async with house.running():
        session, _ = await house.between_turns(thread)
    house.world.remove_from_thread(thread)
    async with house.running():
        paused = await house.until_status(session, Status.PAUSED)
        assert paused.reason == NOT_IN_THREAD
        assert house.turns(thread) == [FIRST]
        house.world.invite_to_thread(thread)
        await house.until_ended(thread)
    assert len(house.turns(thread)) == 3


async def test_a_private_thread_that_is_deleted_ends_its_table(table: RestHouse) -> None:
    thread = private_thread(table)
    table.world.invite_to_thread(thread)
    await table.server.settled()
    session, _ = await table.between_turns(thread)
    table.world.delete_channel(thread)
    ended = await table.until_status(session, Status.ENDED)
    assert ended.reason == "The channel is gone."


@pytest.mark.parametrize("kind", [VOICE_CHANNEL, STAGE_CHANNEL], ids=["voice", "stage"])
async def test_connect_is_named_where_a_chat_can_not_be_read_without_it(table: RestHouse, kind: int) -> None:
    lounge = table.world.add_channel("lounge", kind=kind)
    table.world.forbid(lounge, "connect")
    await table.server.settled()
    assert "I am missing **Connect** in this channel." in await table.command("start", channel=lounge)
    table.world.permit(lounge, "connect")
    await table.server.settled()
    session, gate = await table.between_turns(lounge)
    table.world.forbid(lounge, "connect")
    await table.server.settled()
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "**Connect**" in (paused.reason or "")
    assert table.turns(lounge) == [FIRST]
    table.world.permit(lounge, "connect")
    await table.until_ended(lounge)
    assert table.turns(lounge)[:2] == [FIRST, SECOND]


@pytest.mark.parametrize("kind", [TEXT_CHANNEL, NEWS_CHANNEL])
async def test_a_table_in_a_thread_that_is_opened_for_it(table: RestHouse, kind: int) -> None:
    """An announcement channel has threads of a kind of its own."""
    channel = table.world.add_channel("news", kind=kind)
    await table.server.settled()
    session = await table.start(channel, question="Rye or wheat?", thread=True)
    thread = table.world.channel(session.place_id)
    assert (thread.name, thread.parent) == ("Rye or wheat?", channel)
    await table.until_ended(thread)
    await table.check_each_once(session)
