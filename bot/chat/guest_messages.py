"""Which of the members' messages are guests' turns, and what they say."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.chat.cards import said_in
from bot.chat.discord_mentions import with_names
from bot.sessions.delivery.stage import GuestMessage

# A message that begins like this is meant for the other members only.
KEEP_OUT: Final = "//"
# Below a message that was one too many.
TOO_MANY: Final = "⏳"
_MINUTE: Final = timedelta(minutes=1)
# What can't be stored (half a character) or seen (control characters); white space stays.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ORDINARY: Final = (discord.MessageType.default, discord.MessageType.reply)


def as_guest(message: discord.Message, *, me: discord.abc.User, owned: Collection[int]) -> GuestMessage | None:
    """The guest's turn that a message is, or None.

    `owned` are the ids of our webhooks. Left out are bots and webhooks, system messages, replies between members,
    what begins with `//`, and messages without text.
    """
    if message.author.bot or message.webhook_id or message.type not in _ORDINARY:
        return None
    if message.content.lstrip().startswith(KEEP_OUT) or _is_between_members(message, me, owned):
        return None
    text = said(message, me)
    if not text:
        return None
    reference = message.reference.message_id if message.reference else None
    return GuestMessage(message.id, message.author.id, message.author.display_name, text, reference)


def said(message: discord.Message, me: discord.abc.User) -> str:
    """What a message says: mentions by name, a leading mention of the bot left out, attachments in words."""
    content = re.sub(rf"^\s*<@!?{me.id}>[\s,:]*", "", message.content)
    text = without_unseen(with_names(content, message.guild, message.mentions))
    if not text:
        return ""
    kinds = ["[image]" if (a.content_type or "").startswith("image/") else "[file]" for a in message.attachments]
    return " ".join([text, *kinds])


def as_said_by_command(message: discord.Message, *, me: discord.abc.User) -> GuestMessage | None:
    """The guest's turn that a public answer of the bot shows (`/roundtable say` and the forms), or None.

    For reading what was missed: the command itself takes in what it has just shown. What was replied to is not told.
    """
    if message.author.id != me.id or message.interaction_metadata is None:
        return None
    said_there = said_in(message.content)
    if said_there is None:
        return None
    name, text = said_there
    text = with_names(text, message.guild, message.mentions)
    return GuestMessage(message.id, message.interaction_metadata.user.id, name, text)


class RateLimitNotice:
    """Tells a member whose messages are too many that they are not taken in: by a reaction, once a minute."""

    def __init__(self) -> None:
        self._told: dict[int, datetime] = {}

    async def tell(self, message: discord.Message) -> None:
        """React to a message that was not taken in, unless its author was told within this minute."""
        now = message.created_at
        self._told = {member: at for member, at in self._told.items() if now - at < _MINUTE}
        if message.author.id in self._told:
            return
        self._told[message.author.id] = now
        # By a permission that the bot does not ask for.
        await message.add_reaction(TOO_MANY)


def without_unseen(text: str) -> str:
    """`text` without characters that can't be stored or seen, and without white space around it."""
    return _UNSEEN.sub("", text).strip()


def _is_between_members(message: discord.Message, me: discord.abc.User, owned: Collection[int]) -> bool:
    if message.reference is None or message.type is not discord.MessageType.reply:
        return False
    to = message.reference.resolved
    if not isinstance(to, discord.Message):
        return False  # deleted or out of reach: there is nobody else whom it could be meant for
    return to.author.id != me.id and to.webhook_id not in owned
