"""The `/roundtable` commands: what a convener and a guest can type."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Concatenate, ParamSpec

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.chat.cards import bot_messages as cards
from bot.chat.commands import actions, privacy_command, settings_command
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.modals import SayModal
from bot.chat.commands.opening_place import opening_place
from bot.chat.commands.responses import answer, answering, defer, may_be_lost
from bot.discussion.moderation.agenda import questions_covered
from bot.errors import UserError

P = ParamSpec("P")

# Discord shows at most this many suggestions, each of at most this many characters.
_CHOICES = 25
_CHOICE_LENGTH = 100


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
class RoundtableCommands(app_commands.Group, name="roundtable", description="AI personas hold a moderated discussion"):
    """Every command is answered privately; what concerns the table is said in the channel."""

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
        self,
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
    async def _complete_task(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return _matching(current, [task.name for task in interaction.client.catalogue.tasks])

    @start.autocomplete("personas")
    async def _complete_personas(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return complete_list(current, [persona.name for persona in interaction.client.catalogue.personas])

    @app_commands.command(description="End the table in this channel")
    @app_commands.describe(summary="Have the one who spoke most sum up first")
    async def stop(self, interaction: Interaction, summary: bool = False) -> None:
        await _do(interaction, actions.stop, summary=summary)

    @app_commands.command(description="Pause the table in this channel")
    async def pause(self, interaction: Interaction) -> None:
        await _do(interaction, actions.pause)

    @app_commands.command(description="Go on with the paused table in this channel")
    async def resume(self, interaction: Interaction) -> None:
        await _do(interaction, actions.resume)

    @app_commands.command(description="How the table in this channel stands")
    async def status(self, interaction: Interaction) -> None:
        await _do(interaction, actions.status)

    @app_commands.command(description="Say something to the table in this channel")
    @app_commands.describe(text="What you want to say; begin with a persona's name to have it answer you")
    async def say(self, interaction: Interaction, text: Range[str, 1, 1500]) -> None:
        async with answering(interaction):
            await actions.chime_in(interaction, text)

    @app_commands.command(description="Pass over whoever would speak next")
    async def skip(self, interaction: Interaction) -> None:
        await _do(interaction, actions.skip)

    @app_commands.command(description="Put the next question, or one of your own, on the table")
    @app_commands.describe(question="The question (default: the next on the agenda)")
    async def ask(self, interaction: Interaction, question: Range[str, 1, 300] | None = None) -> None:
        await _do(interaction, actions.put_question, question)

    @app_commands.command(description="Have a persona speak next")
    @app_commands.describe(persona="Who speaks next")
    async def floor(self, interaction: Interaction, persona: str) -> None:
        await _do(interaction, actions.give_floor, persona)

    @app_commands.command(description="Go to the closing turns and the summary")
    async def wrapup(self, interaction: Interaction) -> None:
        await _do(interaction, actions.wrap_up)

    @app_commands.command(description="Change how many turns the discussion has in all")
    @app_commands.describe(turns="How many turns in all, those already taken included")
    async def turns(self, interaction: Interaction, turns: Range[int, 1, 200]) -> None:
        await _do(interaction, actions.change_turns, turns)

    @app_commands.command(description="Give one more persona a seat at the table")
    @app_commands.describe(persona="Who joins")
    async def seat(self, interaction: Interaction, persona: str) -> None:
        await _do(interaction, actions.seat, persona)

    @app_commands.command(description="Have a persona leave the table")
    @app_commands.describe(persona="Who leaves")
    async def unseat(self, interaction: Interaction, persona: str) -> None:
        await _do(interaction, actions.unseat, persona)

    @app_commands.command(description="Have a persona only listen")
    @app_commands.describe(persona="Who only listens")
    async def mute(self, interaction: Interaction, persona: str) -> None:
        await _do(interaction, actions.mute, persona, muted=True)

    @app_commands.command(description="Let a persona speak again")
    @app_commands.describe(persona="Who may speak again")
    async def unmute(self, interaction: Interaction, persona: str) -> None:
        await _do(interaction, actions.mute, persona, muted=False)

    @app_commands.command(description="What is kept about you here; get it, or have it forgotten")
    @app_commands.describe(action="What to do (default: tell what is kept)")
    async def privacy(self, interaction: Interaction, action: privacy_command.Action = "tell") -> None:
        async with answering(interaction):
            await privacy_command.act(interaction, action)

    @app_commands.command(description="What this server sets for its tables; change it (needs Manage Server)")
    @app_commands.describe(
        openers="The role whose members open tables",
        everyone_opens="True: no role is needed any more",
        proxies="Whether members who speak through PluralKit and its like are heard",
    )
    async def settings(
        self,
        interaction: Interaction,
        openers: discord.Role | None = None,
        everyone_opens: bool | None = None,
        proxies: bool | None = None,
    ) -> None:
        await _do(interaction, settings_command.settle, openers, everyone_opens, proxies)

    @floor.autocomplete("persona")
    @unseat.autocomplete("persona")
    @mute.autocomplete("persona")
    @unmute.autocomplete("persona")
    async def _complete_seated(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        runner = interaction.client.supervisor.find(interaction.channel_id or 0)
        return _matching(current, runner.status_report().cast if runner else ())

    @seat.autocomplete("persona")
    async def _complete_unseated(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        runner = interaction.client.supervisor.find(interaction.channel_id or 0)
        seated = runner.status_report().cast if runner else ()
        return _matching(current, [p.name for p in interaction.client.catalogue.personas if p.name not in seated])


async def _do(
    interaction: Interaction,
    action: Callable[Concatenate[Interaction, P], Awaitable[str]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Carry out what was typed; its sentence is the private answer."""
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        await answer(interaction, await action(interaction, *args, **kwargs))


def _matching(current: str, names: Iterable[str]) -> list[Choice[str]]:
    """Suggestions of the names that contain what was typed so far."""
    found = [name for name in names if current.casefold() in name.casefold() and len(name) <= _CHOICE_LENGTH]
    return [Choice(name=name, value=name) for name in found][:_CHOICES]


def complete_list(current: str, names: list[str]) -> list[Choice[str]]:
    """Suggestions that complete the last name of a comma-separated list and keep the ones before it."""
    *done, last = [part.strip() for part in current.split(",")]
    taken = {name.casefold() for name in done}
    choices = [n for n in names if n.casefold().startswith(last.casefold()) and n.casefold() not in taken]
    lists = [", ".join([*filter(None, done), name]) for name in choices]
    return [Choice(name=text, value=text) for text in lists if len(text) <= _CHOICE_LENGTH][:_CHOICES]


@app_commands.context_menu(name="Ask this persona")
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def ask_this_persona(interaction: Interaction, message: discord.Message) -> None:
    """For servers where the bot can't read messages: a reply to a persona's message, in a small form."""
    async with answering(interaction):
        runner = interaction.client.supervisor.open_at(interaction.channel_id or 0)
        if message.webhook_id not in interaction.client.webhooks.owned:
            raise UserError("That is not a persona's message. Pick one of theirs.")
        form = SayModal(runner.id, title=f"Ask {message.author.display_name}", reply_to=message.id)
        with may_be_lost(interaction):
            await interaction.response.send_modal(form)
