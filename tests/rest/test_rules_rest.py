"""What becomes of a table when Discord or a moderator says no: webhooks, permissions, filters, threads, channels."""

import asyncio
import base64

import pytest

from bot.chat.posting.webhooks import FACE, WEBHOOK_NAME
from bot.discussion.model.persona import Persona
from bot.library.name_rules import safe_name
from bot.sessions.resilience import recovery
from bot.store.models import PostKind, PostStatus, Status, StoredSession
from tests.support.discord_stand_in import Fault, Webhook
from tests.support.rest_house import FIRST, SECOND, RestHouse


def ours(table: RestHouse) -> Webhook:
    """The bot's one webhook."""
    (hook,) = [each for each in table.world.webhooks.values() if each.creator is table.world.bot]
    return hook


# --- webhooks ---


async def test_a_deleted_webhook_is_made_anew(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    old = ours(table)
    table.world.delete_webhook(old)
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)
    assert ours(table).id != old.id
    assert table.turns()[:2] == [FIRST, SECOND]
    assert (await table.store.webhooks.channels()).keys() == {old.id, ours(table).id}


async def test_a_webhook_s_new_token_is_looked_up(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    ours(table).token = "a-token-made-by-somebody-s-reset"
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)
    assert table.turns()[:2] == [FIRST, SECOND]


@pytest.mark.parametrize("may", [False, True], ids=["without Manage Messages", "with it"])
async def test_a_turn_of_a_webhook_that_is_gone_is_taken_out_and_its_message_where_that_can_be(
    table: RestHouse, may: bool
) -> None:
    """To the new webhook the message is not there."""
    if may:
        table.world.permit("general", "manage_messages")
    session, gate = await table.between_turns()
    (said,) = [m for m in table.world.channel_history("general") if m.content == FIRST]
    table.world.delete_webhook(ours(table))
    gate.set()
    await table.until_ended()
    asked = await table.world.menu(said, "Mira", "Remove turn").said()
    pressed = table.world.click(asked, f"rt:strike:{said.id}", "Mira")
    await table.world.until(lambda: "taken out" in str(asked.components), what="what became of it")
    assert pressed.answers
    assert said.deleted == may
    assert ("The message itself stays" in str(asked.components)) != may
    turn = next(turn for turn in await table.store.record(session.id) if turn.text == FIRST)
    assert turn.withheld


@pytest.mark.parametrize(("where", "strays"), [("general", 0), ("general", 1), ("ovens", 0)])
async def test_a_moved_webhook_is_replaced_and_the_stray_taken_away(table: RestHouse, where: str, strays: int) -> None:
    table.world.add_thread("general", "ovens")
    elsewhere = table.world.add_channel("elsewhere")
    await table.server.settled()
    session, gate = await table.between_turns(where)
    moved = ours(table)
    table.world.move_webhook(moved, elsewhere)
    # One that can't be taken away stays, and no second one is sent there.
    for _ in range(strays):
        table.server.faults.next("DELETE", f"/webhooks/{moved.id}/", Fault.refused(404, 10008, "Unknown Message"))
    gate.set()
    await table.until_ended(where)
    await table.check_each_once(session)
    assert table.turns(where)[:2] == [FIRST, SECOND]
    assert len(table.shown("elsewhere")) == strays
    assert moved.id in table.world.webhooks  # whoever moved it may keep it


async def test_a_full_channel_is_said_and_others_webhooks_stay(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.world.delete_webhook(ours(table))
    for number in range(15):
        table.world.add_webhook("general", WEBHOOK_NAME if number == 7 else f"feed {number}")
    gate.set()
    await table.until_status(session, Status.PAUSED)
    told = await table.world.wait_for_messages("general", 2, containing="as many webhooks as Discord allows (15)")
    assert all("Integrations" in each.words for each in told)  # the panel and the notice
    assert len(table.world.webhooks) == 15
    table.world.delete_webhook("feed 3")
    await table.command("resume")
    await table.until_ended()
    assert table.turns()[0] == FIRST
    assert [p.status for p in await table.posts(session)] == [PostStatus.POSTED] * len(await table.posts(session))
    assert len([w for w in table.world.webhooks.values() if w.creator is table.world.owner]) == 14
    assert ours(table).name == WEBHOOK_NAME


async def test_a_channel_and_its_thread_share_one_webhook(table: RestHouse) -> None:
    table.world.add_thread("general", "ovens")
    await table.server.settled()
    sessions = await asyncio.gather(table.start("general"), table.start("ovens"))
    await asyncio.gather(table.until_ended("general"), table.until_ended("ovens"))
    assert ours(table).channel is table.world.general
    assert len({s.id for s in sessions} | {s.id for s in await table.store.unfinished_sessions()}) <= 2
    assert len(table.turns("general")) == len(table.turns("ovens")) == 3


async def test_a_webhook_of_ours_that_is_there_already_is_used(house: RestHouse) -> None:
    hook = house.world.add_webhook("general", WEBHOOK_NAME, by=house.world.bot)
    async with house.running():
        session = await house.start()
        await house.until_ended()
        await house.check_each_once(session)
    assert ours(house) is hook


async def test_a_webhook_without_a_face_gets_ours_once_that_can_be(house: RestHouse) -> None:
    hook = house.world.add_webhook("general", WEBHOOK_NAME, by=house.world.bot)
    house.server.faults.next("PATCH", f"/webhooks/{hook.id}/", Fault.before_storing(500))
    async with house.running():
        session = await house.start()
        await house.until_ended()
        await house.check_each_once(session)
    assert hook.avatar is None
    for name in ("attic", "cellar"):
        house.world.add_channel(name)
    theirs = house.world.add_webhook("attic", WEBHOOK_NAME, by=house.world.bot)
    theirs.avatar = "an admin's"
    async with house.running():
        await house.start()
        await house.start("attic")
        await house.world.until(lambda: hook.avatar, what="the face")
        # Not even by a picture that Discord takes none of is an opening held up.
        hooks = f"/channels/{house.world.channel('cellar').id}/webhooks"
        await house.start("cellar")
        (making,) = house.world.requests_to("POST", hooks)
        assert "avatar" not in making.json
        (made,) = [each for each in house.world.webhooks.values() if each.channel.name == "cellar"]
        await house.world.until(lambda: made.avatar, what="the face of the new one")
        for name in ("attic", "cellar"):
            await house.until_ended(name)
    assert base64.b64decode((hook.avatar or "").removeprefix("data:image/png;base64,")) == FACE.read_bytes()
    assert theirs.avatar == "an admin's"
    assert made.avatar == hook.avatar


# --- names and filters ---


async def test_a_refused_name_is_mended_once(house: RestHouse) -> None:
    bad = Persona(name="Iris", full_name="Iris of Discordia", prompt="You are Iris.")
    house.cast = (bad,)
    async with house.running():
        await house.start()
        await house.until_ended()
    turns = [m for m in house.world.channel_history("general") if m.webhook_id]
    assert {m.name for m in turns} == {safe_name(bad.full_name)}
    assert len(turns) == len({m.content for m in turns}) == 2


@pytest.mark.parametrize("code", [200000, 240000])
async def test_a_filtered_turn_is_withheld_and_the_table_goes_on(table: RestHouse, code: int) -> None:
    table.llm.enqueue(FIRST, SECOND)
    table.server.faults.next("POST", "/webhooks/", Fault.refused(400, code, "Blocked"), content=FIRST)
    session = await table.start()
    await table.until_ended()
    assert table.turns()[0] == SECOND
    assert len(table.turns()) == 2
    first = (await table.store.record(session.id)).persona_turns()[0]
    assert first.withheld
    assert all(FIRST not in prompt for prompt in table.llm.prompts)
    assert [p.status for p in await table.posts(session) if p.content == FIRST] == [PostStatus.REFUSED]


async def test_an_unheard_of_refusal_is_tried_once_more_and_given_up(table: RestHouse) -> None:
    table.llm.enqueue(FIRST, SECOND)
    table.server.faults.next("POST", "/webhooks/", Fault.refused(400, 999999, "New rule"), times=2, content=FIRST)
    await table.start()
    await table.until_ended()
    assert table.turns()[0] == SECOND


# --- permissions ---


async def test_manage_webhooks_lost(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.world.forbid("general", "manage_webhooks")
    table.world.delete_webhook(ours(table))
    await table.server.settled()
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "**Manage Webhooks**" in (paused.reason or "")
    await table.world.wait_for_messages("general", 1, containing="I am missing **Manage Webhooks**")
    table.world.permit("general", "manage_webhooks")
    await table.server.settled()
    await go_on(table, session)


async def test_send_messages_lost(table: RestHouse) -> None:
    """Turns go through the webhook still; the bot's own words don't."""
    session, gate = await table.between_turns()
    table.world.forbid("general", "send_messages")
    await table.server.settled()
    await table.world.slash("general", "Mira", "roundtable", "ask", {"question": "Who sleeps?"}).answered("followup")
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "**Send Messages**" in (paused.reason or "")
    private = table.world.direct_messages("Mira")
    (told,) = await table.world.wait_for_messages(private, 1, containing="**Send Messages**")
    assert f"<#{table.world.general.id}>" in told.content
    table.world.permit("general", "send_messages")
    await table.server.settled()
    await table.command("resume")
    await table.until_ended()
    assert len([m for m in table.shown() if "Who sleeps?" in m.content and m.content.startswith("❓")]) == 1
    await all_posted(table, session)


@pytest.mark.parametrize("refused", [False, True], ids=["empty list", "403"])
async def test_read_message_history_lost(table: RestHouse, refused: bool) -> None:
    session, gate = await table.between_turns()
    table.world.history_refused = refused
    table.world.forbid("general", "read_message_history")
    await table.server.settled()
    table.server.faults.next("POST", "/webhooks/", Fault.accepted_then(event="never"), content=SECOND)
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "**Read Message History**" in (paused.reason or "")
    assert [p.content for p in await table.posts(session) if p.status is PostStatus.SENDING] == [SECOND]
    await table.world.wait_for_messages("general", 1, containing="I am missing **Read Message History**")
    table.world.permit("general", "read_message_history")
    await table.server.settled()
    await go_on(table, session)


async def test_a_convener_who_takes_no_messages_changes_nothing(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    private = table.world.direct_messages("Mira")
    refusal = Fault.refused(403, 50007, "Cannot send messages to this user")
    table.server.faults.next("POST", f"/channels/{private.id}/messages", refusal)
    table.world.forbid("general", "send_messages", "manage_webhooks")
    table.world.delete_webhook(ours(table))
    await table.server.settled()
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "**Send Messages** and **Manage Webhooks**" in (paused.reason or "")
    table.world.permit("general", "send_messages", "manage_webhooks")
    await table.server.settled()
    await go_on(table, session)


async def go_on(table: RestHouse, session: StoredSession) -> None:
    """The convener resumes; the second turn then stands there once."""
    assert await table.command("resume") == "Resumed."
    await table.until_ended()
    assert table.turns()[:2] == [FIRST, SECOND]
    assert len(table.turns()) == 3
    await all_posted(table, session)


async def all_posted(table: RestHouse, session: StoredSession) -> None:
    """Nothing was given up, and nothing waits; the panel may have moved on."""
    posts = [p for p in await table.posts(session) if p.kind is not PostKind.PANEL]
    assert all(p.status is PostStatus.POSTED for p in posts)


# --- places ---


async def test_a_locked_thread_pauses_the_table(table: RestHouse) -> None:
    thread = table.world.add_thread("general", "ovens")
    await table.server.settled()
    session, gate = await table.between_turns(thread)
    table.world.set_thread(thread, locked=True)
    await table.server.settled()
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert "thread is locked" in (paused.reason or "")
    table.world.set_thread(thread, locked=False)
    await table.server.settled()
    assert await table.command("resume", channel=thread) == "Resumed."
    await table.until_ended(thread)
    assert table.turns(thread)[:2] == [FIRST, SECOND]


@pytest.mark.parametrize("by_message", [True, False])
async def test_an_archived_thread_wakes_up(table: RestHouse, by_message: bool) -> None:
    """Also where no message wakes it, which Discord's pages leave open: then the bot does so first."""
    thread = table.world.add_thread("general", "ovens")
    table.world.forbid("general", "manage_threads")
    table.world.messages_wake = by_message
    await table.server.settled()
    session, gate = await table.between_turns(thread)
    table.world.set_thread(thread, archived=True)
    await table.server.settled()
    gate.set()
    await table.until_ended(thread)
    await table.check_each_once(session)
    assert not thread.archived


@pytest.mark.parametrize("paused", [False, True], ids=["running", "paused"])
@pytest.mark.parametrize(("where", "deleted"), [("general", "general"), ("ovens", "ovens"), ("ovens", "general")])
async def test_a_deleted_channel_ends_the_table_and_keeps_its_record(
    table: RestHouse, where: str, deleted: str, paused: bool
) -> None:
    table.world.add_thread("general", "ovens")
    await table.server.settled()
    session, _ = await table.between_turns(where)
    if paused:
        await table.command("pause", channel=where)
        await table.settled()
    table.world.delete_channel(deleted)
    ended = await table.until_status(session, Status.ENDED)
    assert ended.reason == "The channel is gone."
    assert [t.text for t in (await table.store.record(session.id)).persona_turns()] == [FIRST]
    await table.settled()


async def test_a_channel_that_is_found_gone_when_posting_ends_the_table(table: RestHouse) -> None:
    """Discord has not told of the deletion yet."""
    session, gate = await table.between_turns()
    gone = Fault.refused(404, 10003, "Unknown Channel")
    table.server.faults.next("POST", "/webhooks/", gone, content=SECOND)
    gate.set()
    ended = await table.until_status(session, Status.ENDED)
    assert ended.reason == "The channel is gone."
    assert [t.text for t in (await table.store.record(session.id)).persona_turns()] == [FIRST, SECOND]
    assert [p.status for p in await table.posts(session) if p.content == SECOND] == [PostStatus.REFUSED]
    await table.settled()


async def test_a_table_whose_channel_went_meanwhile_ends_at_the_next_start(house: RestHouse) -> None:
    house.world.add_channel("attic")
    async with house.running():
        session, _ = await house.between_turns("attic")
    house.world.delete_channel("attic")
    async with house.running():
        await house.until_status(session, Status.ENDED)
    async with house.running():
        assert await house.store.unfinished_sessions() == []


async def test_a_bot_that_is_sent_away_stops_talking(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.world.kick_bot()
    paused = await table.until_status(session, Status.PAUSED)
    assert "removed from the server" in (paused.reason or "")
    gate.set()
    private = table.world.direct_messages("Mira")
    await table.world.wait_for_messages(private, 1, containing="removed from the server")
    assert table.turns() == [FIRST]
    table.world.invite_bot()
    await table.server.settled()
    assert await table.command("resume") == "Resumed."
    await table.until_ended()
    assert table.turns()[0] == FIRST
    assert len(table.turns()) == 3


async def test_a_bot_that_is_let_in_again_goes_on_by_itself(table: RestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    session, gate = await table.between_turns()
    table.world.kick_bot()
    await table.until_status(session, Status.PAUSED)
    gate.set()
    monkeypatch.setattr(recovery, "PLACE_NAP", 0.02)
    table.world.invite_bot()
    await table.until_ended()
    await table.world.wait_for_messages("general", 1, containing="▶ The table goes on")
    assert table.turns()[0] == FIRST
    assert len(table.turns()) == 3
    await table.check_each_once(session)


async def test_a_permission_that_is_given_back_lets_the_table_go_on_by_itself(
    table: RestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "PLACE_NAP", 0.02)
    session, gate = await table.between_turns()
    table.world.forbid("general", "manage_webhooks")
    table.world.delete_webhook(ours(table))
    await table.server.settled()
    gate.set()
    await table.until_status(session, Status.PAUSED)
    table.world.permit("general", "manage_webhooks")
    await table.until_ended()
    await table.world.wait_for_messages("general", 1, containing="▶ The table goes on")
    assert table.turns()[:2] == [FIRST, SECOND]
    assert len(table.turns()) == 3


async def test_a_bot_that_was_sent_away_meanwhile_stays_silent(house: RestHouse) -> None:
    async with house.running():
        session, _ = await house.between_turns()
    house.world.kick_bot()
    async with house.running():
        paused = await house.until_status(session, Status.PAUSED)
        assert "removed from the server" in (paused.reason or "")
    assert house.turns() == [FIRST]
