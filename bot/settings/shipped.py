"""The folders that come with the bot."""

from pathlib import Path

import bot


def shipped(folder: str) -> Path:
    """A folder of ours (`personas`, `tasks`): in the working directory, else beside or inside the installed package."""
    here = Path(folder)
    return here if here.is_dir() else packaged(folder) or here


def packaged(folder: str) -> Path | None:
    """The same as it came with the bot; None where it did not."""
    package = Path(bot.__file__).parent
    places = [package.parent / folder, package / "_shipped" / folder]
    return next((place for place in places if place.is_dir()), None)
