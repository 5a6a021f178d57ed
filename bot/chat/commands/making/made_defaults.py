"""Keeps what a server has set as its defaults true when a persona or task of its own is renamed or deleted."""

import dataclasses

from bot.chat.commands.answering.interaction import Interaction
from bot.discussion.text.folding import fold
from bot.store.own_library import Craft
from bot.store.server_settings import ServerSettings


async def rename_in_settings(interaction: Interaction, craft: Craft, name: str, new_name: str | None) -> bool:
    """Have the settings name it by its new name, or no more (None). Out: whether they named it."""
    guild_id = interaction.guild_id or 0
    settings = await interaction.client.servers.of(guild_id)
    renamed = _renamed(settings, craft, name, new_name)
    if renamed == settings:
        return False
    await interaction.client.servers.change(guild_id, task=renamed.task, cast=renamed.cast)
    return True


def _renamed(settings: ServerSettings, craft: Craft, name: str, new_name: str | None) -> ServerSettings:
    if craft == "task":
        is_named = settings.task is not None and fold(settings.task) == fold(name)
        return dataclasses.replace(settings, task=new_name) if is_named else settings
    names = [part.strip() for part in (settings.cast or "").split(",")]
    left = [new_name if fold(part) == fold(name) else part for part in names if part]
    return dataclasses.replace(settings, cast=", ".join(filter(None, left)) or None)
