"""A portrait beside a persona file: whether Discord will take it."""

from pathlib import Path
from typing import Final

from bot.library.file_problem import FileProblem
from bot.library.text_file import LINK, leads_out

# Discord takes an application emoji (our way of serving a local portrait) up to this size:
# https://discord.com/developers/docs/resources/emoji
AVATAR_BYTES: Final = 256 * 1024
_IMAGE_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def image_problems(path: Path, image: Path, folder: Path) -> list[FileProblem]:
    """What is wrong with an image that the persona file `path` names and that may not lead out of `folder`."""

    def problem(found: str, fix: str) -> list[FileProblem]:
        return [FileProblem(str(path), "avatar", f'"{image.name}" {found}', fix)]

    try:
        if leads_out(image, folder):
            return problem(LINK, "Put a copy of the image there.")
        if not image.is_file():
            return problem("is not beside it.", "Add the image or leave the field out.")
        if (size := image.stat().st_size) > AVATAR_BYTES:
            return problem(f"has {size:,} bytes.", f"Discord takes {AVATAR_BYTES:,} bytes; 128×128 pixels are enough.")
        with image.open("rb") as file:
            start = file.read(12)
    except OSError as error:
        return problem(f"can't be read ({error.strerror}).", "Check the file and its permissions.")
    is_webp = start.startswith(b"RIFF") and start.endswith(b"WEBP")
    if not is_webp and not start.startswith(_IMAGE_STARTS):
        return problem("is not an image.", "Use PNG, JPEG, GIF or WebP.")
    return []
