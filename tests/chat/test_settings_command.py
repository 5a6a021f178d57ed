"""`/roundtable settings`: what a server sets for its tables, by option and on its card, and what comes of it."""

from typing import Any

import discord
import pytest
from simcord import InteractionResult, MemberActor

from bot.chat.commands.admins.settings_command import ONLY_ADMINS
from bot.chat.commands.answering.opening_rights import CHIME_IN
from bot.discussion.moderation.formats.table import FORMATS
from bot.library.catalogue import Catalogue
from bot.store.server_settings import ServerSettings
from tests.support.simulated_bot import CAST, TASKS
from tests.support.simulated_place import SimulatedPlace, told


@pytest.fixture
def admin(place: SimulatedPlace) -> MemberActor:
    may = place.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    return place.guild.add_member(place.env.create_user("nia"), roles=[may])


def lines(result: InteractionResult) -> dict[str, str]:
    """How each setting stands, by the name of its option."""
    (shown,) = result.followups or [*filter(None, [result.response])]
    assert shown.ephemeral
    text = shown.components[0]["components"][1]["content"]
    return {line.split("`")[1]: line.split("`: ")[1] for line in text.splitlines()}


def card(result: InteractionResult) -> discord.Message:
    (shown,) = result.followups or [*filter(None, [result.response])]
    return shown.message


async def settings(place: SimulatedPlace, admin: MemberActor, **options: Any) -> dict[str, str]:
    return lines(await admin.slash(place.channel, "roundtable settings", **options))


async def test_only_whom_a_server_names_opens_tables(place: SimulatedPlace, admin: MemberActor) -> None:
    """Everyone else still chimes in; once the role is gone, only members with Manage Server open them and mend it."""
    bakers = place.guild.create_role("bakers")
    kim = place.guild.add_member(place.env.create_user("kim"), roles=[bakers])
    assert await place.type("settings", openers=bakers) == ONLY_ADMINS
    assert (await settings(place, admin))["openers"] == "everyone who may use the command (built in)"
    stands = await settings(place, admin, openers=bakers)
    assert stands["openers"] == f"<@&{bakers.id}>, and members with **Manage Server** (this server)"
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
    assert (await settings(place, admin))["openers"].startswith("a role that was deleted, so only members with")
    assert (await settings(place, admin, reset="Openers"))["openers"].startswith("everyone")
    assert (await place.type("start", by=kim)).startswith("The table is open.")


async def test_every_option_is_stored_and_told_with_its_source(place: SimulatedPlace, admin: MemberActor) -> None:
    bakers = place.guild.create_role("bakers")
    rye = place.guild.create_text_channel("rye")
    before = await settings(place, admin)
    assert before["pace"] == "30 at least (the host)"
    assert before["turns"] == "10 (built in)"
    assert before["days"] == "30 (built in)"
    stands = await settings(
        place,
        admin,
        steerers=bakers,
        makers=bakers,
        channel=rye,
        guests="@bakers",
        task="BOATS",
        cast="bo, aino",
        turns=4,
        pace=3.5,
        language=" Finnish ",
        vote=True,
        tables=2,
        days=5,
        proxies=False,
        format="Council",
        time_zone="helsinki",
        memory=False,
        reactions=False,
    )
    assert await place.store.servers.of(place.guild.id) == ServerSettings(
        *(None, False, bakers.id, bakers.id, (rye.id,), "boats", "Bo, Aino", 4, 3.5, "Finnish", True, bakers.id, 2, 5),
        format="council",
        time_zone="Europe/Helsinki",
        memory=False,
        reactions=False,
    )
    assert (stands["format"], stands["time_zone"]) == ("Council (this server)", "Europe/Helsinki (this server)")
    assert {name for name, value in stands.items() if not value.endswith("(this server)")} == {"openers"}
    assert stands["channel"] == f"<#{rye.id}> (this server)"
    for option in ("channel", "guests", "language", "proxies", "reactions"):
        await settings(place, admin, reset=option)
    assert (await settings(place, admin, cast="Everyone"))["cast"] == "everyone who comes with me (built in)"
    await settings(place, admin, guests="nobody", channel=rye)
    stands = await settings(place, admin, channel=rye)
    assert (stands["channel"], stands["guests"]) == ("in every channel (built in)", "nobody (this server)")
    assert stands["reactions"] == "told to the persona that speaks next (built in)"
    place.bot.settings = place.bot.settings.model_copy(update={"proxy_applications": (), "reactions": False})
    stands = await settings(place, admin)
    assert stands["proxies"] == "left out, on every server (the host)"
    assert stands["reactions"] == "not heard, on every server (the host)"
    guests = await admin.autocomplete(place.channel, "roundtable settings", "guests", "ba")
    assert guests == [{"name": "only bakers", "value": str(bakers.id)}]
    zones = await admin.autocomplete(place.channel, "roundtable settings", "time_zone", "new y")
    assert [choice["value"] for choice in zones] == ["America/New_York"]
    formats = await admin.autocomplete(place.channel, "roundtable settings", "format", "")
    assert [choice["value"] for choice in formats] == [*FORMATS]
    names = await admin.autocomplete(place.channel, "roundtable settings", "reset", "t")
    assert {choice["value"] for choice in names} >= {"task", "turns", "tables"}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"format": "councl"}, "“councl” is no format. Did you mean council?"),
    ({"time_zone": "Europe/Helsinky"}, "“Europe/Helsinky” is no time zone. Did you mean Europe/Helsinki?"),
    ({"task": "bred"}, "There is no task called “bred”. Did you mean “bread”?"),
    ({"cast": "Aino, Nobody"}, "There is no persona called “Nobody”."),
    ({"pace": 1.0}, "Between two turns lie 3 seconds at least, as Discord needs"),
    ({"tables": 11}, "`tables` is “11”. Write a number from 1 to 10 (as many as the host allows a server)."),
    ({"days": 31}, "Write a number from 1 to 30 (as long as the host keeps a discussion)."),
    ({"guests": "millers"}, "There is no role called “millers” here."),
    ({"reset": "colour"}, "“colour” is no setting to take back. There are: openers, steerers"),
    ({"reset": "turns", "turns": 5}, "Give `reset` or a value for turns, not both"),
    ({"language": "x" * 81}, "A language's name has up to 80 characters."),
]


async def test_what_can_not_be_set_is_said(place: SimulatedPlace, admin: MemberActor) -> None:
    for options, sentence in REFUSED:
        assert sentence in await place.type("settings", by=admin, **options)
    assert await place.store.servers.of(place.guild.id) == ServerSettings()


async def test_what_waits_for_people_is_no_default_where_nobody_may_chime_in(
    place: SimulatedPlace, admin: MemberActor
) -> None:
    """In whatever order the two are set, by option or on the card, and by whatever the format comes."""
    silent = "is silent until people talk, and here nobody may chime in."
    shown = card(await admin.slash(place.channel, "roundtable settings"))
    await settings(place, admin, format="open")
    assert f"An open table {silent}" in await place.type("settings", by=admin, guests="nobody")
    assert silent in told(await admin.click(shown, label="Nobody chimes in"))
    assert (await place.store.servers.of(place.guild.id)).chimers is None
    await settings(place, admin, format="council", guests="nobody")
    assert f"An interview {silent}" in await place.type("settings", by=admin, format="interview")
    assert silent in told(await admin.select(shown, ["open"], custom_id="rt:set-format:"))
    bread, boats = TASKS
    place.bot.catalogue = Catalogue(CAST, (bread, boats.model_copy(update={"format": "open"})))
    assert silent in await place.type("settings", by=admin, task="boats")
    dials = place.bot.settings.discussion.model_copy(update={"format": "interview"})
    place.bot.settings = place.bot.settings.model_copy(update={"discussion": dials})
    assert silent in await place.type("settings", by=admin, reset="format")
    assert (await settings(place, admin, format="open", guests="everyone"))["guests"] == "everyone (built in)"


async def test_the_card_sets_what_the_options_set(place: SimulatedPlace, admin: MemberActor) -> None:
    bakers = place.guild.create_role("bakers")
    shown = card(await admin.slash(place.channel, "roundtable settings"))

    async def choose(custom_id: str, *values: Any) -> dict[str, str]:
        return lines(await admin.select(shown, list(values), custom_id=custom_id))

    for option in ("openers", "steerers", "makers", "guests"):
        assert f"<@&{bakers.id}>" in (await choose(f"rt:set-role:{option}", bakers))[option]
    stored = await place.store.servers.of(place.guild.id)
    assert {stored.opener_role_id, stored.steerer_role_id, stored.maker_role_id, stored.chimers} == {bakers.id}
    assert (await choose("rt:set-channels:", place.channel))["channel"] == f"<#{place.channel.id}> (this server)"
    assert (await choose("rt:set-role:openers"))["openers"].endswith("(built in)")
    assert lines(await admin.click(shown, label="Vote: on"))["vote"] == "yes (this server)"
    assert lines(await admin.click(shown, label="Nobody chimes in"))["guests"] == "nobody (this server)"
    assert lines(await admin.click(shown, label="Proxies: off"))["proxies"] == "left out (this server)"
    assert lines(await admin.click(shown, label="Reactions: off"))["reactions"] == "not told to personas (this server)"
    form = await admin.click(shown, label="Defaults…")
    filled = {"task": "boats", "cast": "Ravi", "turns": "6", "pace": "4,5", "language": "Finnish"}
    stands = lines(await admin.submit_modal(form, filled))
    assert (stands["task"], stands["turns"]) == ("boats (this server)", "6 (this server)")
    form = await admin.click(shown, label="Defaults…")
    assert "at least, as Discord needs" in told(await admin.submit_modal(form, filled | {"pace": "soon"}))
    assert (await choose("rt:set-format:", "council"))["format"] == "Council (this server)"
    assert (await choose("rt:set-reset:", "format"))["format"] == "Round table (built in)"
    form = await admin.click(shown, label="Limits…")
    stands = lines(await admin.submit_modal(form, {"tables": "1", "days": "", "time_zone": "asia/tokyo"}))
    assert (stands["tables"], stands["time_zone"]) == ("1 (this server)", "Asia/Tokyo (this server)")
    assert (await choose("rt:set-reset:", "vote"))["vote"] == "no (built in)"
    dials = place.bot.settings.discussion.model_copy(update={"vote": True})
    place.bot.settings = place.bot.settings.model_copy(update={"discussion": dials})
    shown = card(await admin.slash(place.channel, "roundtable settings"))
    assert lines(await admin.click(shown, label="Vote: off"))["vote"] == "no (this server)"
    await choose("rt:set-reset:", "vote")
    stored = await place.store.servers.of(place.guild.id)
    assert (stored.cast, stored.pace, stored.language, stored.keep_days, stored.vote) == (
        "Ravi",
        4.5,
        "Finnish",
        None,
        None,
    )


async def test_what_is_set_holds_for_tables(place: SimulatedPlace, admin: MemberActor) -> None:
    rye = place.guild.create_text_channel("rye")
    await settings(place, admin, channel=rye, tables=1, task="boats", cast="Bo, Aino", turns=4, language="Finnish")
    refused = await place.type("start")
    assert refused.startswith(f"On this server tables stand only in <#{rye.id}>, and in threads there.")
    there = place.elsewhere(rye)
    assert (await there.type("start")).startswith("The table is open.")
    session = (await there.session()).session
    assert (session.task.name, session.task.language, session.dials.turns) == ("boats", "Finnish", 4)
    assert [persona.name for persona in session.cast] == ["Bo", "Aino"]
    thread = there.make_thread("crumbs")
    full = await thread.type("start")
    assert full.startswith("There is one open table on this server, as many as it has set itself.")
    assert "`/roundtable settings tables:` allows more" in full
    place.env.backend.delete_channel(rye.id)
    await place.env.settle()
    assert (await place.type("start")).startswith("The channels where this server has its tables are deleted")
    assert "the channels that were named are deleted" in (await settings(place, admin))["channel"]
