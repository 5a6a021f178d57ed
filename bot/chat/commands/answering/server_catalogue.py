"""The personas and tasks that can be had where somebody asks for them: the host's, and what was made on that server."""

from bot.chat.commands.answering.interaction import Interaction
from bot.library.catalogue import Catalogue


async def catalogue_of(interaction: Interaction) -> Catalogue:
    """All that can be seated and discussed on the server a command was used on."""
    if interaction.guild_id is None:
        return interaction.client.catalogue
    return await interaction.client.workshop.catalogues.of(interaction.guild_id)
