"""The stage in a Discord channel or thread: turns through its webhook, everything else as the bot itself."""

import asyncio
import contextlib
import io
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

from bot.chat import cards
from bot.chat.api_errors import UNKNOWN_CHANNEL, explain
from bot.chat.guest_messages import as_guest
from bot.chat.panel import panel_view
from bot.chat.permissions import READ_HISTORY, VIEW_CHANNEL, missing, please_grant
from bot.chat.split import split_text
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Turn
from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown, Overview, OwnMessage, PostRejected, RejectReason
from bot.settings import DISCORD_MIN_PACE
from bot.store.models import Post, PostKind, StoredSession

if TYPE_CHECKING:
    from bot.chat.bot import RoundtableBot

log = logging.getLogger(__name__)

_NO_PING = discord.AllowedMentions.none()
SENT_AWAY = "I was removed from the server."
_LOST = (OSError, aiohttp.ClientError, TimeoutError)


class WebhookStage:
    """Shows one session in its place."""

    min_pace = DISCORD_MIN_PACE

    def __init__(self, bot: "RoundtableBot", stored: StoredSession) -> None:
        self._bot = bot
        self._stored = stored
        self._place = bot.get_partial_messageable(stored.place_id, guild_id=stored.guild_id)
        self._thread = stored.place_id if stored.place_id != stored.channel_id else None
        self._overview: Overview | None = None
        self._panel: int | None = None
        self._editing: asyncio.Task[None] | None = None

    # --- what a turn looks like ---

    def split(self, turn: Turn, persona: Persona | None) -> list[Post]:
        if turn.kind == "moderator" or persona is None:
            text = cards.moderator_line(turn)
            return [Post(PostKind.NOTICE, piece, turn_seq=turn.seq) for piece in split_text(text)]
        text = f"**Summary.** {turn.text}" if turn.kind == "summary" else turn.text
        avatar = self._bot.avatars.url(persona)
        return [
            Post(PostKind.TURN, piece, username=persona.full_name, avatar=avatar, turn_seq=turn.seq)
            for piece in split_text(text)
        ]

    # --- showing ---

    async def send(self, post: Post) -> int:
        try:
            if post.by_webhook:
                return await self._send_turn(post)
            # Post numbers begin anew with a new database, ids of openings don't. Discord takes 25 characters.
            nonce = f"{self._stored.anchor_id:x}-{post.id:x}"
            message = await self._place.send(allowed_mentions=_NO_PING, nonce=nonce, **self._own_message(post))
            return message.id
        except discord.HTTPException as error:
            raise explain(error, self._lacking()) from error
        except _LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    async def _send_turn(self, post: Post) -> int:
        if self._bot.get_guild(self._stored.guild_id) is None:
            # The webhook may still work.
            raise PostRejected(RejectReason.HOLD, SENT_AWAY)
        if (lacking := self._lacking()) == [VIEW_CHANNEL]:
            # The same: the table would talk on where the bot hears nobody.
            raise PostRejected(RejectReason.HOLD, please_grant(lacking))
        hook = await self._bot.webhooks.of(self._stored.channel_id)
        try:
            message = await hook.send(
                post.content,
                username=post.username or discord.utils.MISSING,
                avatar_url=post.avatar,
                allowed_mentions=_NO_PING,
                suppress_embeds=True,
                thread=discord.Object(self._thread) if self._thread else discord.utils.MISSING,
                wait=True,
            )
        except discord.NotFound as error:
            if self._thread is None or error.code != UNKNOWN_CHANNEL:
                raise
            # A webhook that was moved does not know our thread. Raises the same once more if the thread is gone.
            await self._bot.fetch_channel(self._thread)
            raise PostRejected(RejectReason.WEBHOOK_GONE, "The webhook was moved to another channel.") from error
        if message.channel.id not in (self._stored.channel_id, self._stored.place_id):
            # Somebody moved our webhook to another channel: take the stray away and begin anew.
            await message.delete()
            raise PostRejected(RejectReason.WEBHOOK_GONE, "The webhook was moved to another channel.")
        return message.id

    def _own_message(self, post: Post) -> dict[str, Any]:
        match post.kind:
            case PostKind.CARD:
                return {
                    "embeds": cards.opening_card(
                        self._stored.session,
                        self._bot.avatars.url,
                        can_read=self._bot.intents.message_content,
                        model=self._bot.endpoints.model_of,
                    )
                }
            case PostKind.PANEL if self._overview:
                return {"content": cards.state(self._overview), "view": panel_view(self._overview)}
            case PostKind.MINUTES if post.attachment:
                file = discord.File(io.BytesIO(post.attachment.encode()), filename="minutes.md")
                return {"content": post.content, "file": file}
            case _:
                return {"content": post.content, "suppress_embeds": True}

    async def renew(self) -> None:
        await self._bot.webhooks.retire(self._stored.channel_id)
        try:
            await self._bot.webhooks.of(self._stored.channel_id)
        except discord.HTTPException as error:
            raise explain(error, self._lacking()) from error
        except _LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    async def remove(self, message: OwnMessage) -> None:
        try:
            if message.by_webhook:
                hook = await self._bot.webhooks.of(self._stored.channel_id)
                thread = discord.Object(self._thread) if self._thread else discord.utils.MISSING
                await hook.delete_message(message.id, thread=thread)
            else:
                await self._place.get_partial_message(message.id).delete()
        except discord.NotFound:
            return
        except discord.HTTPException as error:
            raise explain(error, self._lacking()) from error
        except _LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    # --- looking ---

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        channel_id = self._stored.channel_id
        return [seen for m in await self._history(after_id) if (seen := self._bot.as_own_message(m, channel_id))]

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        me, owned = self._bot.me, self._bot.webhooks.owned
        return [guest for m in await self._history(after_id) if (guest := as_guest(m, me=me, owned=owned))]

    async def said_since(self, after_id: int) -> dict[int, str | None]:
        return {m.id: self._edited_text(m) for m in await self._history(after_id)}

    def _edited_text(self, message: discord.Message) -> str | None:
        # One that was not edited may still read otherwise here: a history names members as Discord does, not as the
        # server does. What was said by command stands in a message of ours.
        readable = message.content or self._bot.intents.message_content
        if message.edited_at is None or message.author.bot or not readable:
            return None
        guest = as_guest(message, me=self._bot.me, owned=self._bot.webhooks.owned)
        return guest.text if guest else ""

    async def _history(self, after_id: int) -> list[discord.Message]:
        guild = self._bot.get_guild(self._stored.guild_id)
        if guild is not None and guild.unavailable:
            # Nobody can say then which permissions the bot has, nor whether an empty history is one.
            raise OutcomeUnknown("the server is unavailable")
        if READ_HISTORY in self._lacking():
            # Discord answers with an empty list instead of an error.
            raise PostRejected(RejectReason.HOLD, please_grant([READ_HISTORY]))
        try:
            history = self._place.history(after=discord.Object(after_id), limit=None, oldest_first=True)
            return [message async for message in history]
        except discord.HTTPException as error:
            raise explain(error, self._lacking()) from error
        except _LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    def _lacking(self) -> list[str]:
        guild = self._bot.get_guild(self._stored.guild_id)
        if guild is None:
            return []
        # An archived thread is not known to the library; its parent's permissions count anyway.
        channel = guild.get_channel_or_thread(self._stored.place_id) or guild.get_channel(self._stored.channel_id)
        if channel is None:
            return []
        return missing(channel.permissions_for(guild.me), in_thread=self._thread is not None)

    # --- the rest ---

    async def composing(self, persona: Persona) -> None:
        # Only a courtesy: however long it takes and whatever goes wrong with it, the turn matters more.
        self._bot.in_background(self._type())

    async def _type(self) -> None:
        with contextlib.suppress(discord.DiscordException, *_LOST):
            await self._place.typing()

    def adopt_panel(self, message_id: int | None) -> None:
        self._panel = message_id

    async def refresh(self, overview: Overview) -> None:
        self._overview = overview
        if self._panel is None:
            # Asked of the database: the answer to sending it may have been lost.
            panels = await self._bot.store.session_posts(self._stored.id, PostKind.PANEL)
            self._panel = panels[-1].message_id if panels else None
        if self._panel is not None and (self._editing is None or self._editing.done()):
            self._editing = self._bot.in_background(self._edit_panel(self._panel))

    async def _edit_panel(self, message_id: int) -> None:
        shown = None
        panel = self._place.get_partial_message(message_id)
        while (overview := self._overview) is not None and overview != shown:
            shown = overview
            try:
                await panel.edit(content=cards.state(overview), view=panel_view(overview))
            except (discord.HTTPException, *_LOST) as error:
                log.warning("the panel of session %s could not be brought up to date: %s", self._stored.id, error)
                return

    async def tell_convener(self, sentence: str) -> None:
        try:
            await self._place.send(sentence, allowed_mentions=_NO_PING)
        except (discord.DiscordException, *_LOST):
            await self._write_to_convener(sentence)

    async def _write_to_convener(self, sentence: str) -> None:
        convener_id = self._overview.convener_id if self._overview else self._stored.convener_id
        if not convener_id:  # asked to be forgotten
            return
        try:
            convener = await self._bot.fetch_user(convener_id)
            await convener.send(f"About the table in <#{self._stored.place_id}>: {sentence}")
        except (discord.DiscordException, *_LOST) as error:
            log.warning("session %s: the convener could not be told: %s", self._stored.id, error)
