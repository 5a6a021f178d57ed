"""`/task`: the tasks that a server makes, and brings along, for itself."""

import asyncio
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.chat.commands.answering.attachments import fetched, require_size
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer
from bot.chat.commands.making import made_things
from bot.chat.commands.making.crafts import CRAFTS
from bot.chat.commands.making.makers import require_maker
from bot.chat.commands.making.making import begin, show_sketch
from bot.chat.commands.making.task_form import starter_of_task
from bot.library.task_exchange import TASK_BYTES, imported_task

# A form holds five fields, and these are five without it.
_STARTER: Final = "When an open table puts a question of it by itself: daily 09:00, or weekly Monday 09:00; never"


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
# Who else is shown it an admin says under Integrations; for those who only look there are the galleries of /roundtable.
@app_commands.default_permissions(manage_guild=True)
class TaskCommands(app_commands.Group, name="task", description="The tasks that this server has made"):
    """Who may make them is looked up at each step; whoever Discord shows them to may look."""

    @app_commands.command(description="Make a task: a form, then a look at it before it is saved")
    @app_commands.describe(starter=_STARTER)
    async def create(self, interaction: Interaction, starter: str | None = None) -> None:
        async with answering(interaction):
            await begin(interaction, "task", {"fields": {}, "base": starter_of_task(starter, "")})

    @app_commands.command(description="Change a task that was made here")
    @app_commands.describe(name="Which task", starter=_STARTER)
    async def edit(self, interaction: Interaction, name: str, starter: str | None = None) -> None:
        async with answering(interaction):
            await made_things.edit(
                interaction, "task", name, besides=lambda base: starter_of_task(starter, base.get("format", ""))
            )

    @app_commands.command(name="list", description="The tasks made here, and who made them")
    async def list_all(self, interaction: Interaction) -> None:
        async with answering(interaction):
            await defer(interaction, ephemeral=True)
            await made_things.show_list(interaction, "task")

    @app_commands.command(description="Show a task with its questions")
    @app_commands.describe(name="Which task")
    async def show(self, interaction: Interaction, name: str) -> None:
        async with answering(interaction):
            await made_things.show_one(interaction, "task", name)

    @app_commands.command(description="Delete a task that was made here")
    @app_commands.describe(name="Which task")
    async def delete(self, interaction: Interaction, name: str) -> None:
        async with answering(interaction):
            await made_things.ask_to_delete(interaction, "task", name)

    @app_commands.command(description="Get a task that was made here as a file")
    @app_commands.describe(name="Which task")
    async def export(self, interaction: Interaction, name: str) -> None:
        async with answering(interaction):
            await made_things.export(interaction, "task", name)

    @app_commands.command(name="import", description="Bring a task along: JSON, or a list of questions")
    @app_commands.describe(file="JSON, or text with one question a line")
    async def bring(self, interaction: Interaction, file: discord.Attachment) -> None:
        async with answering(interaction):
            guild_id = await require_maker(interaction)
            require_size(file, TASK_BYTES)
            await defer(interaction, ephemeral=True)
            data = await fetched(interaction, file.url, file.filename, TASK_BYTES)
            found = await asyncio.to_thread(imported_task, data, file.filename)
            content = CRAFTS["task"].content_of(found)
            sketches = interaction.client.workshop.sketches
            await show_sketch(interaction, await sketches.add(guild_id, interaction.user.id, "task", content))

    @edit.autocomplete("name")
    @delete.autocomplete("name")
    @export.autocomplete("name")
    async def _complete_own(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return await made_things.suggest(interaction, "task", current)

    @show.autocomplete("name")
    async def _complete_every(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return await made_things.suggest(interaction, "task", current, own=False)
