"""The folders that come with the bot."""

from pathlib import Path

import bot


def shipped(folder: str) -> Path:
    """A folder of ours (`personas`, `tasks`): in the working directory, else beside or inside the installed package."""
    package = Path(bot.__file__).parent
    places = [Path(folder), package.parent / folder, package / "_shipped" / folder]
    return next((place for place in places if place.is_dir()), places[0])
