"""What stands under Apps in the menu of a message: who is this, ask them, take it out of the discussion."""

from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands

from bot.chat.cards import components as c
from bot.chat.cards.turn_card import turn_card
from bot.chat.commands.answering.clicks import OUT_OF_DATE, Click, Handler, as_number
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering, defer, giving_back, may_be_lost, show, show_anew
from bot.chat.commands.answering.who_steers import refuse_others
from bot.chat.commands.steering import actions
from bot.chat.commands.steering.card_verbs import send_say_form
from bot.discussion.model.positions import Position
from bot.discussion.text.folding import one_line
from bot.errors import UserError
from bot.llm.fallback import spoken_by
from bot.sessions.turn_removal import ShownTurn, remove_turns, shown_turn
from bot.store.models import PostKind, StoredSession

REPLIED: Final = "menu.replied"
NO_TURN: Final = "That message is no part of a discussion at one of my tables. Pick what a persona or a guest said."
NO_PERSONA: Final = "That is not a persona's message. Pick one of theirs."
EARLIER: Final = "That was said at an earlier table. Pick what was said at this one."
GONE: Final = "It is taken out: no persona reads it any more, and no minutes that are made from now on have it."
STAYS: Final = (
    f"{GONE} The message itself stays, since I may not delete it here; who wrote it, or may manage messages, can."
)
STILL_SHOWN: Final = (
    f"{GONE} Discord did not let me change every card that shows it. Remove it once more, or delete those messages."
)
_REMOVE_POSITION: Final = "strike-position"
_PICK_POSITION: Final = "pick-position"
_ALL: Final = "all"


@app_commands.context_menu(name="Ask this persona")
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def ask_this_persona(interaction: Interaction, message: discord.Message) -> None:
    """A reply to a persona's message, in a small form: also where the bot can't read messages."""
    async with answering(interaction):
        runner = interaction.client.supervisor.open_at(interaction.channel_id or 0)
        if message.webhook_id not in interaction.client.webhooks.owned:
            raise UserError(NO_PERSONA)
        # What members say by command is shown by the same webhook. What was sent this moment may not be known yet.
        shown = await shown_turn(interaction.client.store, interaction.guild_id or 0, message.id)
        if shown is not None and shown.persona is None:
            raise UserError(NO_PERSONA)
        if shown is not None and shown.stored.id != runner.id:
            raise UserError(EARLIER)
        await actions.require_guest(interaction, runner)
        await send_say_form(interaction, f"Ask {message.author.display_name}", REPLIED, f"{runner.id}:{message.id}")


async def _replied(interaction: Interaction, click: Click) -> None:
    session_id, _, message_id = click.argument.partition(":")
    text = click.written("text")
    async with giving_back(interaction, text):
        await actions.chime_in(interaction, text, session_id=as_number(session_id), reply_to=as_number(message_id))


@app_commands.context_menu(name="Who is this?")
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def who_is_this(interaction: Interaction, message: discord.Message) -> None:
    """Persona, card, table, turn, model and time of what a message says."""
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        shown = await _turn(interaction, message.id)
        client = interaction.client
        face = client.avatars.url(shown.persona) if shown.persona else message.author.display_avatar.url
        stood_in = spoken_by(shown.turn.flags)
        model = client.endpoints.model_of(shown.persona, instead=stood_in) if shown.persona else None
        await show(interaction, turn_card(shown, face=face, model=model, at=message.created_at))


@app_commands.context_menu(name="Remove turn")
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def remove_this_turn(interaction: Interaction, message: discord.Message) -> None:
    """Asks whether to delete what was said and take it out of the discussion."""
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        shown = await _turn(interaction, message.id, or_positions=True)
        await _require_right(interaction, shown)
        if shown.positions:
            await show(interaction, _which_position(shown, message.id))
            return
        what = f"what {discord.utils.escape_markdown(shown.turn.speaker)} said"
        await show(interaction, _sure(what, "The message is deleted", "strike", message.id))


def _sure(what: str, becomes: str, verb: str, argument: object) -> c.Layout:
    """Asks whether something is to be taken out. `becomes`: what shows it, and what happens to that."""
    return c.card(
        c.text(
            f"**Remove {what}?** {becomes}, no persona reads it any more, and it stands in no minutes but those that "
            "were handed out. This can't be undone."
        ),
        c.row(c.button("Remove", verb, argument, style=c.Style.danger), c.button("Keep it", "close")),
    )


def _which_position(shown: ShownTurn, message_id: int) -> c.Layout:
    """Asks whose of the positions that a message tells is to be taken out."""
    options = [
        c.Option(each.name, str(each.seq), "Taken out already" if each.is_removed else one_line(each.text))
        for each in shown.positions
    ]
    options += [c.Option("All of them", _ALL)] if 1 < len(options) < c.OPTIONS else []
    return c.card(
        c.text(
            "**Remove whose position?** What a persona wrote down before anyone had spoken, also where the vote has it."
        ),
        c.menu(_PICK_POSITION, message_id, "Whose", options),
        c.row(c.button("Keep them", "close")),
    )


async def _pick_position(interaction: Interaction, click: Click) -> None:
    await defer(interaction)
    shown = await _turn(interaction, click.number, or_positions=True)
    await _require_right(interaction, shown)
    picked = _positions(shown, click.choice)
    whose = picked[0].name if len(picked) == 1 and click.choice != _ALL else "everybody"
    what = f"what {discord.utils.escape_markdown(whose)} wrote down"
    argument = f"{click.number}:{click.choice}"
    await show_anew(interaction, _sure(what, "The cards are drawn anew without it", _REMOVE_POSITION, argument))


async def _strike_position(interaction: Interaction, click: Click) -> None:
    await defer(interaction)
    message_id, _, which = click.argument.partition(":")
    shown = await _turn(interaction, as_number(message_id), or_positions=True)
    await _require_right(interaction, shown)
    seqs = [each.seq for each in _positions(shown, which)]
    gone = await _remove(interaction, shown.stored, seqs)
    await show_anew(interaction, c.card(c.text(GONE if gone else STILL_SHOWN)))


def _positions(shown: ShownTurn, which: str) -> Sequence[Position]:
    """One of those that a message tells, by its number, or all. Raises UserError where it has none such."""
    picked = [each for each in shown.positions if which in (_ALL, str(each.seq))]
    if not picked:
        raise UserError(OUT_OF_DATE)
    return picked


async def _remove(interaction: Interaction, stored: StoredSession, seqs: Sequence[int]) -> bool:
    client = interaction.client
    runner = client.supervisor.holding(stored.id)
    return await remove_turns(client.store, client.stage_of(stored), stored, seqs, runner)


async def _strike(interaction: Interaction, click: Click) -> None:
    await defer(interaction)
    message_id = click.number
    shown = await _turn(interaction, message_id)
    await _require_right(interaction, shown)
    gone = await _remove(interaction, shown.stored, [shown.turn.seq])
    if shown.turn.kind == "guest" and not any(post.kind is PostKind.WORDS for post in shown.posts):
        gone = await _delete_members(interaction, shown.stored.place_id, message_id)
    await show_anew(interaction, c.card(c.text(GONE if gone else STAYS)))


async def _delete_members(interaction: Interaction, place_id: int, message_id: int) -> bool:
    """Delete a member's own message. Out: whether it is gone; the bot seldom may do that."""
    place = interaction.client.get_partial_messageable(place_id, guild_id=interaction.guild_id)
    try:
        await place.get_partial_message(message_id).delete()
    except discord.NotFound:
        return True
    except discord.HTTPException:
        return False
    return True


async def _close(interaction: Interaction, click: Click) -> None:
    """Take a private card away; what everybody sees stays."""
    await defer(interaction)
    if interaction.message is None or not interaction.message.flags.ephemeral:
        raise UserError(OUT_OF_DATE)
    with may_be_lost(interaction):
        await interaction.delete_original_response()


async def _turn(interaction: Interaction, message_id: int, *, or_positions: bool = False) -> ShownTurn:
    """The turn of somebody at a table that a message shows; `or_positions`: or the moderator's that tells positions.
    Raises UserError."""
    shown = await shown_turn(interaction.client.store, interaction.guild_id or 0, message_id)
    is_moderators = shown is not None and shown.turn.kind in ("moderator", "result")
    if shown is None or (is_moderators and not (or_positions and shown.positions)):
        raise UserError(NO_TURN)
    return shown


async def _require_right(interaction: Interaction, shown: ShownTurn) -> None:
    """Raise UserError for who may not take a turn out: whoever may steer its table, and a guest their own words."""
    if shown.turn.author_id != interaction.user.id:
        await refuse_others(interaction, shown.stored)


MENUS: Final = (ask_this_persona, who_is_this, remove_this_turn)
VERBS: Final[dict[str, Handler]] = {
    REPLIED: _replied,
    "strike": _strike,
    _PICK_POSITION: _pick_position,
    _REMOVE_POSITION: _strike_position,
    "close": _close,
}
