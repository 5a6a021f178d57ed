"""What a convener types to steer a table: the commands behind which `actions.py` stands."""

from typing import Final

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import carry_out
from bot.chat.commands.answering.suggestions import matching
from bot.chat.commands.steering import actions


@app_commands.command(description="End the table in this channel")
@app_commands.describe(summary="Have the one who spoke most sum up first")
async def stop(interaction: Interaction, summary: bool = False) -> None:
    await carry_out(interaction, actions.stop, summary=summary)


@app_commands.command(description="Pause the table in this channel")
async def pause(interaction: Interaction) -> None:
    await carry_out(interaction, actions.pause)


@app_commands.command(description="Go on with the table here, paused or closed")
async def resume(interaction: Interaction) -> None:
    await carry_out(interaction, actions.resume)


@app_commands.command(description="Pass over whoever would speak next")
async def skip(interaction: Interaction) -> None:
    await carry_out(interaction, actions.skip)


@app_commands.command(description="Put the next question, or one of your own, on the table")
@app_commands.describe(question="The question (default: the next on the agenda)")
async def ask(interaction: Interaction, question: Range[str, 1, 300] | None = None) -> None:
    await carry_out(interaction, actions.put_question, question)


@app_commands.command(description="Have a persona speak next")
@app_commands.describe(persona="Who speaks next")
async def floor(interaction: Interaction, persona: str) -> None:
    await carry_out(interaction, actions.give_floor, persona)


@app_commands.command(description="Go to the closing turns and the summary")
async def wrapup(interaction: Interaction) -> None:
    await carry_out(interaction, actions.wrap_up)


@app_commands.command(description="Change how many turns the discussion has in all")
@app_commands.describe(turns="How many turns in all, those already taken included")
async def turns(interaction: Interaction, turns: Range[int, 1, 200]) -> None:
    await carry_out(interaction, actions.change_turns, turns)


@floor.autocomplete("persona")
async def complete_seated(interaction: Interaction, current: str) -> list[Choice[str]]:
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    return matching(current, runner.status_report().cast if runner else ())


COMMANDS: Final = (
    stop,
    pause,
    resume,
    skip,
    ask,
    floor,
    wrapup,
    turns,
)
