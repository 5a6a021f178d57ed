"""Which of the members' messages are guests' turns, and what they say."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import discord

from bot.chat.hearing.discord_mentions import with_names
from bot.chat.hearing.message_parts import is_forward, is_only_gifs, things_beside, words_beside
from bot.chat.hearing.pasted_text import read, text_files
from bot.chat.hearing.repost_headers import reply_of_repost
from bot.discussion.text.invisible import without_invisible
from bot.sessions.delivery.stage import GuestMessage

# A message that begins like this is meant for the other members only, or for the bot: a command that was typed where
# none was chosen.
_KEPT_OUT: Final = re.compile(r"//|/(?:roundtable|persona|task)\b", re.IGNORECASE)
# Below a message that was one too many.
TOO_MANY: Final = "⏳"
_MINUTE: Final = timedelta(minutes=1)
# What can't be stored (half a character) or seen (control characters); white space stays.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ORDINARY: Final = (discord.MessageType.default, discord.MessageType.reply)


def as_guest(
    message: discord.Message, *, me: discord.abc.User, owned: Collection[int], proxies: Collection[int]
) -> GuestMessage | None:
    """What a guest says with a message, or None.

    `owned` are the ids of our webhooks, `proxies` the applications whose webhooks speak for members. Left out are bots
    and other webhooks, system messages and messages without words. Replies between members and what begins with `//`
    or as a command of ours are told as not for the table. Words that come as a file are fetched when they are wanted.
    """
    is_repost = speaks_for_members(message, proxies)
    is_bots = message.author.bot or message.webhook_id is not None
    if (is_bots and not is_repost) or message.type not in _ORDINARY:
        return None
    text = said(message, me)
    if not text:
        return None
    replied_to = message.reference.message_id if message.reference and not is_forward(message) else None
    content = message.content
    if is_repost:
        replied_to, content = reply_of_repost(message)
    is_kept_out = _is_kept_out(content) or _is_between_members(message, me, owned)
    return GuestMessage(
        message.id,
        message.author.id,
        # One that is as another member's is told from it by characters that nobody sees.
        without_unseen(message.author.display_name) if is_repost else message.author.display_name,
        text,
        replied_to,
        partial(_whole, message, me) if text_files(message) else None,
        is_for_table=not is_kept_out,
        is_repost=is_repost,
    )


def speaks_for_members(message: discord.Message, proxies: Collection[int]) -> bool:
    """Whether a message came through a webhook of one of these applications: Discord itself says so.

    What an application answers to a command comes through its own id, and is its own.
    """
    return message.application_id in proxies and message.webhook_id not in (None, message.application_id)


async def words_of(guest: GuestMessage | None) -> str:
    """What a message says to the table since it was edited; empty for nothing (any more)."""
    return await guest.words() if guest and guest.is_for_table else ""


def said(message: discord.Message, me: discord.abc.User, *, pasted: str | None = None) -> str:
    """What a message says: mentions by name, a leading mention of the bot left out, what comes beside it in words.

    `pasted`: the text of its files, once that has been read. Empty for a message without words.
    """
    # What is reposted may begin with what it answers.
    content = reply_of_repost(message)[1] if message.webhook_id else message.content
    text = _heard(re.sub(rf"^\s*<@!?{me.id}>[\s,:]*", "", content), message)
    beside = [_heard(words, message) for words in words_beside(message)]
    files = text_files(message)
    if (not text or is_only_gifs(text)) and not beside and not files:
        return ""
    things = things_beside(message, read=0 if pasted is None else len(files))
    first = " ".join(filter(None, [text, *beside, *things]))
    return "\n".join(filter(None, [first, _heard(pasted or "", message)]))


def _heard(text: str, message: discord.Message) -> str:
    """A text of a message with mentions by name, as it can be stored and seen."""
    # Names come last: a mention of everybody is undone by a character that is unseen.
    return _UNSEEN.sub("", with_names(without_unseen(text), message.guild, message.mentions)).strip()


async def _whole(message: discord.Message, me: discord.abc.User) -> str | None:
    """What a message says with the text of its files; empty if that is not for the table, None if it can't be had."""
    pasted = await read(text_files(message))
    if pasted is None:
        return None
    is_kept_out = not message.content and _is_kept_out(pasted)
    return "" if is_kept_out else said(message, me, pasted=pasted)


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
    return without_invisible(_UNSEEN.sub("", text)).strip()


def _is_kept_out(text: str) -> bool:
    return _KEPT_OUT.match(without_unseen(text)) is not None


def _is_between_members(message: discord.Message, me: discord.abc.User, owned: Collection[int]) -> bool:
    if message.reference is None or message.type is not discord.MessageType.reply:
        return False
    to = message.reference.resolved
    if not isinstance(to, discord.Message):
        return False  # deleted or out of reach: there is nobody else whom it could be meant for
    return to.author.id != me.id and to.webhook_id not in owned
