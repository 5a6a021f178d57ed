"""Members who speak through another application's webhook."""

from bot.store.models import StoredSession
from tests.support.discord_stand_in.records import Message, Webhook
from tests.support.rest_house import FIRST, RestHouse

PLURALKIT = 466378653216014359


async def guests(house: RestHouse, session: StoredSession) -> list[tuple[str, str, str | None]]:
    record = await house.store.record(session.id)
    return [(turn.speaker, turn.text, turn.addressed) for turn in record if turn.kind == "guest"]


def hook_of(house: RestHouse, name: str, application_id: int | None = None) -> Webhook:
    return house.world.add_webhook("general", name, application_id=application_id)


async def test_only_webhooks_of_known_applications_speak_for_members(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    world = table.world
    proxy = hook_of(table, "Proxy", PLURALKIT)
    world.webhook_says(hook_of(table, "News"), "Flour is up.", username="Luna")
    world.webhook_says(hook_of(table, "Relay", 77), "Aino, beep.", username="Luna")
    # What the application answers to a command of its own.
    answer = world.through(proxy, world.general, {"content": "Aino, that member is Luna."}, [])
    answer.webhook_id = PLURALKIT
    world.store(answer)
    world.webhook_says(proxy, "// between us", username="Luna")
    world.webhook_says(proxy, "/roundtable skip", username="Luna")
    # A name that was to be told from another member's by what nobody sees.
    world.webhook_says(proxy, "Ravi, is rye better?", username="Luna\u200a\u17b5")
    (run,) = table.bot.supervisor.open_sessions()
    await world.until(lambda: any(turn.text.startswith("Ravi") for turn in run.record), what="the guest's turn")
    await table.server.settled()
    gate.set()
    await table.until_ended()
    assert await guests(table, session) == [("Luna", "Ravi, is rye better?", "Ravi")]


def replying(to: Message, house: RestHouse, said: str = "") -> list[dict[str, object]]:
    """The embed by which PluralKit shows a reply: CreateReplyEmbed in ProxyService.cs of
    https://github.com/PluralKit/PluralKit."""
    link = f"https://discord.com/channels/{house.world.guild_id}/{to.channel.id}/{to.id}"
    begins = f"**[Reply to:]({link})** {said}" if said else f"*[(click to see attachment)]({link})*"
    return [{"author": {"name": f"{to.name}\u2004\u21a9\ufe0f"}, "description": begins}]


async def test_what_an_application_reposts_is_what_that_member_said(house: RestHouse) -> None:
    world = house.world
    hook = hook_of(house, "Proxy", PLURALKIT)
    other = world.member_says("general", "Owner", "Good morning.")
    async with house.running():
        session, _ = await house.between_turns()
        (spoken,) = [m for m in world.channel_history("general") if m.content == FIRST]
        speaker = (await house.store.record(session.id)).persona_turns()[0].speaker
        original = world.member_says("general", "Otso", "[So who sleeps?]", reply_to=spoken)
        repost = world.webhook_says(hook, "So who sleeps?", username="Luna", embeds=replying(spoken, house, FIRST))
        world.delete_message(original)
        (run,) = house.bot.supervisor.open_sessions()
        await world.until(lambda: run.has_heard(repost.id), what="the repost")
        world.edit_message(repost, "So who sleeps then?")
        await world.until(lambda: any(turn.text.endswith("sleeps then?") for turn in run.record), what="its edit")
        assert [turn.author_id for turn in run.record if turn.message_id == repost.id] == [world.guest.id]
        between = world.member_says("general", "Otso", "[Same to you.]", reply_to=other)
        world.webhook_says(hook, "Same to you.", username="Luna", embeds=replying(other, house))
        world.delete_message(between)
        await house.server.settled()
    # While the bot is away: nobody will ever know whose it was.
    world.set_nick("Otso", "Otso the Old")
    world.member_says("general", "Otso", "You were away.")
    world.webhook_says(hook, "And why?", username="Luna", embeds=replying(spoken, house))
    world.webhook_says(hook, "Not to you.", username="Luna", embeds=replying(other, house, "Good morning."))
    link = f"https://discord.com/channels/{world.guild_id}/{spoken.channel.id}/{spoken.id}"
    world.webhook_says(hook, f"> {FIRST}\n-# to {spoken.name}, [jump]({link})\nIs it so?", username="Sol")
    async with house.running():
        await house.until_ended()
    assert await guests(house, session) == [
        ("Luna", "So who sleeps then?", speaker),
        ("Otso the Old", "You were away.", None),
        ("Luna", "And why?", speaker),
        ("Sol", "Is it so?", speaker),
    ]
