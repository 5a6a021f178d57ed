"""Minutes as one web page that looks as the channel did and needs nothing but itself: no script, no other host."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from bot.discussion.model.poll_words import ballots
from bot.discussion.model.polls import Poll, letter
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import graphemes
from bot.minutes.account import Minutes, MinutesEntry, MinutesSection
from bot.minutes.message_html import message_html

# A picture tells by its first bytes what it is; what tells something else is not shown.
_PICTURES: Final = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))
# Of all pictures together, in bytes: Discord takes files of 10 MiB, and base64 makes four bytes of three.
_MOST_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Colour:
    light: str
    dark: str


# Names in them can be read (WCAG AA, 4.5 to 1) on the light paper, and in the second on the dark one.
_COLOURS: Final = tuple(
    _Colour(*pair.split())
    for pair in (
        "#1d4ed8 #8ab4ff",
        "#b3261e #ff8f87",
        "#0f766e #5eead4",
        "#7c3aed #c4a7ff",
        "#92400e #fbbf6b",
        "#be185d #ff8fc7",
        "#15803d #7ddf9b",
        "#0369a1 #7dd3fc",
        "#9a3412 #ffab7a",
        "#86198f #f0a6fa",
        "#3f6212 #bbe36a",
        "#475569 #b6c2d2",
    )
)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """How a persona's entries look. `face`: a picture as an address, None for an initial."""

    style: str
    colour: int
    face: str | None


@dataclass(frozen=True, slots=True)
class _Bar:
    name: str
    count: int
    percent: int
    style: str


def as_html(minutes: Minutes, faces: Mapping[str, bytes]) -> str:
    """A whole page. `faces`: pictures (PNG, JPEG, GIF or WebP) by persona's name; whoever has none gets an initial."""
    speakers: dict[str, _Speaker] = {}
    room = _MOST_BYTES
    for number, persona in enumerate(minutes.cast):
        picture = faces.get(persona.name, b"")
        face = _address(picture) if len(picture) <= room else None
        room -= len(picture) if face else 0
        speakers[persona.name] = _Speaker(f"s{number}", number % len(_COLOURS), face)
    styles = {persona.full_name: speakers[persona.name].style for persona in minutes.cast}

    def style(said: MinutesEntry) -> str:
        return "guest" if said.is_guest or said.speaker not in speakers else speakers[said.speaker].style

    def turn(said: MinutesEntry, badge: bool = True) -> Markup:
        known = None if said.is_guest else speakers.get(said.speaker)
        initial = "" if known and known.face else _initial(said.name)
        shown = _turn().render(said=said, style=style(said), initial=initial, message=message_html, badge=badge)
        return Markup(shown)  # nosec B704 (the template escapes)

    def bars(section: MinutesSection) -> list[_Bar]:
        most = max(count for _, count in section.votes)
        return [_Bar(name, n, round(100 * n / most), styles.get(name, "guest")) for name, n in section.votes]

    def options(poll: Poll) -> list[_Bar]:
        counts = poll.points if poll.opened.ranked else poll.together
        most = max(*counts, 1)
        named = [f"{letter(number)}) {one_line(option)}" for number, option in enumerate(poll.options)]
        return [_Bar(name, n, round(100 * n / most), "option") for name, n in zip(named, counts, strict=True)]

    return _page().render(
        minutes=minutes,
        speakers=speakers,
        colours=_COLOURS,
        style=style,
        turn=turn,
        message=message_html,
        bars=bars,
        options=options,
        ballots=ballots,
    )


@cache
def _templates() -> Environment:
    # Whatever a template shows is escaped, but for what `message_html` has made.
    return Environment(loader=PackageLoader("bot.minutes", "."), autoescape=True, undefined=StrictUndefined)


def _page() -> Template:
    return _templates().get_template("minutes.html.j2")


def _turn() -> Template:
    return _templates().get_template("turn.html.j2")


def _address(picture: bytes) -> str | None:
    kind = next((kind for start, kind in _PICTURES if picture.startswith(start)), None)
    return kind and f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _initial(name: str) -> str:
    """The first letter of a name, without what is piled on it."""
    return next((cluster[:1].upper() for cluster in graphemes(name) if cluster[:1].isalnum()), "?")
