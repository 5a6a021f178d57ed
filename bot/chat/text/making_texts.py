"""What members write to make personas and tasks: cleaned of what nobody sees, and how it is shown."""

import re
from collections.abc import Mapping
from typing import Final

import discord

from bot.discussion.text.invisible import without_invisible
from bot.discussion.text.links import plain_links
from bot.discussion.text.segmentation import clipped

# Discord reads these as marks (bold, spoilers, code, mentions, links, headings), also where a name stands.
_MARKS: Final = re.compile(r"[*_~`|<>@#\[\]\\]")
# Control characters, but for lines and tabs, and half characters.
_UNSTORABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TEXTS: Final = {"prompt": "card", "context": "setting", "discuss": "rules"}
NAME_LENGTH: Final = 80
# As much as a field of a form takes: https://discord.com/developers/docs/components/reference#text-input
FIELD_LENGTH: Final = 4000


def written(text: str) -> str:
    """A text as it is kept: what can be stored and seen, with links that show where they lead."""
    return plain_links(without_invisible(_UNSTORABLE.sub("", text.replace("\r\n", "\n")))).strip()


def written_line(text: str) -> str:
    """The same of one line."""
    return " ".join(written(text).split())


def in_field(text: str) -> str:
    """As much of a text as a field of a form takes."""
    return clipped(text, FIELD_LENGTH)


def from_field(before: str, text: str) -> str:
    """What a field that held `before` comes to: all of that, where what the form showed of it was left as it was."""
    return before if text.split() == in_field(before).split() else text


def longer_than_fields(fields: Mapping[str, str]) -> list[str]:
    """A sentence about each text of a form that the form does not hold whole."""
    return [
        f"A form shows {FIELD_LENGTH:,} of the {len(text):,} characters of its {_TEXTS.get(name, name)}. Leave those "
        "as they are, and the rest is kept, too."
        for name, text in fields.items()
        if len(text) > FIELD_LENGTH
    ]


def mark_problem(name: str) -> str | None:
    """Why a name can't be one that members give, None if it can: hosts know what they write, and members are read."""
    found = _MARKS.search(name)
    return f'"{name}" holds “{found[0]}”, which Discord may read as a mark.' if found else None


def shown(text: str, most: int) -> str:
    """A text of a member's on a card of the bot's: as it was written, up to so many characters with their marks."""
    room = most
    while (over := len(made := discord.utils.escape_markdown(clipped(text, room))) - most) > 0:
        room -= -(-over // 2)
    return made
