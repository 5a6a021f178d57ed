"""Each permission the bot needs is taken away in the middle of a table: what members see, and what is kept."""

import pytest

from bot.store.models import PostKind, PostStatus, Status
from tests.support.discord_stand_in import Fault
from tests.support.discord_stand_in.records import bits
from tests.support.rest_house import FIRST, SECOND, RestHouse


async def lose(table: RestHouse, permission: str) -> None:
    table.world.forbid("general", permission)
    await table.server.settled()


async def regain(table: RestHouse, permission: str) -> None:
    table.world.permit("general", permission)
    await table.server.settled()


async def test_view_channel_lost(table: RestHouse) -> None:
    """The webhook would still take turns, but the bot hears nobody there: the table waits and its convener is told."""
    session, gate = await table.between_turns()
    await lose(table, "view_channel")
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert paused.reason == "I am missing **View Channel** in this channel. Please have an admin grant it to me."
    private = table.world.direct_messages("Mira")
    (told,) = await table.world.wait_for_messages(private, 1, containing="**View Channel**")
    assert f"<#{table.world.general.id}>" in told.content
    assert table.turns() == [FIRST]
    table.world.member_says("general", "Otso", "Can you see me?")
    await regain(table, "view_channel")
    await go_on(table)
    assert table.turns()[:2] == [FIRST, SECOND]
    assert [t.text for t in await table.store.record(session.id) if t.kind == "guest"] == ["Can you see me?"]
    assert all(p.status is PostStatus.POSTED for p in await table.posts(session))


@pytest.mark.parametrize("permission", ["manage_webhooks", "embed_links"])
async def test_what_is_needed_at_the_start_only(table: RestHouse, permission: str) -> None:
    session, gate = await table.between_turns()
    await lose(table, permission)
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)


async def test_attach_files_lost(table: RestHouse) -> None:
    """The table ends all the same; its closing words and the minutes are handed out at the next start."""
    house = table
    session, gate = await house.between_turns()
    await lose(house, "attach_files")
    gate.set()
    await house.until_status(session, Status.ENDED)
    await house.world.until(lambda: house.bot.supervisor.find(house.world.general.id) is None, what="the end")
    await house.settled()
    (minutes,) = [p for p in await house.posts(session) if p.kind is PostKind.MINUTES]
    assert minutes.status is PostStatus.QUEUED
    assert SECOND in (minutes.attachment or "")
    (told,) = await house.world.wait_for_messages("general", 1, containing="The minutes could not be shown.")
    assert "**Attach Files**" in told.content
    house.world.remove(told)
    await house.bot.close()
    await regain(house, "attach_files")
    async with house.running():
        await house.until_ended()
        await house.check_each_once(session)


async def test_send_messages_in_threads_lost(table: RestHouse) -> None:
    table.world.add_thread("general", "ovens")
    await table.server.settled()
    session, gate = await table.between_turns("ovens")
    await lose(table, "send_messages_in_threads")
    await table.world.slash("ovens", "Mira", "roundtable", "ask", {"question": "Who sleeps?"}).answered("followup")
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "**Send Messages in Threads**" in (paused.reason or "")
    await table.world.wait_for_messages(table.world.direct_messages("Mira"), 1, containing="in Threads**")
    await regain(table, "send_messages_in_threads")
    await go_on(table, "ovens")
    assert len([m for m in table.shown("ovens") if m.content.startswith("❓") and "Who sleeps?" in m.content]) == 1
    still = [p for p in await table.posts(session) if p.kind is not PostKind.PANEL]  # which has moved on
    assert all(p.status is PostStatus.POSTED for p in still)


async def test_history_lost_in_an_archived_thread(table: RestHouse) -> None:
    """The library does not know an archived thread: its parent's permissions tell."""
    thread = table.world.add_thread("general", "ovens")
    await table.server.settled()
    session, gate = await table.between_turns(thread)
    table.world.forbid("general", "read_message_history")
    table.world.set_thread(thread, archived=True)
    await table.server.settled()
    table.server.faults.next("POST", "/webhooks/", Fault.before_storing(), content=SECOND)
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "**Read Message History**" in (paused.reason or "")
    assert SECOND not in table.turns(thread)
    assert [p.content for p in await table.posts(session) if p.status is PostStatus.SENDING] == [SECOND]
    await regain(table, "read_message_history")
    await go_on(table, "ovens")
    assert table.turns(thread)[:2] == [FIRST, SECOND]


async def go_on(table: RestHouse, channel: str = "general") -> None:
    """The table goes on, by itself or because its convener says so."""
    (run,) = table.bot.supervisor.open_sessions()
    if run.status is Status.PAUSED:
        await table.command("resume", channel=channel)
    await table.until_ended(channel)


@pytest.mark.parametrize("is_deleted", [False, True], ids=["taken", "deleted"])
async def test_a_role_of_the_bots_own_taken_and_given_back(table: RestHouse, is_deleted: bool) -> None:
    """No channel is changed, and yet it hears nobody: what was said meanwhile is read."""
    world = table.world
    bots, bakers = world.member("Roundtable").roles[0], world.add_role("bakers")
    world.set_roles("Roundtable", world.roles[bots], bakers)
    world.set_roles("Mira", bakers)
    world.general.overwrites |= {world.guild_id: (0, bits("view_channel")), bakers.id: (bits("view_channel"), 0)}
    world.changed(world.general)
    session, gate = await table.between_turns()
    if is_deleted:
        world.delete_role(bakers)
    else:
        world.set_roles("Roundtable", world.roles[bots])
    world.member_says("general", "Otso", "Can you see me?")
    await table.server.settled()
    if is_deleted:
        world.permit("general", "view_channel")
    else:
        world.set_roles("Roundtable", world.roles[bots], bakers)
    world.member_says("general", "Owner", "Now you can.")
    gate.set()
    await table.until_ended()
    guests = [turn.text for turn in await table.store.record(session.id) if turn.kind == "guest"]
    assert guests == ["Can you see me?", "Now you can."]
