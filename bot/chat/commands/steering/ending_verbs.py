"""What can be pressed below a closed table: its minutes (in the history too), going on, the same table once more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.chat.cards import components as c
from bot.chat.cards import ending_card as ending
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.opening_rights import require_opener
from bot.chat.commands.answering.responses import answer, defer, giving_back, may_be_lost
from bot.chat.commands.members.minutes_command import send_minutes
from bot.chat.commands.opening.opening_place import opening_ground
from bot.chat.commands.opening.opening_table import what_to_expect
from bot.chat.commands.opening.ordered_table import QUESTION_LENGTH, QUESTIONS, questions_in
from bot.chat.commands.steering import actions
from bot.chat.commands.steering.card_verbs import stored_table
from bot.chat.commands.steering.keep_going import keep_going
from bot.discussion.model.record import seats
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.choosing import as_format_has_it, left_out
from bot.discussion.moderation.formats.table import format_of
from bot.errors import UserError

QUESTION: Final = "end.question"


async def _minutes(interaction: Interaction, click: Click) -> None:
    """Also of a table of another channel: whether this member may read it is asked there."""
    await send_minutes(interaction, click.number)


async def _keep_going(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    await defer(interaction, ephemeral=True)
    await answer(interaction, await keep_going(interaction, stored, by=actions.who(interaction)))


async def _same_table(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    await require_opener(interaction)  # before anything is written
    field = c.field("question", "What to discuss next", is_long=True, most=QUESTIONS * QUESTION_LENGTH // 2)
    with may_be_lost(interaction):
        await interaction.response.send_modal(c.form("Same table, new question", QUESTION, stored.id, field))


async def _asked_again(interaction: Interaction, click: Click) -> None:
    async with giving_back(interaction, click.written("question")):
        await _new_question(interaction, click)


async def _new_question(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    questions = questions_in(click.written("question"), are_lines=True)
    if not questions:
        raise UserError("There is no question in it. Write what the table is to discuss.")
    await defer(interaction, ephemeral=True)
    bot, session = interaction.client, stored.session
    ground = await opening_ground(interaction)
    server = await bot.servers.of(stored.guild_id)
    # Whom it ended with.
    cast = seats(session, await bot.store.record(stored.id)) or session.cast
    task = session.task
    # A table that was called by its question is called by the new one.
    name = Task.asking(questions).name if task.name == Task.asking(task.questions).name else task.name
    # What was to be chosen from belongs to what was asked.
    task, format = task.model_copy(update={"name": name, "questions": questions, "options": ()}), format_of(session)
    note = left_out(format, task)
    task, dials = as_format_has_it(format, task, session.dials)
    place = replace(await ground.opened(task.title), most=server.most_tables)
    runner = await bot.supervisor.start(place, task=task, cast=cast, dials=dials, chimers=stored.chimers)
    told = f"The table is open again, with your question{'' if len(questions) == 1 else 's'}."
    await answer(interaction, "\n".join([told, *filter(None, [note]), *what_to_expect(interaction, runner.session)]))


VERBS: Final[Mapping[str, Handler]] = {
    ending.MINUTES: _minutes,
    ending.KEEP_GOING: _keep_going,
    ending.AGAIN: _same_table,
    QUESTION: _asked_again,
}
