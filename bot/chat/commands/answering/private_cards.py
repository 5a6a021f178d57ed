"""Cards that only whoever asked sees: in the place of the one that was pressed on, else as an answer."""

from typing import Any, Final

import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import may_be_lost

_NO_PING: Final = discord.AllowedMentions.none()


async def show(interaction: Interaction, view: discord.ui.LayoutView, files: list[discord.File] | None = None) -> None:
    """Show a card, with the files it needs. The interaction is deferred."""
    with may_be_lost(interaction):
        if interaction.message is not None:
            attachments: list[Any] = [*(files or [])]
            await interaction.edit_original_response(view=view, attachments=attachments, allowed_mentions=_NO_PING)
        else:
            await interaction.followup.send(view=view, files=files or [], ephemeral=True, allowed_mentions=_NO_PING)
