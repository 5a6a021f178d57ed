"""What a visitor of the demo finds: the names and words on the page, and how they get there."""

import html
import json
from dataclasses import asdict, dataclass
from typing import Final

from bot.demo import pictures

_STYLES: Final = ("page", "composer", "messages", "light", "narrow")


@dataclass(frozen=True)
class Chip:
    """A button on an empty channel: writes `text` into the writing line, and sends it if `run`.

    Where the bot has no such command, `instead` is written.
    """

    label: str
    text: str
    run: bool = False
    instead: str = ""


CHIPS: Final = (
    Chip("Start a table", "/roundtable start", run=True),
    Chip("Ask my own question", "/roundtable start question:"),
    Chip("Choose who sits", "/roundtable setup", run=True, instead="/roundtable start personas:"),
)


@dataclass(frozen=True)
class DemoPlace:
    """Names of guild, channels, forum (empty: none) and people, the channels' topic, an empty channel's chips."""

    guild: str
    channels: tuple[str, ...]
    forum: str
    topic: str
    people: tuple[str, ...]
    chips: tuple[Chip, ...] = CHIPS

    def on_page(self, index: str, bot_name: str) -> str:
        """simcord's index page with our title, icon, styles and script, and this place for the script to read.

        Our script stands before simcord's, and both are modules: it is there when that one makes its first request.
        """
        words = html.escape(json.dumps({**asdict(self), "bot": bot_name, "colours": pictures.COLOURS}))
        styles = "".join(f'<link rel="stylesheet" href="/demo/{name}.css">' for name in _STYLES)
        index = index.replace("<title>SimCord Preview</title>", "<title>Roundtable demo</title>")
        return index.replace(
            "</head>",
            f'<link rel="icon" href="/demo/icon.png">{styles}<meta name="demo-place" content="{words}">'
            '<script type="module" src="/demo/page.js"></script></head>',
        )
