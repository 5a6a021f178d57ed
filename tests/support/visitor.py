"""A small bot with one of everything, and how it visits the stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from tests.support.discord_stand_in import Channel, StandIn, pointed_at


class Visitor(commands.Bot):
    """Writes down what it hears; has commands, a view, a form and a menu entry."""

    def __init__(self, **more) -> None:
        intents = more.pop("intents", None) or discord.Intents(guilds=True, guild_messages=True, webhooks=True)
        intents.message_content = more.pop("message_content", True)
        # The library waits this long for further guilds before it says it is ready.
        super().__init__(command_prefix=commands.when_mentioned, intents=intents, guild_ready_timeout=0.02, **more)
        self.heard: list[discord.Message] = []
        self.deleted: list[int] = []
        self.events: list[str] = []

    async def setup_hook(self) -> None:
        self.tree.add_command(VisitorCommands())
        self.tree.add_command(app_commands.ContextMenu(name="Ask", callback=ask))
        await self.tree.sync()
        self.add_view(Panel())

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library's own waits five seconds before it identifies for a second time."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        self.deleted.append(event.message_id)

    async def on_socket_event_type(self, name: str) -> None:
        self.events.append(name)

    @property
    def texts(self) -> list[str]:
        return [message.content for message in self.heard]


class Panel(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Pause", custom_id="pause")
    async def pause(self, interaction: discord.Interaction, _button: discord.ui.Button) -> None:
        await interaction.response.edit_message(content="paused")


class Form(discord.ui.Modal, title="Say something"):
    words = discord.ui.TextInput(label="Words", custom_id="words")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"said: {self.words.value}", ephemeral=True)


async def ask(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"about: {message.content}", ephemeral=True)


class VisitorCommands(app_commands.Group, name="roundtable", description="A table"):
    @app_commands.command(description="Start")
    async def start(
        self, interaction: discord.Interaction, turns: app_commands.Range[int, 1, 50], task: str = ""
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"{turns} turns of {task}")
        await interaction.followup.send("ready", view=Panel())

    @start.autocomplete("task")
    async def suggest(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in ("tea", "toast") if name.startswith(typed)]

    @app_commands.command(description="Say")
    async def say(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())


@asynccontextmanager
async def visiting(server: StandIn, **more) -> AsyncIterator[Visitor]:
    """A bot that is logged in, connected and ready."""
    with pointed_at(server):
        async with Visitor(**more) as bot:
            running = asyncio.create_task(bot.start(server.token))
            ready = asyncio.create_task(bot.wait_until_ready())
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            await server.world.until(lambda: bot.guilds and not bot.guilds[0].unavailable)
            yield bot
            await bot.close()
            await running


def place(bot: Visitor, channel: Channel) -> discord.TextChannel:
    """The stand-in's channel as the bot knows it."""
    found = bot.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def refusal(send: Awaitable[Any]) -> tuple[int, int]:
    """The status and code with which this request is refused."""
    with pytest.raises(discord.HTTPException) as refused:
        await send
    return refused.value.status, refused.value.code


class Answered(Exception):
    """Carries a 5xx past the library's own retries."""
