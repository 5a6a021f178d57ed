"""Who opens tables on a server, and in which of its channels, as its own admins have set it."""

from typing import Final

import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.errors import UserError
from bot.store.server_settings import ServerSettings

CHIME_IN: Final = "Where a table is open, everyone can chime in, also with `/roundtable say`."
# So many channels are named in a sentence.
_NAMED: Final = 10


async def require_opener(interaction: Interaction) -> None:
    """Raise UserError for a member who may not open a table on this server.

    Discord's own permissions for commands hold for all of `/roundtable` at once; a role for this one leaves `say` and
    `privacy` to everyone.
    """
    guild = interaction.guild
    assert guild is not None
    settings = await interaction.client.servers.of(guild.id)
    role_id = settings.opener_role_id
    if role_id is None or interaction.permissions.manage_guild:
        return
    chime_in = "" if settings.chimers is not None else f" {CHIME_IN}"
    if guild.get_role(role_id) is None:
        raise UserError(
            "The role whose members open tables here was deleted. Until somebody with **Manage Server** names another "
            f"with `/roundtable settings`, only they open tables.{chime_in}"
        )
    if not isinstance(interaction.user, discord.Member) or interaction.user.get_role(role_id) is None:
        raise UserError(
            f"Only members with the role <@&{role_id}> or with **Manage Server** open tables on this server.{chime_in}"
        )


async def may_open(interaction: Interaction) -> bool:
    """Whether somebody may open tables on the server where they ask."""
    try:
        await require_opener(interaction)
    except UserError:
        return False
    return True


async def require_channel(interaction: Interaction, channel_id: int) -> None:
    """Raise UserError for a channel where the server has no tables. In: of a thread its parent."""
    guild = interaction.guild
    assert guild is not None
    settings = await interaction.client.servers.of(guild.id)
    if settings.channels is not None and channel_id not in settings.channels:
        raise UserError(_only_in(settings, guild))


def _only_in(settings: ServerSettings, guild: discord.Guild) -> str:
    there = [f"<#{each}>" for each in settings.channels or () if guild.get_channel(each)]
    change = "Who has **Manage Server** changes that with `/roundtable settings`."
    if not there:
        return f"The channels where this server has its tables are deleted, so there are none just now. {change}"
    more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    return f"On this server tables stand only in {', '.join(there[:_NAMED])}{more}, and in threads there. {change}"
