"""Faces: every persona gets a picture that Discord itself serves, so that the bot needs no web server."""

import hashlib
import logging
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import aiohttp
import discord

from bot.discussion.model.persona import Persona
from bot.library.files import AVATAR_BYTES

log = logging.getLogger(__name__)

_EMOJI_URL: Final = "https://cdn.discordapp.com/emojis/{}.png"
_DEFAULT_URL: Final = "https://cdn.discordapp.com/embed/avatars/{}.png"
_DEFAULTS: Final = 6
# What an upload may fail with; ValueError: the file holds no picture, or too large a one.
_FAILURES: Final = (discord.DiscordException, aiohttp.ClientError, OSError, ValueError)


class Avatars:
    """Where each persona's picture is. A local picture is uploaded once as an application emoji of the bot."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._emojis: dict[str, int] = {}
        self._names: dict[str, str] = {}

    async def upload(self, personas: Iterable[Persona]) -> None:
        """Make sure that the local pictures are on Discord. A failure costs only the pictures."""
        files = {p.avatar for p in personas if p.avatar and _is_file(p.avatar)}
        if not files:
            return
        try:
            self._emojis = {emoji.name: emoji.id for emoji in await self._client.fetch_application_emojis()}
        except _FAILURES as error:
            log.warning("portraits can't be uploaded (%s); personas get default pictures", error)
            return
        for file in sorted(files):
            if self._name(file) not in self._emojis:
                await self._upload(self._name(file), file)

    async def _upload(self, name: str, file: str) -> None:
        try:
            image = _picture(Path(file))
            emoji = await self._client.create_application_emoji(name=name, image=image)
        except _FAILURES as error:
            log.warning("the portrait %s could not be uploaded (%s); a default one stands in", file, error)
        else:
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
