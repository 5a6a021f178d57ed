"""Faces: every persona gets a picture that Discord itself serves, so that the bot needs no web server."""

import hashlib
import logging
import re
import zlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

import discord

from bot.chat.courtesies import Courtesies
from bot.discussion.model.persona import Persona
from bot.library.portrait import AVATAR_BYTES

log = logging.getLogger(__name__)

_EMOJI_URL: Final = "https://cdn.discordapp.com/emojis/{}.png"
_DEFAULT_URL: Final = "https://cdn.discordapp.com/embed/avatars/{}.png"
_DEFAULTS: Final = 6


class Avatars:
    """Where each persona's picture is. A local picture is uploaded once as an application emoji of the bot."""

    def __init__(self, client: discord.Client, courtesies: Courtesies) -> None:
        self._client = client
        self._courtesies = courtesies
        self._emojis: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._tried: set[str] = set()

    def upload(self, personas: Iterable[Persona]) -> None:
        """Have the local pictures on Discord sooner or later; until then a default picture stands in for each."""
        files = sorted({p.avatar for p in personas if p.avatar and _is_file(p.avatar)})
        if files:
            self._courtesies.start("looking the portraits up", partial(self._upload_missing, files))

    async def _upload_missing(self, files: list[str]) -> None:
        await self._look_up()
        for file in files:
            if self._name(file) not in self._emojis:
                self._courtesies.start(f"uploading the portrait {file}", partial(self._upload, file))

    async def _look_up(self) -> None:
        self._emojis = {emoji.name: emoji.id for emoji in await self._client.fetch_application_emojis()}

    async def _upload(self, file: str) -> None:
        name = self._name(file)
        if name in self._tried:  # only the answer may have been lost
            await self._look_up()
        if name in self._emojis:
            return
        try:
            image = _picture(Path(file))
        except (OSError, ValueError) as error:
            log.warning("the portrait %s can't be read (%s); a default one stands in", file, error)
            return
        self._tried.add(name)
        emoji = await self._client.create_application_emoji(name=name, image=image)
        self._emojis[name] = emoji.id

    def _name(self, file: str) -> str:
        # Remembered: a picture that is exchanged while the bot runs keeps its old emoji until the next start.
        if file not in self._names:
            self._names[file] = _emoji_name(Path(file))
        return self._names[file]

    def url(self, persona: Persona) -> str:
        """The address of a persona's picture: its own, else one of Discord's defaults, always the same one."""
        if persona.avatar and not _is_file(persona.avatar):
            return persona.avatar
        emoji = self._emojis.get(self._name(persona.avatar)) if persona.avatar else None
        if emoji is not None:
            return _EMOJI_URL.format(emoji)
        return _DEFAULT_URL.format(zlib.crc32(persona.name.encode()) % _DEFAULTS)


def _is_file(avatar: str) -> bool:
    return not avatar.startswith("https://")


def _picture(path: Path) -> bytes:
    """The picture's bytes, undecoded: Discord does that. Raises OSError, and ValueError where there are too many."""
    with path.open("rb") as file:
        image = file.read(AVATAR_BYTES + 1)
    if len(image) > AVATAR_BYTES:  # exchanged since the files were checked
        raise ValueError(f"more than {AVATAR_BYTES:,} bytes")
    return image


def _emoji_name(path: Path) -> str:
    """A name Discord takes (2 to 32 letters, digits, underscores) that changes with the picture's content."""
    try:
        digest = hashlib.sha256(_picture(path)).hexdigest()[:10]
    except (OSError, ValueError):
        digest = "missing"
    stem = re.sub(r"[^A-Za-z0-9]", "", path.stem)[:16]
    return f"rt_{stem}_{digest}"
