"""`/roundtable personas` and `tasks`: who and what there is on this server, to leaf through and to use at once."""

from collections.abc import Mapping
from typing import Final

import discord
from discord import app_commands

from bot.chat.cards.gallery_card import personas_page, tasks_page
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, answering, defer, may_be_lost, show
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.opening.opening_table import open_table
from bot.chat.commands.steering import actions
from bot.chat.rules.table_choices import TableChoices


@app_commands.command(description="Who can sit at a table here: faces and introductions")
async def personas(interaction: Interaction) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        await show(interaction, await _personas(interaction, 0))


@app_commands.command(description="What can be discussed here: settings ready to start")
async def tasks(interaction: Interaction) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        await show(interaction, await _tasks(interaction, 0))


async def _personas(interaction: Interaction, page: int) -> discord.ui.LayoutView:
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    seated = runner.status_report().cast if runner else None
    catalogue = await catalogue_of(interaction)
    return personas_page(catalogue.personas, page, interaction.client.avatars.url, seated)


async def _tasks(interaction: Interaction, page: int) -> discord.ui.LayoutView:
    return tasks_page((await catalogue_of(interaction)).tasks, page)


async def _turn_personas(interaction: Interaction, click: Click) -> None:
    await _turn(interaction, await _personas(interaction, click.number))


async def _turn_tasks(interaction: Interaction, click: Click) -> None:
    await _turn(interaction, await _tasks(interaction, click.number))


async def _turn(interaction: Interaction, page: discord.ui.LayoutView) -> None:
    """Turn the page where there is one; from a card that everybody sees, open the gallery for whoever pressed."""
    if interaction.message is not None and interaction.message.flags.ephemeral:
        with may_be_lost(interaction):
            await interaction.response.edit_message(view=page)
    else:
        await show(interaction, page)


async def _seat(interaction: Interaction, click: Click) -> None:
    await defer(interaction, ephemeral=True)
    await answer(interaction, await actions.seat(interaction, click.argument))


async def _start(interaction: Interaction, click: Click) -> None:
    await defer(interaction, ephemeral=True)
    await answer(interaction, await open_table(interaction, TableChoices(task=click.argument)))


COMMANDS: Final = (personas, tasks)
VERBS: Final[Mapping[str, Handler]] = {
    "gallery-personas": _turn_personas,
    "gallery-tasks": _turn_tasks,
    "gallery-seat": _seat,
    "gallery-start": _start,
}
