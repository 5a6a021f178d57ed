"""A stand-in, a bot that visits it, and its webhook through a plain and a guarded session."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.support.discord_stand_in import StandIn, World, stand_in
from tests.support.visitor import Answered, Visitor, place, visiting


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with stand_in() as running:
        yield running


@pytest.fixture
async def bot(server: StandIn) -> AsyncIterator[Visitor]:
    async with visiting(server) as visitor:
        yield visitor


@pytest.fixture
def world(server: StandIn) -> World:
    return server.world


@pytest.fixture
async def hook(bot: Visitor, world: World, client: aiohttp.ClientSession) -> discord.Webhook:
    made = await place(bot, world.general).create_webhook(name="Roundtable")
    assert made.token
    return discord.Webhook.partial(made.id, made.token, session=client, client=bot)


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        yield session


@pytest.fixture
async def once(bot: Visitor, hook: discord.Webhook) -> AsyncIterator[discord.Webhook]:
    """The same webhook through a session that never lets the library resend."""

    async def guard(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        response = await handler(request)
        if response.status >= 500:
            raise Answered(response.status)
        return response

    async with aiohttp.ClientSession(middlewares=(guard,), timeout=aiohttp.ClientTimeout(total=0.3)) as session:
        yield discord.Webhook.partial(hook.id, hook.token or "", session=session, client=bot)
