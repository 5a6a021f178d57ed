"""What somebody asks a setting of the server to be, checked: options, menus and forms come to the same values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

import discord

from bot.chat.commands.answering.guests_option import chimers_of
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.answering.time_zones import time_zone_in
from bot.chat.commands.opening.ordered_table import format_in
from bot.chat.rules.table_choices import ALL, EVERYONE
from bot.chat.text.making_texts import written_line
from bot.discussion.model.names import name_clashes
from bot.errors import UserError
from bot.settings import DISCORD_MIN_PACE
from bot.store.server_settings import ServerSettings

# What a setting is called in `/roundtable settings`, and in the database.
SETTINGS: Final[Mapping[str, str]] = {
    "openers": "opener_role_id",
    "steerers": "steerer_role_id",
    "makers": "maker_role_id",
    "channel": "channels",
    "guests": "chimers",
    "format": "format",
    "task": "task",
    "cast": "cast",
    "turns": "turns",
    "pace": "pace",
    "language": "language",
    "vote": "vote",
    "tables": "most_tables",
    "days": "keep_days",
    "time_zone": "time_zone",
    "proxies": "hears_proxies",
    "memory": "memory",
    "reactions": "reactions",
}
UNSET: Final[Mapping[str, Any]] = {field.name: field.default for field in fields(ServerSettings)}
ROLES: Final = ("openers", "steerers", "makers", "guests")
CHANNELS: Final = 25
_TURNS: Final = (1, 200)
_MOST_PACE: Final = 3600.0
_LANGUAGE_LENGTH: Final = 80
_MOST_DAYS: Final = 36_500
_MOST_TABLES: Final = 1000
# Where a table can be.
PLACES: Final = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.ForumChannel)


async def checked(interaction: Interaction, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that somebody asks for, by field of ServerSettings. In: values by option. Raises UserError."""
    changes: dict[str, Any] = {}
    for option, value in asked.items():
        changes[SETTINGS[option]] = await _checked(interaction, option, value)
    return changes


def reset(option: str) -> dict[str, Any]:
    """The change that takes a setting back. Raises UserError for a name that is none."""
    name = option.strip().lower()
    if name not in SETTINGS:
        shown = discord.utils.escape_markdown(option[:40])
        raise UserError(f"“{shown}” is no setting to take back. There are: {', '.join(SETTINGS)}.")
    return {SETTINGS[name]: UNSET[SETTINGS[name]]}


async def _checked(interaction: Interaction, option: str, value: Any) -> Any:
    match option:
        case "openers" | "steerers" | "makers":
            return None if value.is_default() else value.id  # the role @everyone is everyone
        case "guests":
            assert interaction.guild is not None
            chimers = chimers_of(value, interaction.guild)
            return None if chimers == EVERYONE else chimers
        case "channel":
            return await _with_channel(interaction, value)
        case "format":
            return format_in(value)
        case "time_zone":
            return time_zone_in(value)
        case "task":
            return (await catalogue_of(interaction)).task(value).name
        case "cast":
            return await _cast(interaction, value)
        case "language":
            return _language(value)
        case "turns" | "pace" | "tables" | "days":
            return _NUMBERS[option](interaction, value)
        case _:
            return bool(value)


async def _with_channel(interaction: Interaction, channel: discord.abc.GuildChannel) -> tuple[int, ...] | None:
    """The channels with one more, or with one less if it is among them."""
    settings = await interaction.client.servers.of(interaction.guild_id or 0)
    now = settings.channels or ()
    changed = tuple(each for each in now if each != channel.id) if channel.id in now else (*now, channel.id)
    return channels_of(interaction.guild, changed)


def channels_of(guild: discord.Guild | None, ids: tuple[int, ...]) -> tuple[int, ...] | None:
    """Where tables may be; None where nothing is left: then everywhere. Raises UserError for where none can be."""
    found: list[int] = []
    for channel in filter(None, (guild and guild.get_channel(each) for each in ids)):
        if not isinstance(channel, PLACES):
            raise UserError(f"No table can be in <#{channel.id}>: choose text, voice, stage and forum channels.")
        found.append(channel.id)
    if len(found) > CHANNELS:
        raise UserError(f"These are {len(found)} channels; {CHANNELS} can be named. Fewer, or none for all of them.")
    return tuple(dict.fromkeys(found)) or None


async def _cast(interaction: Interaction, names: str) -> str | None:
    if names.strip().casefold() == ALL:
        return None
    cast = (await catalogue_of(interaction)).cast(names)
    for clash in name_clashes(cast):
        raise UserError(f"These can't sit at one table: {clash.problem(cast[clash.earlier].full_name)} {clash.fix}")
    return ", ".join(persona.name for persona in cast)


def _language(text: str) -> str:
    language = written_line(text)
    if len(language) > _LANGUAGE_LENGTH:
        raise UserError(
            f"A language's name has up to {_LANGUAGE_LENGTH} characters. Write it shorter, such as Finnish."
        )
    return language


def _turns(_: Interaction, value: Any) -> int:
    least, most = _TURNS
    return _number("turns", value, least, most, "a table")


def _pace(_: Interaction, value: Any) -> float:
    text = str(value).replace(",", ".").strip()
    pace = float(text) if re.fullmatch(r"\d{1,6}(\.\d+)?", text) else -1.0
    if not DISCORD_MIN_PACE <= pace <= _MOST_PACE:
        raise UserError(
            f"`pace` is “{text[:20]}”. Between two turns lie {DISCORD_MIN_PACE:g} seconds at least, as Discord needs, "
            f"and {_MOST_PACE:g} at most."
        )
    return pace


def _tables(interaction: Interaction, value: Any) -> int:
    most = interaction.client.settings.limit_sessions
    return _number("tables", value, 1, most or _MOST_TABLES, "as many as the host allows a server" if most else "")


def _days(interaction: Interaction, value: Any) -> int:
    most = interaction.client.settings.retention_days
    return _number("days", value, 1, most or _MOST_DAYS, "as long as the host keeps a discussion" if most else "")


def _number(option: str, value: Any, least: int, most: int, why: str) -> int:
    text = str(value).strip()
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else least - 1
    if not least <= number <= most:
        reason = f" ({why})" if why else ""
        raise UserError(f"`{option}` is “{text[:20]}”. Write a number from {least} to {most}{reason}.")
    return number


_NUMBERS: Final[Mapping[str, Callable[[Interaction, Any], Any]]] = {
    "turns": _turns,
    "pace": _pace,
    "tables": _tables,
    "days": _days,
}
