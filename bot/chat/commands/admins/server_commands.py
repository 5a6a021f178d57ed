"""What a server sets for its tables, and what members decide about what is kept of them."""

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.chat.commands.admins import settings_command
from bot.chat.commands.admins.setting_values import SETTINGS
from bot.chat.commands.answering.guests_option import suggested_guests
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.answering.suggestions import complete_list, matching
from bot.chat.commands.answering.time_zones import suggested_time_zones
from bot.chat.commands.members import privacy_command
from bot.discussion.moderation.formats.table import FORMATS


@app_commands.command(description="What is kept about you here; get it, or have it forgotten")
@app_commands.describe(action="What to do (default: tell what is kept)")
async def privacy(interaction: Interaction, action: privacy_command.Action = "tell") -> None:
    async with answering(interaction):
        await privacy_command.act(interaction, action)


@app_commands.command(description="What this server sets for its tables; change it (Manage Server)")
@app_commands.describe(
    openers="Who opens tables: a role",
    steerers="Who steers any table: a role",
    makers="Who makes personas and tasks: a role",
    channel="Have tables here, or no more",
    guests="Who chimes in: everyone, nobody or a role",
    format="How a table goes",
    task="Where none is named",
    cast="Who sits where nobody is named",
    turns="Of a table",
    pace="Least seconds between turns",
    language="Of a table",
    vote="The audience votes after each question",
    tables="How many at once",
    days="How long a table is kept",
    time_zone="Such as Europe/Helsinki",
    proxies="Hear PluralKit and its like",
    memory="Tell tables of earlier ones",
    reactions="Tell personas what the audience likes",
    reset="The setting to take back",
)
async def settings(
    interaction: Interaction,
    openers: discord.Role | None = None,
    steerers: discord.Role | None = None,
    makers: discord.Role | None = None,
    channel: discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel | None = None,
    guests: str | None = None,
    format: str | None = None,
    task: str | None = None,
    cast: str | None = None,
    turns: Range[int, 1, 200] | None = None,
    pace: float | None = None,
    language: str | None = None,
    vote: bool | None = None,
    tables: int | None = None,
    days: int | None = None,
    time_zone: str | None = None,
    proxies: bool | None = None,
    memory: bool | None = None,
    reactions: bool | None = None,
    reset: str | None = None,
) -> None:
    asked = {"openers": openers, "steerers": steerers, "makers": makers, "channel": channel, "guests": guests}
    asked |= {"task": task, "cast": cast, "turns": turns, "pace": pace, "language": language, "vote": vote}
    asked |= {"format": format, "tables": tables, "days": days, "time_zone": time_zone, "proxies": proxies}
    asked |= {"memory": memory, "reactions": reactions}
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        given = {option: value for option, value in asked.items() if value is not None}
        await settings_command.settle(interaction, given, reset)


@settings.autocomplete("guests")
async def _complete_guests(interaction: Interaction, current: str) -> list[Choice[str]]:
    return suggested_guests(current, interaction.guild)


@settings.autocomplete("format")
async def _complete_format(interaction: Interaction, current: str) -> list[Choice[str]]:
    return matching(current, FORMATS)


@settings.autocomplete("time_zone")
async def _complete_time_zone(interaction: Interaction, current: str) -> list[Choice[str]]:
    return suggested_time_zones(current)


@settings.autocomplete("task")
async def _complete_task(interaction: Interaction, current: str) -> list[Choice[str]]:
    return matching(current, [task.name for task in (await catalogue_of(interaction)).tasks])


@settings.autocomplete("cast")
async def _complete_cast(interaction: Interaction, current: str) -> list[Choice[str]]:
    return complete_list(current, [persona.name for persona in (await catalogue_of(interaction)).personas])


@settings.autocomplete("reset")
async def _complete_reset(interaction: Interaction, current: str) -> list[Choice[str]]:
    return matching(current, SETTINGS)


COMMANDS: Final = (
    privacy,
    settings,
)
