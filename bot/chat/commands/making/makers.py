"""Who makes personas and tasks on a server: members with Manage Server, and a role that they name."""

import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.errors import UserError


async def may_make(interaction: Interaction) -> bool:
    """Whether whoever asks makes personas and tasks here."""
    if interaction.permissions.manage_guild:
        return True
    role_id = (await interaction.client.servers.of(interaction.guild_id or 0)).maker_role_id
    member = interaction.user
    return role_id is not None and isinstance(member, discord.Member) and member.get_role(role_id) is not None


async def require_maker(interaction: Interaction) -> int:
    """The server's id. Raises UserError for a member who makes nothing here, and beside a server.

    Discord's own permissions for commands do not hold for buttons and forms, so this is asked at each step.
    """
    guild = interaction.guild
    if guild is None:
        raise UserError("Personas and tasks are made on a server. Ask me on one.")
    if not await may_make(interaction):
        role_id = (await interaction.client.servers.of(guild.id)).maker_role_id
        role = f"the role <@&{role_id}> or with " if role_id is not None and guild.get_role(role_id) else ""
        raise UserError(
            f"Only members with {role}**Manage Server** make and change personas and tasks here. Those who have it can "
            "name a role for that with `/roundtable settings makers:`."
        )
    return guild.id
