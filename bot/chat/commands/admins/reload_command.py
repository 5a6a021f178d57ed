"""`/roundtable reload`: whoever hosts the bot has it read personas, tasks and log level anew, from Discord."""

from typing import Final

import discord
from discord import app_commands

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, answering, defer
from bot.discussion.text.segmentation import clipped
from bot.errors import RoundtableError, UserError

ONLY_THE_HOST: Final = "Only whoever hosts me can do that: the owner of the application, or its team."
# Of what is wrong with files as much is told as a message takes.
_MOST: Final = 1_800


@app_commands.command(description="For the host: read personas and tasks anew")
async def reload(interaction: Interaction) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        if interaction.user.id not in _hosts(await interaction.client.application_info()):
            raise UserError(ONLY_THE_HOST)
        try:
            said = await interaction.client.reload()
        except RoundtableError as error:
            raise UserError(_told(f"Nothing was reloaded. {error}")) from None
        await answer(interaction, _told(said))


def _told(text: str) -> str:
    return clipped(discord.utils.escape_markdown(text), _MOST)


def _hosts(application: discord.AppInfo) -> set[int]:
    """Whoever may change the application: its owner, or of a team those who have joined and do more than look."""
    if application.team is None:
        return {application.owner.id}
    joined = [m for m in application.team.members if m.membership_state is discord.TeamMembershipState.accepted]
    # https://discord.com/developers/docs/topics/teams#team-member-roles
    may_change = {member.id for member in joined if member.role is not discord.TeamMemberRole.read_only}
    return may_change | {application.team.owner_id or 0}


COMMANDS: Final = (reload,)
