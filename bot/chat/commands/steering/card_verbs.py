"""What everyone can press on the cards of a table: read more of it, meet its personas, say or ask something."""

import io
from collections.abc import Mapping
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards import opening_card as opening
from bot.chat.cards import panel_card as panel
from bot.chat.commands.answering.clicks import Click, Handler, as_number
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, giving_back, may_be_lost, show
from bot.chat.commands.members import privacy_command
from bot.chat.commands.steering import actions
from bot.chat.hearing.chimers import may_chime_in
from bot.chat.text.split import split_text
from bot.discussion.model.names import addressed
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import seats
from bot.errors import Remedy, UserError
from bot.sessions.session_runner import SessionRunner
from bot.store.models import StoredSession

SAID: Final = "table.said"
ASKED: Final = "table.asked"
QUESTIONED: Final = "table.questioned"
GONE: Final = "This table is kept no more: it was deleted."
ENDED: Final = "The table that this belongs to has ended."
# Leaves room for the name before it in the message that shows it.
_LENGTH: Final = 1500
_NO_PING: Final = discord.AllowedMentions.none()


async def stored_table(interaction: Interaction, number: str) -> StoredSession:
    """The table of this place that a card belongs to, open or not. Raises UserError."""
    stored = await interaction.client.store.session(as_number(number))
    if stored is None or stored.place_id != interaction.channel_id:
        raise UserError(GONE)
    return stored


def open_table_of(interaction: Interaction, number: str) -> SessionRunner:
    """The open table that a card belongs to. Raises UserError."""
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    if runner is None or str(runner.id) != number:
        raise UserError(ENDED, Remedy.OPEN if runner is None else None)
    return runner


async def _read_setting(interaction: Interaction, click: Click) -> None:
    setting = (await stored_table(interaction, click.argument)).session.task.context
    pieces = split_text(setting)
    if len(pieces) > opening.SETTING_MESSAGES:
        file = discord.File(io.BytesIO(setting.encode(errors="replace")), filename="setting.md")
        with may_be_lost(interaction):
            await interaction.response.send_message(
                "The setting is long: here it is as a file.", file=file, ephemeral=True, allowed_mentions=_NO_PING
            )
        return
    for piece in pieces:
        await answer(interaction, piece)


async def _meet(interaction: Interaction, click: Click) -> None:
    stored = await stored_table(interaction, click.argument)
    cast = stored.session.cast
    persona = next((p for p in cast if p.name in click.values), None)
    if persona is None:
        raise UserError("This persona does not sit at the table.")
    bot = interaction.client
    runner = bot.supervisor.find(stored.place_id)
    differ = any(p.endpoint or p.model for p in cast)
    card = opening.persona_card(
        persona,
        session_id=stored.id,
        url=bot.avatars.url(persona),
        model=bot.model_of(persona) if differ else None,
        can_ask=runner is not None and runner.id == stored.id and bool(may_chime_in(stored.chimers, interaction.user)),
    )
    await show(interaction, card)


async def _privacy(interaction: Interaction, click: Click) -> None:
    await privacy_command.act(interaction, "tell")


async def _say(interaction: Interaction, click: Click) -> None:
    runner = open_table_of(interaction, click.argument)
    await actions.require_guest(interaction, runner)
    await send_say_form(interaction, "Chime in", SAID, runner.id)


async def _question(interaction: Interaction, click: Click) -> None:
    """What is asked in a debate waits for its turn, and both sides answer it."""
    runner = open_table_of(interaction, click.argument)
    await actions.require_guest(interaction, runner)
    if not runner.status_report().takes_questions:
        raise UserError("This table answers no more questions. `/roundtable say` is still heard.")
    await send_say_form(interaction, "A question from the floor", QUESTIONED, runner.id)


async def _whom(interaction: Interaction, click: Click) -> None:
    runner = open_table_of(interaction, click.argument)
    await actions.require_guest(interaction, runner)
    await show(interaction, panel.whom_card(runner.id, _seated(runner), interaction.client.avatars.emoji))


async def _chosen(interaction: Interaction, click: Click) -> None:
    runner = open_table_of(interaction, click.argument)
    await _ask_persona(interaction, runner, next(iter(click.values), ""))


async def _ask(interaction: Interaction, click: Click) -> None:
    number, _, key = click.argument.partition(":")
    runner = open_table_of(interaction, number)
    await _ask_persona(interaction, runner, next((p.name for p in _seated(runner) if c.key(p.name) == key), ""))


async def _ask_persona(interaction: Interaction, runner: SessionRunner, name: str) -> None:
    await actions.require_guest(interaction, runner)
    persona = next((p for p in _seated(runner) if p.name == name), None)
    if persona is None:
        raise UserError("This persona does not sit at the table any more.")
    await send_say_form(interaction, f"Ask {persona.full_name}", ASKED, f"{runner.id}:{c.key(name)}")


async def send_say_form(interaction: Interaction, title: str, verb: str, argument: object) -> None:
    """Ask somebody what they want to say; the form comes back with this verb, in its field `text`."""
    with may_be_lost(interaction):
        field = c.field("text", "What do you want to say?", is_long=True, most=_LENGTH)
        await interaction.response.send_modal(c.form(title, verb, argument, field))


async def _said(interaction: Interaction, click: Click) -> None:
    async with giving_back(interaction, click.written("text")):
        await actions.chime_in(interaction, click.written("text"), session_id=click.number)


async def _questioned(interaction: Interaction, click: Click) -> None:
    async with giving_back(interaction, click.written("text")):
        await actions.chime_in(interaction, click.written("text"), session_id=click.number, asks=True)


async def _asked(interaction: Interaction, click: Click) -> None:
    """What begins with a persona's name is spoken to it, and it answers next."""
    number, _, key = click.argument.partition(":")
    text = click.written("text").strip()
    runner = interaction.client.supervisor.find(interaction.channel_id or 0)
    seated = _seated(runner) if runner else ()
    name = next((p.name for p in seated if c.key(p.name) == key), None)
    # Not every word that begins like a name is one.
    if text and name and addressed(text, seated, speaker="", guest=True) != name:
        text = f"{name}, {text}"
    async with giving_back(interaction, click.written("text")):
        await actions.chime_in(interaction, text, session_id=as_number(number))


def _seated(runner: SessionRunner) -> tuple[Persona, ...]:
    return seats(runner.session, runner.record)


VERBS: Final[Mapping[str, Handler]] = {
    opening.SETTING: _read_setting,
    opening.MEET: _meet,
    opening.PRIVACY: _privacy,
    opening.ASK: _ask,
    panel.SAY: _say,
    panel.WHOM: _whom,
    panel.CHOSEN: _chosen,
    panel.QUESTION: _question,
    SAID: _said,
    ASKED: _asked,
    QUESTIONED: _questioned,
}
