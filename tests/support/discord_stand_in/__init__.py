"""A stand-in for Discord on loopback: REST, webhooks and gateway, for tests with discord.py's real network code.

    async with stand_in() as discord_stand_in:
        with pointed_at(discord_stand_in):
            ...  # a real bot logs in with discord_stand_in.token

It keeps Discord's rules (limits, permissions, error codes) and breaks down on request (`Fault`).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

from aiohttp import web

# Importing these registers their routes.
from . import channels, rest, webhooks
from .control import control
from .faults import Fault, Faults
from .gateway import Gateway
from .interactions import Interaction
from .limits import RateLimits
from .records import ApiRequest, Channel, Member, Message, Webhook
from .server import API, Server
from .world import World

__all__ = [
    "ApiRequest",
    "Channel",
    "Fault",
    "Faults",
    "Interaction",
    "Member",
    "Message",
    "RateLimits",
    "StandIn",
    "Webhook",
    "World",
    "pointed_at",
    "stand_in",
]

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.stand-in.not-a-secret"
_routes = (channels, rest, webhooks)


@dataclass
class StandIn:
    """One running stand-in. `api_url` is for DISCORD_API_URL, `token` for DISCORD_TOKEN."""

    world: World
    faults: Faults
    gateway: Gateway
    limits: RateLimits
    port: int

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    @property
    def control_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/control"

    async def settled(self) -> None:
        """Return once the bot has taken in every gateway event so far."""
        await self.gateway.settled()


@asynccontextmanager
async def stand_in(
    *, message_content: bool = True, port: int = 0, token: str = TOKEN, clock: Callable[[], float] = time.time
) -> AsyncIterator[StandIn]:
    """Run a stand-in on 127.0.0.1 (`port` 0: any free one) until the block ends.

    `message_content` is the developer portal's switch for that intent; `clock` gives Discord's time in seconds.
    """
    world, faults = World(token=token, message_content=message_content, clock=clock), Faults()
    gateway = Gateway(world)
    server = Server(world, faults, gateway)
    runner = web.AppRunner(server.app, access_log=None, shutdown_timeout=0.5)
    running = StandIn(world, faults, gateway, server.limits, port)
    server.app.router.add_post("/control", partial(control, running))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        running.port = runner.addresses[0][1]
        yield running
    finally:
        faults.clear()
        await gateway.close()
        await runner.cleanup()


@contextmanager
def pointed_at(target: StandIn) -> Iterator[None]:
    """Inside, discord.py speaks to the stand-in; afterwards to whatever it spoke to before.

    Both addresses matter: a plain client never asks /gateway/bot but goes straight to the library's default gateway.
    """
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = target.api_url, yarl.URL(target.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
