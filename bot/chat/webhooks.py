"""The one webhook a channel has of ours: found, made, remembered, and sent through without ever resending."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from typing import Final

import aiohttp
import discord
from aiohttp.client_middlewares import ClientHandlerType

from bot.sessions.delivery.stage import OutcomeUnknown
from bot.store.models import Webhook
from bot.store.store import Store

log = logging.getLogger(__name__)

WEBHOOK_NAME: Final = "Roundtable"
# How long one request may take; then its outcome is unknown and the outbox looks for the message.
SEND_SECONDS: float = 10


async def never_resend(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Client middleware: make every lost answer an OutcomeUnknown.

    discord.py resends a webhook message after a 5xx and after some resets, although the first may have been stored.
    Reading the body here keeps a reset in the middle of it from reaching the library as well. A 429 stays the
    library's to wait out: such a message was certainly not stored.
    """
    try:
        response = await handler(request)
        await response.read()
    except (OSError, aiohttp.ClientError, TimeoutError) as error:
        raise OutcomeUnknown(type(error).__name__) from error
    if response.status >= 500:
        raise OutcomeUnknown(f"HTTP {response.status}")
    if response.status == 429 and b'"retry_after"' not in await response.read():
        raise OutcomeUnknown("HTTP 429 that does not say how long")
    if response.status == 200 and response.content_type != "application/json":
        # A proxy's page: whether Discord ever saw the request can't be told.
        raise OutcomeUnknown(f"an answer of type {response.content_type}")
    return response


class WebhookRegistry:
    """Our webhooks by channel. Call `open()` inside the event loop, `aclose()` at the end."""

    def __init__(self, client: discord.Client, store: Store) -> None:
        # Every webhook we ever had, with its channel.
        self.owned: dict[int, int] = {}
        self._client = client
        self._store = store
        self._session: aiohttp.ClientSession | None = None
        self._by_channel: dict[int, Webhook] = {}
        self._finding: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            middlewares=(never_resend,), timeout=aiohttp.ClientTimeout(total=SEND_SECONDS)
        )
        self.owned = await self._store.webhook_channels()

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def of(self, channel_id: int) -> discord.Webhook:
        """The channel's webhook: the remembered one, else one of ours that is there, else a new one.

        Raises what Discord answers: discord.HTTPException.
        """
        # Tables in a channel and in its threads may want it at the same time.
        async with self._finding[channel_id]:
            known = self._by_channel.get(channel_id) or await self._store.live_webhook(channel_id)
            if known is None:
                known = await self._find_or_create(channel_id)
                await self._store.add_webhook(known)
                self.owned[known.id] = channel_id
            self._by_channel[channel_id] = known
        assert self._session is not None, "WebhookRegistry.open() was not called"
        return discord.Webhook.partial(known.id, known.token, session=self._session, client=self._client)

    async def retire(self, channel_id: int) -> None:
        """The channel's webhook is of no use any more: forget it (its id stays known as ours)."""
        known = self._by_channel.pop(channel_id, None) or await self._store.live_webhook(channel_id)
        if known is not None:
            await self._store.retire_webhook(known.id)

    async def _find_or_create(self, channel_id: int) -> Webhook:
        channel = self._client.get_channel(channel_id) or await self._client.fetch_channel(channel_id)
        if isinstance(channel, discord.Thread | discord.CategoryChannel | discord.abc.PrivateChannel):
            raise TypeError(f"channel {channel_id} can't have webhooks")
        me = self._client.user

        async def ours() -> list[discord.Webhook]:
            return [
                hook
                for hook in await channel.webhooks()
                if hook.token and hook.name == WEBHOOK_NAME and hook.user and me and hook.user.id == me.id
            ]

        found = await ours()
        if not found:
            await channel.create_webhook(name=WEBHOOK_NAME, reason="Roundtable posts its personas' turns with it")
            # The library asks again after a 5xx, although the first may have been made: keep one.
            found = sorted(await ours(), key=lambda hook: hook.id)
            for surplus in found[1:]:
                with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                    await surplus.delete()
        hook = found[0]
        assert hook.token is not None
        return Webhook(hook.id, channel_id, hook.token)
