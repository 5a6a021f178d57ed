"""What stands in a session's channel or thread: its messages, ours and members', read from Discord's history."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

import aiohttp
import discord

from bot.chat.hearing.chimers import Doorkeeper
from bot.chat.hearing.guest_messages import as_guest, speaks_for_members, words_of
from bot.chat.hearing.member_names import look_up_name
from bot.chat.posting.own_messages import as_own
from bot.chat.posting.webhooks import WebhookRegistry
from bot.chat.rules.api_errors import explain, kind_of, passes
from bot.chat.rules.permissions import CONNECT, READ_HISTORY, missing, please_grant
from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown, OwnMessage, PostRejected, RejectReason
from bot.store.models import StoredSession

T = TypeVar("T")

log = logging.getLogger(__name__)

# Of messages: https://discord.com/developers/docs/resources/message#get-channel-messages
PAGE: Final = 100
# For what became of earlier messages, at most so many pages are read: some 2,500 messages, more than a table's prompts
# quote, at about one request a second.
MOST_PAGES: Final = 25
# An answer that got lost on its way.
LOST: Final = (OSError, aiohttp.ClientError, TimeoutError)


class PlaceHistory:
    """One session's place. What it reads is told as `Stage` tells it, and raises PostRejected or OutcomeUnknown."""

    def __init__(
        self,
        stored: StoredSession,
        client: discord.Client,
        place: discord.PartialMessageable,
        webhooks: WebhookRegistry,
        proxies: Collection[int],
    ) -> None:
        """`proxies`: the applications whose webhooks speak for members."""
        self._stored = stored
        self._client = client
        self._place = place
        self._webhooks = webhooks
        self._proxies = proxies

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        channel_id, me, owned = self._stored.channel_id, self._me, self._webhooks.owned
        return [own for m in await self._read(after_id) if (own := as_own(m, channel_id, me=me, owned=owned))]

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        door = Doorkeeper(self._client, self._stored)
        heard = [self._heard(message, door) for message in await self._read(after_id)]
        return [guest for guest in heard if guest]

    def _heard(self, message: discord.Message, door: Doorkeeper) -> GuestMessage | None:
        written = self._as_guest(message)
        guest = door.asks(written, message.author) if written else None
        if guest is None or guest.is_repost:
            return guest
        look_up = partial(look_up_name, self._client, self._stored.guild_id, guest.author_id, guest.name)
        return replace(guest, look_up_name=look_up)

    def _as_guest(self, message: discord.Message) -> GuestMessage | None:
        return as_guest(message, me=self._me, owned=self._webhooks.owned, proxies=self._proxies)

    async def said_of(self, message_ids: Collection[int]) -> dict[int, str | None]:
        """Read in pages, newest first: the messages asked for mostly stand close together."""
        left = sorted(message_ids, reverse=True)
        said: dict[int, str | None] = {}
        for _ in range(MOST_PAGES):
            if not left:
                break
            page = await self._page(discord.Object(left[0] + 1))
            if not page:
                await self._asked(partial(self._look_for, left[0]))
            there = {message.id: message for message in page}
            # A page that is not full reaches to the beginning.
            oldest = min(there) if len(page) == PAGE else 0
            for message_id in [each for each in left if each >= oldest]:
                message = there.get(message_id)
                said[message_id] = await self._edited_text(message) if message else ""
            left = [each for each in left if each < oldest]
        if left:
            log.warning(
                "session %s: whether these older messages were edited or deleted meanwhile is not looked up: %s",
                self._stored.id,
                ", ".join(map(str, left)),
            )
        return said

    async def _edited_text(self, message: discord.Message) -> str | None:
        # One that was not edited may still read otherwise here: a history names members as Discord does, not as the
        # server does. What was said by command stands in a message of ours.
        readable = message.content or self._client.intents.message_content
        is_bots = message.author.bot and not speaks_for_members(message, self._proxies)
        if message.edited_at is None or is_bots or not readable:
            return None
        return await words_of(self._as_guest(message))

    async def _look_for(self, message_id: int) -> None:
        """Raises discord.Forbidden if there is nothing because the bot may see nothing, of which it is not told yet."""
        with suppress(discord.NotFound):
            await self._place.fetch_message(message_id)

    async def _read(self, after_id: int) -> list[discord.Message]:
        history = self._place.history(after=discord.Object(after_id), limit=None, oldest_first=True)
        return await self._asked(partial(_all, history))

    async def _page(self, before: discord.Object) -> list[discord.Message]:
        return await self._asked(partial(_all, self._place.history(before=before, limit=PAGE)))

    async def _asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        guild = self._client.get_guild(self._stored.guild_id)
        if guild is not None and guild.unavailable:
            # Nobody can say then which permissions the bot has, nor whether an empty history is one.
            raise OutcomeUnknown("the server is unavailable")
        lacking = lacking_in(self._client, self._stored)
        if unreadable := [name for name in lacking if name in (READ_HISTORY, CONNECT)]:
            # Discord answers with an empty list instead of an error.
            raise PostRejected(RejectReason.BLOCKED, please_grant(unreadable))
        try:
            return await ask()
        except discord.HTTPException as error:
            if passes(error):
                raise OutcomeUnknown(kind_of(error)) from error  # it is asked again, as after an answer that was lost
            in_thread = self._stored.place_id != self._stored.channel_id
            raise explain(error, lacking, in_thread=in_thread) from error
        except LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    @property
    def _me(self) -> discord.ClientUser:
        assert self._client.user is not None
        return self._client.user


async def _all(history: AsyncIterator[discord.Message]) -> list[discord.Message]:
    return [message async for message in history]


def lacking_in(client: discord.Client, stored: StoredSession) -> list[str]:
    """The permissions that are missing in a session's place, as far as the library knows the place."""
    guild = client.get_guild(stored.guild_id)
    if guild is None:
        return []
    # An archived thread is not known to the library; its parent's permissions count anyway.
    channel = guild.get_channel_or_thread(stored.place_id) or guild.get_channel(stored.channel_id)
    if channel is None:
        return []
    in_voice = isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    in_thread = stored.place_id != stored.channel_id
    return missing(channel.permissions_for(guild.me), in_thread=in_thread, in_voice=in_voice)
