"""A brief: a file that somebody brings along, whose text is the context of a table."""

import asyncio
import logging
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.chat.hearing.guest_messages import without_unseen
from bot.errors import UserError
from bot.library.brief_file import BRIEF_BYTES, brief_text

log = logging.getLogger(__name__)

# Seconds for fetching it.
_TIMEOUT: Final = 15.0


async def read_brief(file: discord.Attachment, hosts: Collection[str]) -> tuple[str, str]:
    """The text of a text, Markdown or PDF file, and a sentence where only its beginning is taken (else "").

    `hosts`: where what is attached is kept; nothing else is ever fetched.

    Raises RoundtableError for one that is too long, or can't be had or read.
    """
    if file.size > BRIEF_BYTES:  # before it is fetched
        raise UserError(
            f"The brief has {-(-file.size // 1000):,} kB and may have {BRIEF_BYTES // 1000}. "
            "Bring the part that counts."
        )
    address = urlsplit(file.url)
    if address.scheme != "https" or address.hostname not in hosts:
        log.warning("a brief at %s is not fetched: it is no file of Discord's", address.hostname)
        raise UserError("The brief is no file that Discord keeps. Attach it to the command.")
    try:
        async with asyncio.timeout(_TIMEOUT):
            data = await file.read()
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("a brief could not be fetched: %s", type(error).__name__)
        raise UserError("Discord does not give me the brief at the moment. Try again in a minute.") from error
    text, note = await asyncio.to_thread(brief_text, data, file.filename)
    return without_unseen(text), note
