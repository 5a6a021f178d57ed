"""`/roundtable seat …`: who sits at the table, and who of them only listens."""

from typing import Final

from discord import app_commands
from discord.app_commands import Choice

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.answering.suggestions import matching
from bot.chat.commands.steering import actions
from bot.chat.commands.steering.steering_commands import carry_out, complete_seated

seat: Final = app_commands.Group(name="seat", description="Who sits at the table, and who only listens")


@seat.command(description="Give one more persona a seat at the table")
@app_commands.describe(persona="Who joins")
async def add(interaction: Interaction, persona: str) -> None:
    await carry_out(interaction, actions.seat, persona)


@seat.command(description="Have a persona leave the table")
@app_commands.describe(persona="Who leaves")
async def remove(interaction: Interaction, persona: str) -> None:
    await carry_out(interaction, actions.unseat, persona)


@seat.command(description="Have a persona only listen, or speak again")
@app_commands.describe(persona="Who it is about", muted="False: may speak again (default: only listens)")
async def mute(interaction: Interaction, persona: str, muted: bool = True) -> None:
    await carry_out(interaction, actions.mute, persona, muted=muted)


remove.autocomplete("persona")(complete_seated)
mute.autocomplete("persona")(complete_seated)


@add.autocomplete("persona")
async def _complete_unseated(interaction: Interaction, current: str) -> list[Choice[str]]:
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    seated = runner.status_report().cast if runner else ()
    return matching(current, [p.name for p in (await catalogue_of(interaction)).personas if p.name not in seated])


COMMANDS: Final = (seat,)
