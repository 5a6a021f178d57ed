"""The link that adds the bot to a server, and what members are told where it was not added as a member."""

from typing import Final

import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.rules.permissions import NEEDED
from bot.errors import UserError

# https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow
SCOPES: Final = ("bot", "applications.commands")
PERMISSIONS: Final = discord.Permissions(**dict.fromkeys(NEEDED, True))
# Added to a server; 1 would be to a person:
# https://discord.com/developers/docs/resources/application#application-object-application-integration-types
GUILD_INSTALL: Final = "0"


def invite_link(application_id: int) -> str:
    """Where somebody with Manage Server adds the bot, with the permissions it needs and its commands."""
    link = discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)
    return f"{link}&integration_type={GUILD_INSTALL}"


def is_member(interaction: Interaction) -> bool:
    """Whether the bot itself is on the server where it is asked.

    Commands can be there without it: added without the scope `bot`, or to a person who takes them along. A server that
    is only unavailable counts: Discord names every server of the bot's when a session with the gateway begins.
    """
    return interaction.guild_id is not None and interaction.client.get_guild(interaction.guild_id) is not None


def require_membership(interaction: Interaction) -> None:
    """Raise UserError, with the way in, where the bot is no member."""
    if is_member(interaction):
        return
    where = "I hold tables on servers only." if interaction.guild_id is None else "I am not a member of this server."
    if interaction.client.host_rules.chooses_servers:
        raise UserError(f"{where} My host chooses the servers I am on; ask whoever hosts me.")
    link = invite_link(interaction.application_id)
    raise UserError(f"{where} Whoever may manage a server can add me to it: <{link}>")
