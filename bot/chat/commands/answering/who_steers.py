"""Who may steer a table, and what is said to those who may not: who can, and what they can do instead."""

from typing import Final

import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.opening_rights import may_open
from bot.chat.hearing.chimers import may_chime_in
from bot.errors import UserError
from bot.sessions.session_runner import SessionRunner
from bot.store.models import StoredSession

_WRITE: Final = "You can chime in: write here, or press **Ask…** on the panel."
_PRESS: Final = "You can chime in: press **Say something** or **Ask…** on the panel, or use `/roundtable say`."
_READ: Final = "You can read along."
# Of a table that is closed.
_OPEN: Final = "You can open one of your own: `/roundtable start`."
_LOOK: Final = "You can read what was said: `/roundtable minutes`."


def may_write(interaction: Interaction) -> bool:
    """Whether this person may write where they ask."""
    may = interaction.permissions
    return may.send_messages_in_threads if isinstance(interaction.channel, discord.Thread) else may.send_messages


async def require_steerer(interaction: Interaction) -> SessionRunner:
    """The open table here, if this person may steer it. Raises UserError."""
    runner = interaction.client.supervisor.open_at(interaction.channel_id or 0)
    await refuse_others(interaction, runner.stored)
    return runner


async def refuse_others(interaction: Interaction, stored: StoredSession) -> None:
    """Raise UserError unless this person may steer a table."""
    if not await steers(interaction, stored):
        raise UserError(f"{await _who_does(interaction, stored)} {await _instead(interaction, stored)}")


def require_host_rules(interaction: Interaction, stored: StoredSession) -> None:
    """Raise UserError where the host has a table say nothing more."""
    if against := interaction.client.host_rules.against_table(interaction.client, stored):
        raise UserError(against)


async def steers(interaction: Interaction, stored: StoredSession) -> bool:
    """Whether this person may steer a table: its convener, whoever may manage messages here, or has the role that the
    server has set for that."""
    user = interaction.user
    if user.id == stored.convener_id or interaction.permissions.manage_messages:
        return True
    role_id = await _role(interaction, stored)
    return role_id is not None and isinstance(user, discord.Member) and user.get_role(role_id) is not None


async def _role(interaction: Interaction, stored: StoredSession) -> int | None:
    return (await interaction.client.servers.of(stored.guild_id)).steerer_role_id


async def _who_does(interaction: Interaction, stored: StoredSession) -> str:
    role_id = await _role(interaction, stored)
    who = [
        f"<@{stored.convener_id}>, who convened this table" if stored.convener_id else "",
        f"members with the role <@&{role_id}>" if role_id else "",
        "members with **Manage Messages**",
    ]
    *first, last = filter(None, who)
    named = f"{', '.join(first)}, or {last}" if first else last
    return f"Only {named} can do that{'' if stored.convener_id else ': the convener asked to be forgotten'}."


async def _instead(interaction: Interaction, stored: StoredSession) -> str:
    client = interaction.client
    open_here = client.supervisor.find(stored.place_id)
    if open_here is None or open_here.id != stored.id:
        return _OPEN if await may_open(interaction) else _LOOK
    if not may_write(interaction) or not may_chime_in(stored.chimers, interaction.user):
        return _READ
    return _WRITE if client.intents.message_content else _PRESS
