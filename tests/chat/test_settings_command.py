"""`/roundtable settings`: what a server sets for its tables, and that only those open one who may."""

import discord
import pytest
from simcord import MemberActor

from bot.chat.commands.settings_command import CHIME_IN, CONTRADICTION, ONLY_ADMINS, WHICH_ROLE
from bot.store.server_settings import ServerSettings
from tests.support.simulated_place import SimulatedPlace

HEAD = "**What this server sets for its tables**, each with the option of `/roundtable settings` that changes it:"
EVERYONE = "- Who opens tables: everyone who may use the command. `openers` keeps it to a role."
HEARD = (
    "- Members who speak through PluralKit and its like: heard, under the names they have there. "
    "`proxies:False` leaves them out."
)


@pytest.fixture
def admin(place: SimulatedPlace) -> MemberActor:
    may = place.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    return place.guild.add_member(place.env.create_user("nia"), roles=[may])


async def test_only_whom_a_server_names_opens_tables(place: SimulatedPlace, admin: MemberActor) -> None:
    """Everyone else still chimes in; once the role is gone, only members with Manage Server open them and mend it."""
    bakers = place.guild.create_role("bakers")
    kim = place.guild.add_member(place.env.create_user("kim"), roles=[bakers])
    assert await place.type("settings", openers=bakers) == ONLY_ADMINS
    assert await place.type("settings", by=admin) == "\n".join([HEAD, EVERYONE, HEARD])
    told = await place.type("settings", by=admin, openers=bakers)
    assert f"Who opens tables: members with the role <@&{bakers.id}> or with **Manage Server**." in told
    assert await place.type("start") == (
        f"Only members with the role <@&{bakers.id}> or with **Manage Server** open tables on this server. {CHIME_IN}"
    )
    for opener in (kim, admin):
        assert (await place.type("start", by=opener)).startswith("The table is open.")
        await place.mira.slash(place.channel, "roundtable say", text="So there is one.")
        await place.type("stop", by=opener)
    assert [turn.text for turn in await place.guests()] == ["So there is one."]
    place.env.backend.delete_role(place.guild.id, bakers.id)
    await place.env.settle()
    assert (await place.type("start", by=kim)).startswith("The role whose members open tables here was deleted.")
    assert "the role that was set was deleted" in await place.type("settings", by=admin)
    assert EVERYONE in await place.type("settings", by=admin, everyone_opens=True)
    assert (await place.type("start", by=kim)).startswith("The table is open.")


async def test_what_is_set_is_stored_and_told(place: SimulatedPlace, admin: MemberActor) -> None:
    bakers = place.guild.create_role("bakers")
    assert await place.type("settings", by=admin, openers=bakers, everyone_opens=True) == CONTRADICTION
    assert await place.type("settings", by=admin, everyone_opens=False) == WHICH_ROLE
    assert await place.store.servers.of(place.guild.id) == ServerSettings()
    told = await place.type("settings", by=admin, openers=bakers, proxies=False)
    assert told.endswith("left out. `proxies:True` has them heard, under the names they have there.")
    assert await place.store.servers.of(place.guild.id) == ServerSettings(bakers.id, hears_proxies=False)
    await place.type("settings", by=admin, openers=place.guild.default_role)
    assert await place.store.servers.of(place.guild.id) == ServerSettings(None, hears_proxies=False)
    place.bot.settings = place.bot.settings.model_copy(update={"proxy_applications": ()})
    told = await place.type("settings", by=admin, proxies=True)
    assert told.endswith("its like: left out, on every server: whoever hosts me has set it so.")
