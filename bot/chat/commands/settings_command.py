"""`/roundtable settings`: what a server sets for its tables, and who may open one there."""

from typing import Any, Final

import discord

from bot.chat.commands.interaction import Interaction
from bot.errors import UserError
from bot.store.server_settings import ServerSettings

ONLY_ADMINS: Final = "Only members with **Manage Server** see and change these settings."
CONTRADICTION: Final = (
    "Give either `openers` or `everyone_opens:True`, not both: the one sets a role, the other needs none."
)
WHICH_ROLE: Final = "To have only some open tables, name their role with `openers`."
CHIME_IN: Final = "Where a table is open, everyone can chime in, also with `/roundtable say`."


async def settle(
    interaction: Interaction, openers: discord.Role | None, everyone_opens: bool | None, proxies: bool | None
) -> str:
    """Change what is given, and tell how all of it stands. Raises UserError."""
    guild = _guild(interaction)
    if not _manages(interaction):
        raise UserError(ONLY_ADMINS)
    changes: dict[str, Any] = {}
    if openers is not None:
        if everyone_opens:
            raise UserError(CONTRADICTION)
        # The role @everyone is everyone.
        changes["opener_role_id"] = None if openers.is_default() else openers.id
    elif everyone_opens:
        changes["opener_role_id"] = None
    elif everyone_opens is False and (await interaction.client.servers.of(guild.id)).opener_role_id is None:
        raise UserError(WHICH_ROLE)
    if proxies is not None:
        changes["hears_proxies"] = proxies
    servers = interaction.client.servers
    settings = await (servers.change(guild.id, **changes) if changes else servers.of(guild.id))
    return _as_they_stand(settings, guild, has_proxies=bool(interaction.client.settings.proxy_applications))


async def require_opener(interaction: Interaction) -> None:
    """Raise UserError for a member who may not open a table on this server.

    Discord's own permissions for commands hold for all of `/roundtable` at once; a role for this one leaves `say` and
    `privacy` to everyone.
    """
    guild = _guild(interaction)
    role_id = (await interaction.client.servers.of(guild.id)).opener_role_id
    if role_id is None or _manages(interaction):
        return
    if guild.get_role(role_id) is None:
        raise UserError(
            "The role whose members open tables here was deleted. Until somebody with **Manage Server** names another "
            f"with `/roundtable settings`, only they open tables. {CHIME_IN}"
        )
    if not isinstance(interaction.user, discord.Member) or interaction.user.get_role(role_id) is None:
        raise UserError(
            f"Only members with the role <@&{role_id}> or with **Manage Server** open tables on this server. {CHIME_IN}"
        )


def _as_they_stand(settings: ServerSettings, guild: discord.Guild, *, has_proxies: bool) -> str:
    role_id = settings.opener_role_id
    if role_id is None:
        who = "everyone who may use the command. `openers` keeps it to a role."
    elif guild.get_role(role_id) is None:
        who = (
            "only members with **Manage Server**: the role that was set was deleted. `openers` names another, "
            "`everyone_opens:True` does without."
        )
    else:
        who = (
            f"members with the role <@&{role_id}> or with **Manage Server**. `openers` names another, "
            "`everyone_opens:True` does without."
        )
    if not has_proxies:
        proxies = "left out, on every server: whoever hosts me has set it so."
    elif settings.hears_proxies:
        proxies = "heard, under the names they have there. `proxies:False` leaves them out."
    else:
        proxies = "left out. `proxies:True` has them heard, under the names they have there."
    return "\n".join(
        [
            "**What this server sets for its tables**, each with the option of `/roundtable settings` that changes it:",
            f"- Who opens tables: {who}",
            f"- Members who speak through PluralKit and its like: {proxies}",
        ]
    )


def _manages(interaction: Interaction) -> bool:
    return interaction.permissions.manage_guild


def _guild(interaction: Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise UserError("These are settings of a server. Ask me on one.")
    return interaction.guild
