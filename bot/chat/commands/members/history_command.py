"""`/roundtable history`: the last tables of a server that a member may read, with summary and link."""

from collections.abc import Mapping
from typing import Final

import discord
from discord import app_commands

from bot.chat.cards.history_card import PAGE, PastTable, history_page
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer, show, show_anew
from bot.chat.commands.members.minutes_command import may_read
from bot.errors import Remedy, UserError
from bot.minutes.account import title_of
from bot.store.models import PostKind, Status, StoredSession

NONE_YET: Final = "There has been no table on this server that you can read."
# Of the newest tables of a server, as many are looked through for those that a member may read.
_LOOKED_THROUGH: Final = 100


@app_commands.command(description="The last tables here: what came out of each")
async def history(interaction: Interaction) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        await show(interaction, await _page(interaction, 0))


async def _turn(interaction: Interaction, click: Click) -> None:
    await defer(interaction)
    await show_anew(interaction, await _page(interaction, click.number))


async def _page(interaction: Interaction, number: int) -> discord.ui.LayoutView:
    newest = await interaction.client.store.last_sessions(interaction.guild_id or 0, _LOOKED_THROUGH)
    readable = [stored for stored in newest if may_read(interaction, stored)]
    if not readable:
        raise UserError(NONE_YET, Remedy.OPEN)
    pages = -(-len(readable) // PAGE)
    number = max(0, min(number, pages - 1))
    shown = [await _past(interaction, stored) for stored in readable[number * PAGE : (number + 1) * PAGE]]
    return history_page(shown, number, pages)


async def _past(interaction: Interaction, stored: StoredSession) -> PastTable:
    store = interaction.client.store
    record = await store.record(stored.id)
    card = next(iter(await store.posts.of_session(stored.id, PostKind.CARD)), None)
    url = None
    if card is not None and card.message_id is not None:
        url = f"https://discord.com/channels/{stored.guild_id}/{stored.place_id}/{card.message_id}"
    summaries = [turn.text for turn in record if turn.kind == "summary" and not turn.withheld]
    return PastTable(
        stored.id,
        title_of(stored.session),
        stored.created_at,
        (stored.ended_at or stored.created_at) if stored.status is Status.ENDED else None,
        len(record.persona_turns()),
        summaries[-1] if summaries else "",
        stored.place_id,
        url,
    )


COMMANDS: Final = (history,)
VERBS: Final[Mapping[str, Handler]] = {"history": _turn}
