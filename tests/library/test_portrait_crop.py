"""Portraits out of any picture: square, small, turned the right way, and with nothing in them but pixels."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.library.portrait import AVATAR_BYTES
from bot.library.portrait_crop import picture_digest, portrait_of
from tests.support.character_cards import drawn, drawn_with

RED, BLUE = (255, 0, 0), (0, 0, 255)
ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def seen(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def is_near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 60 for a, b in zip(pixel, colour, strict=False))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
@pytest.mark.parametrize("size", [(300, 200), (64, 640), (1200, 900), (7, 5)])
def test_any_picture_becomes_a_small_square_png(kind: str, size: tuple[int, int]) -> None:
    made = portrait_of(drawn(size, kind))
    image = seen(made)
    assert (image.format, image.size) == ("PNG", (128, 128))
    assert len(made) <= AVATAR_BYTES
    assert is_near(image.getpixel((64, 2)), RED)


@pytest.mark.parametrize(
    ("size", "boundary"),
    [((200, 100), 64), ((100, 100), 64), ((100, 400), 128)],
    ids=["from the middle of a wide one", "all of a square", "from the upper part of a tall one"],
)
def test_which_square_is_taken(size: tuple[int, int], boundary: int) -> None:
    """`boundary`: at which row red becomes blue, which is half of the picture's height."""
    image = seen(portrait_of(drawn(size)))
    assert is_near(image.getpixel((64, boundary - 8)), RED)
    assert boundary == 128 or is_near(image.getpixel((64, boundary + 8)), BLUE)


def test_it_is_turned_as_the_camera_was_held_and_keeps_nothing_else() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[DESCRIPTION] = 6, "at home"
    held = drawn((200, 200), "JPEG", exif=exif, comment="secret", icc_profile=b"profile", dpi=(300, 300))
    assert b"at home" in held
    made = portrait_of(held)
    # What was above is on the right.
    assert is_near(seen(made).getpixel((120, 64)), RED)
    assert is_near(seen(made).getpixel((8, 64)), BLUE)
    assert seen(made).info == {}
    assert seen(portrait_of(drawn_with((b"tEXt", b"Comment\0secret"), (b"pHYs", bytes(9))))).info == {}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_any_kind_of_pixels(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (40, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert seen(portrait_of(out.getvalue())).size == (128, 128)


def test_what_is_transparent_stays_so_and_of_a_gif_the_first_picture_counts() -> None:
    clear, out = Image.new("RGBA", (200, 200), (0, 0, 0, 0)), BytesIO()
    clear.save(out, "PNG")
    pixel: Any = seen(portrait_of(out.getvalue())).getpixel((64, 64))
    assert pixel[3] == 0
    out = BytesIO()
    Image.new("RGB", (50, 50), RED).save(out, "GIF", save_all=True, append_images=[Image.new("RGB", (50, 50), BLUE)])
    assert is_near(seen(portrait_of(out.getvalue())).getpixel((64, 64)), RED)


def test_one_picture_has_one_digest() -> None:
    first, again, other = portrait_of(drawn()), portrait_of(drawn()), portrait_of(drawn((100, 300)))
    assert picture_digest(first) == picture_digest(again) != picture_digest(other)
    assert len(picture_digest(first)) == 64
