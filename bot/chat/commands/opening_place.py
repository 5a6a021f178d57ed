"""Whether a table may be opened where somebody asks for one: found out before it is said to be open."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import discord

from bot.chat.commands.actions import require_voice
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.settings_command import require_opener
from bot.chat.posting.place_history import LOST
from bot.chat.rules.api_errors import explain
from bot.chat.rules.permissions import in_words, missing
from bot.chat.rules.private_threads import can_read
from bot.errors import UserError
from bot.sessions.delivery.stage import OutcomeUnknown, PostRejected
from bot.sessions.supervisor import OpeningPlace

_OUTAGE: Final = (
    "Discord itself has trouble with this server at the moment, and tells me neither its channels nor its roles. "
    "Try again in a few minutes."
)
_NO_ANSWER: Final = "Discord does not answer me at the moment, so no table was opened. Try again in a minute."


async def opening_place(interaction: Interaction) -> OpeningPlace:
    """The place a command was used in, with the webhook that a table needs there.

    Raises UserError where a table can't be, whoever asks may not open one, the bot lacks a permission, or Discord
    refuses it the webhook.
    """
    channel = interaction.channel
    in_thread = isinstance(channel, discord.Thread)
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    if interaction.guild_id is None or channel is None or parent_id is None:
        raise UserError("A table can only be opened in a server's channel or thread that I can see.")
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread):
        raise UserError("A table can be opened in a text channel or a thread, not here.")
    require_voice(interaction)
    if interaction.guild and interaction.guild.unavailable:
        raise UserError(_OUTAGE)  # neither can be looked up: the mark of a channel, who has which role
    if interaction.guild and (against := interaction.client.host_rules.against(interaction.guild, parent_id)):
        raise UserError(against)
    await require_opener(interaction)
    with _refusals_in_words():
        # What an interaction says of permissions are those of a thread's parent.
        if isinstance(channel, discord.Thread) and not await can_read(interaction.client, channel.id, channel):
            raise UserError("I am not in this private thread. Mention me in this thread first, then try again.")
    in_voice = isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    if lacking := missing(interaction.app_permissions, in_thread=in_thread, in_voice=in_voice):
        raise UserError(
            f"I am missing {in_words(lacking)} in this channel. Please have an admin grant "
            f"{'it' if len(lacking) == 1 else 'them'} to me, then try again."
        )
    with _refusals_in_words():
        # Without it no turn is ever shown, and some refusals come with it only.
        await interaction.client.webhooks.of(parent_id)
    return OpeningPlace(interaction.guild_id, channel.id, parent_id, interaction.user.id, interaction.id)


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """Around what is asked of Discord: a refusal, or an answer that is lost, becomes a UserError."""
    try:
        yield
    except discord.HTTPException as error:
        match explain(error, []):
            case OutcomeUnknown():
                raise UserError(_NO_ANSWER) from error
            case PostRejected(sentence=sentence):
                raise UserError(sentence) from error
    except LOST as error:
        raise UserError(_NO_ANSWER) from error
