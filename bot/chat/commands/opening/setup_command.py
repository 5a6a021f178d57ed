"""`/roundtable setup` and the button that opens it: a private card on which a table is chosen, then opened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import discord
from discord import app_commands

from bot.chat.cards import components as c
from bot.chat.cards import setup_card as card
from bot.chat.commands.answering.clicks import Click, Handler, as_number
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.opening_rights import require_opener
from bot.chat.commands.answering.responses import answer, answering, defer, in_words, may_be_lost, show, show_anew
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.opening.opening_table import open_table
from bot.chat.commands.opening.ordered_table import one_language, options_in, questions_in
from bot.chat.rules.table_choices import ALL, EVERYONE, NO_TASK, NOBODY, TableChoices, about_minutes
from bot.discussion.moderation.formats.choosing import first_format, people_fault
from bot.discussion.moderation.formats.format import Format
from bot.errors import RoundtableError, UserError
from bot.library.catalogue import Catalogue
from bot.store.server_settings import ServerSettings

_HOW_TO_BRIEF: Final = (
    "A file can only come with a command: `/roundtable start` takes a text, Markdown or PDF file as its `brief`, with "
    "a `question` about it. Everything else here is an option there, too."
)
_CANCELLED: Final = "No table was opened. `/roundtable setup` begins anew, with what was last chosen here."
# An option's value has a hundred characters, and says what it is.
_TASK_LENGTH: Final = 90
_TOO_MANY: Final = f"A table that is set up here seats up to {c.OPTIONS}; leave `personas` empty for the usual cast."


@app_commands.command(description="Set a table up on a card, then open it")
async def setup(interaction: Interaction) -> None:
    async with answering(interaction):
        await open_setup(interaction)


async def open_setup(interaction: Interaction, choices: TableChoices | None = None) -> None:
    """Show somebody a card of their own. `choices`: what it begins with (None: what was last chosen in this place)."""
    with may_be_lost(interaction):
        await interaction.response.defer(ephemeral=True, thinking=True)
    if interaction.guild_id is None:
        raise UserError("A table can only be opened on a server.")
    await require_opener(interaction)  # before anything is filled in
    if choices is None:
        choices = TableChoices.recalled(await interaction.client.last_choices.of(interaction.channel_id or 0))
    server = await interaction.client.servers.of(interaction.guild_id)
    filled_in = choices.filled_in(server, interaction.client.settings.discussion)
    catalogue = await catalogue_of(interaction)
    standing = _as_it_can_be(filled_in, catalogue, interaction.guild)
    standing = replace(standing, format=_format(interaction, standing, server, catalogue).name)
    shown = await _drawn(interaction, standing, _names(filled_in.personas or "", catalogue))
    await show(interaction, shown)


def _format(interaction: Interaction, standing: TableChoices, server: ServerSettings, catalogue: Catalogue) -> Format:
    """The format that was chosen, else the one that a table of this setting has here anyway."""
    task = next((task for task in catalogue.tasks if task.name == standing.task), None)
    return standing.format_for(task, server, interaction.client.settings.discussion)


async def _with_task(interaction: Interaction, standing: TableChoices, task: str) -> TableChoices:
    """With another setting, and with the format that it brings."""
    if task == standing.task:
        return standing
    standing = replace(standing, task=task, format=None)
    server = await interaction.client.servers.of(interaction.guild_id or 0)
    return _with_format(standing, _format(interaction, standing, server, await catalogue_of(interaction)).name)


def _with_format(standing: TableChoices, name: str) -> TableChoices:
    keeps = first_format(name).takes_options
    return replace(standing, format=name, options=standing.options if keeps else ())


def _as_it_can_be(choices: TableChoices, catalogue: Catalogue, guild: discord.Guild | None) -> TableChoices:
    """Without what is there no more since it was last chosen."""
    role, channel = choices.chimers, choices.channel_id
    tasks = [task.name for task in catalogue.tasks]
    is_role = guild is not None and role not in (None, EVERYONE, NOBODY)
    return replace(
        choices,
        task=choices.task if choices.task in tasks else NO_TASK,
        chimers=EVERYONE if is_role and guild and guild.get_role(role or 0) is None else role,
        channel_id=channel if guild and channel and guild.get_channel(channel) else None,
    )


def _names(personas: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Who is meant, by name; nobody for those who sit there anyway, and where somebody is there no more."""
    if not personas or personas == ALL:
        return ()
    try:
        names = tuple(persona.name for persona in catalogue.cast(personas))
    except UserError:
        return ()
    usual = {persona.name for persona in catalogue.cast("")}
    return names if set(names) != usual and len(names) <= c.OPTIONS else ()


async def _drawn(
    interaction: Interaction, standing: TableChoices, cast: Sequence[str], problem: str = ""
) -> discord.ui.LayoutView:
    catalogue = await catalogue_of(interaction)
    bot = interaction.client
    server = await bot.servers.of(interaction.guild_id or 0)
    dials = bot.settings.discussion.model_copy(update={} if server.pace is None else {"pace": server.pace})
    tasks = sorted(catalogue.tasks, key=lambda task: task.name != standing.task)
    offer = card.Repertoire(
        [
            card.task_option(task.name, task.title, task.questions[0])
            for task in tasks
            if len(task.name) <= _TASK_LENGTH
        ],
        [c.Option(p.full_name, p.name, p.intro, bot.avatars.emoji(p)) for p in catalogue.personas],
        {turns: about_minutes(turns, dials) for turns in (*card.LENGTHS, standing.turns or dials.turns)},
        len(catalogue.cast("")),
    )
    silent = people_fault(first_format(standing.format)) if standing.chimers == NOBODY else None
    return card.setup_card(standing, cast, offer, problem or str(silent or ""))


# --- what is pressed on it ---

Change = Callable[[TableChoices, Click], TableChoices]


def _changed_by(change: Change) -> Handler:
    """Draws the card anew with what one of its menus or buttons changes."""

    async def handle(interaction: Interaction, click: Click) -> None:
        standing, cast = card.standing_on(interaction.message)
        await _redraw(interaction, change(standing, click), cast)

    return handle


async def _redraw(interaction: Interaction, standing: TableChoices, cast: Sequence[str], problem: str = "") -> None:
    if not interaction.response.is_done():
        await defer(interaction)
    shown = await _drawn(interaction, standing, cast, problem)
    await show_anew(interaction, shown)


async def _set_task(interaction: Interaction, click: Click) -> None:
    standing, cast = card.standing_on(interaction.message)
    await defer(interaction)
    await _redraw(interaction, await _with_task(interaction, standing, card.chosen_task(click.choice)), cast)


async def _seat(interaction: Interaction, click: Click) -> None:
    standing, _ = card.standing_on(interaction.message)
    await _redraw(interaction, standing, click.values)


def _with_role(standing: TableChoices, click: Click) -> TableChoices:
    return replace(standing, chimers=_number(click) or EVERYONE)


def _in_channel(standing: TableChoices, click: Click) -> TableChoices:
    return replace(standing, channel_id=_number(click))


def _number(click: Click) -> int | None:
    return as_number(click.choice) if click.values else None


async def _ask(interaction: Interaction, click: Click) -> None:
    standing, cast = card.standing_on(interaction.message)
    catalogue = await catalogue_of(interaction)
    format = first_format(standing.format)
    form = card.question_form(
        standing,
        format,
        more_personas=", ".join(cast) if len(catalogue.personas) > c.OPTIONS else None,
        more_tasks=standing.task or "" if len(catalogue.tasks) >= c.OPTIONS else None,
    )
    with may_be_lost(interaction):
        await interaction.response.send_modal(form)


async def _asked(interaction: Interaction, click: Click) -> None:
    standing, cast = card.standing_on(interaction.message)
    await defer(interaction)
    problem, written = "", click.fields
    catalogue = await catalogue_of(interaction)
    try:
        standing = replace(standing, language=one_language(written.get("language", "")))
        standing = replace(standing, questions=questions_in(written.get("questions", ""), are_lines=True))
        if "options" in written:
            standing = replace(standing, options=options_in(written["options"]))
        if "task" in written:
            task = written["task"].strip()
            standing = await _with_task(interaction, standing, catalogue.task(task).name if task else NO_TASK)
        if "personas" in written:
            seated = catalogue.cast(written["personas"]) if written["personas"].strip() else ()
            if len(seated) > c.OPTIONS:
                raise UserError(_TOO_MANY)
            cast = tuple(persona.name for persona in seated)
    except RoundtableError as error:
        problem = await in_words(interaction, error)
    await _redraw(interaction, standing, cast, problem)


async def _start(interaction: Interaction, click: Click) -> None:
    standing, cast = card.standing_on(interaction.message)
    await defer(interaction)
    try:
        said = await open_table(interaction, replace(standing, personas=", ".join(cast) or ALL))
    except RoundtableError as error:
        await _redraw(interaction, standing, cast, await in_words(interaction, error))
    else:
        await show_anew(interaction, c.card(c.text(said)))


async def _cancel(interaction: Interaction, click: Click) -> None:
    await defer(interaction)
    await show_anew(interaction, c.card(c.text(_CANCELLED)))


async def _tell_of_briefs(interaction: Interaction, click: Click) -> None:
    await answer(interaction, _HOW_TO_BRIEF)


async def _open(interaction: Interaction, click: Click) -> None:
    await open_setup(interaction)


COMMANDS: Final = (setup,)
VERBS: Final[Mapping[str, Handler]] = {
    "setup": _open,
    card.ASK: _ask,
    card.ASKED: _asked,
    card.TASK: _set_task,
    card.FORMAT: _changed_by(lambda standing, click: _with_format(standing, click.choice)),
    card.CAST: _seat,
    card.TURNS: _changed_by(lambda standing, click: replace(standing, turns=as_number(click.choice))),
    card.FLOOR: _changed_by(lambda standing, click: replace(standing, floor=card.floor_of(click.choice))),
    card.PLACE: _changed_by(_in_channel),
    card.ROLE: _changed_by(_with_role),
    card.THREAD: _changed_by(lambda standing, click: replace(standing, in_new_thread=not card.is_on(click.argument))),
    card.LISTEN: _changed_by(
        lambda standing, click: replace(standing, chimers=EVERYONE if card.is_on(click.argument) else NOBODY)
    ),
    card.VOTE: _changed_by(lambda standing, click: replace(standing, vote=not card.is_on(click.argument))),
    card.BRIEF: _tell_of_briefs,
    card.START: _start,
    card.CANCEL: _cancel,
}
