"""`/roundtable start`: opens a table at once, with what is given."""

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.chat.cards import bot_messages as cards
from bot.chat.cards.format_options import format_choices
from bot.chat.cards.setup_card import floor_of
from bot.chat.commands.answering.attachments import read_brief
from bot.chat.commands.answering.guests_option import chimers_of, suggested_guests
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, answering, defer
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.answering.suggestions import complete_list, matching
from bot.chat.commands.opening.languages import LANGUAGE_LENGTH, suggested_languages
from bot.chat.commands.opening.opening_table import open_table
from bot.chat.commands.opening.ordered_table import format_in, one_language, options_in, questions_in
from bot.chat.rules.table_choices import ALL, TableChoices


@app_commands.command(description="Open a table: personas discuss, everyone can chime in")
@app_commands.describe(
    question="What to discuss; | between several",
    format="How the table goes",
    options="What to choose between, where it comes to that; | between them",
    task="A setting with rules and questions",
    personas="Who sits there, with commas (default: the usual)",
    turns="How many turns before the summary",
    floor="Who speaks next when nobody was asked",
    brief="A text, Markdown or PDF file as context",
    language="Which language they speak",
    thread="Open it in a new thread",
    guests="Who may chime in",
    vote="Ask after each question who convinced",
)
@app_commands.choices(
    format=format_choices(),
    floor=[Choice(name=cards.floor_choice(floor), value=floor) for floor in cards.FLOORS],
)
async def start(
    interaction: Interaction,
    question: Range[str, 1, 2000] | None = None,
    format: str | None = None,
    options: Range[str, 1, 2000] | None = None,
    task: str | None = None,
    personas: str | None = None,
    turns: Range[int, 1, 200] | None = None,
    floor: str | None = None,
    brief: discord.Attachment | None = None,
    language: Range[str, 1, LANGUAGE_LENGTH] | None = None,
    thread: bool = False,
    guests: str | None = None,
    vote: bool | None = None,
) -> None:
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        text, note = await read_brief(interaction, brief) if brief else ("", "")
        choices = TableChoices(
            questions=questions_in(question or ""),
            format=format_in(format) if format else None,
            options=options_in(options or ""),
            task=task,
            personas=personas,
            turns=turns,
            floor=floor_of(floor),
            language=one_language(language or "") or None,
            vote=vote,
            chimers=chimers_of(guests, interaction.guild) if guests and interaction.guild else None,
            in_new_thread=thread,
            brief=text,
        )
        await answer(interaction, "\n".join(filter(None, [await open_table(interaction, choices), note])))


@start.autocomplete("task")
async def _complete_task(interaction: Interaction, current: str) -> list[Choice[str]]:
    return matching(current, [task.name for task in (await catalogue_of(interaction)).tasks])


@start.autocomplete("personas")
async def _complete_personas(interaction: Interaction, current: str) -> list[Choice[str]]:
    catalogue = await catalogue_of(interaction)
    names = [persona.name for persona in catalogue.personas]
    usual = f"the usual cast ({len(catalogue.cast(''))})"
    return complete_list(current, names, first=[Choice(name=usual, value=ALL)])


@start.autocomplete("language")
async def _complete_language(interaction: Interaction, current: str) -> list[Choice[str]]:
    return suggested_languages(current)


@start.autocomplete("guests")
async def _complete_guests(interaction: Interaction, current: str) -> list[Choice[str]]:
    return suggested_guests(current, interaction.guild)


COMMANDS: Final = (start,)
