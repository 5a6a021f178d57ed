"""What people do to a table, behind both commands and buttons. Each gives the sentence to answer with."""

from typing import Final

import discord

from bot.chat.cards.bot_messages import details
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, defer, withdraw_answer
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.answering.slow_mode import require_pause
from bot.chat.commands.answering.who_steers import may_write, require_host_rules, require_steerer
from bot.chat.commands.members.privacy_command import refuse_kept_out
from bot.chat.commands.steering.keep_going import keep_going
from bot.chat.hearing.chimers import may_chime_in
from bot.chat.hearing.discord_mentions import with_names
from bot.chat.hearing.guest_messages import without_unseen
from bot.chat.rules.table_choices import NOBODY
from bot.chat.text.split import split_text
from bot.discussion.model.persona import NAME_LENGTH
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.text.links import plain_links
from bot.discussion.text.segmentation import clipped
from bot.errors import Remedy, UserError
from bot.library.name_rules import safe_name
from bot.sessions import steering
from bot.sessions.delivery.stage import GuestMessage
from bot.sessions.guest_turns import Heard
from bot.sessions.rate_limit import GUEST_TURNS
from bot.sessions.session_runner import SessionRunner
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind

# Behind the name of a member for whom the bot posts: so none of them passes for a persona.
GUEST_MARK: Final = " (guest)"
TOO_MUCH: Final = (
    f"You have said {GUEST_TURNS} things within a minute, which is as much as a table can take from one person. "
    "Wait a little, then say it again."
)


async def pause(interaction: Interaction) -> str:
    runner = await require_steerer(interaction)
    await interaction.client.supervisor.pause(runner.stored.place_id)
    await runner.say(f"⏸ {who(interaction)} paused the table.")
    return "Paused. `/roundtable resume` goes on."


async def resume(interaction: Interaction) -> str:
    if interaction.client.supervisor.find(_place(interaction)) is None and (
        last := await interaction.client.store.last_session(_place(interaction))
    ):
        return await keep_going(interaction, last, by=who(interaction))
    runner = await require_steerer(interaction)
    require_host_rules(interaction, runner.stored)
    await interaction.client.supervisor.resume(runner.stored.place_id)
    await runner.say(f"▶ {who(interaction)} resumed the table.")
    return "Resumed."


async def stop(interaction: Interaction, *, summary: bool = False) -> str:
    runner = await require_steerer(interaction)
    summary = summary and bool(runner.record.persona_turns())  # with nothing said there is nothing to sum up
    if summary:
        require_host_rules(interaction, runner.stored)
    await runner.say(f"⏹ {who(interaction)} {'asks for the summary' if summary else 'ended the table'}.")
    await interaction.client.supervisor.stop(runner.stored.place_id, summary=summary)
    return "The table closes with a summary." if summary else "The table is closed."


async def show_panel(interaction: Interaction) -> str:
    runner = interaction.client.supervisor.open_at(_place(interaction))
    require_voice(interaction)
    if why := await runner.panel.ask():
        return f"The panel is shown as soon as I can post again. {why}"
    return "The panel stands at the end of this channel again."


async def status(interaction: Interaction) -> str:
    supervisor = interaction.client.supervisor
    runner = supervisor.open_at(_place(interaction))
    return details(runner.status_report(), sharing=supervisor.under_way[runner.stored.channel_id])


async def skip(interaction: Interaction) -> str:
    persona = await steering.skip(await _own_running(interaction), by=who(interaction))
    return f"{persona.full_name} is skipped this time." if persona else "The vote closes."


async def next_question(interaction: Interaction) -> str:
    return f"On the table now: {await steering.put_question(await _own_running(interaction))}"


async def put_question(interaction: Interaction, question: str | None) -> str:
    return f"On the table now: {await steering.put_question(await _own_running(interaction), one_line(question))}"


async def wrap_up(interaction: Interaction) -> str:
    runner = await _own_running(interaction)
    left = await steering.wrap_up(runner, by=who(interaction))
    if not left:
        return "The summary comes next."
    then = format_of(runner.session).after_the_turns(runner.session, runner.record) or "the summary"
    return f"{left} more turn{'' if left == 1 else 's'}, then {then}."


async def give_floor(interaction: Interaction, name: str) -> str:
    persona = await steering.give_floor(await _own_running(interaction), name, by=who(interaction))
    return f"{persona.full_name} speaks next."


async def change_turns(interaction: Interaction, turns: int) -> str:
    left = await steering.change_turns(await _own_running(interaction), turns, by=who(interaction))
    return f"{left} turn{' is' if left == 1 else 's are'} left."


async def seat(interaction: Interaction, name: str) -> str:
    persona = (await catalogue_of(interaction)).persona(name)
    await steering.seat(await _own_running(interaction), persona)
    return f"{persona.full_name} has a seat."


async def unseat(interaction: Interaction, name: str) -> str:
    persona = await steering.unseat(await _own_running(interaction), name)
    return f"{persona.full_name} has left."


async def mute(interaction: Interaction, name: str, *, muted: bool) -> str:
    persona = await steering.mute(await _own_running(interaction), name, muted=muted, by=who(interaction))
    return f"{persona.full_name} {'only listens now' if muted else 'may speak again'}."


async def chime_in(
    interaction: Interaction,
    text: str,
    *,
    session_id: int | None = None,
    reply_to: int | None = None,
    asks: bool = False,
) -> None:
    """Take what a member said through a command into the discussion; a message under their name shows it to everyone.

    `session_id`: the table it is meant for, where that is known; `asks`: it is a question to all of it. Raises
    UserError, also for a member who may not write here, has to wait in slow mode, or has said too much within a minute.
    """
    text = plain_links(without_unseen(text))
    if not text:
        raise UserError("There is nothing in it. Write what you want to say.")
    here = interaction.client.supervisor.find(_place(interaction))
    if session_id is not None and (here is None or here.id != session_id):
        remedy = Remedy.OPEN if here is None else None
        raise UserError("The table you wrote this for has ended, so it was not said.", remedy)
    runner = interaction.client.supervisor.open_at(_place(interaction))
    await require_guest(interaction, runner)
    await defer(interaction, ephemeral=True, as_new=True)  # it may be withdrawn, and the card it came from must stay
    async with interaction.client.saying.of(interaction.user.id):
        await _say(interaction, runner, text, reply_to, asks=asks)


async def _say(interaction: Interaction, runner: SessionRunner, text: str, reply_to: int | None, *, asks: bool) -> None:
    require_pause(interaction, runner.record)
    user = interaction.user
    guest = GuestMessage(
        interaction.id,
        user.id,
        user.display_name,
        with_names(text, interaction.guild),
        reply_to,
        posts=in_their_name(user, text),
        asks=asks,
    )
    try:
        heard, why = await runner.speak_for(guest)
    except TransientDatabaseError as problem:
        raise UserError("My database takes nothing just now, so it was not said. Try again in a minute.") from problem
    if heard is Heard.FLOODED:
        raise UserError(TOO_MUCH)
    if heard is Heard.TOO_LATE:
        raise UserError("I am being restarted, so it was not said. Try again in a minute.")
    if heard is not Heard.TAKEN:
        raise UserError("It was not taken in: what you say is left out of this table.")
    turn = next((turn for turn in reversed(runner.record.turns) if turn.message_id == interaction.id), None)
    if why is not None:
        await answer(interaction, f"It is taken in, and shows here as soon as I can post again. {why}")
    elif turn is not None and turn.withheld:
        await answer(interaction, "Discord, or a filter of this server, refused it, so nobody has heard it.")
    else:
        await withdraw_answer(interaction)  # everybody sees it: that is answer enough


def in_their_name(user: discord.User | discord.Member, text: str) -> tuple[Post, ...]:
    """The posts that show what a member says by command: under their name, marked as a guest's, with their face."""
    seen = safe_name(" ".join(without_unseen(user.display_name).split()))  # nothing pushes the mark out of sight
    name = safe_name(f"{clipped(seen, NAME_LENGTH - len(GUEST_MARK))}{GUEST_MARK}")
    face = user.display_avatar.replace(size=128, static_format="png").url
    return tuple(Post(PostKind.WORDS, piece, username=name, avatar=face) for piece in split_text(text))


def one_line(question: str | None) -> str | None:
    """A question as it is put: on one line, with plain links, None if nothing is left of it."""
    return " ".join(plain_links(without_unseen(question or "")).split()) or None


def require_voice(interaction: Interaction) -> None:
    """Raise UserError for a member who may not write here: neither may the bot say it for them."""
    if not may_write(interaction):
        raise UserError("You may not write in this channel, so I can't do that for you here.")


async def require_guest(interaction: Interaction, runner: SessionRunner) -> None:
    """Raise UserError for a member who can't chime in at this table: before they write it, and when they have."""
    require_voice(interaction)
    _require_welcome(interaction, runner)
    await refuse_kept_out(interaction)


def _require_welcome(interaction: Interaction, runner: SessionRunner) -> None:
    """Raise UserError for a member who may not chime in at this table."""
    chimers = runner.stored.chimers
    if may_chime_in(chimers, interaction.user):
        return
    if chimers == NOBODY:
        raise UserError("Nobody chimes in at this table: whoever convened it has it only listened to.")
    raise UserError(f"At this table only members with the role <@&{chimers}> chime in.")


async def _own_running(interaction: Interaction) -> SessionRunner:
    await require_steerer(interaction)
    return interaction.client.supervisor.running_at(_place(interaction))


def _place(interaction: Interaction) -> int:
    return interaction.channel_id or 0


def who(interaction: Interaction) -> str:
    """Whoever asks, as the place is told of what they did."""
    name = " ".join(plain_links(without_unseen(interaction.user.display_name)).split())
    return discord.utils.escape_markdown(name) or "someone"
