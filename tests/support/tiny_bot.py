"""A small bot to try the demo's page with, which does in a moment what a table takes minutes for."""

import asyncio
import io
from typing import Any

import discord
from discord import app_commands
from PIL import Image


def square(colour: str) -> bytes:
    """A small PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(out, "PNG")
    return out.getvalue()


class _Control(discord.ui.DynamicItem[discord.ui.Button], template=r"tiny:(?P<what>\w+)"):
    def __init__(self, what: str) -> None:
        super().__init__(discord.ui.Button(label=what.title(), custom_id=f"tiny:{what}"))
        self.what = what

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction, item: Any, match: Any) -> "_Control":
        return cls(match["what"])

    async def callback(self, interaction: discord.Interaction) -> None:
        if self.what == "say":
            await interaction.response.send_modal(_Form())
        elif self.what == "fine":
            await interaction.response.send_message("It is fine.", ephemeral=True)
        else:
            await interaction.response.edit_message(content="paused")


class _Form(discord.ui.Modal, title="Say something"):
    words = discord.ui.TextInput(label="Words")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{interaction.user.display_name} says {self.words.value}")


class _Choice(discord.ui.Select):
    def __init__(self) -> None:
        super().__init__(placeholder="Pick one", options=[discord.SelectOption(label=name) for name in ("tea", "rain")])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"picked {self.values[0]}", ephemeral=True)


class TinyBot(discord.Client):
    """One slash group, a webhook with two personas, a panel, a menu's entry; it repeats what members write."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, messages=True, message_content=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(_Control)
        tiny = app_commands.Group(name="tiny", description="Tiny", guild_only=True)

        @tiny.command(description="Starts")
        async def start(interaction: discord.Interaction, topic: str = "nothing", turns: int = 2) -> None:
            await interaction.response.defer(ephemeral=True)
            await self.talk(interaction.channel_id or 0, [f"{topic} {turn}" for turn in range(1, turns + 1)])
            await interaction.followup.send(f"started on {topic}", ephemeral=True)

        @start.autocomplete("topic")
        async def suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=name, value=name) for name in ("trains", "trams", "tea") if typed in name]

        @tiny.command(description="Chooses")
        async def choose(interaction: discord.Interaction) -> None:
            view = discord.ui.View(timeout=None)
            await interaction.response.send_message("your choice", view=view.add_item(_Choice()))

        @tiny.command(description="Reads a file")
        async def read(interaction: discord.Interaction, file: discord.Attachment, loud: bool = False) -> None:
            text = (await file.read()).decode()
            await interaction.response.send_message(text.upper() if loud else text, ephemeral=True)

        @tiny.command(description="Opens a thread")
        async def thread(interaction: discord.Interaction, name: str) -> None:
            assert isinstance(interaction.channel, discord.TextChannel)
            await interaction.response.defer(ephemeral=True)
            made = await interaction.channel.create_thread(name=name, type=discord.ChannelType.public_thread)
            await made.send("here we are")
            command = f"</tiny choose:{self.tree_ids['tiny']}>"
            await interaction.followup.send(f"opened {made.mention}; or {command}", ephemeral=True)

        @tiny.command(description="Silent")
        async def silent(interaction: discord.Interaction) -> None:
            pass

        @self.tree.context_menu(name="Who is this?")
        @app_commands.guild_only()
        async def who(interaction: discord.Interaction, message: discord.Message) -> None:
            view = discord.ui.LayoutView(timeout=None)
            row = discord.ui.ActionRow(discord.ui.Button(label="Fine", custom_id="tiny:fine"))
            card = discord.ui.Container(discord.ui.TextDisplay(f"That is {message.author.display_name}."), row)
            await interaction.response.send_message(view=view.add_item(card), ephemeral=True)

        self.tree.add_command(tiny)
        self.tree_ids = {command.name: command.id for command in await self.tree.sync()}
        self.face = await self.create_application_emoji(name="face", image=square("red"))

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot and not message.webhook_id:
            await message.channel.send(f"heard {message.author.display_name}: {message.content}")

    async def talk(self, channel_id: int, lines: list[str], pause: float = 0) -> None:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        view = discord.ui.View(timeout=None)
        await channel.send("panel", view=view.add_item(_Control("pause")).add_item(_Control("say")))
        webhook = await channel.create_webhook(name="tiny")
        for number, line in enumerate(lines):
            await webhook.send(line, username=("Ann", "Bo")[number % 2], avatar_url=self.face.url, wait=True)
            await asyncio.sleep(pause)

    @property
    def place(self) -> int:
        return self.guilds[0].text_channels[0].id
