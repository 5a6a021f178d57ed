"""A vote on “Who convinced you?”, pressed or typed: one a member and question, to be changed until it is over."""

from collections.abc import Mapping
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.chat.cards.poll_card import VERB as POLL_VERB
from bot.chat.cards.vote_card import UNTIL, VERB
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, answering, defer
from bot.chat.commands.answering.suggestions import CHOICE_LENGTH, matching
from bot.chat.commands.members.privacy_command import refuse_kept_out
from bot.discussion.model.ballots import Ballot, ballot_on
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll, letter, poll_of
from bot.discussion.model.record import Record
from bot.discussion.text.folding import fold, one_line
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError
from bot.sessions.session_runner import SessionRunner
from bot.store.models import StoredSession

NONE_OPEN: Final = "There is no vote in this channel now. At a table that has votes, one follows each question."
OVER: Final = "This vote is over. Its result stands on the card, and in the minutes."


async def _pressed(interaction: Interaction, click: Click) -> None:
    """Count a vote and say so in private. Raises UserError where it does not count."""
    stored, record, question_seq, number = await _pressed_on(interaction, click)
    ballot = ballot_on(stored.session, record, question_seq)
    await _count(interaction, stored.id, ballot, ballot.choices.get(number) if ballot else None)


async def _pressed_in_poll(interaction: Interaction, click: Click) -> None:
    """Count a vote in a poll of the table's format and say so in private. Raises UserError where it does not count."""
    stored, record, seq, number = await _pressed_on(interaction, click)
    poll = poll_of(record, seq)
    if poll is None or not 0 <= number < len(poll.options):
        raise UserError(OVER)
    await _count_in_poll(interaction, stored.id, poll, number)


async def _pressed_on(interaction: Interaction, click: Click) -> tuple[StoredSession, Record, int, int]:
    """The table whose vote was pressed, its record, the turn that put it to the vote, and the number of the choice.

    Deferred. Raises UserError also for a member who is kept out.
    """
    await defer(interaction, ephemeral=True)
    session_id, seq, number = _numbers(click.argument)
    store = interaction.client.store
    stored = await store.session(session_id)
    # An argument that was not made by a card in this channel names no vote here.
    if stored is None or stored.place_id != interaction.channel_id:
        raise UserError(OVER)
    await refuse_kept_out(interaction)
    return stored, await store.record(session_id), seq, number


async def _count_in_poll(interaction: Interaction, session_id: int, poll: Poll, number: int) -> None:
    counts = await _cast(interaction, session_id, poll.seq, str(number))
    option = discord.utils.escape_markdown(_choices(poll)[int(counts)])
    await answer(interaction, f"Your vote for **{option}** counts. Change it while the vote is open.")


def _choices(poll: Poll) -> list[str]:
    """What can be voted for, as it is suggested and told."""
    return [clipped(f"{letter(n)} · {one_line(option)}", CHOICE_LENGTH) for n, option in enumerate(poll.options)]


async def _count(interaction: Interaction, session_id: int, ballot: Ballot | None, persona: Persona | None) -> None:
    if ballot is None or persona is None:
        raise UserError(OVER)
    counts = await _cast(interaction, session_id, ballot.question_seq, persona.name)
    chosen = next((each for each in ballot.choices.values() if each.name == counts), persona)
    name = discord.utils.escape_markdown(chosen.full_name)
    await answer(interaction, f"Your vote for **{name}** counts. You can change it until {UNTIL}.")


async def _cast(interaction: Interaction, session_id: int, seq: int, choice: str) -> str:
    """Out: what the member's vote is for: this, or what the member has voted for since. Raises UserError once the vote
    is over."""
    votes = interaction.client.store.votes
    counts = await votes.cast(session_id, seq, interaction.user.id, choice, at=interaction.created_at)
    if counts is None:
        raise UserError(OVER)
    return counts


def _numbers(argument: str) -> tuple[int, int, int]:
    parts = [int(part) if part.isascii() and part.isdigit() and len(part) < 16 else -1 for part in argument.split(":")]
    if len(parts) != 3:
        raise UserError(OVER)
    return parts[0], parts[1], parts[2]


@app_commands.command(description="Vote where a vote is open: who convinced you, or what you are for")
@app_commands.describe(persona="Who convinced you, or what you are for")
async def vote(interaction: Interaction, persona: str) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        runner, ballot = await _ballot(interaction)
        if runner and (poll := await _poll(interaction)):
            await refuse_kept_out(interaction)
            await _count_in_poll(interaction, runner.id, poll, _number_of(poll, persona))
            return
        if runner is None or ballot is None:
            raise UserError(NONE_OPEN)
        await refuse_kept_out(interaction)
        names = [choice.full_name for choice in ballot.choices.values()]
        typed = fold(persona.strip())
        found = next((p for p in ballot.choices.values() if typed in (fold(p.name), fold(p.full_name))), None)
        if found is None:
            asked = discord.utils.escape_markdown(clipped(persona, CHOICE_LENGTH))
            raise UserError(f"“{asked}” has not spoken on that question. You can vote for {', '.join(names)}.")
        await _count(interaction, runner.id, ballot, found)


@vote.autocomplete("persona")
async def _complete_choices(interaction: Interaction, current: str) -> list[Choice[str]]:
    if poll := await _poll(interaction):
        return matching(current, _choices(poll))
    _, ballot = await _ballot(interaction)
    return matching(current, [choice.full_name for choice in ballot.choices.values()] if ballot else ())


async def _ballot(interaction: Interaction) -> tuple[SessionRunner | None, Ballot | None]:
    """The table in this place, and what can be voted on there now."""
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    seq = await interaction.client.store.votes.open_vote(runner.id) if runner else None
    return runner, ballot_on(runner.session, runner.record, seq) if runner and seq is not None else None


async def _poll(interaction: Interaction) -> Poll | None:
    """The poll of the format of the table in this place, while it is open."""
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    seq = await interaction.client.store.votes.open_vote(runner.id) if runner else None
    return poll_of(runner.record, seq) if runner and seq is not None else None


def _number_of(poll: Poll, typed: str) -> int:
    """The option that somebody names by its letter, its words or both. Raises UserError."""
    said = fold(typed.strip())
    for number, choice in enumerate(_choices(poll)):
        if said in (fold(letter(number)), fold(one_line(poll.options[number])), fold(choice)):
            return number
    asked = discord.utils.escape_markdown(clipped(typed, CHOICE_LENGTH))
    letters = ", ".join(letter(number) for number in range(len(poll.options)))
    raise UserError(f"“{asked}” is not to be voted on. You can vote for {letters}, as the card of the vote has them.")


COMMANDS: Final = (vote,)
VERBS: Final[Mapping[str, Handler]] = {VERB: _pressed, POLL_VERB: _pressed_in_poll}
