"""Whether a table may be opened where somebody asks for one: found out before it is said to be open."""

import discord

from bot.chat.actions import require_voice
from bot.chat.interaction import Interaction
from bot.chat.permissions import in_words, missing
from bot.chat.settings_command import require_opener
from bot.errors import UserError
from bot.sessions.supervisor import OpeningPlace


async def opening_place(interaction: Interaction) -> OpeningPlace:
    """The place a command was used in. Raises UserError where a table can't be, whoever asks may not open
    one, or the bot lacks a permission."""
    channel = interaction.channel
    in_thread = isinstance(channel, discord.Thread)
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    if interaction.guild_id is None or channel is None or parent_id is None:
        raise UserError("A table can only be opened in a server's channel or thread that I can see.")
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread):
        raise UserError("A table can be opened in a text channel or a thread, not here.")
    require_voice(interaction)
    if interaction.guild and (against := interaction.client.host_rules.against(interaction.guild, parent_id)):
        raise UserError(against)
    await require_opener(interaction)
    if lacking := missing(interaction.app_permissions, in_thread=in_thread):
        raise UserError(
            f"I am missing {in_words(lacking)} in this channel. Please have an admin grant "
            f"{'it' if len(lacking) == 1 else 'them'} to me, then try again."
        )
    return OpeningPlace(interaction.guild_id, channel.id, parent_id, interaction.user.id, interaction.id)
