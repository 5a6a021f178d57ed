"""What a real discord.py bot can do at the stand-in."""

from __future__ import annotations

import asyncio
import io
import json
import sys

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.support.discord_stand_in import StandIn, World, pointed_at, stand_in
from tests.support.visitor import Panel, Visitor, place, refusal, visiting


async def test_a_bot_logs_in_and_knows_the_guild_and_its_own_permissions(bot: Visitor, world: World) -> None:
    guild = bot.guilds[0]
    assert guild.name == "The Long Table"
    assert bot.application is not None
    assert bot.application.flags.gateway_message_content_limited
    permissions = place(bot, world.general).permissions_for(guild.me)
    assert permissions.manage_webhooks
    assert not permissions.administrator
    world.forbid(world.general, "manage_webhooks")
    await world.until(lambda: not place(bot, world.general).permissions_for(guild.me).manage_webhooks)


async def test_members_can_be_asked_for(bot: Visitor, world: World) -> None:
    found = await bot.guilds[0].query_members("Ots")
    assert [each.display_name for each in found] == ["Otso"]
    assert (await bot.guilds[0].fetch_member(world.convener.id)).display_name == "Mira"


async def test_posts_of_other_programs_are_heard_as_such(bot: Visitor, world: World) -> None:
    foreign = world.add_webhook("general", "News")
    world.webhook_says(foreign, "Rain tomorrow", username="Weather")
    await world.until(lambda: bot.heard)
    assert (bot.heard[0].webhook_id, bot.heard[0].author.name) == (foreign.id, "Weather")
    reply = world.member_says("general", "Mira", "Alas", reply_to=world.channel_history("general")[0])
    assert not reply.pings
    message = await place(bot, world.general).fetch_message(reply.id)
    assert await refusal(message.edit(content="mine now")) == (403, 50005)


async def test_the_library_speaks_to_the_real_address_again_afterwards(server: StandIn) -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    with pointed_at(server):
        assert server.api_url == Route.BASE
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_members_messages_replies_edits_and_deletions_arrive(server: StandIn, bot: Visitor, world: World) -> None:
    first = world.member_says("general", "Mira", " Hello, table \n")
    world.member_says("general", "Otso", "Hello, Mira", reply_to=first, files=["cat.png"])
    world.delete_message(first)
    await server.settled()
    await world.until(lambda: len(bot.heard) == 2 and bot.deleted)
    assert bot.texts == ["Hello, table", "Hello, Mira"]
    reply = bot.heard[1]
    assert isinstance(reply.author, discord.Member)
    assert reply.author.display_name == "Otso"
    assert reply.reference is not None
    assert reply.reference.message_id == first.id
    assert reply.attachments[0].filename == "cat.png"
    assert bot.deleted == [first.id]


async def test_reactions_come_and_go_for_whoever_asks_for_them(server: StandIn, bot: Visitor, world: World) -> None:
    said = world.member_says("general", "Mira", "Hello, table")
    heard: list[discord.RawReactionActionEvent] = []
    intents = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)
    async with visiting(server, intents=intents) as listening:

        async def hear(event: discord.RawReactionActionEvent) -> None:
            heard.append(event)

        listening.add_listener(hear, "on_raw_reaction_add")
        listening.add_listener(hear, "on_raw_reaction_remove")
        world.react(said, "Otso", "❤️")
        world.unreact(said, "Otso", "❤️")
        await server.settled()
        await world.until(lambda: len(heard) == 2)
    assert [(e.event_type, e.message_id, str(e.emoji)) for e in heard] == [
        ("REACTION_ADD", said.id, "❤️"),
        ("REACTION_REMOVE", said.id, "❤️"),
    ]
    came, went = heard
    assert (came.member and came.member.display_name, came.message_author_id) == ("Otso", world.convener.id)
    assert went.member is None
    assert went.user_id == came.user_id
    assert not [event for event in bot.events if "REACTION" in event]


async def test_a_slash_command_is_deferred_then_followed_up(bot: Visitor, world: World) -> None:
    used = world.slash("general", "Mira", "roundtable", "start", {"turns": 5, "task": "tea"})
    await world.until(lambda: len(used.messages) == 2)
    assert [each.kind for each in used.answers] == ["deferred", "followup", "followup"]
    assert used.ephemeral
    assert used.texts == ["5 turns of tea", "ready"]
    # The first followed the deferral in its secrecy; the second was said aloud.
    assert [each.content for each in world.channel_history("general")] == ["ready"]


async def test_suggestions_forms_and_menus(bot: Visitor, world: World) -> None:
    typed = world.autocomplete("general", "Mira", "roundtable", "start", {"task": "to"}, focused="task")
    await typed.answered("choices")
    assert [each["value"] for each in typed.choices] == ["toast"]

    asked = world.slash("general", "Mira", "roundtable", "say")
    await asked.answered("modal")
    sent = world.submit_modal(asked, {"words": "good evening"})
    assert (await sent.said()).content == "said: good evening"

    message = world.member_says("general", "Otso", "a thought")
    menu = world.menu(message, "Mira", "Ask")
    assert (await menu.said()).content == "about: a thought"


async def test_a_button_changes_its_message(bot: Visitor, world: World) -> None:
    sent = await place(bot, world.general).send("running", view=Panel())
    pressed = world.click(sent.id, "pause", "Otso")
    await pressed.answered("update")
    assert world.message(sent.id).content == "paused"
    with pytest.raises(LookupError, match="there are: pause"):
        world.click(sent.id, "stop", "Otso")


@pytest.mark.parametrize(
    ("options", "sentence"), [({}, "requires turns"), ({"turns": 99}, "outside"), ({"turn": 1}, "no option 'turn'")]
)
async def test_a_members_client_refuses_a_wrong_command(bot: Visitor, world: World, options, sentence) -> None:
    with pytest.raises((LookupError, ValueError), match=sentence):
        world.slash("general", "Mira", "roundtable", "start", options)


async def test_webhook_messages_in_a_channel_and_in_a_thread(bot: Visitor, world: World, hook: discord.Webhook) -> None:
    thread = world.add_thread("general", "side table", archived=True)
    options = {"username": "Aino", "avatar_url": "https://example.org/a.png", "wait": True}
    nobody = discord.AllowedMentions.none()
    text = f"  Hello <@{world.guest.id}>  "
    said = await hook.send(text, allowed_mentions=nobody, suppress_embeds=True, **options)
    inside = await hook.send("Hello in here", thread=discord.Object(thread.id), **options)
    stored = world.message(said.id)
    assert (stored.name, stored.content) == ("Aino", text.strip())
    assert stored.avatar_url == "https://example.org/a.png"
    assert stored.sent["allowed_mentions"]["parse"] == []
    assert not stored.pings
    assert stored.flags == 4
    assert inside.channel.id == thread.id
    assert not thread.archived
    assert [each.content for each in world.channel_history("side table")] == ["Hello in here"]
    await world.until(lambda: len(bot.heard) == 2)
    assert {each.webhook_id for each in bot.heard} == {hook.id}
    assert (await hook.fetch_message(inside.id, thread=discord.Object(thread.id))).content == "Hello in here"
    await hook.delete_message(said.id)
    assert world.channel_history("general") == []


async def test_a_file_arrives_with_a_webhook_message(world: World, hook: discord.Webhook) -> None:
    sent = await hook.send("minutes", file=discord.File(io.BytesIO(b"words"), "minutes.txt"), wait=True)
    assert world.message(sent.id).attachments[0]["filename"] == "minutes.txt"
    assert sent.attachments[0].size == 5


async def test_history_pages_both_ways(bot: Visitor, world: World) -> None:
    said = [world.member_says("general", "Mira", str(number)) for number in range(230)]
    channel = place(bot, world.general)
    after = discord.Object(said[0].id)
    assert [m.content async for m in channel.history(limit=None, after=after)] == [str(n) for n in range(1, 230)]
    assert [m.content async for m in channel.history(limit=3)] == ["229", "228", "227"]
    middle = [m.content async for m in channel.history(limit=4, around=discord.Object(said[100].id))]
    assert sorted(middle) == ["100", "101", "98", "99"]


async def test_a_nonce_is_enforced(bot: Visitor, world: World) -> None:
    channel = place(bot, world.general)
    first, second = await channel.send("card", nonce="post-1"), await channel.send("card", nonce="post-1")
    assert first.id == second.id
    assert len(world.channel_history("general")) == 1


async def test_emojis_of_the_application_keep_their_bytes(bot: Visitor, world: World) -> None:
    made = await bot.create_application_emoji(name="aino_12ab", image=b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    assert [each.name for each in await bot.fetch_application_emojis()] == ["aino_12ab"]
    assert world.emojis[made.id].image.startswith(b"\x89PNG")
    with pytest.raises(discord.HTTPException) as refused:
        await bot.create_application_emoji(name="big", image=b"\x89PNG\r\n\x1a\n" + b"0" * 300_000)
    assert refused.value.code == 50035


async def test_requests_are_written_down_in_order(bot: Visitor, world: World) -> None:
    await place(bot, world.general).send("one")
    await place(bot, world.general).send("two", allowed_mentions=discord.AllowedMentions.none())
    sent = world.requests_to("POST", f"/channels/{world.general.id}/messages")
    assert [each.json["content"] for each in sent] == ["one", "two"]
    assert sent[1].json["allowed_mentions"]["parse"] == []
    assert sent[0].at <= sent[1].at
    assert [each.status for each in sent] == [200, 200]


async def test_without_the_intent_only_what_concerns_the_bot_has_words() -> None:
    async with stand_in(message_content=False) as server, visiting(server, message_content=False) as bot:
        world = server.world
        card = await place(bot, world.general).send("a card")
        world.member_says("general", "Mira", "a secret")
        world.member_says("general", "Mira", f"<@{world.bot.id}> hello")
        world.member_says("general", "Mira", "an answer", reply_to=card.id)
        await world.until(lambda: len(bot.heard) == 4)
        assert bot.texts == ["a card", "", f"<@{world.bot.id}> hello", "an answer"]
        read = [m.content async for m in place(bot, world.general).history(oldest_first=True)]
        assert read == bot.texts


async def test_asking_for_an_intent_that_is_off_ends_the_connection() -> None:
    async with stand_in(message_content=False) as server:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with visiting(server):
                pass


async def test_a_wrong_token_is_refused(server: StandIn) -> None:
    server.world.token = "another"
    with pointed_at(server):
        async with Visitor() as bot:
            with pytest.raises(discord.LoginFailure):
                await bot.start("wrong")


async def test_another_process_drives_it_by_the_control_route() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.discord_stand_in", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        told = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:

            async def order(verb: str, /, *positional, **args):
                body = {"method": verb, "list": positional, "args": args}
                async with session.post(told["control_url"], json=body) as answer:
                    return await answer.json()

            await order("member_says", "general", "Mira", "hello")
            history = (await order("channel_history", "general"))["result"]
            assert [each["content"] for each in history] == ["hello"]
            waited = await order("wait_for_messages", "general", 2, timeout=0)
            assert waited["error"] == "TimeoutError: not within 0 s: 2 messages in general (there are 1)"
            await order("fault", method="GET", path="/gateway", kind="refused", status=400, code=7, message="no")
            async with session.get(told["api_url"] + "/gateway") as answer:
                assert (await answer.json())["code"] == 7
            assert [each["path"] for each in (await order("look", at="requests"))["result"]] == ["/gateway"]
            assert "no channel or thread 'attic'" in (await order("channel_history", "attic"))["error"]
            assert "no order" in (await order("publish"))["error"]
    finally:
        process.terminate()
        assert await process.wait() == 0
