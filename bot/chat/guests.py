"""Which of the members' messages are guests' turns, and what they say."""

from collections.abc import Collection
from typing import Final

import discord

from bot.sessions.stage import GuestMessage

# A message that begins like this is meant for the other members only.
KEEP_OUT: Final = "//"
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
    """What a message says: mentions as names, a leading mention of the bot left out, attachments in words."""
    text = message.clean_content.strip()
    if message.content.lstrip().startswith((f"<@{me.id}>", f"<@!{me.id}>")):
        name = message.guild.me.display_name if message.guild else me.display_name
        text = text.removeprefix(f"@{name}").lstrip(" ,:")
    if not text:
        return ""
    kinds = ["[image]" if (a.content_type or "").startswith("image/") else "[file]" for a in message.attachments]
    return " ".join([text, *kinds])


def _is_between_members(message: discord.Message, me: discord.abc.User, owned: Collection[int]) -> bool:
    if message.reference is None or message.type is not discord.MessageType.reply:
        return False
    to = message.reference.resolved
    if not isinstance(to, discord.Message):
        return False  # deleted or out of reach: there is nobody else whom it could be meant for
    return to.author.id != me.id and to.webhook_id not in owned
