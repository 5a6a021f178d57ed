"""What the stand-in refuses, as Discord does."""

from __future__ import annotations

import aiohttp
import discord
import pytest
from discord.http import Route

from tests.support.discord_stand_in import World
from tests.support.visitor import Visitor, place, refusal


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ({"content": "x" * 2001}, 50035, "In content: Must be 2000 or fewer in length."),
        ({"content": " \n "}, 50006, "Cannot send an empty message"),
        ({"content": "x", "username": "Discordia"}, 50035, 'In username: Username cannot contain "discord"'),
        ({"content": "x", "username": "CLYDE"}, 50035, 'Username cannot contain "clyde"'),
        ({"content": "x", "username": "here"}, 50035, 'Username cannot be "here"'),
        ({"content": "x", "username": "y" * 81}, 50035, "Must be between 1 and 80 in length."),
        ({"content": "x", "avatar_url": "ftp://a/b"}, 50035, "Scheme"),
        ({"embed": discord.Embed(title="t" * 257)}, 50035, "In embeds.0.title"),
    ],
)
async def test_what_a_webhook_may_not_say(hook: discord.Webhook, world: World, arguments, code, words) -> None:
    with pytest.raises(discord.HTTPException, match=words) as refused:
        await hook.send(**arguments, wait=True)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert world.channel_history("general") == []


async def test_webhooks_that_are_gone_forged_or_moved(
    bot: Visitor, world: World, hook: discord.Webhook, client: aiohttp.ClientSession
) -> None:
    forged = discord.Webhook.partial(hook.id, "forged", session=client, client=bot)
    assert await refusal(forged.send("x")) == (401, 50027)
    elsewhere = world.add_channel("elsewhere")
    thread = world.add_thread("general", "side")
    world.move_webhook(hook.id, "elsewhere")
    assert (await hook.send("x", wait=True)).channel.id == elsewhere.id
    assert await refusal(hook.send("x", thread=thread)) == (404, 10003)
    world.delete_webhook(hook.id)
    assert await refusal(hook.send("x", wait=True)) == (404, 10015)
    await world.until(lambda: "WEBHOOKS_UPDATE" in bot.events)


async def test_the_sixteenth_webhook_is_refused(bot: Visitor, world: World) -> None:
    for number in range(15):
        world.add_webhook("general", f"hook {number}")
    assert await refusal(place(bot, world.general).create_webhook(name="one more")) == (400, 30007)
    assert {hook.user and hook.user.name for hook in await place(bot, world.general).webhooks()} == {"Owner"}


async def test_missing_permissions(bot: Visitor, world: World) -> None:
    channel = place(bot, world.general)
    message = world.member_says("general", "Mira", "hello")
    world.forbid("general", "manage_webhooks", "send_messages", "read_message_history")
    assert await refusal(channel.create_webhook(name="Roundtable")) == (403, 50013)
    assert await refusal(channel.send("x")) == (403, 50013)
    assert await refusal(channel.fetch_message(message.id)) == (403, 50013)
    assert [m async for m in channel.history()] == []
    world.history_refused = True
    assert await refusal(anext(channel.history())) == (403, 50013)
    world.forbid("general", "view_channel")
    assert await refusal(anext(channel.history())) == (403, 50001)
    world.permit("general", "view_channel", "send_messages")
    await channel.send("x")


async def test_what_is_unknown(bot: Visitor, world: World) -> None:
    channel = place(bot, world.general)
    assert await refusal(channel.fetch_message(1)) == (404, 10008)
    world.delete_channel("general")
    assert await refusal(channel.send("x")) == (404, 10003)
    await world.until(lambda: bot.get_channel(channel.id) is None)


async def test_locked_and_archived_threads(bot: Visitor, world: World, hook: discord.Webhook) -> None:
    thread = world.add_thread("general", "side")
    said = await hook.send("x", thread=thread, wait=True)
    world.set_thread("side", archived=True)
    edit = hook.edit_message(said.id, content="y", thread=thread)
    assert await refusal(edit) == (400, 50083)
    world.set_thread("side", locked=True)
    assert await refusal(hook.send("x", thread=thread, wait=True)) == (400, 160005)


async def test_a_kicked_bot_has_no_access(bot: Visitor, world: World) -> None:
    channel = place(bot, world.general)
    world.kick_bot()
    await world.until(lambda: not bot.guilds)
    assert await refusal(channel.send("x")) == (403, 50001)


async def test_an_answer_is_taken_once_and_in_time(bot: Visitor, world: World) -> None:
    used = world.slash("general", "Mira", "roundtable", "say")
    await used.answered()
    async with aiohttp.ClientSession() as session:
        url = f"{Route.BASE}/interactions/{used.id}/{used.token}/callback"
        async with session.post(url, json={"type": 5}) as again:
            assert (again.status, (await again.json())["code"]) == (400, 40060)
        now = world.clock
        late = world.slash("general", "Mira", "roundtable", "say")
        world.clock = lambda: now() + 4
        async with session.post(url.replace(str(used.id), str(late.id)), json={"type": 5}) as too_late:
            assert (too_late.status, (await too_late.json())["code"]) == (404, 10062)


async def test_ids_grow_even_when_the_clock_goes_back(world: World) -> None:
    world.clock = lambda: 1_500_000_000.0
    ids = [world.new_id() for _ in range(5)]
    assert ids == sorted(set(ids))
