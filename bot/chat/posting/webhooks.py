"""The one webhook a channel has of ours: found, made, remembered, and sent through without ever resending."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import discord
from aiohttp.client_middlewares import ClientHandlerType
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.chat.posting.courtesies import Courtesies
from bot.chat.posting.rate_limit_trace import rate_limit_trace
from bot.chat.posting.webhook_limits import WebhookLimits
from bot.sessions.delivery.stage import OutcomeUnknown
from bot.store.models import Webhook
from bot.store.store import Store

log = logging.getLogger(__name__)

WEBHOOK_NAME: Final = "Roundtable"
# What is seen of a message whose own picture can't be had: a round table from above, drawn for this.
FACE: Final = Path(__file__).with_name("webhook_face.png")
# How long one request may take; then its outcome is unknown and the outbox looks for the message.
SEND_SECONDS: float = 10
# How long it may take to find or make a webhook, the library's own tries included; then it is begun anew.
FIND_SECONDS: float = 30


async def never_resend(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Client middleware: make every lost answer an OutcomeUnknown.

    discord.py resends a webhook message after a 5xx and after some resets, although the first may have been stored.
    Reading the body here keeps a reset in the middle of it from reaching the library as well. A 429 stays the
    library's to wait out: such a message was certainly not stored. The time limit is that of the request alone: what
    waits for its turn before it is sent (webhook_limits.py) may take longer.
    """
    try:
        async with asyncio.timeout(SEND_SECONDS):
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


@contextlib.contextmanager
def own_queue() -> Iterator[None]:
    """For a block: what it asks of webhooks waits for no request of others.

    The library lets one request at a time to a webhook, however long it hangs or waits after a 429, and tables in a
    channel and its threads share theirs. That lock belongs to the adapter, and which one is used is told by a context
    variable: the one place where we reach into the library. What the lock did for rate limits webhook_limits.py does;
    that a table's own posts go one after the other is the outbox's doing. Another adapter than the library's, such as a
    simulated Discord's, has no lock and stays.
    """
    adapter = async_context.get()
    before = async_context.set(AsyncWebhookAdapter() if type(adapter) is AsyncWebhookAdapter else adapter)
    try:
        yield
    finally:
        async_context.reset(before)


class WebhookRegistry:
    """Our webhooks by channel. Call `open()` inside the event loop, `aclose()` at the end."""

    def __init__(self, client: discord.Client, store: Store, courtesies: Courtesies) -> None:
        # Every webhook we ever had, with its channel.
        self.owned: dict[int, int] = {}
        self._client = client
        self._store = store
        self._courtesies = courtesies
        self._session: aiohttp.ClientSession | None = None
        self._by_channel: dict[int, Webhook] = {}
        self._finding: dict[int, asyncio.Task[Webhook]] = {}

    async def open(self) -> None:
        middlewares = (WebhookLimits(), never_resend)
        self._session = aiohttp.ClientSession(
            middlewares=middlewares, timeout=aiohttp.ClientTimeout(total=None), trace_configs=[rate_limit_trace()]
        )
        self.owned = await self._store.webhooks.channels()

    async def aclose(self) -> None:
        for finding in self._finding.values():
            finding.cancel()
        if self._session is not None:
            await self._session.close()

    async def of(self, channel_id: int) -> discord.Webhook:
        """The channel's webhook: the remembered one, else one of ours that is there, else a new one.

        Raises what Discord answers (discord.HTTPException), and TimeoutError where it answers nothing.
        """
        known = self._by_channel.get(channel_id)
        if known is None:
            # Tables in a channel and in its threads may want it at the same time: one search for all, whoever is
            # cancelled meanwhile.
            finding = self._finding.get(channel_id)
            if finding is None:
                finding = asyncio.create_task(self._find(channel_id), name=f"webhook of {channel_id}")
                self._finding[channel_id] = finding
                finding.add_done_callback(lambda done: self._found(channel_id, done))
            known = await asyncio.shield(finding)
        return self._through(known)

    def _through(self, known: Webhook) -> discord.Webhook:
        assert self._session is not None, "WebhookRegistry.open() was not called"
        return discord.Webhook.partial(known.id, known.token, session=self._session, client=self._client)

    def _found(self, channel_id: int, finding: asyncio.Task[Webhook]) -> None:
        del self._finding[channel_id]
        if not finding.cancelled():
            finding.exception()  # whoever has waited for it was told

    async def _find(self, channel_id: int) -> Webhook:
        known = await self._store.webhooks.live(channel_id)
        if known is None:
            async with asyncio.timeout(FIND_SECONDS):
                known = await self._find_or_create(channel_id)
            await self._store.webhooks.add(known)
            self.owned[known.id] = channel_id
        else:
            self._give_a_face(known)
        self._by_channel[channel_id] = known
        return known

    async def retire(self, channel_id: int) -> None:
        """The channel's webhook is of no use any more: forget it (its id stays known as ours)."""
        if finding := self._finding.get(channel_id):  # it may be about to find this very one
            await asyncio.wait([finding])
        known = self._by_channel.pop(channel_id, None) or await self._store.webhooks.live(channel_id)
        if known is not None:
            await self._store.webhooks.retire(known.id)

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
            # Without its face: no picture that Discord does not take just now is to keep a table from opening.
            reason = "Roundtable posts its personas' turns with it"
            made = await channel.create_webhook(name=WEBHOOK_NAME, reason=reason)
            # The library asks again after a 5xx, although the first may have been made: keep one.
            found = sorted(await ours(), key=lambda hook: hook.id) or [made]
            for surplus in found[1:]:
                with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                    await surplus.delete()
        hook = found[0]
        assert hook.token is not None
        known = Webhook(hook.id, channel_id, hook.token, channel.guild.id)
        if hook.avatar is None:
            self._give_a_face(known)
        return known

    def _give_a_face(self, known: Webhook) -> None:
        """Have a webhook that has no face get ours, if Discord likes; one that an admin has given it stays."""

        async def look_and_give(hook: discord.Webhook) -> None:
            # By the webhook's own token: it needs no permission that the bot may have lost since.
            if (await hook.fetch(prefer_auth=False)).avatar is None:
                await hook.edit(avatar=FACE.read_bytes(), prefer_auth=False)

        what = f"giving webhook {known.id} a face"
        self._courtesies.start_once(what, partial(look_and_give, self._through(known)))
