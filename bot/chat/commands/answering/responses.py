"""How the bot answers a person: privately, in a sentence whatever goes wrong, and once, also if that is lost."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Concatenate, Final, ParamSpec

import aiohttp
import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.opening_rights import may_open
from bot.chat.commands.answering.who_steers import steers
from bot.chat.rules.api_errors import (
    ALREADY_ACKNOWLEDGED,
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_WEBHOOK,
    kind_of,
)
from bot.chat.text.host_details import HostDetails
from bot.chat.text.sentences import with_remedy
from bot.chat.text.split import MESSAGE_LIMIT
from bot.discussion.text.segmentation import clipped
from bot.errors import RoundtableError, UserError, new_error_id

log = logging.getLogger(__name__)

P = ParamSpec("P")
Asked = discord.Interaction[Any]

_NO_PING: Final = discord.AllowedMentions.none()
# What aiohttp raises once the bot has closed its connections, under whatever is still at work for somebody.
_CLOSED: Final = RuntimeError
# What the way to Discord and back may end in; KeyError and those behind it: the library can't read what came back.
_FAILURES: Final = (_CLOSED, discord.HTTPException, aiohttp.ClientError, OSError, KeyError, TypeError, ValueError)
# The member has been told that the bot did not respond, or has an answer: the library asks again after a 5xx. The
# webhook is the interaction's own, by which later answers go.
_TOO_LATE: Final = (UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN, ALREADY_ACKNOWLEDGED)
_MAY_BE_DEFERRED: Final = "may be deferred"


class Expired(Exception):
    """Discord no longer knows the interaction, and has told the member that the bot did not respond."""


async def defer(interaction: Asked, *, ephemeral: bool = False, as_new: bool = False) -> None:
    """Have Discord wait for the answer. Raises Expired.

    `as_new`: what is pressed or filled in is answered with a message of its own.

    Where Discord's reply is lost, it may well be waiting, so the command is carried out. Where it has given up, the
    member reads that nothing was done: so nothing must be, or they would skip two speakers by asking again.
    """
    try:
        await interaction.response.defer(ephemeral=ephemeral, thinking=as_new)
    except _FAILURES as error:
        is_unknown = isinstance(error, discord.HTTPException) and error.code == UNKNOWN_INTERACTION
        if is_unknown or isinstance(error, _CLOSED):
            raise Expired from error
        _heed(error, interaction, "its answer may be, too")
        interaction.extras[_MAY_BE_DEFERRED] = True


async def answer(interaction: Asked, text: str) -> None:
    """Answer only the person who asked, whether or not the interaction was deferred."""
    with may_be_lost(interaction):
        if interaction.response.is_done() or _MAY_BE_DEFERRED in interaction.extras:
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=_NO_PING)
        else:
            await interaction.response.send_message(text, ephemeral=True, allowed_mentions=_NO_PING)


async def show(interaction: Asked, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
    """Answer only the person who asked with a card and the files it needs, whether or not the interaction was
    deferred."""
    shown: dict[str, Any] = {"view": card, "files": files, "ephemeral": True, "allowed_mentions": _NO_PING}
    with may_be_lost(interaction):
        if interaction.response.is_done() or _MAY_BE_DEFERRED in interaction.extras:
            await interaction.followup.send(**shown)
        else:
            await interaction.response.send_message(**shown)


async def show_anew(interaction: Asked, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
    """Show a card in the place of the private one that was pressed on; where none was, as an answer. Deferred."""
    if interaction.message is None:
        await show(interaction, card, files)
        return
    with may_be_lost(interaction):
        await interaction.edit_original_response(view=card, attachments=files, allowed_mentions=_NO_PING)


async def withdraw_answer(interaction: Asked) -> None:
    """Answer a deferred command with nothing: what it did shows in the place."""
    with may_be_lost(interaction), suppress(discord.NotFound):
        await interaction.delete_original_response()


@contextmanager
def may_be_lost(interaction: Asked) -> Iterator[None]:
    """Around the sending of an answer: one that Discord loses is a line in the log; what was done stands."""
    try:
        yield
    except _FAILURES as error:
        _heed(error, interaction, "what was done stands")


@asynccontextmanager
async def answering(interaction: Asked) -> AsyncIterator[None]:
    """Whatever goes wrong inside becomes a private sentence; what is our fault gets an id that is also in the log."""
    try:
        yield
    except Expired:
        log.warning("%s came too late, or the bot was too slow, and was not carried out", _name(interaction))
    except Exception as error:  # noqa: BLE001 (the last stop before the person)
        await apologise(interaction, error)


async def apologise(interaction: Asked, error: Exception) -> None:
    """Say what went wrong: a person's mistake in its own words, anything else with an id."""
    cause = getattr(error, "original", error)
    if isinstance(cause, RoundtableError):
        text = await in_words(interaction, cause)
    else:
        error_id = new_error_id()
        log.error("interaction failed (error %s)", error_id, exc_info=cause)
        host = HostDetails.of(interaction.client.settings)
        text = f"Something went wrong here, sorry. Tell {host.address} this id: {error_id}."
    # A moderator's deletion may have answered it; the log has the rest.
    with suppress(discord.HTTPException):
        await answer(interaction, clipped(text, MESSAGE_LIMIT))


async def in_words(interaction: Asked, problem: RoundtableError) -> str:
    """What went wrong, and what would help, as far as whoever asks may do that."""
    if not isinstance(problem, UserError) or problem.remedy is None:
        return str(problem)  # of a database that can't be used nothing is asked
    here = interaction.client.supervisor.find(interaction.channel_id or 0)
    return with_remedy(
        problem,
        steers=here is None or await steers(interaction, here.stored),
        opens=interaction.guild is None or await may_open(interaction),
    )


@asynccontextmanager
async def giving_back(interaction: Asked, text: str) -> AsyncIterator[None]:
    """Around what is done with a text from a form: a refusal comes with the text, which is nowhere else any more."""
    try:
        yield
    except RoundtableError as refusal:
        written = f"\nYou wrote:\n>>> {text}" if text.strip() else ""
        await answer(interaction, clipped(f"{await in_words(interaction, refusal)}{written}", MESSAGE_LIMIT))


def _heed(error: Exception, interaction: Asked, comfort: str) -> None:
    """Log that an answer was lost. Raises the error if it is of another kind: Discord refused what was sent."""
    if not _is_lost(error):
        raise error
    log.warning("the answer to %s was lost (%s); %s", _name(interaction), kind_of(error), comfort)
    log.debug("how it was lost", exc_info=error)


def _is_lost(error: Exception) -> bool:
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status == 429 or error.code in _TOO_LATE
    return True


def _name(interaction: Asked) -> str:
    """What somebody did, for the log."""
    match interaction.type:
        case discord.InteractionType.component:
            return "a button"
        case discord.InteractionType.modal_submit:
            return "a form"
        case _ if interaction.command is not None:
            return f"“{interaction.command.qualified_name}”"
        case _:
            return "a command"


async def carry_out(
    interaction: Interaction,
    action: Callable[Concatenate[Interaction, P], Awaitable[str]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Do what was typed; the action's sentence is the private answer."""
    async with answering(interaction):
        await defer(interaction, ephemeral=True)
        await answer(interaction, await action(interaction, *args, **kwargs))
