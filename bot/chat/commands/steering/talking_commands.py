"""What everybody may type at a table: say something, see how it stands."""

from typing import Final

from discord import app_commands
from discord.app_commands import Range

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, carry_out
from bot.chat.commands.steering import actions


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
