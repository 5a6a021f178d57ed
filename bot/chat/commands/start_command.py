"""`/roundtable start`: opens a table at once, with what is given."""

from typing import Final

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.chat.cards import bot_messages as cards
from bot.chat.commands import actions
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.opening_place import opening_place
from bot.chat.commands.responses import answer, answering, defer
from bot.chat.commands.suggestions import complete_list, matching
from bot.discussion.moderation.agenda import questions_covered


@app_commands.command(description="Open a table in this channel: personas discuss, everyone can chime in")
@app_commands.describe(
    question="What to discuss (default: the task's own questions)",
    task="The setting and rules of the discussion (default: the first)",
    personas="Who sits at the table, separated by commas (default: everyone)",
    turns="How many turns before the summary",
    floor="Who speaks next when nobody was asked by a guest or given the floor",
)
@app_commands.choices(floor=[Choice(name=cards.floor_choice(floor), value=floor) for floor in cards.FLOORS])
async def start(
    interaction: Interaction,
    question: Range[str, 1, 300] | None = None,
    task: str | None = None,
    personas: str = "",
    turns: Range[int, 1, 200] | None = None,
    floor: str | None = None,
) -> None:
    async with answering(interaction):
        bot = interaction.client
        await defer(interaction, ephemeral=True)
        where = await opening_place(interaction)
        chosen = bot.catalogue.task(task)
        if asked := actions.one_line(question):
            chosen = chosen.model_copy(update={"questions": (asked,)})
        given = {"turns": turns, "floor": floor}
        dials = bot.settings.discussion.model_copy(update={k: v for k, v in given.items() if v})
        cast = bot.catalogue.cast(personas)
        runner = await bot.supervisor.start(where, task=chosen, cast=cast, dials=dials)
        session = runner.session
        reached = questions_covered(session.seed, session.dials, session.task.questions)
        lines = ["The table is open.", cards.covers(session.dials.turns, reached, len(session.task.questions))]
        if not bot.intents.message_content:
            lines.append(cards.CANT_READ)
        await answer(interaction, "\n".join(lines))


@start.autocomplete("task")
async def _complete_task(interaction: Interaction, current: str) -> list[Choice[str]]:
    return matching(current, [task.name for task in interaction.client.catalogue.tasks])


@start.autocomplete("personas")
async def _complete_personas(interaction: Interaction, current: str) -> list[Choice[str]]:
    return complete_list(current, [persona.name for persona in interaction.client.catalogue.personas])


COMMANDS: Final = (start,)
