"""`/roundtable minutes`: the minutes of a table in every form, made anew from what is stored, for whoever asks."""

import io
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer, may_be_lost
from bot.chat.commands.answering.suggestions import CHOICE_LENGTH, CHOICES
from bot.chat.hearing.member_names import look_up_name
from bot.chat.posting.table_files import faces, place_names
from bot.discussion.model.steerings import SeatAdded
from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import clipped
from bot.errors import Remedy, UserError
from bot.minutes.account import title_of
from bot.sessions.delivery.minutes import minutes_files
from bot.store.models import Status, StoredSession

NO_SUCH: Final = "I know no such table here. Pick one of the list that opens when you begin to type."
NONE_HERE: Final = "There has been no table in this channel. Name another one with `table`."
# Of the newest tables of a server, as many are looked through for what was typed.
_LOOKED_THROUGH: Final = 100


async def send_minutes(interaction: Interaction, session_id: int | None) -> None:
    """Answer in private with the minutes of a table of this server: of this one, or of the last one here.

    Raises UserError for a table that there is not, or whose channel the member can't read.
    """
    await defer(interaction, ephemeral=True)
    store = interaction.client.store
    if session_id is None:
        stored = await store.last_session(interaction.channel_id or 0)
        if stored is None:
            raise UserError(NONE_HERE, Remedy.OPEN)
    else:
        stored = await store.session(session_id)
    if stored is None or not may_read(interaction, stored):
        raise UserError(NO_SUCH)
    convener = ""
    if stored.convener_id:
        convener = await look_up_name(interaction.client, stored.guild_id, stored.convener_id, "")
    record = await store.record(stored.id)
    joined = [s.persona for _, s in record.steerings() if isinstance(s, SeatAdded)]
    files = await minutes_files(
        store,
        stored.id,
        names=place_names(interaction.client, stored, convener or None),
        faces=await faces([*stored.session.cast, *joined], store.pictures),
    )
    if not files:  # deleted since
        raise UserError(NO_SUCH)
    title = discord.utils.escape_markdown(clipped(title_of(stored.session), 200))
    so_far = "" if stored.status is Status.ENDED else " so far: the table is still open"
    told = f"The minutes of **{title}**{so_far}. The `.html` file opens in a browser, without any network."
    with may_be_lost(interaction):
        await interaction.followup.send(
            told,
            files=[discord.File(io.BytesIO(data), filename=name) for name, data in files],
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )


@app_commands.command(description="Get the minutes of a table: to read, to print, as data")
@app_commands.describe(table="Which table (default: the one here, or the last one)")
async def minutes(interaction: Interaction, table: str | None = None) -> None:
    async with answering(interaction):
        if table is not None and not (table.isascii() and table.isdigit() and len(table) < 16):
            raise UserError(NO_SUCH)
        await send_minutes(interaction, int(table) if table else None)


@minutes.autocomplete("table")
async def last_tables(interaction: Interaction, current: str) -> list[Choice[str]]:
    """The server's last tables, newest first, whose title or day holds what was typed."""
    newest = await interaction.client.store.last_sessions(interaction.guild_id or 0, _LOOKED_THROUGH)
    shown = [(_label(stored), str(stored.id)) for stored in newest if may_read(interaction, stored)]
    return [Choice(name=label, value=value) for label, value in shown if fold(current) in fold(label)][:CHOICES]


def _label(stored: StoredSession) -> str:
    day = f" · {stored.ended_at or stored.created_at:%Y-%m-%d}"
    return clipped(title_of(stored.session), CHOICE_LENGTH - len(day)) + day


def may_read(interaction: Interaction, stored: StoredSession) -> bool:
    """Whether a table is one of this server, in a channel whose messages the member can read."""
    guild, member = interaction.guild, interaction.user
    if guild is None or stored.guild_id != guild.id or not isinstance(member, discord.Member):
        return False
    if stored.place_id == interaction.channel_id:
        return True  # they are in it
    place = guild.get_channel_or_thread(stored.place_id)
    if isinstance(place, discord.Thread) and place.is_private() and not place.permissions_for(member).manage_threads:
        return False  # who is in it is not known here
    channel = place or guild.get_channel(stored.channel_id)
    # A thread that is archived is not known either: it may have been a private one.
    is_known = place is not None or stored.place_id == stored.channel_id or stored.is_private is False
    if channel is None or not is_known:
        return False
    may = channel.permissions_for(member)
    return may.view_channel and may.read_message_history


COMMANDS: Final = (minutes,)
