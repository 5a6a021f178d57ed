"""`/roundtable doctor`: whether what a table needs is there, here and now, and what helps where something is not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import discord
from discord import app_commands

from bot.chat.cards import components as c
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer, show
from bot.chat.rules.permissions import in_words, missing
from bot.chat.text.host_details import HostDetails
from bot.errors import RoundtableError
from bot.store.engine import TransientDatabaseError

# How long the model's server may take to say that it is there, in seconds; an interaction waits for 15 minutes.
_ANSWER_SECONDS: Final = 20.0
# However many ask, the server is asked by one at a time.
_ENDPOINT: Final = 0
_WELL: Final = "✅"
_LIMITED: Final = "⚠️"
_FAULT: Final = "❌"


@dataclass(frozen=True, slots=True)
class _Finding:
    sign: str
    what: str
    fix: str = ""


@app_commands.command(description="Something does not work: see what, and what helps")
async def doctor(interaction: Interaction) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        found = [finding async for finding in _examine(interaction)]
        faults = [finding for finding in found if finding.sign == _FAULT]
        head = f"{len(faults)} of {len(found)} things keep a table from working" if faults else "All is well here"
        lines = [f"{f.sign} {f.what}" + (f"\n-# ↳ {f.fix}" if f.fix else "") for f in found]
        host = HostDetails.of(interaction.client.settings)
        who = "\n".join(host.lines) if faults else ""
        await show(interaction, c.card(c.text(f"## {head}"), c.text("\n".join(lines)), c.text(who) if who else None))


async def _examine(interaction: Interaction) -> AsyncIterator[_Finding]:
    yield _permissions(interaction)
    if against := _host_rules(interaction):
        yield _Finding(_FAULT, "The host allows no table in this channel.", against)
    yield _reading(interaction)
    yield await _endpoint(interaction)
    yield await _database(interaction)
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    if runner is not None and runner.reason:
        yield _Finding(_LIMITED, f"The table here stands still: {runner.reason}", "`/roundtable resume` tries at once.")


def _permissions(interaction: Interaction) -> _Finding:
    channel = interaction.channel
    in_voice = isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    in_thread = isinstance(channel, discord.Thread)
    lacking = missing(interaction.app_permissions, in_thread=in_thread, in_voice=in_voice)
    if not lacking:
        return _Finding(_WELL, "I have every permission that a table needs in this channel.")
    return _Finding(
        _FAULT,
        f"I am missing {in_words(lacking)} in this channel.",
        "Server Settings → Roles → my role, or Edit Channel → Permissions; somebody with **Manage Roles** can do that.",
    )


def _host_rules(interaction: Interaction) -> str | None:
    channel, guild = interaction.channel, interaction.guild
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    return interaction.client.host_rules.against(guild, parent_id) if guild and parent_id else None


def _reading(interaction: Interaction) -> _Finding:
    if interaction.client.intents.message_content:
        return _Finding(_WELL, "I can read what is written at a table.")
    return _Finding(
        _LIMITED,
        "I can't read ordinary messages: guests use `/roundtable say`, mention me, or *Ask this persona*.",
        "Whoever hosts me can switch on Message Content for me: Developer Portal → Bot → Privileged Gateway Intents.",
    )


async def _endpoint(interaction: Interaction) -> _Finding:
    endpoint = interaction.client.endpoints.default
    if interaction.client.settings.llm_base_url is None:
        return _Finding(
            _LIMITED,
            "The personas are played by a text generator inside me, which makes no sense of anything.",
            "Whoever hosts me can set LLM_BASE_URL to a server with a language model.",
        )
    try:
        async with interaction.client.saying.of(_ENDPOINT), asyncio.timeout(_ANSWER_SECONDS):
            await endpoint.try_out()
    except TimeoutError:
        return _Finding(_FAULT, "The model takes too long to answer.", "Whoever hosts me can look at its server.")
    except RoundtableError as problem:
        return _Finding(_FAULT, f"The model does not answer. {problem}", "Tables go on by themselves once it does.")
    return _Finding(_WELL, "The model answers.")


async def _database(interaction: Interaction) -> _Finding:
    try:
        await interaction.client.store.remembered.put("doctor", str(interaction.id))
    except TransientDatabaseError as problem:
        return _Finding(_FAULT, f"My database takes nothing: {problem}", "Whoever hosts me can look at the disk.")
    return _Finding(_WELL, "My database takes what it is given.")


COMMANDS: Final = (doctor,)
