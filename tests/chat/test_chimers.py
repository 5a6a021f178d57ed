"""Who may chime in at a table: by message, command and form, live and after an absence; all, a role, or nobody."""

import pytest

from bot.chat.cards.bot_messages import LISTENED_TO, how_to_chime_in
from bot.chat.commands.answering.guests_option import chimers_of, suggested_guests
from bot.chat.rules.table_choices import EVERYONE, NOBODY
from bot.errors import UserError
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace, buttons


async def test_only_members_with_the_role_are_heard(place: SimulatedPlace, parts: Parts) -> None:
    role = next(role for role in place.env.backend.guilds[place.guild.id].roles.values() if role.name == "moderators")
    await place.type("start", guests="Moderators")
    assert (await place.session()).chimers == role.id
    await place.otto.send(place.channel, "Bo, the oven!")
    await place.ada.send(place.channel, "Aino, the rye!")
    assert [turn.text for turn in await place.guests()] == ["Aino, the rye!"]
    refused = f"At this table only members with the role <@&{role.id}> chime in."
    assert await place.type("say", by=place.otto, text="The oven!") == refused
    for button in ("Say something", "Ask…"):
        assert await place.press(button, by=place.otto) == refused
    met = await place.otto.select(place.card, ["Bo"])
    assert met.response is not None
    assert buttons(met.response.message) == []
    assert (await place.type("pause", by=place.otto)).endswith("You can read along.")
    # A history does not tell who has which role.
    bot = place.bot
    for runner in bot.supervisor.open_sessions():
        runner.mark_gap()
    place.write_unheard(place.otto, "Bo, the flour!")
    place.write_unheard(place.ada, "And the salt?")
    place.write_unheard(place.ada, "And the water?")
    await place.restart(parts)
    assert [turn.text for turn in await place.guests()] == ["Aino, the rye!", "And the salt?", "And the water?"]
    # Once each, for the roles: Ada's name is in the record.
    asked = [r.path.rpartition("/members/")[2] for r in place.env.http_requests if r.method == "GET"]
    assert [asked.count(str(who.id)) for who in (place.ada, place.otto)] == [1, 1]


async def test_a_table_that_is_only_listened_to(place: SimulatedPlace) -> None:
    await place.type("start", guests="nobody")
    await place.ada.send(place.channel, "Aino, the rye!")
    assert (await place.type("say", text="The oven!")).startswith("Nobody chimes in at this table")
    assert await place.guests() == []


async def test_the_option_takes_what_people_type(place: SimulatedPlace) -> None:
    bakers = place.guild.create_role("Bäckerei")
    for _ in range(2):
        place.guild.create_role("twin")
    await place.env.settle()
    guild = place.bot.get_guild(place.guild.id)
    assert guild is not None
    table = {
        "everyone": EVERYONE,
        "@Everyone ": EVERYONE,
        "NOBODY": NOBODY,
        "Bäckerei": bakers.id,
        "backerei": bakers.id,
        "@bäckerei": bakers.id,
        str(bakers.id): bakers.id,
        f"<@&{bakers.id}>": bakers.id,
        str(guild.id): EVERYONE,
    }
    assert {typed: chimers_of(typed, guild) for typed in table} == table
    with pytest.raises(UserError, match="There is no role called “millers” here"):
        chimers_of("millers", guild)
    with pytest.raises(UserError, match="There are 2 roles called “twin”"):
        chimers_of("twin", guild)
    assert [c.name for c in suggested_guests("", guild)][:2] == ["everyone", "nobody"]
    assert [(c.name, c.value) for c in suggested_guests("back", guild)] == [("only Bäckerei", str(bakers.id))]


def test_the_card_tells_who_is_welcome() -> None:
    assert how_to_chime_in(0, can_read=True) == LISTENED_TO
    assert how_to_chime_in(7, can_read=True).startswith("Members with the role <@&7> chime in here. Just write here")
