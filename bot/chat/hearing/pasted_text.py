"""Texts that come as a file: Discord makes `message.txt` of what is too long for a message; members attach notes."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

import aiohttp
import discord

log = logging.getLogger(__name__)

# In bytes, of all that comes with one message: some ten pages.
MOST_BYTES: Final = 20_000
# Seconds. Whoever writes meanwhile in the same place waits for it.
TIMEOUT: float = 5.0

# A phone may not know what it sends. Whether the contents are a text is seen when they are read.
_TEXT_TYPES: Final = frozenset({"", "text/plain", "text/markdown", "text/x-markdown", "application/octet-stream"})
_TEXT_ENDINGS: Final = frozenset({".txt", ".text", ".md", ".markdown"})


def text_files(message: discord.Message) -> list[discord.Attachment]:
    """The attachments whose text is part of what a message says: plain text or Markdown, small enough together."""
    found: list[discord.Attachment] = []
    for file in message.attachments:
        kind, _, _ = (file.content_type or "").partition(";")
        is_text = kind.strip().lower() in _TEXT_TYPES and PurePath(file.filename).suffix.lower() in _TEXT_ENDINGS
        if is_text and file.size <= MOST_BYTES - sum(taken.size for taken in found):
            found.append(file)
    return found


async def read(files: Sequence[discord.Attachment]) -> str | None:
    """The texts of these files; None if one of them can't be had or is no text."""
    try:
        async with asyncio.timeout(TIMEOUT):
            contents = [await file.read() for file in files]
        if sum(map(len, contents)) > MOST_BYTES:
            raise ValueError("more than Discord said")
        texts = [content.decode("utf-8-sig") for content in contents]
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        log.warning("a text that came as a file could not be read: %s", type(error).__name__)
        return None
    return None if any("\0" in text for text in texts) else "\n".join(texts)
