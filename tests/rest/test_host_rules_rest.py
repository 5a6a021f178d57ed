"""What the host allows: servers that are left with a sentence, channels without the mark, places without the bot."""

import logging
from typing import Any

import discord
import pytest

from bot.chat.posting import courtesies
from bot.chat.rules.host_rules import NOT_FOR_ADULTS, NOT_HERE
from bot.chat.rules.permissions import NEEDED
from bot.sessions.resilience import recovery
from bot.store.models import Status
from bot.store.schema import now
from tests.support.discord_stand_in import Fault
from tests.support.rest_house import FIRST, RestHouse

LINK = (
    "<https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={}"
    "&integration_type=0>"
)


@pytest.fixture(autouse=True)
def _leave_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesies, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(courtesies, "LONGEST_PAUSE", 0.02)


@pytest.mark.parametrize(
    ("system", "closed", "told"),
    [
        (None, (), "general"),
        ("rules", (), "rules"),
        ("rules", ("rules",), "general"),
        (None, ("general", "rules"), None),
    ],
    ids=["the first channel", "the channel of system messages", "one where it may write", "none"],
)
async def test_a_server_that_is_not_allowed_is_left_with_a_sentence(
    house: RestHouse, system: str | None, closed: tuple[str, ...], told: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    world = house.world
    house.settings = {"allowed_servers": (1, 2)}
    world.add_channel("rules")
    world.system_channel = world.channel(system) if system else None
    for channel in closed:
        world.forbid(channel, "send_messages")
    async with house.running(commands=False):
        await world.until(lambda: not world.in_guild, what="the leaving")
    said = {channel: [m.content for m in world.channel_history(channel)] for channel in ("general", "rules")}
    assert {channel: texts for channel, texts in said.items() if texts} == ({told: [NOT_HERE]} if told else {})
    (line,) = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING and "leaving" in r.getMessage()]
    assert str(world.guild_id) in line
    assert world.guild_name in line


async def test_nothing_is_opened_or_said_on_a_server_while_it_is_left(house: RestHouse) -> None:
    """Also at a table that was open before the host set the list; the server is told once, also if leaving fails."""
    world = house.world
    world.add_channel("elsewhere")
    async with house.running():
        session, gate = await house.between_turns()
    gate.set()
    house.settings = {"allowed_servers": (1,)}
    leaving = house.server.faults.next("DELETE", "/users/@me/guilds/", Fault.before_storing(503), times=1000)
    async with house.running() as bot:
        await world.until(leaving.met.is_set, what="the leaving")
        assert (await house.until_status(session, Status.PAUSED)).reason == NOT_HERE
        asked = world.slash("elsewhere", "Mira", "roundtable", "start")
        assert (await asked.answered("followup")).payload["content"] == NOT_HERE
        assert await house.command("resume") == NOT_HERE
        house.server.faults.clear()
        await world.until(lambda: not world.in_guild and not bot.guilds, what="the end of it")
    assert house.turns() == [FIRST]
    assert [m.content for m in world.channel_history("general")].count(NOT_HERE) == 1
    assert await house.store.expiry.note_servers([], now()) == []  # its days of grace have begun already


async def test_a_server_is_left_once_it_is_known_or_when_the_bot_is_added(house: RestHouse) -> None:
    world = house.world
    house.settings = {"allowed_servers": (1,)}
    world.begin_outage()
    async with house.running(commands=False) as bot:
        await house.server.settled()
        assert world.requests_to("DELETE", "/users/@me/guilds/") == []
        world.end_outage()
        await world.until(lambda: not world.in_guild and not bot.guilds, what="the leaving")
        world.invite_bot()
        await world.until(lambda: not world.in_guild, what="the leaving, again")
    assert [m.content for m in world.channel_history("general")] == [NOT_HERE] * 2


async def test_a_server_that_is_allowed_is_stayed_on(house: RestHouse) -> None:
    house.settings = {"allowed_servers": (house.world.guild_id,)}
    async with house.running():
        await house.start()
        await house.until_ended()
    assert house.world.in_guild


async def test_tables_for_adults_stand_only_where_the_channel_says_so(
    house: RestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It pauses when the mark goes, at once and at a start, without a call of the model; and goes on by itself."""
    monkeypatch.setattr(recovery, "PLACE_NAP", 0.02)
    world = house.world
    thread = world.add_thread("general", "ovens")
    house.settings = {"age_restricted": True}
    async with house.running():
        for place in ("general", thread):
            asked = world.slash(place, "Mira", "roundtable", "start")
            assert (await asked.answered("followup")).payload["content"] == NOT_FOR_ADULTS
        world.set_channel("general", age_restricted=True)
        await house.server.settled()
        session, gate = await house.between_turns(thread)
        world.set_channel("general", age_restricted=False)
        gate.set()
        assert (await house.until_status(session, Status.PAUSED)).reason == NOT_FOR_ADULTS
        (told,) = await world.wait_for_messages(thread, 1, containing="it goes on by itself")
        assert NOT_FOR_ADULTS in told.content
        assert await house.command("resume", channel=thread) == NOT_FOR_ADULTS
        assert await house.command("stop", {"summary": True}, channel=thread) == NOT_FOR_ADULTS
    calls = len(house.llm.prompts)
    async with house.running():
        await house.server.settled()
        assert house.turns(thread) == [FIRST]
        assert len(house.llm.prompts) == calls
        world.set_channel("general", age_restricted=True)
        await house.until_ended(thread)
    assert len(await world.wait_for_messages(thread, 1, containing="I can post here again")) == 1


async def test_no_table_is_opened_where_no_mark_and_no_role_can_be_looked_up(house: RestHouse) -> None:
    house.settings = {"age_restricted": True}
    async with house.running() as bot:
        house.world.begin_outage()
        await house.server.settled()
        asked = house.world.slash("general", "Mira", "roundtable", "start")
        answer = await asked.answered("followup")
        assert answer.payload["content"].startswith("Discord itself has trouble with this server at the moment")
        assert bot.supervisor.open_sessions() == []


ELSEWHERE = "I am not a member of this server."
WAY_IN = f"Whoever may manage a server can add me to it: {LINK}"


@pytest.mark.parametrize(
    ("owners", "settings", "private", "sentence"),
    [
        ({"0": "guild"}, {}, False, f"{ELSEWHERE} {WAY_IN}"),
        ({"1": "member"}, {}, False, f"{ELSEWHERE} {WAY_IN}"),
        ({"1": "member"}, {}, True, f"I hold tables on servers only. {WAY_IN}"),
        (
            {"0": "guild"},
            {"allowed_servers": (1,)},
            False,
            f"{ELSEWHERE} My host chooses the servers I am on; ask whoever hosts me.",
        ),
    ],
    ids=["only the commands were added", "somebody took the commands along", "in private", "the host chooses"],
)
async def test_where_the_bot_is_no_member_it_tells_the_way_in(
    house: RestHouse, owners: dict[str, str], settings: dict[str, Any], private: bool, sentence: str
) -> None:
    world, mira = house.world, house.world.member("Mira")
    async with house.running():
        pass
    world.in_guild = False
    world.integration_owners = {key: str(mira.id if who == "member" else world.guild_id) for key, who in owners.items()}
    house.settings = settings
    async with house.running() as bot:
        asked = world.slash(world.direct_messages(mira) if private else "general", mira, "roundtable", "privacy")
        answer = await asked.answered("message")
        bits = discord.Permissions(**dict.fromkeys(NEEDED, True)).value
        assert answer.payload["content"] == sentence.format(world.application_id, bits)
        assert answer.ephemeral
        assert bot.supervisor.open_sessions() == []
