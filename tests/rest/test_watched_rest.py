"""What whoever hosts the bot sees of it on Discord's network: its connection, its waits, and the status channel."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.chat import watched as watched_module
from bot.chat.posting.own_messages import NEWS_SIGN
from bot.chat.watched import gateway_state, watched
from bot.ops import host_news
from bot.ops.watch import open_watch
from bot.settings import Settings
from bot.store.models import Status
from tests.support.discord_stand_in import Fault
from tests.support.endpoint_stand_in import fails
from tests.support.measured import since_now
from tests.support.rest_house import FIRST, SECOND, RestHouse

OFF = Settings(_env_file=None, ops_bind="none")  # type: ignore[call-arg]
STARTED, STOPS = f"{NEWS_SIGN} Roundtable 0.1.0 has started: 1 server, ", f"{NEWS_SIGN} Roundtable 0.1.0 stops."


@asynccontextmanager
async def watching(house: RestHouse, channel_id: int) -> AsyncIterator[None]:
    """The bot runs and is watched; it says so in the channel."""
    house.settings["discord_status_channel"] = channel_id
    async with house.running() as bot, open_watch(OFF) as watch, watched(bot, watch):
        yield


@pytest.fixture(autouse=True)
def _there_is_time_for_a_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_module, "_FAREWELL_SECONDS", 10)


def news(house: RestHouse, channel: str) -> list[str]:
    return [m.content for m in house.world.channel_history(channel) if m.content.startswith(NEWS_SIGN)]


async def test_the_status_channel_is_told_once_what_needs_a_person(
    house: RestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From start to stop, in a channel that holds a table as well: none of the two takes the other's messages."""
    monkeypatch.setattr(host_news, "LOOK_SECONDS", 0.02)
    world = house.world
    async with watching(house, world.general.id):
        await world.wait_for_messages("general", 1, containing=STARTED)
        house.llm.enqueue(FIRST)
        house.llm.answer = lambda _: fails(401, "no <@1> @everyone")
        session = await house.start()
        await world.wait_for_messages("general", 1, containing="⚠️ The endpoint “default” writes no turns.")
        house.llm.answer = None
        assert await house.endpoint.is_well()
        await world.wait_for_messages("general", 1, containing="✅ Over: The endpoint “default”")
        await house.command("resume")
        await house.until_ended()
    told = news(house, "general")
    assert [told[0].startswith(STARTED), told[-1].startswith(STOPS), len(told)] == [True, True, 4]
    sent = [m.sent for m in world.channel_history("general") if m.content.startswith(NEWS_SIGN)]
    assert [message["allowed_mentions"] for message in sent] == [{"parse": []}] * 4
    posts = [post for post in await house.posts(session) if post.message_id]
    shown = {m.id: m.content for m in world.channel_history("general")}
    assert [p for p in posts if shown.get(p.message_id or 0, "").startswith(NEWS_SIGN)] == []


async def test_a_bot_that_takes_another_s_place_is_no_news(house: RestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a process's shards change: what stands was told, and is told when it is over."""
    monkeypatch.setattr(host_news, "LOOK_SECONDS", 0.02)
    house.settings["discord_status_channel"] = house.world.general.id
    house.llm.answer = lambda _: fails(401)
    assert not await house.endpoint.is_well()
    async with open_watch(OFF) as watch:
        for is_last in (False, False, True):
            async with house.running() as bot, watched(bot, watch, is_last=lambda is_last=is_last: is_last):
                await house.world.wait_for_messages("general", 1, containing="⚠️ The endpoint “default”")
                if is_last:
                    house.llm.answer = None
                    assert await house.endpoint.is_well()
                    await house.world.wait_for_messages("general", 1, containing="✅ Over: The endpoint “default”")
    told = news(house, "general")
    assert [told[0].startswith(STARTED), told[-1].startswith(STOPS), len(told)] == [True, True, 4]


async def test_a_status_channel_that_is_not_there_is_a_sentence_in_the_log(
    house: RestHouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, however often something is to be told; and the table goes on."""
    monkeypatch.setattr(host_news, "LOOK_SECONDS", 0.02)
    caplog.set_level(logging.WARNING)
    async with watching(house, house.world.new_id()):
        await house.world.until(lambda: "DISCORD_STATUS_CHANNEL" in caplog.text, what="the sentence")
        house.llm.enqueue(FIRST)
        house.llm.answer = lambda _: fails(401)
        session = await house.start()
        await house.until_status(session, Status.PAUSED)
    told = [record.getMessage() for record in caplog.records if "DISCORD_STATUS_CHANNEL" in record.getMessage()]
    assert len(told) == 1
    assert "is no channel that the bot can write to (HTTP 404, code 10003). Correct it, or give the bot" in told[0]


async def test_the_connection_is_seen_to_go_and_come_back(table: RestHouse) -> None:
    state = gateway_state(table.bot)
    assert (state.is_ready, state.servers, list(state.shards)) == (True, 1, [0])
    assert state.shards[0] is not None
    table.server.gateway.shut()
    await table.world.until(lambda: gateway_state(table.bot).shards == {0: None}, what="the loss")
    table.server.gateway.reopen()
    await table.world.until(lambda: gateway_state(table.bot).shards[0] is not None, what="the connection")


async def test_what_discord_has_to_be_waited_for_is_counted(table: RestHouse) -> None:
    """Through the webhook and otherwise, by scope."""
    scopes = {scope: since_now("roundtable_discord_rate_limited_total", scope=scope) for scope in ("user", "global")}
    session, gate = await table.between_turns()
    waits = since_now("roundtable_discord_rate_limited_seconds_total", scope="user")
    posts = since_now("roundtable_posts_total", outcome="shown")
    unknown = since_now("roundtable_posts_total", outcome="unknown")
    table.server.faults.next("POST", "/webhooks/", Fault.rate_limited(0.01), content=SECOND)
    table.server.faults.next("POST", "/channels/", Fault.rate_limited(0.02, is_global=True))
    table.server.faults.next("POST", "/webhooks/", Fault.accepted_then(500), content=SECOND)
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)
    assert {scope: count() for scope, count in scopes.items()} == {"user": 1, "global": 1}
    assert waits() == pytest.approx(0.01)
    assert unknown() == 1
    assert posts() == 2, "the summary and the minutes; the turn was found in the history"


async def test_the_log_tells_a_table_from_its_opening_to_its_end(
    house: RestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Over a restart and a pause by a person."""
    caplog.set_level(logging.INFO, "bot.sessions.lifecycle")
    async with house.running():
        _, gate = await house.between_turns()
        await house.command("pause")
        gate.set()
    async with house.running():
        await house.command("resume")
        await house.until_ended()
    told = [record.getMessage() for record in caplog.records if record.name == "bot.sessions.lifecycle"]
    tokens = told[-1].split(", ")[1].split(" tokens")[0]
    assert told == [
        "table opened: 3 at it, 2 turns to come",
        "table paused by a person",
        "table taken up again: paused, 1 turns so far",
        "table goes on: a person has resumed it",
        f"table ended after 2 turns, {tokens} tokens: it has come to its end",
    ]
    assert tokens.replace(",", "").isdecimal()
