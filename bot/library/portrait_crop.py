"""A portrait out of any picture: a small square PNG that holds nothing but its pixels."""

import hashlib
import struct
import threading
import warnings
import zlib
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from bot.library.file_problem import FileProblem, UnusableFile, shown_name

# An application emoji is shown at this size at most: https://discord.com/developers/docs/resources/emoji
SIDE: Final = 128
# A photograph of a phone's has three to five megabytes.
PICTURE_BYTES: Final = 8 * 1024 * 1024
# 4096×4096: a phone's twelve megapixels fit. A JPEG of that size is decoded at a fraction of it; of the others, which
# are not, no more than this many are: a decoder takes up to sixteen bytes for each of them.
_PIXELS: Final = 16 * 1024 * 1024
_DECODED_PIXELS: Final = 6 * 1024 * 1024
# One picture after the other, so that it is the memory for one.
_DECODER: Final = threading.Lock()
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
_TAKEN: Final = "Use a PNG, JPEG, WebP, GIF or AVIF."
# What pillow raises at files that are broken or made to break it; it has no error of its own for that.
_BROKEN: Final = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    SyntaxError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
)


def portrait_of(data: bytes, filename: str = "the picture") -> bytes:
    """A PNG of 128×128 pixels from a PNG, JPEG, WebP, GIF (its first picture) or AVIF of any shape.

    The largest square is taken: from the middle of a wide picture, and from a little above the middle of a tall one,
    where the faces of portraits are. Turned as its camera says; nothing else that the file tells is kept. Takes up to
    half a second: call it in a thread. Raises UnusableFile.
    """
    name = shown_name(filename)
    if len(data) > PICTURE_BYTES:
        raise _unusable(name, f"has {len(data):,} bytes.", f"Use a picture of up to {PICTURE_BYTES:,}.")
    try:
        with _DECODER, _opened(data) as image:
            width, height = image.size
            # A JPEG can be read at a fraction of its size.
            image.draft("RGB", (2 * SIDE, 2 * SIDE))
            if width * height > _PIXELS or image.width * image.height > _DECODED_PIXELS:
                raise _too_large(name, f"{width:,}×{height:,}")
            return _as_png(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(name, "far too many") from None
    except Image.UnidentifiedImageError:
        raise _unusable(name, "is no picture that can be read here.", _TAKEN) from None
    except _BROKEN:
        raise _unusable(
            name, "is a picture that is damaged or cut short.", "Save it again, as a PNG or JPEG."
        ) from None


def picture_digest(png: bytes) -> str:
    """What tells one picture from another by its content: 64 hexadecimal digits, the same for the same bytes."""
    return hashlib.sha256(png).hexdigest()


def _opened(data: bytes) -> Image.Image:
    Image.init()
    with warnings.catch_warnings():
        # It only warns of sizes that are refused here anyway.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(BytesIO(data), formats=[name for name in _FORMATS if name in Image.OPEN])


def _as_png(image: Image.Image) -> bytes:
    if image.mode in ("P", "PA") or "transparency" in image.info:
        small = image.convert("RGBA")
    elif image.mode not in ("RGB", "RGBA", "L", "LA"):
        small = image.convert("RGB")
    else:
        small = image
    if (factor := min(small.size) // (2 * SIDE)) > 1:
        small = small.reduce(factor)
    small = ImageOps.exif_transpose(small)
    width, height = small.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 3
    square = small.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    # What is written with the pixels is taken from here: colour profiles, comments, places.
    square.info = {}
    out = BytesIO()
    square.convert("RGBA" if square.has_transparency_data else "RGB").save(out, "PNG", optimize=True)
    return out.getvalue()


def _too_large(name: str, pixels: str) -> UnusableFile:
    return _unusable(name, f"has {pixels} pixels.", "Make it smaller: 512×512 are plenty.")


def _unusable(name: str, found: str, fix: str) -> UnusableFile:
    return UnusableFile([FileProblem(name, "", found, fix)])
