"""`/roundtable memory`: what is kept of earlier tables for later ones, and having it forgotten, one or all of it."""

from collections.abc import Callable, Mapping
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.chat.cards.memory_card import ALL, ASK, FORGET, PAGE, TURN, ShownMemory, memory_page, sure_card, title_of
from bot.chat.commands.answering.clicks import Click, Handler, as_number
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer, show, show_anew
from bot.chat.commands.answering.suggestions import CHOICE_LENGTH, CHOICES
from bot.chat.commands.members.minutes_command import may_read
from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError
from bot.sessions.forgetting import forget_memories
from bot.store.models import KeptMemory, StoredSession

SURE: Final = (
    "**Forget what came of “{title}”?** No later table is told of it. Its minutes stay, and so does what a table that "
    "is open now was told of it at its start. This can't be undone."
)
SURE_OF_ALL: Final = (
    "**Forget what came of every table of this server?** That is {many}, also of channels that you can't see. No later "
    "table is told of any. Their minutes stay, and so does what tables that are open now were told of them at their "
    "start. This can't be undone."
)
NO_SUCH: Final = "Nothing is kept of that table. Pick one of the list that opens when you begin to type."
NOT_YOURS: Final = (
    "Only whoever convened that table, members with **Manage Server**, and those with the role that steers any table "
    "here have it forgotten."
)
NOT_ALL: Final = "Only members with **Manage Server** have all of it forgotten."
SWITCHED_OFF: Final = (
    "**It is switched off on this server**: nothing more is kept, and no table is told of any. "
    "`/roundtable settings memory:True` changes that."
)
HOST_WANTS_NONE: Final = "**Whoever hosts me has it switched off**: nothing more is kept, and no table is told of any."

# Of what is kept of a server, the latest are looked through for what a member may see.
_LOOKED_THROUGH: Final = 200


@app_commands.command(description="What later tables are told of earlier ones; forget it")
@app_commands.describe(forget="Which table's, or all of it")
async def memory(interaction: Interaction, forget: str | None = None) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        await show(interaction, await (_page(interaction, 0) if forget is None else _sure(interaction, forget)))


@memory.autocomplete("forget")
async def _complete(interaction: Interaction, current: str) -> list[Choice[str]]:
    """What the member may have forgotten, newest first, by question or day."""
    kept = await interaction.client.store.memories.of_server(interaction.guild_id or 0, _LOOKED_THROUGH)
    may_forget = await _right_to_forget(interaction)
    labels = [(_label(each), str(each.stored.id)) for each in kept if may_forget(each.stored)]
    if len(kept) > 1 and _manages(interaction):
        labels.insert(0, ("all of it", ALL))
    return [Choice(name=label, value=value) for label, value in labels if fold(current) in fold(label)][:CHOICES]


async def _page(interaction: Interaction, number: int) -> discord.ui.LayoutView:
    kept = await interaction.client.store.memories.of_server(interaction.guild_id or 0, _LOOKED_THROUGH)
    may_forget = await _right_to_forget(interaction)
    readable = [each for each in kept if may_read(interaction, each.stored)]
    pages = max(1, -(-len(readable) // PAGE))
    number = max(0, min(number, pages - 1))
    shown = [ShownMemory(each, may_forget(each.stored)) for each in readable[number * PAGE : (number + 1) * PAGE]]
    notes = await _notes(interaction)
    if unseen := _manages(interaction) and len(kept) - len(readable):
        notes.append(f"-# {unseen} more {'is' if unseen == 1 else 'are'} of channels that you can't see.")
    return memory_page(shown, number, pages, notes=notes, may_forget_all=bool(kept) and _manages(interaction))


async def _notes(interaction: Interaction) -> list[str]:
    if not interaction.client.settings.table_memory:
        return [HOST_WANTS_NONE]
    is_on = (await interaction.client.servers.of(interaction.guild_id or 0)).memory
    return [] if is_on else [SWITCHED_OFF]


async def _sure(interaction: Interaction, which: str) -> discord.ui.LayoutView:
    """Asks whether to forget it. Raises UserError for whoever may not, and for what is not kept."""
    kept = await _to_forget(interaction, which)
    if which == ALL:
        tables = "one table" if len(kept) == 1 else f"{len(kept)} tables"
        return sure_card(SURE_OF_ALL.format(many=tables), ALL)
    return sure_card(SURE.format(title=discord.utils.escape_markdown(title_of(kept[0]))), which)


async def _to_forget(interaction: Interaction, which: str) -> list[KeptMemory]:
    """What is kept of a table, by its number, or of all. Raises UserError."""
    memories, guild_id = interaction.client.store.memories, interaction.guild_id or 0
    if which == ALL:
        if not _manages(interaction):
            raise UserError(NOT_ALL)
        kept = await memories.of_server(guild_id)
    else:
        one = (
            await memories.one(guild_id, int(which))
            if which.isascii() and which.isdigit() and len(which) < 16
            else None
        )
        kept = [one] if one is not None else []
    if not kept:
        raise UserError(NO_SUCH)
    if which != ALL and not (await _right_to_forget(interaction))(kept[0].stored):
        # Nobody learns so what there was in a channel that they can't see.
        raise UserError(NOT_YOURS if may_read(interaction, kept[0].stored) else NO_SUCH)
    return kept


async def _right_to_forget(interaction: Interaction) -> Callable[[StoredSession], bool]:
    """Tells of a table whether this person may have forgotten what is kept of it.

    Its convener may, whoever manages the server, and whoever has the role that the server has set to steer any table:
    it is all of a server that is told, so to manage messages in one channel is not enough.
    """
    user, role_id = interaction.user, (await interaction.client.servers.of(interaction.guild_id or 0)).steerer_role_id
    steers = role_id is not None and isinstance(user, discord.Member) and user.get_role(role_id) is not None
    manages = _manages(interaction)
    return lambda stored: user.id == stored.convener_id or manages or (steers and may_read(interaction, stored))


def _manages(interaction: Interaction) -> bool:
    return interaction.permissions.manage_guild


def _label(kept: KeptMemory) -> str:
    day = f" · {kept.kept_at:%Y-%m-%d}"
    return clipped(title_of(kept), CHOICE_LENGTH - len(day)) + day


# --- what is pressed ---


async def _on_turn(interaction: Interaction, click: Click) -> None:
    await defer(interaction)
    await show_anew(interaction, await _page(interaction, click.number))


async def _on_ask(interaction: Interaction, click: Click) -> None:
    await defer(interaction, ephemeral=True, as_new=True)
    await show(interaction, await _sure(interaction, _which(click)))


async def _on_forget(interaction: Interaction, click: Click) -> None:
    await defer(interaction)
    kept = await _to_forget(interaction, _which(click))
    await forget_memories(interaction.client.store, [each.stored.id for each in kept])
    await show_anew(interaction, await _page(interaction, 0))


def _which(click: Click) -> str:
    return ALL if click.argument == ALL else str(as_number(click.argument))


COMMANDS: Final = (memory,)
VERBS: Final[Mapping[str, Handler]] = {TURN: _on_turn, ASK: _on_ask, FORGET: _on_forget}
