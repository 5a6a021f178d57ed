"""`/roundtable help`, and the welcome on a server that has just added the bot."""

from collections.abc import Mapping
from typing import Final

import discord
from discord import app_commands

from bot.chat.cards.guide_card import help_card, welcome_card
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.command_tree import RoundtableTree
from bot.chat.commands.answering.interaction import Interaction, InteractionClient
from bot.chat.commands.answering.responses import answering, defer, show
from bot.chat.text.host_details import HostDetails


@app_commands.command(description="What one can do here, in three sections")
async def help(interaction: Interaction) -> None:
    async with answering(interaction):
        await _help(interaction, Click("help"))


async def _help(interaction: Interaction, click: Click) -> None:
    await defer(interaction, ephemeral=True)
    client = interaction.client
    here = await client.servers.of(interaction.guild_id or 0)
    card = help_card(
        _tree(client).mention,
        can_read=client.intents.message_content,
        host=HostDetails.of(client.settings),
        counts_reactions=client.intents.guild_reactions and here.reactions,
    )
    await show(interaction, card)


def welcome(client: InteractionClient) -> discord.ui.LayoutView:
    """The card for a server that has just added the bot."""
    host = HostDetails.of(client.settings)
    return welcome_card(_tree(client).mention, can_read=client.intents.message_content, host=host)


def place_for_welcome(guild: discord.Guild) -> discord.TextChannel | None:
    """Where members read it: the channel for Discord's own news, else the first one in which the bot may write."""
    channels = [*filter(None, [guild.system_channel]), *guild.text_channels]
    for channel in channels:
        may = channel.permissions_for(guild.me)
        if may.view_channel and may.send_messages:
            return channel
    return None


def _tree(client: InteractionClient) -> RoundtableTree:
    tree = getattr(client, "tree", None)
    assert isinstance(tree, RoundtableTree), "whoever makes the client gives it one"
    return tree


COMMANDS: Final = (help,)
VERBS: Final[Mapping[str, Handler]] = {"help": _help}
