"""Every post stands in its place exactly once, whatever becomes of requests, answers and events."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sessions import supervisor
from bot.sessions.composing import typing_sign
from bot.sessions.delivery import outbox
from bot.store.backup import copy_database
from bot.store.models import PostKind, PostStatus, Status
from bot.store.store import Store
from tests.support.discord_stand_in import Fault
from tests.support.discord_stand_in.records import SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS
from tests.support.endpoint_stand_in import held
from tests.support.rest_house import FIRST, SECOND, RestHouse

LOST: dict[str, Callable[[], Fault]] = {
    "500 before storing": Fault.before_storing,
    "500 after storing": Fault.accepted_then,
    "502 after storing, no event": lambda: Fault.accepted_then(502, event="never"),
    "reset before storing": Fault.reset_before_storing,
    "reset after storing": Fault.accepted_then_reset,
    "reset after storing, no event": lambda: Fault.accepted_then_reset(event="never"),
    "body cut short": Fault.accepted_then_cut,
    "body cut short, no event": lambda: Fault.accepted_then_cut(event="never"),
    "a proxy's page": Fault.accepted_then_page,
    "a proxy's page, no event": lambda: Fault.accepted_then_page(event="never"),
    "no answer, stored": lambda: Fault.hang(stored=True),
    "no answer, stored, no event": lambda: Fault.hang(stored=True, event="never"),
    "event before reply": Fault.event_before_reply,
    "reply before event": Fault.reply_before_event,
    "event withheld": Fault.event_withheld,
}


@pytest.mark.parametrize("make", LOST.values(), ids=LOST.keys())
async def test_a_turn_is_shown_once(table: RestHouse, make: Callable[[], Fault]) -> None:
    table.llm.enqueue(FIRST)
    fault = table.server.faults.next("POST", "/webhooks/", make(), content=FIRST)
    session = await table.start()
    await table.until_ended()
    assert fault.met.is_set()
    fault.release()
    await table.settled()
    await table.check_each_once(session)
    assert table.turns().count(FIRST) == 1
    assert len(table.turns()) == 3


IN_A_THREAD = ("500 before storing", "502 after storing, no event", "body cut short", "no answer, stored, no event")


@pytest.mark.parametrize("make", [LOST[name] for name in IN_A_THREAD], ids=IN_A_THREAD)
async def test_a_turn_in_a_thread_is_shown_once(table: RestHouse, make: Callable[[], Fault]) -> None:
    thread = table.world.add_thread("general", "ovens")
    await table.server.settled()
    table.llm.enqueue(FIRST)
    fault = table.server.faults.next("POST", "/webhooks/", make(), content=FIRST)
    session = await table.start(thread)
    await table.until_ended(thread)
    fault.release()
    await table.settled()
    await table.check_each_once(session)
    assert table.turns("ovens").count(FIRST) == 1
    assert table.shown("general") == []
    posted = [r for r in table.world.requests_to("POST", "/webhooks/") if "username" in (r.json or {})]
    assert {r.query["thread_id"] for r in posted} == {str(thread.id)}
    assert table.world.requests_to("GET", f"/channels/{table.world.general.id}/messages") == []
    (hook,) = table.world.webhooks.values()
    assert hook.channel is table.world.general


async def test_a_late_copy_is_taken_away(table: RestHouse) -> None:
    """The request that was given up is carried out after all, long after the turn was sent again."""
    late = table.server.faults.next("POST", "/webhooks/", Fault.hang(), content=FIRST)
    session, gate = await table.between_turns()
    assert table.turns() == [FIRST]
    late.release()
    await table.world.until(lambda: table.world.requests_to("DELETE", "/webhooks/"), what="the copy's removal")
    await table.world.until(lambda: table.turns() == [FIRST], what="one copy")
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)


async def test_a_rate_limit_is_waited_out(table: RestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "SLOW_SECONDS", 0.05)
    table.llm.enqueue(FIRST)
    limited = table.server.faults.next("POST", "/webhooks/", Fault.rate_limited(0.2), times=2, content=FIRST)
    session = await table.start()
    await table.world.until(limited.met.is_set, what="the rate limit")
    await table.world.until(lambda: table.bot.supervisor.open_at(session.place_id).status_report().waiting)
    assert "Waiting for Discord" in await table.command("status")
    await table.until_ended()
    await table.check_each_once(session)
    tries = [r for r in table.world.requests_to("POST", "/webhooks/") if (r.json or {}).get("content") == FIRST]
    assert [r.status for r in tries] == [429, 429, 200]
    assert all(later.at - earlier.at >= 0.2 for earlier, later in itertools.pairwise(tries))


async def test_a_proxy_s_rate_limit_does_not_lose_the_turn(table: RestHouse) -> None:
    table.llm.enqueue(FIRST)
    table.server.faults.next("POST", "/webhooks/", Fault.rate_limited(via=False), content=FIRST)
    session = await table.start()
    await table.until_ended()
    await table.check_each_once(session)


async def test_a_rate_limit_without_a_time_does_not_lose_the_turn(table: RestHouse) -> None:
    table.llm.enqueue(FIRST)
    table.server.faults.next("POST", "/webhooks/", Fault.rate_limited(None), content=FIRST)
    session = await table.start()
    await table.until_ended()
    await table.check_each_once(session)


async def test_a_typing_sign_that_hangs_holds_nothing_up(table: RestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typing_sign, "ANSWERING_SECONDS", 0)
    typing = f"/channels/{table.world.general.id}/typing"
    hanging = table.server.faults.next("POST", typing, Fault.hang(), times=9)
    gate = asyncio.Event()
    table.llm.enqueue(held(gate))
    await table.start()
    await table.world.until(hanging.met.is_set, what="the sign")
    gate.set()
    await table.until_ended()
    assert len(table.turns()) == 3


async def test_the_bot_s_own_messages_are_not_doubled(table: RestHouse) -> None:
    messages = f"/channels/{table.world.general.id}/messages"
    plan = table.server.faults.next
    plan("POST", messages, Fault.accepted_then(500))  # the card
    plan("POST", messages, Fault.accepted_then_cut(), content="Who bakes")
    plan("POST", messages, Fault.accepted_then_reset(event="never"), content="table.steer")
    plan("POST", messages, Fault.accepted_then_reset(event="never"), content="Summary, by")
    plan("POST", messages, Fault.accepted_then(503, event="never"), content="The table is closed. Thank")
    session = await table.start()
    await table.until_ended()
    assert table.server.faults.planned == []
    await table.check_each_once(session)
    own = [m for m in table.shown() if not m.webhook_id]
    assert [bool(m.attachments) for m in own] == [False, False, False, False, True]
    assert all(m.nonce and m.sent["enforce_nonce"] for m in own)
    await table.world.until(lambda: own[2].words == "**Closed** · 2 turns", what="the panel kept up to date")


async def test_a_new_database_does_not_meet_the_old_one_s_nonces(house: RestHouse, tmp_path: Path) -> None:
    async with house.running():
        await house.start()
        await house.until_ended()
    opened = len(house.shown())
    await house.store.aclose()
    file = tmp_path / "another.db"
    house.store = await Store.open(f"sqlite+aiosqlite:///{file}", file)
    async with house.running():
        await house.start()
        await house.world.wait_for_messages("general", 2, containing="The table is closed. Thank you")
    assert len(house.shown()) == 2 * opened


async def test_what_a_turn_carries(table: RestHouse) -> None:
    guest = table.world.guest
    table.llm.enqueue(f"Listen, @everyone and <@{guest.id}>: read https://example.org/bread today.")
    await table.start()
    await table.until_ended()
    turn = next(m for m in table.world.channel_history("general") if m.webhook_id)
    assert "@everyone" in turn.content
    assert not any(m.pings for m in table.world.channel_history("general"))
    assert turn.sent["allowed_mentions"] == {"parse": []}
    assert turn.sent["flags"] == SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS
    card, *others = table.shown()
    assert ("## Round table" in card.words, card.is_silent) == (True, False), "the card alone notifies"
    assert [m.content for m in others if not m.is_silent] == []
    assert turn.name in {p.full_name for p in table.cast}
    assert (turn.avatar_url or "").startswith("https://cdn.discordapp.com/embed/avatars/")
    faces = {m.name: m.avatar_url for m in table.world.channel_history("general") if m.webhook_id}
    assert all(m.avatar_url == faces[m.name] for m in table.world.channel_history("general") if m.webhook_id)


async def test_a_removed_turn_is_not_sent_again(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    (first,) = [m for m in table.world.channel_history("general") if m.content == FIRST]
    table.world.delete_message(first)
    await table.server.settled()
    gate.set()
    await table.until_ended()
    assert FIRST not in table.turns()
    assert [p.status for p in await table.posts(session) if p.content == FIRST] == [PostStatus.REMOVED]


@pytest.mark.parametrize(
    "make",
    [Fault.accepted_then_reset, lambda: Fault.refused(403, 40333, "internal network error")],
    ids=["reset", "turned away"],
)
async def test_while_the_history_can_t_be_read_the_table_waits_for_discord(
    table: RestHouse, make: Callable[[], Fault]
) -> None:
    history = f"/channels/{table.world.general.id}/messages"
    table.llm.enqueue(FIRST)
    table.server.faults.next("POST", "/webhooks/", Fault.accepted_then(event="never"), content=FIRST)
    table.server.faults.next("GET", history, make(), times=10**6)
    session = await table.start()
    await table.world.until(lambda: len(table.world.requests_to("GET", history)) > 2, what="tries to read")
    assert "Waiting for Discord" in await table.command("status")
    table.server.faults.clear()
    await table.until_ended()
    await table.check_each_once(session)


# --- from one life of the process to the next ---

IN_FLIGHT: dict[str, Callable[[], Fault]] = {
    "stored": lambda: Fault.hang(stored=True, event="never"),
    "never stored": Fault.hang,
}


@pytest.mark.parametrize("make", IN_FLIGHT.values(), ids=IN_FLIGHT.keys())
@pytest.mark.parametrize("where", ["general", "ovens"])
async def test_a_post_left_under_way_is_settled_at_the_next_start(
    house: RestHouse, make: Callable[[], Fault], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "SHUTDOWN_SECONDS", 0.05)
    house.world.add_thread("general", "ovens")
    house.llm.enqueue(FIRST)
    fault = house.server.faults.next("POST", "/webhooks/", make(), content=FIRST)
    async with house.running():
        session = await house.start(where)
        await asyncio.wait_for(fault.met.wait(), 5)
    sending = [p for p in await house.posts(session) if p.status is PostStatus.SENDING]
    assert [p.content for p in sending] == [FIRST]
    async with house.running():
        await house.until_ended(where)
        await house.check_each_once(session)
    assert house.turns(where).count(FIRST) == 1


async def test_what_guests_wrote_meanwhile_is_taken_in(house: RestHouse) -> None:
    async with house.running():
        session, _ = await house.between_turns()
    house.world.member_says("general", "Otso", "Ravi, what about rye?")
    house.world.member_says("general", "Otso", "// not for the table")
    house.world.member_says("general", "Owner", "I like rye.")
    asked = len(house.llm.prompts)
    async with house.running():
        await house.until_ended()
        await house.check_each_once(session)
    prompt = house.llm.prompts[asked]
    assert "what about rye?" in prompt
    assert "I like rye." in prompt
    assert "not for the table" not in prompt
    assert (await house.store.record(session.id)).persona_turns()[1].speaker == "Ravi"


async def test_a_paused_table_stays_paused_and_its_panel_works(house: RestHouse) -> None:
    async with house.running():
        session, _ = await house.between_turns()
        await house.command("pause")
        await house.settled()
    async with house.running():
        (panel,) = [p for p in await house.posts(session) if p.kind is PostKind.PANEL]
        message = house.world.message(panel.message_id or 0)
        await house.world.until(lambda: "**Paused**" in message.words, what="the panel's text")
        steering = house.world.click(message, f"rt:table.steer:{session.id}", "Mira")
        assert "Resume" in str((await steering.said()).components)
        await house.command("resume")
        await house.world.wait_for_messages("general", 1, containing="Mira resumed the table")
        await house.until_ended()
        await house.check_each_once(session)
    assert house.turns()[0] == FIRST
    assert SECOND not in house.turns()


async def test_the_process_ends_while_a_persona_speaks(house: RestHouse) -> None:
    async with house.running():
        house.llm.enqueue(FIRST, held(asyncio.Event()))
        session = await house.start()
        await house.world.until(lambda: len(house.llm.prompts) == 2, what="the second speaker")
    stored = await house.store.session(session.id)
    assert stored
    assert stored.status is Status.RUNNING
    async with house.running():
        await house.until_ended()
        await house.check_each_once(session)
    assert len(house.turns()) == 3


async def test_a_copy_that_is_put_back_does_not_meet_the_nonces_of_what_came_after_it(
    house: RestHouse, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    async with house.running() as bot:
        session, _ = await house.between_turns()
        await house.settled()
        copy_database(tmp_path / "roundtable.db", copy)
        await bot.supervisor.open_at(session.place_id).say("⏸ After the copy.")
    await house.store.aclose()
    house.store = await Store.open(f"sqlite+aiosqlite:///{copy}", copy)
    async with house.running() as bot:
        await bot.supervisor.open_at(session.place_id).say("▶ Once it is back.")
        await house.until_ended()
    own = [m.words for m in house.shown() if m.words[-5:] in ("copy.", "back.")]
    assert own == ["-# ⏸ After the copy.", "-# ▶ Once it is back."]
