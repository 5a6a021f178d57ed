"""What ends `roundtable run` for good, and in which words; and what does not, but is tried again."""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiohttp.http_websocket import WebSocketWriter
from discord.gateway import ReconnectWebSocket

from bot.chat import app, first_contact
from bot.chat.app import UNTIL_OVER, run_bot
from bot.chat.bot import RoundtableBot, create_bot
from bot.cli import MISCONFIGURED, main
from bot.errors import HostMustMend
from bot.ops import control_server, ops_server
from bot.settings import Settings
from bot.signals import until_signal
from bot.store import shard_leases
from bot.store.engine import TransientDatabaseError
from bot.store.fencing import clock
from bot.store.postgresql import PostgresqlDatabase
from tests.support.bot_host import PROMISE, BotHost
from tests.support.discord_stand_in import Fault, pointed_at
from tests.support.postgresql_server import PostgresqlServer


@pytest.fixture(autouse=True)
def quick_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_contact, "FIRST_RETRY", 0.01)

    def make(*args: Any, **options: Any) -> RoundtableBot:
        bot = create_bot(*args, **options)
        bot._connection.guild_ready_timeout = 0.02
        return bot

    monkeypatch.setattr(app, "create_bot", make)


async def run(host: BotHost, *, adopt: bool = False, **changed: Any) -> int:
    """`roundtable run` in this process."""
    given = {name.lower(): value for name, value in host.settings().items() if name.lower() in Settings.model_fields}
    with pointed_at(host.server):
        return await run_bot(Settings(_env_file=None, **(given | changed)), adopt=adopt)  # type: ignore[call-arg]


@asynccontextmanager
async def running(host: BotHost, **changed: Any) -> AsyncIterator[None]:
    """The same, told to end at the end of the block."""
    task = asyncio.create_task(run(host, **changed))
    try:
        yield
        signal.raise_signal(signal.SIGTERM)
        assert await asyncio.wait_for(task, PROMISE) == 0
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (4004, "Discord refused DISCORD_TOKEN. .* Reset Token"),
        (4010, r"no such shard .* \(4010\).* SHARD_COUNT must be the same in every process"),
        (
            4011,
            r"more servers than its shards may have, 2,500 each \(4011\). Set a larger SHARD_COUNT",
        ),
        (4012, r"no longer speaks the version .* \(4012\). Update roundtable"),
        (4013, r"does not know the intents .* \(4013\). Update roundtable"),
        (4014, r"does not allow this application an intent .* \(4014\). Look at https://discord.com/developers"),
    ],
)
async def test_a_connection_that_is_closed_for_good_is_told_in_words(host: BotHost, code: int, sentence: str) -> None:
    host.server.gateway.refuses_with = code
    with pytest.raises(HostMustMend, match=sentence):
        await run(host)
    # 4014 is tried once more without the intent that can be done without, 4011 with as many shards as Discord says now.
    assert len(host.server.gateway.identifies) == (2 if code in (4011, 4014) else 1)


async def test_a_code_counts_though_discord_has_hung_up_by_then(host: BotHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's answer to the goodbye comes to nothing, for which aiohttp has a code of its own."""
    close = WebSocketWriter.close

    async def hung_up(writer: WebSocketWriter, *goodbye: Any) -> None:
        if writer.use_mask:  # it is the bot's
            raise aiohttp.ClientConnectionResetError("Cannot write to closing transport")
        await close(writer, *goodbye)

    monkeypatch.setattr(WebSocketWriter, "close", hung_up)
    host.server.gateway.refuses_with = 4013
    with pytest.raises(HostMustMend, match="4013"):
        await run(host)
    assert len(host.server.gateway.identifies) == 1


async def test_more_shards_are_taken_where_discord_comes_to_want_more(
    host: BotHost, caplog: pytest.LogCaptureFixture
) -> None:
    """So many servers were added since the bot asked. Where a number is set, that is the host's to mend."""
    host.world.least_shards = host.world.recommended_shards = 2
    told = json.dumps({"url": host.server.gateway_url, "shards": 1}).encode()
    host.server.faults.next("GET", "/gateway/bot", Fault(body=(told, len(told))))
    async with running(host):
        await host.world.until(lambda: len(host.server.gateway.connected) == 2, what="both shards")
    assert [each["shard"] for each in host.server.gateway.identifies] == [[0, 1], [0, 2], [1, 2]]
    assert "Discord wants the bot to have more than 1 shards; asking how many" in caplog.text
    with pytest.raises(HostMustMend, match="4011"):
        await run(host, shard_count=1)


async def test_a_connection_that_the_library_gives_up_is_begun_anew(
    host: BotHost, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As when a machine in between closes a connection while it is being made again."""
    connect, ends = RoundtableBot.connect, iter([ReconnectWebSocket(0), ConnectionResetError("reset")])

    async def mostly(bot: RoundtableBot, *, reconnect: bool = True) -> None:
        if problem := next(ends, None):
            raise problem
        await connect(bot, reconnect=reconnect)

    monkeypatch.setattr(RoundtableBot, "connect", mostly)
    async with running(host):
        await host.connected()
    assert len(host.server.gateway.identifies) == 1
    assert len([m for m in caplog.messages if m.startswith("the connection to Discord ended (")]) == 2


async def test_a_database_that_is_away_for_longer_than_a_lease_is_waited_for(
    host: BotHost,
    postgresql_server: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By the same process, which has closed its bot meanwhile and leaves none of its tasks behind."""
    monkeypatch.setattr(shard_leases, "RENEW_SECONDS", 0.02)
    gateway, until = host.server.gateway, host.world.until
    url = await postgresql_server.database()

    async def away(*_: object) -> None:
        raise TransientDatabaseError("The bot's database can't be used: its server can't be reached.")

    async with running(host, database_url=url):
        await host.connected()
        with monkeypatch.context() as patch:
            patch.setattr(PostgresqlDatabase, "_transact", away)
            patch.setattr(shard_leases, "clock", lambda: clock() + 16)
            await until(lambda: "its server can't be reached; beginning anew in" in caplog.text, what="the wait")
            assert not gateway.connected
        await host.connected()
        assert len(gateway.identifies) == 2
        assert [task.get_name() for task in asyncio.all_tasks()].count(UNTIL_OVER) == 1


async def test_a_database_that_does_not_answer_holds_up_no_end(
    host: BotHost, postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it where everything that is closed at the end takes all of its time: Docker kills after ten seconds."""
    parts = (app.CLOSE_SECONDS, app._LEAST_SECONDS, shard_leases._LEAVE_SECONDS, control_server._LAST_SECONDS)
    assert sum((*parts, PostgresqlDatabase._last_seconds or 9, ops_server._LAST_SECONDS)) <= 8
    monkeypatch.setattr(app, "CLOSE_SECONDS", 0.1)
    monkeypatch.setattr(app, "_LEAST_SECONDS", 0.1)
    monkeypatch.setattr(shard_leases, "_LEAVE_SECONDS", 0.1)
    url = await postgresql_server.database()
    with ExitStack() as stack:
        async with running(host, database_url=url):
            await host.connected()
            stack.enter_context(postgresql_server.standing_still())


async def test_told_to_end_while_its_database_is_waited_for_it_ends(
    host: BotHost, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A container's first process is not ended by a signal that it does not heed; Docker kills it after ten seconds."""
    tries = asyncio.Semaphore(0)

    async def never(*_: object, **__: object) -> None:
        tries.release()
        if "can't be used yet" in caplog.text:
            await asyncio.Event().wait()
        raise ConnectionRefusedError(111, "Connect call failed")

    monkeypatch.setattr("asyncpg.connect", never)
    async with running(host, database_url="postgresql+asyncpg://roundtable:secret@127.0.0.1:9/roundtable"):
        await tries.acquire()
        await tries.acquire()
    assert "the database postgresql://127.0.0.1:9/roundtable can't be used yet: its server can't be" in caplog.text


async def test_another_discord_that_does_not_answer_is_tried_again(
    host: BotHost, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    address = f"http://127.0.0.1:{unused_tcp_port}/api/v10"
    async with running(host, discord_api_url=address):
        await host.world.until(lambda: caplog.text.count("Trying again in") > 1, what="the second try")
    assert (
        f"DISCORD_API_URL {address} does not answer like Discord (ClientConnectorError). Correct it or leave it out. "
        "Trying again in "
    ) in next(m for m in caplog.messages if "Trying again" in m)


async def test_a_database_is_one_applications(host: BotHost, caplog: pytest.LogCaptureFixture) -> None:
    """One from before that was stored takes the application that is there; another is refused, unless it is meant."""
    caplog.set_level(logging.INFO, "bot")
    async with running(host):
        await host.connected()
    first, host.world.application_id = host.world.application_id, host.world.new_id()
    with pytest.raises(HostMustMend) as refused:
        await run(host)
    assert f"belongs to the application {first}" in str(refused.value)
    assert f"{host.world.application_id} (Roundtable)" in str(refused.value)
    assert "roundtable run --adopt-database" in str(refused.value)
    assert len(host.server.gateway.identifies) == 1
    async with running(host, adopt=True):
        await host.connected()
    async with running(host):
        await host.connected()
    host.world.application_id = first
    with pytest.raises(HostMustMend, match=f"{first} "):
        await run(host)


def test_no_token_and_bad_settings_have_a_status_of_their_own(
    no_settings: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run"]) == MISCONFIGURED
    assert "DISCORD_TOKEN is not set" in capsys.readouterr().err
    monkeypatch.setenv("SHARD_COUNT", "0")
    assert main(["run"]) == MISCONFIGURED
    assert 'SHARD_COUNT "0" should be greater than or equal to 1' in capsys.readouterr().err


def test_what_restarts_whatever_ends_is_kept_from_it(
    no_settings: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence stands there once, and the process waits to be ended."""
    waited: list[str] = []

    async def told_to_end() -> None:
        waited.append(capsys.readouterr().err)
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGTERM)
        await until_signal()

    monkeypatch.setattr("bot.signals.until_signal", told_to_end)
    assert main(["run", "--stay"]) == MISCONFIGURED
    (said,) = waited
    assert said.count("DISCORD_TOKEN is not set") == 1
    assert "waiting to be ended" in said
