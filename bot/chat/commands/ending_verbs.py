"""What can be pressed below a closed table: its minutes, going on with it, the same table with a new question."""

import io
from collections.abc import Mapping
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards import ending_card as ending
from bot.chat.commands import actions
from bot.chat.commands.card_verbs import stored_table
from bot.chat.commands.clicks import Click, Handler
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.opening_place import opening_place
from bot.chat.commands.reopening import keep_going
from bot.chat.commands.responses import answer, defer, may_be_lost
from bot.discussion.model.record import seats
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError
from bot.sessions.delivery.minutes import minutes

QUESTION: Final = "end.question"
_QUESTION_LENGTH: Final = 300
_NAME_LENGTH: Final = 100


async def _minutes(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    text = minutes(stored.session, await interaction.client.store.record(stored.id))
    file = discord.File(io.BytesIO(text.encode(errors="replace")), filename="minutes.md")
    with may_be_lost(interaction):
        await interaction.response.send_message(
            "The minutes of this table.", file=file, ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
        )


async def _keep_going(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    await defer(interaction, ephemeral=True)
    await answer(interaction, await keep_going(interaction, stored, by=actions.who(interaction)))


async def _same_table(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    field = c.field("question", "What to discuss next", is_long=True, most=_QUESTION_LENGTH)
    with may_be_lost(interaction):
        await interaction.response.send_modal(c.form("Same table, new question", QUESTION, stored.id, field))


async def _new_question(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    question = actions.one_line(click.fields["question"])
    if question is None:
        raise UserError("There is no question in it. Write what the table is to discuss.")
    await defer(interaction, ephemeral=True)
    where = await opening_place(interaction)
    session = stored.session
    # Whom it ended with.
    cast = seats(session, await interaction.client.store.record(stored.id)) or session.cast
    task = session.task
    # A table that was called by its question is called by the new one.
    is_question = task.name.rstrip("…") in task.questions[0]
    name = clipped(question, _NAME_LENGTH) if is_question else task.name
    task = task.model_copy(update={"name": name, "questions": (question,)})
    await interaction.client.supervisor.start(where, task=task, cast=cast, dials=session.dials)
    await answer(interaction, "The table is open again, with your question.")


VERBS: Final[Mapping[str, Handler]] = {
    ending.MINUTES: _minutes,
    ending.KEEP_GOING: _keep_going,
    ending.AGAIN: _same_table,
    QUESTION: _new_question,
}
