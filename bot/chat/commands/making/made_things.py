"""What was made on a server: looked up, listed, shown, changed, given out as a file, and deleted."""

import io
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import discord
from discord.app_commands import Choice

from bot.chat.cards import making_cards as cards
from bot.chat.commands.answering.clicks import OUT_OF_DATE, Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import defer, may_be_lost, show_anew
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.answering.suggestions import matching
from bot.chat.commands.making.crafts import CRAFTS
from bot.chat.commands.making.made_defaults import rename_in_settings
from bot.chat.commands.making.makers import may_make, require_maker
from bot.chat.commands.making.making import begin, face_of
from bot.chat.text.making_texts import shown
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import seats
from bot.discussion.text.folding import fold_name
from bot.errors import UserError
from bot.store.own_library import PICTURE, Craft, MadeThing

_NO_PING: Final = discord.AllowedMentions.none()
# So many stand on a page of a list: each has a line of up to 200 characters, of the 4,000 of a message.
PAGE: Final = 15
_NONE_YET: Final = "This server has made no {craft} yet. `/{craft} create` makes one."
_OF_HOST: Final = "{name} comes with me: whoever hosts me keeps it as a file, so it can't be changed here."
_UNKNOWN: Final = "This server has made no {craft} called “{name}”. `/{craft} list` shows what there is."
_GONE: Final = "It was deleted meanwhile."
_SEATED: Final = (
    "{name} sits at the table in {places}, so it can't be deleted now. `/roundtable seat remove` there takes it off "
    "the table, or wait for its end."
)
_ASKED_TO_BE_FORGOTTEN: Final = "somebody who is forgotten"


async def suggest(interaction: Interaction, craft: Craft, current: str, *, own: bool = True) -> list[Choice[str]]:
    """Names that fit what was typed: of what was made here (`own`), or of all there is."""
    bench = CRAFTS[craft]
    if own:
        things = [made.thing for made in await bench.table(interaction.client.workshop).of(interaction.guild_id or 0)]
    else:
        things = list(bench.all_of(await catalogue_of(interaction)))
    return matching(current, [thing.name for thing in things])


async def edit(
    interaction: Interaction,
    craft: Craft,
    name: str,
    picture: Mapping[str, Any] | None = None,
    *,
    besides: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda base: base,
) -> None:
    """Show the form of one, filled in. `picture`: what a sketch holds of an attachment. `besides`: what changes of what
    it has beside the form's fields, in: all of that; it may raise UserError."""
    await require_maker(interaction)
    content = _content(craft, await _named(interaction, craft, name))
    base = content["base"]
    await begin(interaction, craft, {**content, **(picture or {}), "base": {**base, **besides(base)}})


async def show_one(interaction: Interaction, craft: Craft, name: str) -> None:
    """Show anything that there is on this server; what was made here with the buttons for it, to who may."""
    await defer(interaction, ephemeral=True)
    for made in await CRAFTS[craft].table(interaction.client.workshop).of(_guild_id(interaction)):
        if _is_called(made.thing, name):
            await _show(interaction, craft, made)
            return
    catalogue = await catalogue_of(interaction)
    thing = catalogue.persona(name) if craft == "persona" else catalogue.task(name)
    face, files = await face_of(interaction, thing)
    await show_anew(interaction, cards.made(CRAFTS[craft].parts(thing, face), "", may_change=False), files)


async def show_list(interaction: Interaction, craft: Craft, page: int = 0) -> None:
    """Names, who made them and when, a page at a time; for everybody."""
    made = await CRAFTS[craft].table(interaction.client.workshop).of(_guild_id(interaction))
    if not made:
        await show_anew(interaction, cards.note(_NONE_YET.format(craft=craft)))
        return
    catalogue = CRAFTS[craft].all_of(await catalogue_of(interaction))
    pages = -(-len(made) // PAGE)
    page = min(page, pages - 1)
    lines = [_line(each, is_there=each.thing in catalogue) for each in made[page * PAGE : (page + 1) * PAGE]]
    await show_anew(interaction, cards.listed(craft, len(made), lines, page, pages))


async def ask_to_delete(interaction: Interaction, craft: Craft, name: str) -> None:
    await require_maker(interaction)
    await defer(interaction, ephemeral=True)
    await _ask(interaction, craft, await _named(interaction, craft, name))


async def export(interaction: Interaction, craft: Craft, name: str) -> None:
    await require_maker(interaction)
    await defer(interaction, ephemeral=True)
    await _give(interaction, craft, await _named(interaction, craft, name))


# --- what is pressed ---


async def _on_edit(interaction: Interaction, click: Click) -> None:
    craft, made = await _pressed(interaction, click)
    await begin(interaction, craft, _content(craft, made))


async def _on_export(interaction: Interaction, click: Click) -> None:
    craft, made = await _pressed(interaction, click)
    await defer(interaction, ephemeral=True, as_new=True)
    await _give(interaction, craft, made)


async def _on_delete(interaction: Interaction, click: Click) -> None:
    craft, made = await _pressed(interaction, click)
    await defer(interaction)
    await _ask(interaction, craft, made)


async def _on_gone(interaction: Interaction, click: Click) -> None:
    craft, made = await _pressed(interaction, click)
    await defer(interaction)
    _require_unseated(interaction, made)
    workshop, guild_id = interaction.client.workshop, _guild_id(interaction)
    await CRAFTS[craft].table(workshop).remove(guild_id, made.id)
    workshop.catalogues.changed(guild_id)
    was_default = await rename_in_settings(interaction, craft, made.thing.name, None)
    await workshop.free_pictures()
    rest = " It is no default of this server's tables any more." if was_default else ""
    await show_anew(interaction, cards.note(f"{shown(made.thing.name, 100)} is deleted.{rest}"))


async def _on_keep(interaction: Interaction, click: Click) -> None:
    craft, made = await _pressed(interaction, click)
    await defer(interaction)
    await _show(interaction, craft, made)


async def _on_page(interaction: Interaction, click: Click) -> None:
    craft, page = _which(click)
    await defer(interaction)
    await show_list(interaction, craft, page)


async def _pressed(interaction: Interaction, click: Click) -> tuple[Craft, MadeThing[Any]]:
    """What a press is about. Raises UserError for who may not, and for what is gone or of another server."""
    guild_id = await require_maker(interaction)
    craft, number = _which(click)
    made = await CRAFTS[craft].table(interaction.client.workshop).one(guild_id, number)
    if made is None:
        raise UserError(_GONE)
    return craft, made


def _which(click: Click) -> tuple[Craft, int]:
    """The kind and the number in a press's argument. Raises UserError for one that no button of ours has."""
    asked = re.fullmatch(r"(persona|task)/([0-9]{1,18})", click.argument)
    if asked is None:
        raise UserError(OUT_OF_DATE)
    return "persona" if asked[1] == "persona" else "task", int(asked[2])


# --- inside ---


def _content(craft: Craft, made: MadeThing[Any]) -> dict[str, Any]:
    """The sketch of one that is to be changed."""
    return {**CRAFTS[craft].content_of(made.thing), "replaces": made.id}


async def _show(interaction: Interaction, craft: Craft, made: MadeThing[Any]) -> None:
    face, files = await face_of(interaction, made.thing)
    view = cards.made(
        CRAFTS[craft].parts(made.thing, face), f"{craft}/{made.id}", may_change=await may_make(interaction)
    )
    await show_anew(interaction, view, files)


async def _ask(interaction: Interaction, craft: Craft, made: MadeThing[Any]) -> None:
    _require_unseated(interaction, made)
    await show_anew(interaction, cards.sure(craft, made.thing.name, f"{craft}/{made.id}"))


async def _give(interaction: Interaction, craft: Craft, made: MadeThing[Any]) -> None:
    avatar = getattr(made.thing, "avatar", None) or ""
    png = None
    if avatar.startswith(PICTURE):
        png = await interaction.client.workshop.pictures.png(avatar.removeprefix(PICTURE))
    files = [discord.File(io.BytesIO(data), filename=name) for name, data in CRAFTS[craft].files(made.thing, png)]
    both = " The PNG holds the persona, too: other tools read it as a character card." if len(files) > 1 else ""
    with may_be_lost(interaction):
        await interaction.followup.send(
            f"{shown(made.thing.name, 100)}, to take along: `/{craft} import` takes it back.{both}",
            files=files,
            ephemeral=True,
            allowed_mentions=_NO_PING,
        )


async def _named(interaction: Interaction, craft: Craft, name: str) -> MadeThing[Any]:
    """The one of this server with that name. Raises UserError."""
    made = await CRAFTS[craft].table(interaction.client.workshop).of(_guild_id(interaction))
    for each in made:
        if _is_called(each.thing, name):
            return each
    for thing in CRAFTS[craft].all_of(interaction.client.catalogue):
        if _is_called(thing, name):
            raise UserError(_OF_HOST.format(name=shown(thing.name, 100)))
    raise UserError((_UNKNOWN if made else _NONE_YET).format(craft=craft, name=shown(name, 80)))


def _is_called(thing: Any, name: str) -> bool:
    return fold_name(name) in {fold_name(thing.name), fold_name(getattr(thing, "full_name", thing.name))}


def _require_unseated(interaction: Interaction, made: MadeThing[Any]) -> None:
    if not isinstance(made.thing, Persona):
        return  # a table keeps its task to its end
    places = [
        f"<#{runner.stored.place_id}>"
        for runner in interaction.client.supervisor.open_sessions(_guild_id(interaction))
        if made.thing.name in [persona.name for persona in seats(runner.session, runner.record)]
    ]
    if places:
        raise UserError(_SEATED.format(name=shown(made.thing.name, 100), places=", ".join(places)))


def _line(made: MadeThing[Any], *, is_there: bool) -> str:
    maker = f"<@{made.made_by}>" if made.made_by else _ASKED_TO_BE_FORGOTTEN
    gone = "" if is_there else " · **hidden**: the host has taken its name since; edit it"
    name = shown(getattr(made.thing, "full_name", made.thing.name), 100)
    return f"- **{name}** · by {maker}, {discord.utils.format_dt(made.made_at, 'd')}{gone}"


def _guild_id(interaction: Interaction) -> int:
    if interaction.guild_id is None:
        raise UserError("Personas and tasks are made on a server. Ask me on one.")
    return interaction.guild_id


VERBS: Final[Mapping[str, Handler]] = {
    "made-edit": _on_edit,
    "made-export": _on_export,
    "made-delete": _on_delete,
    "made-gone": _on_gone,
    "made-keep": _on_keep,
    "made-list": _on_page,
}
