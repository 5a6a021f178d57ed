"""Several shards: each begins, loses and finds its own connection, and what is made up for is its servers' alone."""

import asyncio
import logging
from types import SimpleNamespace

import discord
import pytest
from discord.http import HTTPClient

from bot.chat.session_starts import RESERVE, SessionStartsUsedUp
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Status
from tests.support.discord_stand_in import Channel
from tests.support.discord_stand_in.servers import shard_of
from tests.support.endpoint_stand_in import held
from tests.support.rest_house import FIRST, SECOND, RestHouse

SHARDS = 2


@pytest.fixture
def far(house: RestHouse) -> Channel:
    """The channel of a server at another shard than the first server's, where Discord demands two."""
    house.shards = house.world.least_shards = SHARDS
    return house.world.add_server("far", shard=1 - near_shard(house), shards=SHARDS)


def near_shard(house: RestHouse) -> int:
    return shard_of(house.world.guild_id, SHARDS)


async def two_tables(house: RestHouse) -> tuple[SessionRunner, SessionRunner, asyncio.Event]:
    """One in each server, both in the middle of a turn, and what lets them go on."""
    gate = asyncio.Event()
    house.llm.enqueue(held(gate, FIRST), held(gate, SECOND))
    near, far = await house.start("general"), await house.start("far")
    await house.world.until(lambda: len(house.llm.prompts) == 2, what="both tables' first speakers")
    find = house.bot.supervisor.open_at
    return find(near.place_id), find(far.place_id), gate


def guests(run: SessionRunner) -> list[str]:
    return [turn.text for turn in run.record if turn.kind == "guest"]


def looks_into(house: RestHouse, place: str) -> int:
    path = f"/channels/{house.world.channel(place).id}/messages"
    return len([each for each in house.world.requests if each.method == "GET" and each.path.endswith(path)])


async def test_one_shard_begins_anew_and_only_its_servers_are_read(
    house: RestHouse, far: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    gateway, world = house.server.gateway, house.world
    async with house.running() as bot:
        assert [each["shard"] for each in gateway.identifies] == [[0, 2], [1, 2]]
        near_table, far_table, gate = await two_tables(house)
        before = looks_into(house, "general")
        gateway.invalidate(1 - near_shard(house))
        world.member_says(far, "Otso", "You did not hear this.")
        world.member_says("general", "Owner", "You heard this.")
        await world.until(lambda: guests(far_table) == ["You did not hear this."], what="what was missed")
        await world.until(lambda: guests(near_table) == ["You heard this."], what="what was not missed")
        assert len(gateway.identifies) == 3
        assert looks_into(house, "general") == before
        await world.until(lambda: not bot.lost_shards, what="the shard")
        gate.set()
        await house.until_ended("general")
        await house.until_ended("far")
    lost, back = [m for m in caplog.messages if m.startswith(f"shard {1 - near_shard(house)}: ")]
    assert lost.endswith("the connection to Discord is lost")
    assert "is back after" in back
    assert back.endswith("with a new session")
    assert not [m for m in caplog.messages if m.startswith(f"shard {near_shard(house)}: ")]


async def test_a_shard_that_resumes_reads_nothing(
    house: RestHouse, far: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with house.running():
        _, far_table, gate = await two_tables(house)
        before = looks_into(house, "far")
        house.server.gateway.drop(1 - near_shard(house))
        await house.world.until(lambda: house.server.gateway.resumes == 1, what="the resume")
        house.world.member_says(far, "Otso", "Back?")
        await house.world.until(lambda: guests(far_table) == ["Back?"], what="the guest")
        assert looks_into(house, "far") == before
        gate.set()
        await house.until_ended("far")
        await house.until_ended("general")
    assert [m for m in caplog.messages if "is back after" in m and m.endswith("and goes on where it was")]


async def test_a_server_that_sends_the_bot_away_while_its_shard_is_lost(
    house: RestHouse, far: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    """The library goes on to take itself for a member; the new session's list of servers says otherwise."""
    caplog.set_level(logging.INFO, "bot")
    assert far.server
    async with house.running() as bot:
        near_table, far_table, gate = await two_tables(house)
        assert len(bot.guilds) == 2
        house.server.gateway.invalidate(1 - near_shard(house))
        house.world.remove_server(far.server)
        await house.world.until(lambda: far_table.status is Status.PAUSED, what="the pause")
        assert [guild.id for guild in bot.guilds] == [house.world.guild_id]
        assert near_table.status is Status.RUNNING
        gate.set()
        await house.until_ended("general")
    assert f"no longer in the server {far.server}; servers now: 1" in caplog.messages


async def test_a_process_of_some_shards_judges_only_their_servers(house: RestHouse, far: Channel) -> None:
    """What it can't see it neither takes for left nor deletes."""
    assert far.server
    near, other = near_shard(house), 1 - near_shard(house)
    async with house.running():
        await two_tables(house)
    await house.store.expiry.leave(far.server, discord.utils.snowflake_time(1))
    async with house.running(shard_ids=[near], commands=False) as bot:
        assert [guild.id for guild in bot.guilds] == [house.world.guild_id]
        assert (bot.owns(house.world.guild_id), bot.owns(far.server)) == (True, False)
        await bot.retention.sweep([guild.id for guild in bot.guilds], discord.utils.utcnow(), bot.owns)
        assert len(await house.store.unfinished_sessions()) == 2
    async with house.running(shard_ids=[other], commands=False) as bot:
        await bot.retention.sweep([guild.id for guild in bot.guilds], discord.utils.utcnow(), bot.owns)
    assert [each["shard"][0] for each in house.server.gateway.identifies[2:]] == [near, other]
    assert await house.store.expiry.servers_left(discord.utils.utcnow()) == []  # it was seen in the end


async def test_none_is_begun_where_not_all_can_be(house: RestHouse, far: Channel) -> None:
    house.world.session_starts = RESERVE + SHARDS - 1
    with pytest.raises(SessionStartsUsedUp):
        async with house.running(commands=False):
            pass
    assert house.server.gateway.identifies == []
    house.world.session_starts += 1
    async with house.running(commands=False) as bot:
        assert bot.is_ready()


async def test_shards_begin_one_after_the_other_as_discord_demands(
    house: RestHouse, far: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seconds become hundredths: Discord allows one IDENTIFY in five of them, the library waits as long."""

    async def waits(client: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
        if not initial:
            await asyncio.sleep(0.06)

    monkeypatch.setattr(discord.Client, "before_identify_hook", waits)
    gateway = house.server.gateway
    house.world.identify_seconds = 0.05
    async with house.running() as bot:
        gateway.invalidate()
        await house.world.until(lambda: len(gateway.identifies) == 2 * SHARDS, what="the new sessions")
        await house.world.until(lambda: len(gateway.connected) == SHARDS and not bot.lost_shards, what="both shards")
    assert len(gateway.identifies) == 2 * SHARDS


async def test_a_shard_that_can_not_be_reached_at_first(
    house: RestHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again, one line a try."""

    async def short(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("discord.shard.asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": short}))
    reach, tries = HTTPClient.ws_connect, iter([OSError("no route")] * 3)

    async def mostly(http: HTTPClient, url: str) -> object:
        if problem := next(tries, None):
            raise problem
        return await reach(http, url)

    monkeypatch.setattr(HTTPClient, "ws_connect", mostly)
    async with house.running(commands=False) as bot:
        assert bot.is_ready()
    said = [r for r in caplog.records if r.name == "discord.shard"]
    assert [r.getMessage() for r in said] == ["Failed to connect for shard_id: 0. Retrying... (OSError)"] * 3
    assert not [r for r in said if r.exc_info]


@pytest.mark.long
async def test_two_thousand_five_hundred_servers(house: RestHouse, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    house.shards, house.world.least_shards = 3, 2
    house.world.fill_with_servers(2_499)
    async with house.running() as bot:
        await house.start()
        await house.until_ended()
        assert len(bot.guilds) == 2_500
    assert [m for m in caplog.messages if m.startswith("connected as ") and m.endswith(": 3 shards, 2500 servers")]
