"""`/roundtable doctor`: whether what a table needs is there, here and now, and what helps where something is not."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import discord
from discord import app_commands

from bot.chat.cards import components as c
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.opening_rights import require_channel
from bot.chat.commands.answering.responses import answering, defer, show
from bot.chat.posting.place_history import LOST
from bot.chat.rules.api_errors import kind_of
from bot.chat.rules.permissions import in_words, missing
from bot.chat.rules.private_threads import can_read
from bot.chat.text.host_details import HostDetails
from bot.errors import EndpointRefused, RoundtableError, UserError
from bot.llm.endpoint import Endpoint
from bot.store.engine import TransientDatabaseError

log = logging.getLogger(__name__)

# How long the model's server may take to say that it is there, in seconds; an interaction waits for 15 minutes.
_ANSWER_SECONDS: Final = 20.0
# However many ask, the server is asked by one at a time, and what came of it holds for so many seconds.
_ENDPOINT: Final = 0
_HOLDS: Final = 60.0
_FOUND: Final = WeakKeyDictionary[Endpoint, "tuple[float, _Finding]"]()
_FOR_THE_HOST: Final = "Tables go on by themselves once it does. Whoever hosts me finds the reason in the log."
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
        head = "All is well here" if all(finding.sign == _WELL for finding in found) else "A table works here"
        if faults:
            head = f"{len(faults)} of {len(found)} things keep{'s' if len(faults) == 1 else ''} a table from working"
        lines = [f"{f.sign} {f.what}" + (f"\n-# ↳ {f.fix}" if f.fix else "") for f in found]
        host = HostDetails.of(interaction.client.settings)
        who = "\n".join(host.lines) if faults else ""
        await show(interaction, c.card(c.text(f"## {head}"), c.text("\n".join(lines)), c.text(who) if who else None))


async def _examine(interaction: Interaction) -> AsyncIterator[_Finding]:
    yield _permissions(interaction)
    if against := _host_rules(interaction):
        yield _Finding(_FAULT, "The host allows no table in this channel.", against)
    yield _reading(interaction)
    if not await _is_let_in(interaction):
        yield _Finding(_FAULT, "I am not in this private thread.", "Mention me in it: that takes me in.")
    if elsewhere := await _channels(interaction):
        yield _Finding(_FAULT, "This server has no tables in this channel.", elsewhere)
    yield await _endpoint(interaction)
    yield await _database(interaction)
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    if runner is not None and runner.reason:
        yield _Finding(
            _LIMITED, f"The table here stands still: {runner.reason}", "Who steers it can try `/roundtable resume`."
        )


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


async def _is_let_in(interaction: Interaction) -> bool:
    channel = interaction.channel
    if not isinstance(channel, discord.Thread):
        return True
    try:
        return await can_read(interaction.client, channel.id, channel)
    except (discord.HTTPException, *LOST) as problem:
        log.info("whether thread %s can be read is left open: %s", channel.id, kind_of(problem))
        return True


async def _channels(interaction: Interaction) -> str:
    """Where this server has its tables, if that is not here."""
    channel = interaction.channel
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    try:
        await require_channel(interaction, parent_id or 0)
    except UserError as refusal:
        return str(refusal)
    return ""


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
    async with interaction.client.saying.of(_ENDPOINT):
        at, found = _FOUND.get(endpoint, (-math.inf, None))
        if found is None or time.monotonic() - at > _HOLDS:
            found = await _tried(endpoint)
            _FOUND[endpoint] = time.monotonic(), found
        return found


async def _tried(endpoint: Endpoint) -> _Finding:
    """Ask the model for a few words. What its server says names the host's machines: it stays in the log."""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            await endpoint.try_out()
    except TimeoutError:
        return _Finding(_FAULT, "The model takes too long to answer.", _FOR_THE_HOST)
    except EndpointRefused as problem:
        log.warning("the doctor finds: %s", problem)
        return _Finding(_FAULT, "The model's server refuses what I ask of it.", _FOR_THE_HOST)
    except RoundtableError as problem:
        log.warning("the doctor finds: %s", problem)
        return _Finding(_FAULT, "The model's server does not answer.", _FOR_THE_HOST)
    return _Finding(_WELL, "The model answers.")


async def _database(interaction: Interaction) -> _Finding:
    try:
        await interaction.client.store.remembered.put("doctor", str(interaction.id))
    except TransientDatabaseError as problem:
        return _Finding(_FAULT, f"My database takes nothing: {problem}", "Whoever hosts me can look at the disk.")
    return _Finding(_WELL, "My database takes what it is given.")


COMMANDS: Final = (doctor,)
