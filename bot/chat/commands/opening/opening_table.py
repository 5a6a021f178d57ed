"""Opens a table as it was chosen, for whatever it was chosen on: `start`, the set-up, an ending's buttons."""

from dataclasses import replace
from typing import Final

from bot.chat.cards import bot_messages as cards
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.opening.opening_place import Where, opening_ground
from bot.chat.commands.opening.ordered_table import ordered
from bot.chat.rules.table_choices import TableChoices, about_minutes
from bot.discussion.model.record import Record, Session
from bot.discussion.moderation.agenda import questions_covered
from bot.discussion.moderation.formats.table import format_of
from bot.errors import UserError
from bot.sessions.session_runner import SessionRunner
from bot.settings import Settings

_ENDS_EARLY: Final = (
    "{turns} turns take more than the {most} that a table may {use} here: expect about {within}, then the "
    "summary{but}. "
)
_VOTES_GO_SHORT: Final = (
    "{turns} turns and the personas' votes behind them take more than the {most} that a table may {use} here: expect "
    "that some of them will not vote. "
)
_HOSTED: Final = "Whoever hosts me can change that ({setting})."
_WITHOUT_VOTES: Final = ", with few of the personas' votes"

_IS_TOLD: Final = "It is told what earlier tables came to on this: `/roundtable memory`."


async def open_table(interaction: Interaction, choices: TableChoices) -> str:
    """Open it. Out: what to tell whoever asked for it. Raises UserError, and has nothing to show then."""
    bot = interaction.client
    ground = await opening_ground(interaction, Where(choices.channel_id, choices.in_new_thread))
    guild_id = ground.channel.guild.id
    server = await bot.servers.of(guild_id)
    table = ordered(choices, await catalogue_of(interaction), server, bot.settings.discussion)
    await bot.supervisor.check_opening(guild_id, table.cast, server.most_tables)
    await bot.last_choices.put(interaction.channel_id or ground.parent_id, guild_id, choices.to_recall())
    place = replace(await ground.opened(table.task.title), most=server.most_tables)
    try:
        runner = await bot.supervisor.start(
            place, task=table.task, cast=table.cast, dials=table.dials, chimers=table.chimers
        )
    except UserError:
        await ground.take_back(place)
        raise
    return _opened(interaction, runner, table.note)


def _opened(interaction: Interaction, runner: SessionRunner, note: str) -> str:
    session, place_id = runner.session, runner.stored.place_id
    there = "" if place_id == interaction.channel_id else f" in <#{place_id}>"
    lines = [f"The table is open{there}.", *filter(None, [note]), *what_to_expect(interaction, session)]
    if session.earlier:
        lines.append(_IS_TOLD)
    if not interaction.client.intents.message_content:
        lines.append(cards.CANT_READ)
    return "\n".join(lines)


def what_to_expect(interaction: Interaction, session: Session) -> list[str]:
    """How far a table's turns will get, and what of the host's limits ends it sooner: a sentence each."""
    format, nothing = format_of(session), Record()
    turns = format.turns_in_all(session, nothing)
    if turns is None:
        return [cards.NO_LENGTH]
    reached = questions_covered(session.seed, session.dials, session.task.questions)
    then = format.after_the_turns(session, nothing)
    covers = (
        cards.answers(turns)
        if format.needs_people
        else cards.covers(turns, reached, len(session.task.questions), then=then)
    )
    expected = interaction.client.supervisor.expected_turns(session)
    return [*filter(None, [covers, _ends_early(session, expected, interaction.client.settings)])]


def _ends_early(session: Session, expected: int | None, settings: Settings) -> str:
    """What to tell where a limit of the host's ends a table before its turns, or its votes; empty where none does.

    `expected`: how many turns it will have had then, None for all.
    """
    if expected is None:
        return ""
    dials = session.dials
    tokens, minutes = settings.limit_session_tokens, settings.limit_session_minutes
    if minutes and expected < dials.turns and about_minutes(expected, dials) >= minutes:
        most, use, setting = f"{minutes} minutes", "last", "LIMIT_SESSION_MINUTES"
    else:
        most, use, setting = f"{tokens:,} tokens", "use", "LIMIT_SESSION_TOKENS"
    told = _ENDS_EARLY if expected < dials.turns else _VOTES_GO_SHORT
    but = _WITHOUT_VOTES if format_of(session).other_calls(session).behind else ""
    values = {"turns": dials.turns, "most": most, "use": use, "within": expected, "but": but, "setting": setting}
    return f"{told}{_HOSTED}".format(**values)
