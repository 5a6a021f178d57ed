"""Making a persona or task on Discord: from the form over a card that shows it to what is kept."""

import asyncio
import io
from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.chat.cards import making_cards as cards
from bot.chat.commands.answering.attachments import fetched
from bot.chat.commands.answering.clicks import OUT_OF_DATE, Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, defer, may_be_lost, show_anew
from bot.chat.commands.answering.server_catalogue import catalogue_of
from bot.chat.commands.making.crafts import CRAFTS, CraftBench
from bot.chat.commands.making.made_defaults import rename_in_settings
from bot.chat.commands.making.makers import require_maker
from bot.chat.text.making_texts import from_field, longer_than_fields, shown
from bot.discussion.model.persona import Persona
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused, UserError
from bot.library.portrait_crop import PICTURE_BYTES, picture_digest, portrait_of
from bot.sessions.composing.limits import LimitReached
from bot.store.own_library import PICTURE, Craft, NameTaken, Sketch, TooManyMade

_GONE: Final = "What you were making is kept for a day, and this is gone. Begin anew with `/{craft} create`."
_NOT_YOURS: Final = "This is what another member is making. `/{craft} create` begins one of yours."
_DELETED: Final = "It was deleted meanwhile. Save once more to keep it as a new one."
_NO_LINE: Final = "It said nothing that could be used this time. Ask again, or change its card."
_STILL: Final = "It can be saved all the same."


async def begin(interaction: Interaction, craft: Craft, content: Mapping[str, Any]) -> None:
    """Show the form, filled in with what is known already. In: what a sketch holds (see `crafts.py`)."""
    guild_id = await require_maker(interaction)
    sketch = await interaction.client.workshop.sketches.add(guild_id, interaction.user.id, craft, dict(content))
    await _show_form(interaction, sketch)


async def show_sketch(interaction: Interaction, sketch: Sketch) -> None:
    """Show what it would be, or what is wrong with it, in the place of the card that was pressed on, if any."""
    bench = CRAFTS[sketch.craft]
    thing, problems = bench.read(sketch.content)
    if thing is not None and (clash := bench.clash(thing, await _others(interaction, sketch))):
        problems = [clash]
    if thing is None or problems:
        await show_anew(interaction, cards.not_yet(sketch.craft, sketch.id, problems))
        return
    face, files = await face_of(interaction, thing)
    long = longer_than_fields(sketch.content["fields"])
    notes = [*sketch.content.get("left_out", ()), *long, *_shortage(interaction, sketch)]
    view = cards.preview(bench.parts(thing, face), sketch.id, notes, has_voice=bench.has_voice)
    await show_anew(interaction, view, files)


async def face_of(interaction: Interaction, thing: Any) -> tuple[str | None, list[discord.File]]:
    """Where a persona's picture is, and the file that has to go along for that. Of a task: nothing."""
    if not isinstance(thing, Persona):
        return None, []
    if thing.avatar and thing.avatar.startswith(PICTURE):
        png = await interaction.client.workshop.pictures.png(thing.avatar.removeprefix(PICTURE))
        if png is not None:
            return cards.ATTACHED, [discord.File(io.BytesIO(png), filename=cards.FACE)]
    return interaction.client.workshop.avatars.url(thing), []


# --- what is pressed ---


async def _form(interaction: Interaction, click: Click) -> None:
    sketch = await _own(interaction, click)
    await defer(interaction, ephemeral=True, as_new=interaction.message is None)
    before: dict[str, str] = sketch.content["fields"]
    fields = {name: from_field(before.get(name, ""), text) for name, text in click.fields.items()}
    content: dict[str, Any] = {**sketch.content, "fields": fields}
    picture = None
    if url := content.pop("picture_url", None):
        try:
            png = await portrait_from(interaction, url, content.get("picture_name", ""))
            picture = picture_digest(png), png
            content["picture"] = PICTURE + picture[0]
        except UserError as problem:
            content["left_out"] = [f"The picture you attached is left out. {problem}"]
    await interaction.client.workshop.sketches.change(sketch.id, content, picture)
    await show_sketch(interaction, Sketch(sketch.id, sketch.guild_id, sketch.member_id, sketch.craft, content))


async def portrait_from(interaction: Interaction, url: str, name: str) -> bytes:
    """A member's attachment as a portrait. Raises UserError."""
    data = await fetched(interaction, url, name, PICTURE_BYTES)
    async with interaction.client.workshop.reading:
        return await asyncio.to_thread(portrait_of, data, name)


async def _change(interaction: Interaction, click: Click) -> None:
    await _show_form(interaction, await _own(interaction, click))


async def _drop(interaction: Interaction, click: Click) -> None:
    sketch = await _own(interaction, click)
    await defer(interaction)
    await interaction.client.workshop.sketches.remove(sketch.id)
    await interaction.client.workshop.free_pictures()
    await show_anew(interaction, cards.note("Discarded; nothing was saved."))


async def _save(interaction: Interaction, click: Click) -> None:
    sketch = await _own(interaction, click)
    await defer(interaction)
    workshop, bench = interaction.client.workshop, CRAFTS[sketch.craft]
    thing, problems = bench.read(sketch.content)
    if thing is None or problems or bench.clash(thing, await _others(interaction, sketch)):
        await show_sketch(interaction, sketch)  # says what is wrong
        return
    try:
        if (made_id := sketch.content.get("replaces")) is None:
            await bench.table(workshop).add(
                sketch.guild_id, thing, made_by=sketch.member_id, most=bench.most, sketch_id=sketch.id
            )
        else:
            before = await bench.table(workshop).one(sketch.guild_id, made_id)
            if not await bench.table(workshop).replace(sketch.guild_id, made_id, thing, sketch_id=sketch.id):
                await workshop.sketches.change(sketch.id, {**sketch.content, "replaces": None})
                raise UserError(_DELETED)
            if before is not None:
                await rename_in_settings(interaction, sketch.craft, before.thing.name, thing.name)
    except NameTaken:
        raise UserError(
            f"There is a {sketch.craft} called {shown(thing.name, 80)} here already. Press Change."
        ) from None
    except TooManyMade:
        raise UserError(
            f"This server has {bench.most} {sketch.craft}s, as many as it may. `/{sketch.craft} delete` makes room."
        ) from None
    workshop.catalogues.changed(sketch.guild_id)
    await workshop.free_pictures()
    notes = _shortage(interaction, sketch)
    if isinstance(thing, Persona) and thing.avatar and thing.avatar.startswith(PICTURE):
        workshop.avatars.add(thing.avatar)
    face, files = await face_of(interaction, thing)
    saved = " ".join([f"Saved. {bench.hint(thing)}", *notes])
    await show_anew(interaction, cards.saved(bench.parts(thing, face), saved), files)


async def _line(interaction: Interaction, click: Click) -> None:
    sketch = await _own(interaction, click)
    persona, problems = CRAFTS[sketch.craft].read(sketch.content)
    if not isinstance(persona, Persona):
        raise UserError(" ".join(problems) or OUT_OF_DATE)
    workshop = interaction.client.workshop
    workshop.lines.require(interaction.user.id, interaction.id)
    await defer(interaction, ephemeral=True, as_new=True)
    try:
        said = await workshop.trial.say(sketch.guild_id, persona)
    except (EndpointDown, EndpointRefused, ContextOverflow, LimitReached) as problem:
        raise UserError(f"No line came of it: {problem} {_STILL}") from problem
    await answer(interaction, f"**{shown(persona.full_name, 80)}**: {said}" if said else _NO_LINE)


async def _show_form(interaction: Interaction, sketch: Sketch) -> None:
    with may_be_lost(interaction):
        await interaction.response.send_modal(CRAFTS[sketch.craft].form(sketch))


async def _own(interaction: Interaction, click: Click) -> Sketch:
    """The sketch that a press is about. Raises UserError where it is gone, another's, or not to be made any more."""
    guild_id = await require_maker(interaction)
    sketch = await interaction.client.workshop.sketches.one(click.number)
    if sketch is None or sketch.guild_id != guild_id:
        raise UserError(_GONE.format(craft=sketch.craft if sketch else "persona"))
    if sketch.member_id != interaction.user.id:
        raise UserError(_NOT_YOURS.format(craft=sketch.craft))
    return sketch


async def _others(interaction: Interaction, sketch: Sketch) -> list[Any]:
    """What there is beside it on the server: an earlier version of it is none of them."""
    bench: CraftBench = CRAFTS[sketch.craft]
    catalogue = await catalogue_of(interaction)
    made_id = sketch.content.get("replaces")
    before = await bench.table(interaction.client.workshop).one(sketch.guild_id, made_id) if made_id else None
    return [thing for thing in bench.all_of(catalogue) if before is None or thing != before.thing]


def _shortage(interaction: Interaction, sketch: Sketch) -> list[str]:
    if sketch.content.get("picture") and interaction.client.workshop.avatars.are_full:
        return ["Discord takes no further picture of mine, so a default face stands in for its picture."]
    return []


VERBS: Final[Mapping[str, Handler]] = {
    "make-form": _form,
    "make-change": _change,
    "make-drop": _drop,
    "make-save": _save,
    "make-line": _line,
}
