"""`/roundtable settings`: what a server sets for its tables, by option, and by the menus and forms of its card."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import discord

from bot.chat.cards.settings_card import defaults_form, limits_form, settings_card
from bot.chat.commands.admins.setting_values import ROLES, channels_of, checked, reset
from bot.chat.commands.answering.clicks import OUT_OF_DATE, Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import defer, may_be_lost, show_anew
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.rules.table_choices import NOBODY, TableChoices
from bot.discussion.moderation.formats.choosing import people_fault
from bot.errors import UserError
from bot.store.server_settings import ServerSettings

ONLY_ADMINS: Final = "Only members with **Manage Server** see and change these settings."
TWICE: Final = "Give `reset` or a value for {}, not both: the one takes back what the other sets."
_FORMS: Final = {"defaults": ("task", "cast", "turns", "pace", "language"), "limits": ("tables", "days", "time_zone")}


async def settle(interaction: Interaction, asked: Mapping[str, Any], taken_back: str | None) -> None:
    """Change what is asked for by option, and show how all of it stands. Raises UserError, with nothing changed."""
    guild = _guild_of_manager(interaction)
    changes = await checked(interaction, asked)
    if taken_back:
        unset = reset(taken_back)
        if twice := unset.keys() & changes.keys():
            raise UserError(TWICE.format(", ".join(twice)))
        changes |= unset
    await _change(interaction, guild, changes)


async def _change(interaction: Interaction, guild: discord.Guild, changes: Mapping[str, Any]) -> None:
    servers = interaction.client.servers
    if changes.keys() & {"chimers", "format", "task"}:
        await _check_guests(interaction, replace(await servers.of(guild.id), **changes))
    settings = await (servers.change(guild.id, **changes) if changes else servers.of(guild.id))
    await show_anew(interaction, settings_card(settings, interaction.client.settings, guild))


async def _check_guests(interaction: Interaction, settings: ServerSettings) -> None:
    """Raise UserError if a table with nothing but these settings would be silent: it waits for people, whom it does not
    hear."""
    if settings.chimers != NOBODY:
        return
    tasks = (await catalogue_of(interaction)).tasks if settings.task else ()
    task = next((task for task in tasks if task.name == settings.task), None)
    format = TableChoices().format_for(task, settings, interaction.client.settings.discussion)
    if fault := people_fault(format):
        raise UserError(str(fault))


# --- what is pressed ---


async def _on_role(interaction: Interaction, click: Click) -> None:
    guild = _guild_of_manager(interaction)
    if click.argument not in ROLES:
        raise UserError(OUT_OF_DATE)
    await defer(interaction)
    role = next((guild.get_role(int(value)) for value in click.values if value.isdecimal()), None)
    if role is None:
        changes = reset(click.argument)
    else:
        changes = await checked(interaction, {click.argument: str(role.id) if click.argument == "guests" else role})
    await _change(interaction, guild, changes)


async def _on_channels(interaction: Interaction, click: Click) -> None:
    guild = _guild_of_manager(interaction)
    await defer(interaction)
    ids = tuple(int(value) for value in click.values if value.isdecimal())
    await _change(interaction, guild, {"channels": channels_of(guild, ids)})


async def _on_nobody(interaction: Interaction, click: Click) -> None:
    guild = _guild_of_manager(interaction)
    await defer(interaction)
    await _change(interaction, guild, {"chimers": NOBODY})


async def _on_flip(interaction: Interaction, click: Click) -> None:
    guild = _guild_of_manager(interaction)
    now = await interaction.client.servers.of(guild.id)
    votes = now.votes(interaction.client.settings.discussion)
    flipped = {
        "vote": ("vote", not votes),
        "proxies": ("hears_proxies", not now.hears_proxies),
        "memory": ("memory", not now.memory),
        "reactions": ("reactions", not now.reactions),
    }
    if click.argument not in flipped:
        raise UserError(OUT_OF_DATE)
    await defer(interaction)
    await _change(interaction, guild, dict([flipped[click.argument]]))


async def _on_format(interaction: Interaction, click: Click) -> None:
    guild = _guild_of_manager(interaction)
    await defer(interaction)
    await _change(interaction, guild, await checked(interaction, {"format": click.choice}))


async def _on_reset(interaction: Interaction, click: Click) -> None:
    guild = _guild_of_manager(interaction)
    await defer(interaction)
    await _change(interaction, guild, reset(click.values[0] if click.values else ""))


async def _on_ask(interaction: Interaction, click: Click) -> None:
    settings = await interaction.client.servers.of(_guild_of_manager(interaction).id)
    if click.argument not in _FORMS:
        raise UserError(OUT_OF_DATE)
    with may_be_lost(interaction):
        await interaction.response.send_modal(_form(click.argument, settings))


async def _on_form(interaction: Interaction, click: Click) -> None:
    guild = _guild_of_manager(interaction)
    await defer(interaction, ephemeral=True, as_new=interaction.message is None)
    written = {name: click.fields.get(name, "").strip() for name in _FORMS.get(click.argument, ())}
    changes = await checked(interaction, {name: text for name, text in written.items() if text})
    for name in (name for name, text in written.items() if not text):
        changes |= reset(name)
    await _change(interaction, guild, changes)


def _form(which: str, settings: ServerSettings) -> discord.ui.Modal:
    return defaults_form(settings) if which == "defaults" else limits_form(settings)


def _guild_of_manager(interaction: Interaction) -> discord.Guild:
    """The server. Raises UserError for who does not manage it: buttons and forms know no other check."""
    if interaction.guild is None:
        raise UserError("These are settings of a server. Ask me on one.")
    if not interaction.permissions.manage_guild:
        raise UserError(ONLY_ADMINS)
    return interaction.guild


VERBS: Final[Mapping[str, Handler]] = {
    "set-role": _on_role,
    "set-channels": _on_channels,
    "set-format": _on_format,
    "set-nobody": _on_nobody,
    "set-flip": _on_flip,
    "set-reset": _on_reset,
    "set-ask": _on_ask,
    "set-form": _on_form,
}
