"""A brief: a file that somebody brings along, whose text is the context of a table."""

import asyncio
import logging
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.chat.hearing.guest_messages import without_unseen
from bot.errors import UserError
from bot.library.brief import brief_text

log = logging.getLogger(__name__)

# Some forty pages; more than most models take in at once.
MOST_BYTES: Final = 200_000
# Seconds for fetching it, and for making text of it. Discord waits fifteen minutes for an answer that was deferred.
_FETCH: Final = 15.0
_READ: Final = 30.0
# Where Discord keeps what is attached. Nothing else is ever fetched for a member.
_HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})


async def read_brief(file: discord.Attachment) -> str:
    """The text of a text, Markdown or PDF file. Raises UserError for one that is too long, or can't be had or read."""
    if file.size > MOST_BYTES:
        raise UserError(
            f"The brief “{file.filename}” has {_kilobytes(file.size)} kB; it may have {_kilobytes(MOST_BYTES)}. "
            "Bring the part that matters."
        )
    address = urlsplit(file.url)
    if address.scheme != "https" or address.hostname not in _HOSTS:
        log.warning("a brief at %s is not fetched: it is no file of Discord's", address.hostname)
        raise UserError("The brief is no file that Discord keeps. Attach it to the command.")
    try:
        async with asyncio.timeout(_FETCH):
            data = await file.read()
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("a brief could not be fetched: %s", type(error).__name__)
        raise UserError("Discord does not give me the brief at the moment. Try again in a minute.") from error
    if len(data) > MOST_BYTES:
        raise UserError("The brief is longer than Discord said, so it was not read.")
    try:
        async with asyncio.timeout(_READ):
            text = await asyncio.to_thread(brief_text, data, file.filename)
    except TimeoutError as error:
        raise UserError(f"The brief “{file.filename}” takes too long to read. Bring it as a plain text.") from error
    text = without_unseen(text)
    if not text:
        raise UserError(f"There is no text in the brief “{file.filename}”. Bring one that has some.")
    return text


def _kilobytes(count: int) -> int:
    return -(-count // 1000)
