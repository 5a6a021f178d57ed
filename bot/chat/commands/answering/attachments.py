"""Files that members attach to a command: looked at before they are fetched, and fetched from Discord only."""

import asyncio
import logging
import math
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.hearing.guest_messages import without_unseen
from bot.discussion.text.links import plain_links
from bot.errors import UserError
from bot.library.brief_file import BRIEF_BYTES, brief_text
from bot.library.file_problem import shown_name

log = logging.getLogger(__name__)

# Discord's own network; a file of some megabytes takes a second or two.
_SECONDS: Final = 10.0
_MEGABYTE: Final = 1024 * 1024
_NOT_FETCHED: Final = "I could not fetch {} from Discord. Attach it once more."
_PICTURES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif")


def require_picture(attachment: discord.Attachment, most: int) -> None:
    """Raise UserError for what is no picture, or one of more than `most` bytes, as far as Discord tells."""
    require_size(attachment, most)
    kind = (attachment.content_type or "").partition(";")[0].strip()
    if kind and kind not in _PICTURES:
        raise UserError(f"{_named(attachment)} is no picture. Attach a PNG, JPEG, WebP, GIF or AVIF.")


def require_size(attachment: discord.Attachment, most: int) -> None:
    """Raise UserError for a file of more than `most` bytes."""
    if attachment.size > most:
        raise _too_large(_named(attachment), attachment.size, most)


async def fetched(interaction: Interaction, url: str, name: str, most: int) -> bytes:
    """The content of an attachment. Raises UserError where it is not Discord's, too large or not to be had."""
    shown = discord.utils.escape_markdown(shown_name(name)) or "the file"
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname not in interaction.client.file_hosts:
        log.warning("an attachment at %s is not fetched: it does not lie at Discord", parts.hostname)
        raise UserError(f"{shown} does not lie at Discord, and I fetch nothing from elsewhere. Attach it as a file.")
    try:
        async with asyncio.timeout(_SECONDS):
            data = await interaction.client.http.get_from_cdn(url)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning("an attachment could not be fetched: %s", type(error).__name__)
        raise UserError(_NOT_FETCHED.format(shown)) from error
    if len(data) > most:
        raise _too_large(shown, len(data), most)
    return data


async def read_brief(interaction: Interaction, file: discord.Attachment) -> tuple[str, str]:
    """The text of an attached text, Markdown or PDF file, and a sentence where only its beginning is taken (else "").

    Raises RoundtableError for one that is too long, or can't be had or read.
    """
    require_size(file, BRIEF_BYTES)
    data = await fetched(interaction, file.url, file.filename, BRIEF_BYTES)
    text, note = await asyncio.to_thread(brief_text, data, file.filename)
    return plain_links(without_unseen(text)), note  # the bot shows it


def _too_large(shown: str, size: int, most: int) -> UserError:
    return UserError(f"{shown} has {_size(size)}; I take up to {_size(most)}. Attach a smaller one.")


def _size(size: int) -> str:
    """As people tell it, rounded up."""
    if size < _MEGABYTE:
        return f"{-(-size // 1000)} kB"
    return f"{math.ceil(10 * size / _MEGABYTE) / 10:g} MB"


def _named(attachment: discord.Attachment) -> str:
    return discord.utils.escape_markdown(shown_name(attachment.filename)) or "The file"
