"""Which of the members' messages are guests' turns, and what they say."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import discord

from bot.chat.cards import said_in
from bot.chat.discord_mentions import with_names
from bot.chat.message_parts import is_forward, is_only_gifs, things_beside, words_beside
from bot.chat.pasted_text import read, text_files
from bot.discussion.text.invisible import without_invisible
from bot.sessions.delivery.stage import GuestMessage

# A message that begins like this is meant for the other members only.
KEEP_OUT: Final = "//"
# Below a message that was one too many.
TOO_MANY: Final = "⏳"
_MINUTE: Final = timedelta(minutes=1)
# What can't be stored (half a character) or seen (control characters); white space stays.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Applications whose webhooks speak for members, by id: PluralKit (https://pluralkit.me). Discord itself says which
# application a webhook belongs to.
_PROXIES: Final = frozenset({466378653216014359})
_ORDINARY: Final = (discord.MessageType.default, discord.MessageType.reply)


def as_guest(message: discord.Message, *, me: discord.abc.User, owned: Collection[int]) -> GuestMessage | None:
    """The guest's turn that a message is, or None.

    `owned` are the ids of our webhooks. Left out are bots and webhooks (but for those that speak for members), system
    messages, replies between members, what begins with `//`, and messages without words. Words that come as a file are
    fetched when they are wanted.
    """
    if not _is_of_a_member(message) or message.type not in _ORDINARY:
        return None
    if message.content.lstrip().startswith(KEEP_OUT) or _is_between_members(message, me, owned):
        return None
    text = said(message, me)
    if not text:
        return None
    replied_to = message.reference.message_id if message.reference and not is_forward(message) else None
    fetch = partial(_whole, message, me) if text_files(message) else None
    return GuestMessage(message.id, message.author.id, message.author.display_name, text, replied_to, fetch)


def said(message: discord.Message, me: discord.abc.User, *, pasted: str | None = None) -> str:
    """What a message says: mentions by name, a leading mention of the bot left out, what comes beside it in words.

    `pasted`: the text of its files, once that has been read. Empty for a message without words.
    """
    text = _heard(re.sub(rf"^\s*<@!?{me.id}>[\s,:]*", "", message.content), message)
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
    is_kept_out = not message.content and without_unseen(pasted).startswith(KEEP_OUT)
    return "" if is_kept_out else said(message, me, pasted=pasted)


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
    return without_invisible(_UNSEEN.sub("", text)).strip()


def _is_of_a_member(message: discord.Message) -> bool:
    if message.webhook_id:
        return message.application_id in _PROXIES
    return not message.author.bot


def _is_between_members(message: discord.Message, me: discord.abc.User, owned: Collection[int]) -> bool:
    if message.reference is None or message.type is not discord.MessageType.reply:
        return False
    to = message.reference.resolved
    if not isinstance(to, discord.Message):
        return False  # deleted or out of reach: there is nobody else whom it could be meant for
    return to.author.id != me.id and to.webhook_id not in owned
