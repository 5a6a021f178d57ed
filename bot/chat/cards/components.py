"""The one builder of cards, forms and what is pressed on them: Discord's Components V2, within its limits.

A card knows no actions. What is pressed or filled in comes back as a verb and an argument (`rt:<verb>:<argument>`),
which the handler of that verb has done (`commands/answering/clicks.py`): so a card works after a restart, and the stage
can show one without knowing what its buttons do.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import discord

from bot.discussion.text.segmentation import clipped

COLOUR: Final = discord.Colour(0x5B6EE1)
# https://discord.com/developers/docs/components/reference: parts of a message, nested ones too, and the characters of
# all its texts.
COMPONENTS: Final = 40
TEXT_LIMIT: Final = 4000
OPTIONS: Final = 25
BUTTONS: Final = 5
_BUTTON_LABEL: Final = 80
_OPTION_LABEL: Final = 100
_PLACEHOLDER: Final = 150
_CUSTOM_ID: Final = 100
_MODAL_TITLE: Final = 45
_FIELD_LABEL: Final = 45
_FIELD_TEXT: Final = 100
PREFIX: Final = "rt"

Part: TypeAlias = discord.ui.Item[Any]
Button: TypeAlias = discord.ui.Button[Any]
Layout: TypeAlias = discord.ui.LayoutView
Buttons: TypeAlias = discord.ui.View
Style: TypeAlias = discord.ButtonStyle


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things to choose from. `emoji`: one of Unicode, or `<:name:id>` of the bot's own."""

    label: str
    value: str
    description: str | None = None
    emoji: str | None = None
    is_chosen: bool = False


def custom_id(verb: str, argument: object = "") -> str:
    """What a press comes back with. Raises ValueError for one that is too long."""
    made = f"{PREFIX}:{verb}:{argument}"
    if len(made) > _CUSTOM_ID:
        raise ValueError(f"{made!r} is longer than {_CUSTOM_ID} characters")
    return made


def key(name: str) -> str:
    """A short stand-in for a name in an argument: names may be too long for one."""
    return f"{zlib.crc32(name.encode()):08x}"


# --- a message ---


def card(*parts: Part | None, colour: discord.Colour | None = COLOUR) -> Layout:
    """A message that is one box with these parts below each other; None is left out."""
    box: discord.ui.Container[Any] = discord.ui.Container(*filter(None, parts), accent_colour=colour)
    return message(box)


def message(*parts: Part | None) -> Layout:
    """A message of these parts, boxes among them."""
    view = discord.ui.LayoutView(timeout=None)
    for part in filter(None, parts):
        view.add_item(part)
    # The library would keep every view that it has not seen to end; the verbs need none of them.
    view.stop()
    return view


def text(markdown: str) -> Part:
    """A paragraph or several; `# ` and `-# ` make headings and small print, as in messages."""
    return discord.ui.TextDisplay(markdown)


def line(*, is_visible: bool = True) -> Part:
    """A rule across the box, or only its room."""
    return discord.ui.Separator(visible=is_visible)


def beside(markdown: str, accessory: Button) -> Part:
    """A text with a button at its right."""
    return discord.ui.Section(markdown, accessory=accessory)


def with_face(markdown: str, url: str, name: str) -> Part:
    """A text with a small picture at its right; `name` is read out instead of it."""
    return discord.ui.Section(markdown, accessory=discord.ui.Thumbnail(url, description=clipped(name, 256)))


def pictures(*urls: str) -> Part:
    """Up to ten pictures side by side."""
    return discord.ui.MediaGallery(*(discord.MediaGalleryItem(url) for url in urls[:10]))


def attached(filename: str) -> Part:
    """A file that goes with the message, where it is to be seen."""
    return discord.ui.File(f"attachment://{filename}")


def below(*items: Button) -> Buttons:
    """Up to five buttons below an ordinary message."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


# --- what is pressed ---


def row(*items: Part | None) -> Part:
    """Up to five buttons beside each other, or one menu."""
    return discord.ui.ActionRow(*filter(None, items))


def button(
    label: str,
    verb: str,
    argument: object = "",
    *,
    style: Style = Style.secondary,
    emoji: str | None = None,
    is_enabled: bool = True,
) -> Button:
    return discord.ui.Button(
        label=clipped(label, _BUTTON_LABEL),
        custom_id=custom_id(verb, argument),
        style=style,
        emoji=emoji,
        disabled=not is_enabled,
    )


def link(label: str, url: str) -> Button:
    return discord.ui.Button(label=clipped(label, _BUTTON_LABEL), url=url)


def menu(
    verb: str,
    argument: object,
    placeholder: str,
    options: Sequence[Option],
    *,
    least: int = 1,
    most: int = 1,
    is_enabled: bool = True,
) -> Part:
    """A menu of up to 25 options; further ones are left out. `least` and `most`: how many may be chosen."""
    shown = options[:OPTIONS]
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id(verb, argument),
        placeholder=clipped(placeholder, _PLACEHOLDER),
        min_values=min(least, len(shown)),
        max_values=max(1, min(most, len(shown))),
        disabled=not is_enabled,
        options=[_option(option) for option in shown],
    )
    return row(select)


def role_menu(verb: str, argument: object, placeholder: str, chosen: Iterable[int] = ()) -> Part:
    """A menu of the server's roles; none may be chosen."""
    select: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
        custom_id=custom_id(verb, argument),
        placeholder=clipped(placeholder, _PLACEHOLDER),
        min_values=0,
        default_values=[
            discord.SelectDefaultValue(id=role, type=discord.SelectDefaultValueType.role) for role in chosen
        ],
    )
    return row(select)


def channel_menu(
    verb: str,
    argument: object,
    placeholder: str,
    chosen: Iterable[int] = (),
    *,
    most: int = 1,
    kinds: Iterable[discord.ChannelType] = (),
) -> Part:
    """A menu of the server's channels; none may be chosen. `kinds`: which of them are offered (none given: all)."""
    select: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
        custom_id=custom_id(verb, argument),
        placeholder=clipped(placeholder, _PLACEHOLDER),
        min_values=0,
        max_values=most,
        channel_types=list(kinds),
        default_values=[
            discord.SelectDefaultValue(id=channel, type=discord.SelectDefaultValueType.channel) for channel in chosen
        ],
    )
    return row(select)


def _option(option: Option) -> discord.SelectOption:
    return discord.SelectOption(
        label=clipped(option.label, _OPTION_LABEL),
        value=option.value,
        description=clipped(option.description, _OPTION_LABEL) if option.description else None,
        emoji=option.emoji,
        default=option.is_chosen,
    )


# --- a form ---


def field(
    name: str,
    label: str,
    *,
    text: str = "",
    hint: str = "",
    example: str = "",
    is_long: bool = False,
    is_needed: bool = True,
    most: int = 4000,
) -> Part:
    """A field to write in. `name`: by which its text comes back; `text`: what it begins with."""
    return discord.ui.Label(
        text=clipped(label, _FIELD_LABEL),
        description=clipped(hint, _FIELD_TEXT) if hint else None,
        component=discord.ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
            default=clipped(text, most) or None,
            placeholder=clipped(example, _FIELD_TEXT) or None,
            required=is_needed,
            max_length=most,
        ),
    )


def form(title: str, verb: str, argument: object, *fields: Part) -> discord.ui.Modal:
    """A form of up to five fields, which comes back as this verb with what was written, by name."""
    made = discord.ui.Modal(title=clipped(title, _MODAL_TITLE), timeout=None, custom_id=custom_id(verb, argument))
    for item in fields:
        made.add_item(item)
    made.stop()
    return made
