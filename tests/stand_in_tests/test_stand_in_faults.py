"""How the stand-in breaks down on request: sends, answers, events, the gateway."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from tests.support.discord_stand_in import Fault, StandIn, World
from tests.support.visitor import Answered, Visitor, refusal


@pytest.mark.parametrize(
    ("fault", "error", "stored"),
    [
        (Fault.before_storing, Answered, 0),
        (Fault.accepted_then, Answered, 1),
        (Fault.reset_before_storing, aiohttp.ClientError, 0),
        (Fault.accepted_then_reset, aiohttp.ClientError, 1),
        (Fault.accepted_then_cut, aiohttp.ClientError, 1),
        (Fault.hang, TimeoutError, 0),
        (lambda: Fault.hang(stored=True), TimeoutError, 1),
    ],
    ids=["before", "accepted-500", "reset", "accepted-reset", "cut", "hang", "accepted-hang"],
)
async def test_sends_with_an_unknown_outcome(
    server: StandIn, bot: Visitor, world: World, once: discord.Webhook, fault, error, stored: int
) -> None:
    planned = server.faults.next("POST", f"/webhooks/{once.id}", fault())
    with pytest.raises(error):
        await once.send("hello", wait=True)
    assert planned.met.is_set()
    assert len(world.channel_history("general")) == stored
    await server.settled()
    await world.until(lambda: len(bot.heard) == stored)
    if not planned.hangs:
        await once.send("again", wait=True)
        assert world.channel_history("general")[-1].content == "again"


async def test_the_library_doubles_a_message_when_nothing_guards_it(
    server: StandIn, world: World, hook: discord.Webhook
) -> None:
    server.faults.next("POST", f"/webhooks/{hook.id}", Fault.accepted_then(502))
    await hook.send("hello", wait=True)
    assert [each.content for each in world.channel_history("general")] == ["hello", "hello"]


async def test_a_rate_limit_is_waited_out(server: StandIn, world: World, hook: discord.Webhook) -> None:
    server.faults.next("POST", "/webhooks/", Fault.rate_limited(0.01), times=2)
    await hook.send("hello", wait=True)
    assert [each.status for each in world.requests_to("POST", "/webhooks/")] == [429, 429, 200]
    server.faults.next("POST", "/webhooks/", Fault.rate_limited(via=False))
    assert (await refusal(hook.send("hello"))) == (429, 0)
    server.faults.next("POST", "/webhooks/", Fault.rate_limited(None))
    with pytest.raises(KeyError, match="retry_after"):
        await hook.send("hello")


async def test_any_refusal_can_be_ordered_for_certain_words(
    server: StandIn, world: World, hook: discord.Webhook
) -> None:
    server.faults.next("POST", "/webhooks/", Fault.refused(400, 200000, "Blocked by AutoMod"), content="rude")
    await hook.send("polite", wait=True)
    assert await refusal(hook.send("rude", wait=True)) == (400, 200000)
    server.faults.next("POST", "/webhooks/", Fault.refused(400, 240000, "Harmful link"), skip=1)
    await hook.send("first", wait=True)
    assert await refusal(hook.send("second", wait=True)) == (400, 240000)


async def test_the_event_before_the_reply(server: StandIn, bot: Visitor, world: World, hook: discord.Webhook) -> None:
    server.faults.next("POST", "/webhooks/", Fault.event_before_reply())
    sent = await hook.send("hello", wait=True)
    assert sent.id in {each.id for each in bot.cached_messages}


async def test_the_reply_before_the_event_and_no_event_at_all(
    server: StandIn, bot: Visitor, world: World, hook: discord.Webhook
) -> None:
    late = server.faults.next("POST", "/webhooks/", Fault.reply_before_event())
    server.faults.next("POST", "/webhooks/", Fault.event_withheld(), content="silent")
    await hook.send("late", wait=True)
    await hook.send("silent", wait=True)
    await server.settled()
    assert bot.heard == []
    late.release()
    await world.until(lambda: bot.texts == ["late"])
    assert len(world.channel_history("general")) == 2


async def test_a_request_can_be_stored_long_after_the_sender_gave_up(
    server: StandIn, bot: Visitor, world: World, once: discord.Webhook
) -> None:
    fault = server.faults.next("POST", "/webhooks/", Fault.hang())
    with pytest.raises(TimeoutError):
        await once.send("late", wait=True)
    await once.send("late", wait=True)
    fault.release()
    copies = await world.wait_for_messages("general", 2, containing="late")
    assert len({each.id for each in copies}) == 2
    await world.until(lambda: bot.texts == ["late", "late"])


async def test_a_hanging_request_goes_on_when_released(server: StandIn, world: World, hook: discord.Webhook) -> None:
    fault = server.faults.next("POST", "/webhooks/", Fault.hang())
    sending = asyncio.create_task(hook.send("hello", wait=True))
    await fault.met.wait()
    assert world.channel_history("general") == []
    fault.release()
    assert (await sending).content == "hello"


async def test_after_an_outage_the_bot_misses_nothing_and_may_hear_twice(
    server: StandIn, bot: Visitor, world: World
) -> None:
    world.member_says("general", "Mira", "before")
    await server.settled()
    server.gateway.repeat = 1
    server.gateway.shut()
    await world.until(lambda: not server.gateway.connected)
    world.member_says("general", "Mira", "meanwhile")
    server.gateway.reopen()
    await world.until(lambda: len(bot.heard) == 3)
    assert bot.texts == ["before", "before", "meanwhile"]
    assert server.gateway.resumes == 1


async def test_an_invalid_session_identifies_anew(server: StandIn, bot: Visitor, world: World) -> None:
    server.gateway.invalidate()
    await world.until(lambda: len(server.gateway.identifies) == 2)
    await world.until(lambda: bot.events.count("GUILD_CREATE") == 2)
    world.member_says("general", "Mira", "hello again")
    await world.until(lambda: bot.texts == ["hello again"])
    assert server.gateway.resumes == 0


@pytest.mark.parametrize("mood", ["drop", "reconnect"])
async def test_a_cut_connection_comes_back(server: StandIn, bot: Visitor, world: World, mood: str) -> None:
    getattr(server.gateway, mood)()
    await world.until(lambda: server.gateway.resumes == 1)
    world.member_says("general", "Mira", "still there?")
    await world.until(lambda: bot.texts == ["still there?"])
    assert len(server.gateway.identifies) == 1
