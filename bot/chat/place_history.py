"""What stands in a session's channel or thread: its messages, ours and members', read from Discord's history."""

from typing import Final

import aiohttp
import discord

from bot.chat.api_errors import explain, kind_of, passes
from bot.chat.guest_messages import as_guest, as_said_by_command
from bot.chat.own_messages import as_own
from bot.chat.permissions import CONNECT, READ_HISTORY, missing, please_grant
from bot.chat.webhooks import WebhookRegistry
from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown, OwnMessage, PostRejected, RejectReason
from bot.store.models import StoredSession

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
    ) -> None:
        self._stored = stored
        self._client = client
        self._place = place
        self._webhooks = webhooks

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        channel_id, me, owned = self._stored.channel_id, self._me, self._webhooks.owned
        return [own for m in await self._read(after_id) if (own := as_own(m, channel_id, me=me, owned=owned))]

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        me, owned = self._me, self._webhooks.owned
        return [
            guest
            for m in await self._read(after_id)
            if (guest := as_guest(m, me=me, owned=owned) or as_said_by_command(m, me=me))
        ]

    async def said_since(self, after_id: int) -> dict[int, str | None]:
        return {m.id: await self._edited_text(m) for m in await self._read(after_id)}

    async def _edited_text(self, message: discord.Message) -> str | None:
        # One that was not edited may still read otherwise here: a history names members as Discord does, not as the
        # server does. What was said by command stands in a message of ours.
        readable = message.content or self._client.intents.message_content
        if message.edited_at is None or message.author.bot or not readable:
            return None
        guest = as_guest(message, me=self._me, owned=self._webhooks.owned)
        return await guest.words() if guest else ""

    async def _read(self, after_id: int) -> list[discord.Message]:
        guild = self._client.get_guild(self._stored.guild_id)
        if guild is not None and guild.unavailable:
            # Nobody can say then which permissions the bot has, nor whether an empty history is one.
            raise OutcomeUnknown("the server is unavailable")
        lacking = lacking_in(self._client, self._stored)
        if unreadable := [name for name in lacking if name in (READ_HISTORY, CONNECT)]:
            # Discord answers with an empty list instead of an error.
            raise PostRejected(RejectReason.BLOCKED, please_grant(unreadable))
        try:
            history = self._place.history(after=discord.Object(after_id), limit=None, oldest_first=True)
            return [message async for message in history]
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
