"""A press on “Who convinced you?”: one vote a member and question, which can be changed until the vote is over."""

from collections.abc import Mapping
from typing import Final

import discord

from bot.chat.cards.vote_card import UNTIL, VERB
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, defer
from bot.chat.commands.members.privacy_command import refuse_kept_out
from bot.discussion.model.ballots import ballot_on
from bot.errors import UserError

OVER: Final = "This vote is over. Its result stands on the card, and in the minutes."


async def vote(interaction: Interaction, click: Click) -> None:
    """Count a vote and say so in private. Raises UserError where it does not count."""
    await defer(interaction, ephemeral=True)
    session_id, question_seq, number = _numbers(click.argument)
    store = interaction.client.store
    stored = await store.session(session_id)
    # An argument that was not made by a card in this channel names no vote here.
    if stored is None or stored.place_id != interaction.channel_id:
        raise UserError(OVER)
    await refuse_kept_out(interaction)
    ballot = ballot_on(stored.session, await store.record(session_id), question_seq)
    persona = ballot.choices.get(number) if ballot else None
    if persona is None or not await store.votes.cast(session_id, question_seq, interaction.user.id, persona.name):
        raise UserError(OVER)
    name = discord.utils.escape_markdown(persona.full_name)
    await answer(interaction, f"Your vote for **{name}** counts. You can change it until {UNTIL}.")


def _numbers(argument: str) -> tuple[int, int, int]:
    parts = [int(part) if part.isascii() and part.isdigit() and len(part) < 16 else -1 for part in argument.split(":")]
    if len(parts) != 3:
        raise UserError(OVER)
    return parts[0], parts[1], parts[2]


VERBS: Final[Mapping[str, Handler]] = {VERB: vote}
