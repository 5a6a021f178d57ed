"""What everybody may type at a table: say something, see how it stands; and the menus of messages."""

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Range

from bot.chat.commands import actions
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.modals import SayModal
from bot.chat.commands.responses import answering, carry_out, may_be_lost
from bot.errors import UserError


@app_commands.command(description="How the table in this channel stands")
async def status(interaction: Interaction) -> None:
    await carry_out(interaction, actions.status)


@app_commands.command(description="Show the panel anew, at the end of this channel")
async def panel(interaction: Interaction) -> None:
    await carry_out(interaction, actions.show_panel)


@app_commands.command(description="Say something to the table in this channel")
@app_commands.describe(text="What you want to say; begin with a persona's name to have it answer you")
async def say(interaction: Interaction, text: Range[str, 1, 1500]) -> None:
    async with answering(interaction):
        await actions.chime_in(interaction, text)


COMMANDS: Final = (
    status,
    panel,
    say,
)


@app_commands.context_menu(name="Ask this persona")
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def ask_this_persona(interaction: Interaction, message: discord.Message) -> None:
    """For servers where the bot can't read messages: a reply to a persona's message, in a small form."""
    async with answering(interaction):
        runner = interaction.client.supervisor.open_at(interaction.channel_id or 0)
        if message.webhook_id not in interaction.client.webhooks.owned:
            raise UserError("That is not a persona's message. Pick one of theirs.")
        form = SayModal(runner.id, title=f"Ask {message.author.display_name}", reply_to=message.id)
        with may_be_lost(interaction):
            await interaction.response.send_modal(form)


MENUS: Final = (ask_this_persona,)
