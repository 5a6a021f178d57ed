"""How the bot answers a person: privately, and with a sentence whatever goes wrong."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import discord

from bot.chat.sentences import with_remedy
from bot.errors import RoundtableError, new_error_id

log = logging.getLogger(__name__)


async def answer(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer only the person who asked, whether or not the interaction was deferred."""
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=discord.AllowedMentions.none())
    else:
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=discord.AllowedMentions.none())


@asynccontextmanager
async def answering(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """Whatever goes wrong inside becomes a private sentence; what is our fault gets an id that is also in the log."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (the last stop before the person)
        await apologise(interaction, error)


async def apologise(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Say what went wrong: a person's mistake in its own words, anything else with an id."""
    cause = getattr(error, "original", error)
    if isinstance(cause, RoundtableError):
        text = with_remedy(cause)
    else:
        error_id = new_error_id()
        log.error("interaction failed (error %s)", error_id, exc_info=cause)
        text = f"Something went wrong here, sorry. Tell the host this id: {error_id}."
    # The interaction may have expired or been answered by a moderator's deletion; the log has the rest.
    with suppress(discord.HTTPException):
        await answer(interaction, text[:2000])
