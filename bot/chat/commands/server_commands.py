"""What a server sets for its tables, and what members decide about what is kept of them."""

from typing import Final

import discord
from discord import app_commands

from bot.chat.commands import privacy_command, settings_command
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.responses import answering, carry_out


@app_commands.command(description="What is kept about you here; get it, or have it forgotten")
@app_commands.describe(action="What to do (default: tell what is kept)")
async def privacy(interaction: Interaction, action: privacy_command.Action = "tell") -> None:
    async with answering(interaction):
        await privacy_command.act(interaction, action)


@app_commands.command(description="What this server sets for its tables; change it (needs Manage Server)")
@app_commands.describe(
    openers="The role whose members open tables",
    everyone_opens="True: no role is needed any more",
    proxies="Whether members who speak through PluralKit and its like are heard",
)
async def settings(
    interaction: Interaction,
    openers: discord.Role | None = None,
    everyone_opens: bool | None = None,
    proxies: bool | None = None,
) -> None:
    await carry_out(interaction, settings_command.settle, openers, everyone_opens, proxies)


COMMANDS: Final = (
    privacy,
    settings,
)
