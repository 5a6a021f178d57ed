"""What is pressed on the private card by which a table is steered: each does what a command does, and shows the card
anew as the table stands then."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.chat.cards import components as c
from bot.chat.cards import panel_card as panel
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import defer, in_words, may_be_lost, show, show_anew
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.answering.who_steers import refuse_others
from bot.chat.commands.steering import actions
from bot.chat.commands.steering.card_verbs import open_table_of
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import seats
from bot.errors import UserError
from bot.sessions.session_runner import SessionRunner

QUESTION: Final = "steer.question"
TURNS: Final = "steer.turns"
# As long as the command takes.
_QUESTION_LENGTH: Final = 300
_MOST_TURNS: Final = 200

Doing = Callable[[Interaction, Click], Awaitable[str]]


async def _steer(interaction: Interaction, click: Click) -> None:
    runner = open_table_of(interaction, click.argument)
    await refuse_others(interaction, runner.stored)
    await show(interaction, await _card(interaction, runner))


def _press(action: Callable[[Interaction], Awaitable[str]]) -> Handler:
    return _doing(lambda interaction, _: action(interaction))


def _doing(do: Doing) -> Handler:
    """A press that does something to the table. What comes of it is told on the card."""

    async def handle(interaction: Interaction, click: Click) -> None:
        runner = open_table_of(interaction, click.argument)
        await refuse_others(interaction, runner.stored)
        await defer(interaction)
        try:
            said = await do(interaction, click)
        except UserError as refused:
            said = await in_words(interaction, refused)
        await show_anew(interaction, await _card(interaction, runner, said))

    return handle


async def _card(interaction: Interaction, runner: SessionRunner, said: str = "") -> c.Layout:
    seated, absent = await _personas(interaction, runner)
    emoji = interaction.client.avatars.emoji
    return panel.steer_card(runner.status_report(), seated=seated, absent=absent, emoji=emoji, said=said)


async def _personas(interaction: Interaction, runner: SessionRunner) -> tuple[tuple[Persona, ...], list[Persona]]:
    """Who sits at the table, and who else could."""
    seated = seats(runner.session, runner.record)
    names = {persona.name for persona in seated}
    return seated, [p for p in (await catalogue_of(interaction)).personas if p.name not in names]


# --- what needs more than a press ---


async def _own_question(interaction: Interaction, click: Click) -> None:
    field = c.field("question", "The question", is_long=True, most=_QUESTION_LENGTH)
    await _send_form(interaction, click, "A question of your own", QUESTION, field)


async def _length(interaction: Interaction, click: Click) -> None:
    report = open_table_of(interaction, click.argument).status_report()
    hint = f"Those already taken count as well: {report.turns} so far."
    field = c.field("turns", "How many turns in all", text=str(report.turns_in_all or ""), hint=hint, most=3)
    await _send_form(interaction, click, "How long the table is", TURNS, field)


async def _send_form(interaction: Interaction, click: Click, title: str, verb: str, field: c.Part) -> None:
    runner = open_table_of(interaction, click.argument)
    await refuse_others(interaction, runner.stored)
    with may_be_lost(interaction):
        await interaction.response.send_modal(c.form(title, verb, click.argument, field))


async def _put_question(interaction: Interaction, click: Click) -> str:
    if not actions.one_line(click.written("question")):
        raise UserError("There is no question in it. Write what the table is to discuss.")
    return await actions.put_question(interaction, click.written("question"))


async def _set_turns(interaction: Interaction, click: Click) -> str:
    given = click.written("turns").strip()
    if not (given.isdecimal() and 1 <= int(given) <= _MOST_TURNS):
        raise UserError(f"“{given}” is no number of turns. Write one from 1 to {_MOST_TURNS}.")
    return await actions.change_turns(interaction, int(given))


async def _set_seats(interaction: Interaction, click: Click) -> str:
    """Seat and unseat the difference, in this order: somebody always sits there."""
    runner = open_table_of(interaction, click.argument)
    seated, absent = await _personas(interaction, runner)
    shown = panel.offered(seated, absent)
    names = {persona.name for persona in seated}
    said = [await actions.seat(interaction, name) for name in click.values if name not in names]
    gone = [p.name for p in shown if p.name in names and p.name not in click.values]
    said += [await actions.unseat(interaction, name) for name in gone]
    return " ".join(said) or "Nobody has come or gone."


async def _ask_whether_to_stop(interaction: Interaction, click: Click) -> None:
    runner = open_table_of(interaction, click.argument)
    await refuse_others(interaction, runner.stored)
    await defer(interaction)
    await show_anew(interaction, panel.stop_card(runner.id))


async def _back(interaction: Interaction, click: Click) -> str:
    return ""


async def _sum_up(interaction: Interaction, click: Click) -> str:
    return await actions.stop(interaction, summary=True)


VERBS: Final[Mapping[str, Handler]] = {
    panel.STEER: _steer,
    panel.PAUSE: _press(actions.pause),
    panel.RESUME: _press(actions.resume),
    panel.SKIP: _press(actions.skip),
    panel.NEXT: _press(actions.next_question),
    panel.WRAP_UP: _press(actions.wrap_up),
    panel.OWN: _own_question,
    QUESTION: _doing(_put_question),
    panel.LENGTH: _length,
    TURNS: _doing(_set_turns),
    panel.SEATS: _doing(_set_seats),
    panel.STOP: _ask_whether_to_stop,
    panel.END_NOW: _press(actions.stop),
    panel.SUM_UP: _doing(_sum_up),
    panel.BACK: _doing(_back),
}
