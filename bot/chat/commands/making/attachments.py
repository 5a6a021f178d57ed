"""Files that members attach to a command: looked at before they are fetched, and fetched from Discord only."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.errors import UserError
from bot.library.file_problem import shown_name

# Discord's own network; a file of some megabytes takes a second or two.
_SECONDS: Final = 10.0
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
        found = f"{_named(attachment)} has {attachment.size:,} bytes"
        raise UserError(f"{found}; I take up to {most:,}. Attach a smaller one.")


async def fetched(interaction: Interaction, url: str, name: str, most: int) -> bytes:
    """The content of an attachment. Raises UserError where it is not Discord's, too large or not to be had."""
    shown = discord.utils.escape_markdown(shown_name(name)) or "the file"
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname not in interaction.client.file_hosts:
        raise UserError(f"{shown} does not lie at Discord, and I fetch nothing from elsewhere. Attach it as a file.")
    try:
        async with asyncio.timeout(_SECONDS):
            data = await interaction.client.http.get_from_cdn(url)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise UserError(_NOT_FETCHED.format(shown)) from error
    if len(data) > most:
        raise UserError(f"{shown} has {len(data):,} bytes; I take up to {most:,}. Attach a smaller one.")
    return data


def _named(attachment: discord.Attachment) -> str:
    return discord.utils.escape_markdown(shown_name(attachment.filename)) or "The file"
