"""The formats as they are chosen: in a menu, and as the choices of a command."""

from discord.app_commands import Choice

from bot.chat.cards import components as c
from bot.discussion.moderation.formats.table import FORMATS


def format_options(chosen: str, label: str = "Format: {}") -> list[c.Option]:
    """The options of a menu. `chosen`: the name of the one that stands there."""
    return [
        c.Option(label.format(format.title), name, format.about, is_chosen=name == chosen)
        for name, format in FORMATS.items()
    ]


def format_choices() -> list[Choice[str]]:
    return [Choice(name=f"{format.title}: {format.about}", value=name) for name, format in FORMATS.items()]
