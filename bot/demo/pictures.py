"""Draws the few pictures that the demo page needs: a face for each person, and the bot's round table."""

import io
from math import cos, pi, sin

from PIL import Image, ImageDraw

_SIDE = 128
_SUPERSAMPLING = 4
COLOURS = ("#3b7dd8", "#c2542d", "#3f8f5f", "#8a5bc4", "#b88a1e", "#b0416f")
_INK = "#fff6e6"


def face(name: str, number: int) -> bytes:
    """A PNG (128 × 128) with the first letter of `name` on the colour of the `number`-th person."""
    side = _SIDE * _SUPERSAMPLING
    image = Image.new("RGB", (side, side), COLOURS[number % len(COLOURS)])
    draw = ImageDraw.Draw(image)
    draw.text((side / 2, side / 2), name[:1].upper(), fill="white", font_size=side * 0.5, anchor="mm")
    return _png(image)


def nobody(colour: str) -> bytes:
    """A PNG (128 × 128) of a head and shoulders on a colour."""
    side = _SIDE * _SUPERSAMPLING
    image = Image.new("RGB", (side, side), colour)
    draw = ImageDraw.Draw(image)
    _disc(draw, side / 2, side * 0.4, side * 0.17, _INK)
    _disc(draw, side / 2, side * 0.98, side * 0.34, _INK)
    return _png(image)


def round_table() -> bytes:
    """A PNG (128 × 128): a table from above with six seats, the bot's own picture."""
    side = _SIDE * _SUPERSAMPLING
    middle = side / 2
    image = Image.new("RGB", (side, side), "#274060")
    draw = ImageDraw.Draw(image)
    for seat in range(6):
        angle = pi / 2 + seat * pi / 3
        _disc(draw, middle + cos(angle) * side * 0.36, middle + sin(angle) * side * 0.36, side * 0.085, "#f2a541")
    _disc(draw, middle, middle, side * 0.235, _INK)
    _disc(draw, middle, middle, side * 0.16, "#e4d3b2")
    return _png(image)


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: str) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
