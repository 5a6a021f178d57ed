"""What those who watch over the bot see of it on Discord: its connection, and the news in the status channel."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import discord

from bot import __version__
from bot.chat.commands.answering.interaction import InteractionClient
from bot.chat.status_channel import StatusChannel
from bot.ops.faults import standing_faults
from bot.ops.gateway import GatewayState
from bot.ops.host_news import HostNews
from bot.ops.watch import Watch

_Tell = Callable[[str], Awaitable[bool]]
# How long the end of the process may be held up to tell of it, in seconds.
_FAREWELL_SECONDS: Final = 1.0


def gateway_state(client: discord.Client) -> GatewayState:
    """How a client's connection stands, each shard's."""
    if isinstance(client, discord.AutoShardedClient):
        shards = {number: None if shard.is_closed() else shard.latency for number, shard in client.shards.items()}
    else:
        is_open = client.ws is not None and client.ws.open and not client.is_closed()  # pyright: ignore
        shards = {0: client.latency if is_open else None}
    finite = {number: _seconds(latency) for number, latency in shards.items()}
    return GatewayState(finite, client.is_ready() and not client.is_closed(), len(client.guilds))


def _seconds(latency: float | None) -> float | None:
    # The library gives no number before the first heartbeat was answered.
    return 0.0 if latency is not None and not math.isfinite(latency) else latency


@asynccontextmanager
async def watched(
    bot: InteractionClient, watch: Watch, *, is_last: Callable[[], bool] = lambda: True
) -> AsyncIterator[None]:
    """While the block lasts the bot is watched; leave it before the bot is closed, so that it can still say so.

    `is_last` is asked then: whether the process ends, or another bot takes this one's place, which is no news.
    """
    watch.over_bot(lambda: gateway_state(bot), bot.supervisor)
    channel_id = bot.settings.discord_status_channel
    if channel_id is None:
        yield
        return
    channel = StatusChannel(bot, channel_id)
    faults = lambda: standing_faults(bot.endpoints, bot.supervisor.open_sessions())  # noqa: E731
    news = HostNews(faults, channel.tell, watch.told_faults)
    leaving = asyncio.Event()
    telling = asyncio.create_task(_tell(bot, channel.tell, watch, news, leaving), name="telling the status channel")
    try:
        yield
    finally:
        leaving.set()
        if bot.is_ready() and not bot.is_closed():
            # What is on its way is not cut: it would be told a second time, and the library would hold back the next.
            farewell = asyncio.create_task(_say_farewell(channel.tell, telling, is_last))
            await asyncio.wait([farewell], timeout=_FAREWELL_SECONDS)
            farewell.cancel()
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _say_farewell(tell: _Tell, telling: asyncio.Task[None], is_last: Callable[[], bool]) -> None:
    await asyncio.wait([telling])
    if is_last():
        await tell(f"Roundtable {__version__} stops. Its open tables go on at the next start.")


async def _tell(bot: InteractionClient, tell: _Tell, watch: Watch, news: HostNews, leaving: asyncio.Event) -> None:
    await bot.wait_until_ready()
    if not watch.start_is_told:
        watch.start_is_told = await tell(_started(bot))
    await watch.told_faults.over_tables(bot.store.remembered, bot.supervisor.open_sessions())
    await news.keep_telling(leaving)


def _started(bot: InteractionClient) -> str:
    servers, tables = len(bot.guilds), len(bot.supervisor.open_sessions())
    return (
        f"Roundtable {__version__} has started: {servers} server{'' if servers == 1 else 's'}, "
        f"{tables} open table{'' if tables == 1 else 's'}."
    )
