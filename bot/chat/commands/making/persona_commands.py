"""`/persona`: the personas that a server makes, and brings along, for itself."""

import asyncio
from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.chat.commands.answering.attachments import fetched, require_picture, require_size
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer
from bot.chat.commands.making import made_things
from bot.chat.commands.making.crafts import CRAFTS
from bot.chat.commands.making.makers import require_maker
from bot.chat.commands.making.making import begin, show_sketch
from bot.library.file_problem import UnusableFile
from bot.library.persona_import import IMPORT_BYTES, NAMELESS, ImportedPersona, imported
from bot.library.portrait_crop import PICTURE_BYTES, picture_digest
from bot.store.own_library import PICTURE, Sketch

_NAMES: Final = ("name", "full_name")


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
# Who else is shown it an admin says under Integrations; for those who only look there are the galleries of /roundtable.
@app_commands.default_permissions(manage_guild=True)
class PersonaCommands(app_commands.Group, name="persona", description="The personas that this server has made"):
    """Who may make them is looked up at each step; whoever Discord shows them to may look."""

    @app_commands.command(description="Make a persona: a form, then a look at it before it is saved")
    @app_commands.describe(picture="Its face: any picture up to 8 MB")
    async def create(self, interaction: Interaction, picture: discord.Attachment | None = None) -> None:
        async with answering(interaction):
            await require_maker(interaction)
            await begin(interaction, "persona", {"fields": {}, **_attached(picture)})

    @app_commands.command(description="Change a persona that was made here")
    @app_commands.describe(name="Which persona", picture="Its new face: any picture up to 8 MB")
    async def edit(self, interaction: Interaction, name: str, picture: discord.Attachment | None = None) -> None:
        async with answering(interaction):
            await require_maker(interaction)
            await made_things.edit(interaction, "persona", name, _attached(picture))

    @app_commands.command(name="list", description="The personas made here, and who made them")
    async def list_all(self, interaction: Interaction) -> None:
        async with answering(interaction):
            await defer(interaction, ephemeral=True)
            await made_things.show_list(interaction, "persona")

    @app_commands.command(description="Show a persona with its card")
    @app_commands.describe(name="Which persona")
    async def show(self, interaction: Interaction, name: str) -> None:
        async with answering(interaction):
            await made_things.show_one(interaction, "persona", name)

    @app_commands.command(description="Delete a persona that was made here")
    @app_commands.describe(name="Which persona")
    async def delete(self, interaction: Interaction, name: str) -> None:
        async with answering(interaction):
            await made_things.ask_to_delete(interaction, "persona", name)

    @app_commands.command(description="Get a persona that was made here as a file")
    @app_commands.describe(name="Which persona")
    async def export(self, interaction: Interaction, name: str) -> None:
        async with answering(interaction):
            await made_things.export(interaction, "persona", name)

    @app_commands.command(name="import", description="Bring a persona along: a character card, or our JSON")
    @app_commands.describe(file="PNG with a card inside, CHARX or JSON")
    async def bring(self, interaction: Interaction, file: discord.Attachment) -> None:
        async with answering(interaction):
            guild_id = await require_maker(interaction)
            require_size(file, IMPORT_BYTES)
            await defer(interaction, ephemeral=True)
            await show_sketch(interaction, await _sketched(interaction, guild_id, file))

    @edit.autocomplete("name")
    @delete.autocomplete("name")
    @export.autocomplete("name")
    async def _complete_own(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return await made_things.suggest(interaction, "persona", current)

    @show.autocomplete("name")
    async def _complete_every(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return await made_things.suggest(interaction, "persona", current, own=False)


async def _sketched(interaction: Interaction, guild_id: int, file: discord.Attachment) -> Sketch:
    """What a file holds, as a sketch. Raises UserError with what is wrong with it."""
    data = await fetched(interaction, file.url, file.filename, IMPORT_BYTES)
    workshop = interaction.client.workshop
    async with workshop.reading:
        found, is_named = await asyncio.to_thread(_read, data, file.filename)
    content = CRAFTS["persona"].content_of(found.persona)
    if not is_named:
        content["fields"] |= dict(zip(_NAMES, found.called, strict=True))
    content["left_out"] = [*map(discord.utils.escape_markdown, found.left_out), *content["left_out"]]
    picture = (picture_digest(found.picture), found.picture) if found.picture else None
    if picture:
        content["picture"] = PICTURE + picture[0]
    return await workshop.sketches.add(guild_id, interaction.user.id, "persona", content, picture)


def _read(data: bytes, filename: str) -> tuple[ImportedPersona, bool]:
    """The persona in a file, and whether it can be called as the file calls it: if not, the form asks for a name."""
    try:
        return imported(data, filename), True
    except UnusableFile as error:
        if any(problem.field not in _NAMES for problem in error.problems):
            raise
    return imported(data, filename, name=NAMELESS), False


def _attached(picture: discord.Attachment | None) -> dict[str, Any]:
    """What a sketch holds of a picture until the form comes back. Raises UserError for what is none."""
    if picture is None:
        return {}
    require_picture(picture, PICTURE_BYTES)
    return {"picture_url": picture.url, "picture_name": picture.filename}
