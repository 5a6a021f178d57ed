"""What a visitor of the demo finds: the names and words on the page, and how they get there."""

import html
import json
from dataclasses import asdict, dataclass

from bot.demo import pictures


@dataclass(frozen=True)
class DemoPlace:
    """Names of guild, channel and people, the channel's topic, and a hint for the first visit."""

    guild: str
    channel: str
    topic: str
    hint: str
    people: tuple[str, ...]

    def on_page(self, index: str, bot_name: str) -> str:
        """simcord's index page with our title, icon, style and script, and this place for the script to read.

        Our script stands before simcord's, a module: it has to be there when that one makes its first request.
        """
        words = html.escape(json.dumps({**asdict(self), "bot": bot_name, "colours": pictures.COLOURS}))
        index = index.replace("<title>SimCord Preview</title>", "<title>Roundtable demo</title>")
        return index.replace(
            "</head>",
            '<link rel="icon" href="/demo/icon.png"><link rel="stylesheet" href="/demo/page.css">'
            f'<meta name="demo-place" content="{words}"><script src="/demo/page.js"></script></head>',
        )
