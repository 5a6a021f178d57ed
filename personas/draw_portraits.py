"""Draws the portraits of the shipped personas: `python personas/draw_portraits.py` writes them beside the cards.

Needs Pillow (in the `demo` extra). Nothing is random, so a redraw changes a file only when its drawing changed.
Every measure is in portrait pixels: x grows to the right and y downwards, from 0 to 128. Outlines are written as
text, "x,y x,y …". A portrait is a list of layers from back to front; a layer is made by the small functions below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw

SIZE = 128  # The size of an application emoji on Discord, which is what a portrait becomes.
OVERSAMPLE = 4  # Drawn this many times larger and scaled down, which gives smooth edges.
ZOOM = 1.12  # Chat shows a portrait 40 pixels wide and round, so the face should fill it.
MIDDLE = SIZE / 2
CURVE_STEPS = 12  # Straight pieces to one piece of a curve: at this size more cannot be seen.

INK = "#2b2430"
WHITE = "#ffffff"
WINE = "#7a1f2b"
GOLD = "#f8d568"

Point = tuple[float, float]


def mix(colour: str, other: str, share: float) -> str:
    """The colour with `share` (0 to 1) of it replaced by the other one; all are "#rrggbb"."""
    pairs = zip(ImageColor.getrgb(colour)[:3], ImageColor.getrgb(other)[:3], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


@dataclass(frozen=True)
class Look:
    """One persona's colours, and the layers of the portrait from back to front."""

    background: str
    skin: str
    hair: str
    clothes: str
    accent: str
    layers: "tuple[Layer, ...]"


@dataclass(frozen=True)
class Tint:
    """A colour of the look (or a fixed one) with a share of another mixed in."""

    base: str
    other: str
    share: float


Colour = str | Tint  # "#rrggbb", the name of one of the look's colours, or a tint of either

SHADOW = Tint("skin", "#6b2a1e", 0.22)
BLUSH = Tint("skin", "#e2574c", 0.28)
LIP = Tint("skin", "#7a1f2b", 0.62)
BROW = Tint("hair", INK, 0.25)


def curve(points: list[Point], closed: bool) -> list[Point]:
    """A smooth line through all the points (a uniform Catmull-Rom spline)."""
    around = [points[-1], *points, *points[:2]] if closed else [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        for step in range(CURVE_STEPS):
            t = step / CURVE_STEPS
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2 for axis in (0, 1))
            line.append((x, y))
    return line if closed else [*line, points[-1]]


class Canvas:
    """A square picture in one look's colours, drawn large and saved small; `flipped` swaps left and right."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.flipped = False
        image = Image.new("RGB", (SIZE * OVERSAMPLE, SIZE * OVERSAMPLE), look.background)
        self._image = image
        self.draw = ImageDraw.Draw(image)

    def at(self, x: float, y: float) -> Point:
        """Where a portrait pixel lies on the large picture."""
        x = SIZE - x if self.flipped else x
        return (MIDDLE + (x - MIDDLE) * ZOOM) * OVERSAMPLE, (MIDDLE + (y - MIDDLE) * ZOOM) * OVERSAMPLE

    def corners(self, x: float, y: float, rx: float, ry: float) -> list[Point]:
        """The upper left and lower right corner, on the large picture, of a box about a middle point."""
        (ax, ay), (bx, by) = self.at(x - rx, y - ry), self.at(x + rx, y + ry)
        return [(min(ax, bx), ay), (max(ax, bx), by)]

    def sized(self, length: float) -> int:
        """A length in portrait pixels as one on the large picture."""
        return round(length * ZOOM * OVERSAMPLE)

    def colour(self, colour: Colour) -> str:
        """The colour as "#rrggbb"."""
        if isinstance(colour, Tint):
            return mix(self.colour(colour.base), self.colour(colour.other), colour.share)
        return colour if colour.startswith("#") else getattr(self.look, colour)

    def save(self, path: Path) -> None:
        """Scale down and write a PNG file."""
        self._image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(path, optimize=True)


Layer = Callable[[Canvas], None]

# The makers of layers


def ellipse(fill: Colour, x: float, y: float, rx: float, ry: float) -> Layer:
    return lambda c: c.draw.ellipse(c.corners(x, y, rx, ry), fill=c.colour(fill))


def dots(fill: Colour, places: str) -> Layer:
    """Filled circles, written as "x,y,radius x,y,radius …"."""
    circles = [[float(v) for v in place.split(",")] for place in places.split()]
    return group(*(ellipse(fill, x, y, r, r) for x, y, r in circles))


def box(fill: Colour, x: float, y: float, rx: float, ry: float, radius: float) -> Layer:
    return lambda c: c.draw.rounded_rectangle(c.corners(x, y, rx, ry), c.sized(radius), fill=c.colour(fill))


def ring(colour: Colour, x: float, y: float, r: float, width: float) -> Layer:
    return lambda c: c.draw.ellipse(c.corners(x, y, r, r), outline=c.colour(colour), width=c.sized(width))


def points(outline: str) -> list[Point]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in outline.split())]


def half(outline: str) -> str:
    """The left half of an outline made whole with its mirror image; points on the middle line stay single."""
    return " ".join([outline, *(f"{SIZE - x},{y}" for x, y in reversed(points(outline)) if x != MIDDLE)])


def polygon(fill: Colour, outline: str) -> Layer:
    return lambda c: c.draw.polygon([c.at(*p) for p in points(outline)], fill=c.colour(fill))


def blob(fill: Colour, outline: str) -> Layer:
    """A filled shape with a smooth outline through all the points."""
    return lambda c: c.draw.polygon([c.at(*p) for p in curve(points(outline), closed=True)], fill=c.colour(fill))


def stroke(colour: Colour, width: float, path: str) -> Layer:
    """A smooth line with round ends through all the points."""
    line = curve(points(path), closed=False)
    ends = [ellipse(colour, x, y, width / 2, width / 2) for x, y in (line[0], line[-1])]

    def body(c: Canvas) -> None:
        c.draw.line([c.at(*p) for p in line], fill=c.colour(colour), width=c.sized(width), joint="curve")

    return group(body, *ends)


def group(*layers: Layer) -> Layer:
    def drawn(c: Canvas) -> None:
        for layer in layers:
            layer(c)

    return drawn


def both(*layers: Layer) -> Layer:
    """The layers as they are, and again with left and right swapped."""

    def drawn(c: Canvas) -> None:
        for c.flipped in (True, False):
            group(*layers)(c)

    return drawn


# The parts of a face

halo = ellipse(Tint("background", WHITE, 0.18), MIDDLE, 60, 50, 50)
shoulders = blob("clothes", half("52,97 34,102 17,112 8,140"))
neck = box(SHADOW, MIDDLE, 92, 11, 16, 9)
ears = both(ellipse("skin", 36, 63, 5.5, 7.5), ellipse(SHADOW, 36, 63, 2.5, 4))
head = blob("skin", half("64,28 45,34 37,52 39,72 49,88"))
cheeks = both(ellipse(BLUSH, 45.5, 71, 5, 3.6))
nose = stroke(SHADOW, 2.2, "62,68 64,71.5 67,70.5")
face = group(neck, ears, head, cheeks, nose)

eyes = group(both(ellipse(INK, 53, 61, 3.4, 4.2)), dots(WHITE, "54.2,59.4,1.3 76.2,59.4,1.3"))
laughing_eyes = both(stroke(INK, 2.8, "48,62.5 53,58.5 58,62.5"))
brows = both(stroke(BROW, 2.8, "58,52.5 53,50 47,52.5"))
wry_brows = group(stroke(BROW, 2.8, "47,54.5 53,53 59,54.5"), stroke(BROW, 2.8, "69,52 75,48.5 81,51"))
freckles = both(dots(Tint("skin", "#8a3f1c", 0.6), "43,68,1.2 48,70.5,1.2 45,73.5,1.2"))

smile = stroke(LIP, 2.8, "55,79 64,83 73,79")
half_smile = stroke(LIP, 2.8, "57,81 64,81.5 73,78")
grin = group(
    blob(WINE, "53,77 64,78.5 75,77 71,85 64,88 57,85"),
    blob(WHITE, "55,77.6 64,78.8 73,77.6 70,81 64,82 58,81"),
)

# Hair

bob_behind = blob(Tint("hair", INK, 0.22), half("64,17 40,23 29,45 28,70 31,88 45,91"))
bob_fringe = group(
    blob("hair", "64,18 43,23 32,42 31,66 37,67 41,51 52,47 64,45 76,47 87,51 91,67 97,66 96,42 85,23"),
    *(stroke(Tint("hair", INK, 0.18), 1.8, s) for s in ("72,22 58,30 50,43", "76,23 82,32 85,45", "70,22 70,32 68,42")),
)
flat_top = blob("hair", half("44,17 35,26 35,56 39,55 42,42 52,38"))
short_beard = blob("hair", half("64,73 54,74 44,72 38,62 38,76 47,91 58,96"))
under_helmet = both(blob("hair", "42,34 34,46 33,66 37,74 40,62 44,48"))
plait = group(
    dots("hair", "93,78,8 95,90,8 95,102,7.5 93,112,6.5"),
    *(
        stroke(Tint("hair", WHITE, 0.22), 1.6, s)
        for s in ("88,79 93,82 98,79", "90,91 95,94 100,91", "90,103 95,106 100,103")
    ),
    box("accent", 92.5, 117, 5, 2.5, 2),
)
wild_sides = both(dots("hair", "37,40,8 30,49,9 29,61,9 33,71,8 26,55,7"))
full_beard = group(
    blob("hair", half("64,72 52,74 43,71 37,60 34,80 42,102 55,113 64,117")),
    blob(WINE, half("64,81 53,80 58,87 64,89")),
    both(blob("hair", "64,74 55,73 45,80 53,82 64,80")),
    *(stroke(Tint("hair", INK, 0.16), 1.8, s) for s in ("53,95 55.2,105", "64,95 64,106", "75,95 72.8,105")),
)
curls = dots(
    "hair",
    "36,49,8 34,39,9 41,29,10 53,23,10 66,21,10 79,24,10 88,32,10 94,42,8 92,50,8 "
    "47,38,9 59,35,9 71,34,9 82,39,9 64,29,12",
)
stubble = blob(Tint("skin", "hair", 0.3), half("64,75 56,74 46,76 39,68 42,80 51,91 64,94"))
cropped_behind = blob("hair", half("48,20 34,32 29,52 28,72 24,80 36,82 48,76"))
cropped_fringe = blob("hair", "60,20 42,25 33,42 34,62 38,62 42,50 52,46 66,40 78,46 87,50 91,62 95,60 95,40 84,24")
quiff = group(
    blob("hair", "36,58 33,44 38,28 54,17 76,13 91,19 96,36 94,58 90,57 87,44 76,36 60,39 44,42 40,50"),
    stroke(Tint("hair", WHITE, 0.25), 2.2, "47,34 60,27 80,24"),
)
moustache = group(
    both(blob("hair", "64,74 56,73 47,78 42,76 46,83 56,82 64,79")),
    stroke(LIP, 2.6, "58,86 64,88.5 70,86"),
)
long_behind = blob("hair", half("50,17 34,28 27,54 25,86 22,112 34,122 52,104"))
centre_parting = group(
    both(blob("hair", "65,18 46,22 34,40 33,64 37,70 40,56 49,44 65,33")),
    stroke(Tint("hair", "skin", 0.55), 1.4, "64,19 64,33"),
)

# Clothes, and the one thing to know each of them by

polo_neck = box(Tint("clothes", WHITE, 0.14), MIDDLE, 102, 15, 8, 5)
round_glasses = group(
    both(ring("accent", 52, 61, 11, 2.8), stroke("accent", 2.6, "41.5,59 36,58")),
    stroke("accent", 2.8, "62,59.5 64,58.5 66,59.5"),
)
collar = both(polygon("accent", "64,106 52,94 43,100 53,113"))
whistle = group(
    both(stroke("accent", 1.8, "52,98 57,106 63,110")),
    box("#e8eef2", 71, 109.5, 9, 3, 1.5),
    dots("#e8eef2", "63,111.5,5.6"),
    dots(INK, "63,111.5,2.1"),
)
safety_helmet = group(
    blob("accent", half("56,11 41,16 32,29 30,44 46,45")),
    box(Tint("accent", INK, 0.12), MIDDLE, 26, 5, 16, 4),
    blob("accent", "26,43 40,39 64,37.5 88,39 102,43 88,46.5 64,45.5 40,46.5"),
    stroke(Tint("accent", INK, 0.25), 1.6, "32,45 64,44.5 96,45"),
    dots(INK, "64,30,7.5"),
    dots("#fff3b0", "64,30,5.2"),
)
bright_vest = both(polygon("#d7f05a", "52,97 40,99 30,130 46,130"))
neckerchief = blob("accent", half("58,96 42,97 35,106 44,113 58,112"))
hood = group(
    blob(Tint("clothes", INK, 0.28), half("52,92 36,93 28,104 44,117 58,122")),
    blob(SHADOW, half("53,97 47,102 57,113")),
    both(stroke("accent", 2.2, "54,112 53,124")),
)
headphones = group(
    stroke("accent", 5.5, "33,58 33,38 44,21 64,14 84,21 95,38 95,58"),
    both(box("accent", 32, 62, 7.5, 12.5, 6), box(Tint("accent", INK, 0.3), 32, 62, 3.2, 8, 3)),
)
diving_mask = group(
    stroke(INK, 5, "33,43 48,38 80,38 95,43"),
    box("accent", MIDDLE, 34, 25, 12, 9),
    box("#bdf0f2", MIDDLE, 33.5, 20.5, 8, 6),
    polygon("#e9fcfc", "51,40 57,27 63,27 57,40"),
)
wetsuit = group(
    box(Tint("clothes", WHITE, 0.16), MIDDLE, 102, 14, 7.5, 4),
    both(stroke("accent", 5, "40,102 35,113 33,128")),
)
night_sky = group(
    dots("#f6e7a8", "23,34,9.5"),
    dots("background", "27.5,31,8.5"),
    dots("#f6e7a8", "104,28,2.2 110,50,1.7 106,80,1.9 17,66,1.9 24,86,1.5 86,9.5,1.7 44,12,1.6"),
)
thick_scarf = group(
    blob("accent", half("58,93 40,93 31,103 40,114 58,115")),
    polygon(Tint("accent", INK, 0.15), "72,108 88,106 92,130 75,130"),
    *(stroke(Tint("accent", WHITE, 0.35), 2.4, f"{x},97 {x + 4},110") for x in (42, 54, 66, 78)),
)
stole = group(polygon("accent", "30,103 46,97 78,130 54,130"), stroke(GOLD, 2, "47,98 79,131"))
earrings = both(ellipse(GOLD, 36, 75, 3.2, 3.8))
flower = group(dots("#ff7a59", "92,29,5.6 100,33,5.6 99,42,5.6 90,43,5.6 85,36,5.6"), dots("#ffd35c", "93,36.5,4.6"))

LOOKS = {
    "aino": Look(
        background="#a9d5ea", skin="#f6d7c3", hair="#dfe3ea", clothes="#24456b", accent="#1f3b57",
        layers=(halo, bob_behind, shoulders, face, polo_neck, eyes, half_smile, bob_fringe, round_glasses),
    ),
    "bayo": Look(
        background="#2f9e63", skin="#7b4a2f", hair="#241a1c", clothes="#ffd43b", accent=INK,
        layers=(halo, shoulders, face, collar, short_beard, nose, eyes, brows, grin, flat_top, whistle),
    ),
    "marisol": Look(
        background="#e2725b", skin="#c98a5e", hair="#2a1d22", clothes="#3c4a5e", accent="#fdfdf8",
        layers=(
            halo, shoulders, bright_vest, face, eyes, wry_brows, half_smile, under_helmet, plait, safety_helmet,
        ),
    ),
    "gethin": Look(
        background="#8c3a52", skin="#f0bfa3", hair="#f5f1e8", clothes="#3f6b5c", accent="#f2b134",
        layers=(halo, wild_sides, shoulders, face, neckerchief, full_beard, laughing_eyes, brows),
    ),
    "faris": Look(
        background="#b3a4f5", skin="#d9a679", hair="#2b2023", clothes="#5a3fc0", accent="#3ce0b0",
        layers=(halo, shoulders, hood, face, stubble, nose, eyes, brows, smile, curls, headphones),
    ),
    "kaede": Look(
        background="#16a3b0", skin="#f2cba4", hair="#231d2b", clothes="#28303f", accent="#ff6b3d",
        layers=(halo, cropped_behind, shoulders, face, wetsuit, eyes, brows, grin, cropped_fringe, diving_mask),
    ),
    "odilon": Look(
        background="#22305e", skin="#f3cdb0", hair="#b5532a", clothes="#46597f", accent="#c23b3b",
        layers=(night_sky, shoulders, face, thick_scarf, freckles, eyes, brows, moustache, quiff),
    ),
    "devika": Look(
        background="#f4c14f", skin="#9c623f", hair="#1f1820", clothes="#1f7a5a", accent="#b8336a",
        layers=(halo, long_behind, shoulders, stole, face, eyes, brows, smile, centre_parting, earrings, flower),
    ),
}  # fmt: skip


def main() -> None:
    """Redraw every portrait beside the cards."""
    for name, look in LOOKS.items():
        canvas = Canvas(look)
        group(*look.layers)(canvas)
        path = Path(__file__).with_name(f"{name}.png")
        canvas.save(path)
        print(f"{path.name}: {path.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
