"""Faces: every persona gets a picture that Discord itself serves, so that the bot needs no web server."""

import asyncio
import hashlib
import logging
import re
import zlib
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

import discord

from bot.chat.posting.courtesies import Courtesies
from bot.discussion.model.persona import Persona
from bot.library.portrait import AVATAR_BYTES

log = logging.getLogger(__name__)

_EMOJI_URL: Final = "https://cdn.discordapp.com/emojis/{}.png"
_DEFAULT_URL: Final = "https://cdn.discordapp.com/embed/avatars/{}.png"
_DEFAULTS: Final = 6
# In the place of a digest, for a file that can't be read.
_UNREAD: Final = "missing"
# What `_emoji_name` makes; the host may have emojis of their own.
_OURS: Final = re.compile(rf"rt_[A-Za-z0-9]{{0,16}}_(?:[0-9a-f]{{10}}|{_UNREAD})")


class Avatars:
    """Where each persona's picture is. A local picture is uploaded once as an application emoji of the bot."""

    def __init__(self, client: discord.Client, courtesies: Courtesies) -> None:
        self._client = client
        self._courtesies = courtesies
        self._emojis: dict[str, int] = {}
        # Remembered: a picture that is exchanged while the bot runs keeps its old emoji until the next start.
        self._names: dict[str, str] = {}
        self._tried: set[str] = set()

    def upload(self, personas: Iterable[Persona], connected: Callable[[], Awaitable[object]]) -> None:
        """Have the local pictures on Discord sooner or later; until then a default picture stands in for each.

        What is there already is looked up at once; nothing is uploaded, and nothing old removed, before `connected()`
        returns. `personas`: all that may speak; what was uploaded for others goes.
        """
        files = sorted({p.avatar for p in personas if p.avatar and _is_file(p.avatar)})
        self._courtesies.start("looking the portraits up", partial(self._look_after, files, connected))

    async def _look_after(self, files: list[str], connected: Callable[[], Awaitable[object]]) -> None:
        for file in files:
            if file not in self._names:
                self._names[file] = await asyncio.to_thread(_emoji_name, Path(file))
        there = await self._look_up()
        await connected()
        # By name: two files of the same name and content, in two folders, are one picture.
        names = {self._names[file]: file for file in files}
        for name, file in names.items():
            if name not in self._emojis:
                self._courtesies.start(f"uploading the portrait {file}", partial(self._upload, file))
        if any(name.endswith(_UNREAD) for name in names):
            return  # the old pictures may be those of files that can be read again tomorrow
        for emoji in there:
            if _OURS.fullmatch(emoji.name) and emoji.name not in names:
                self._courtesies.start(f"removing the old portrait {emoji.name}", partial(self._remove, emoji))

    async def _look_up(self) -> list[discord.Emoji]:
        there = await self._client.fetch_application_emojis()
        self._emojis = {emoji.name: emoji.id for emoji in there}
        return there

    async def _remove(self, emoji: discord.Emoji) -> None:
        try:
            await emoji.delete()
        except discord.NotFound:
            log.debug("the old portrait %s was removed already", emoji.name)  # the last answer was lost

    async def _upload(self, file: str) -> None:
        name = self._names[file]
        if name in self._tried:  # only the answer may have been lost
            await self._look_up()
        if name in self._emojis:
            return
        try:
            image = await asyncio.to_thread(_picture, Path(file))
        except (OSError, ValueError) as error:
            log.warning("the portrait %s can't be read (%s); a default one stands in", file, error)
            return
        self._tried.add(name)
        emoji = await self._client.create_application_emoji(name=name, image=image)
        self._emojis[name] = emoji.id

    def url(self, persona: Persona) -> str:
        """The address of a persona's picture: its own, else one of Discord's defaults, always the same one."""
        if persona.avatar and not _is_file(persona.avatar):
            return persona.avatar
        emoji = self._emojis.get(self._names.get(persona.avatar or "", ""))
        if emoji is not None:
            return _EMOJI_URL.format(emoji)
        return _DEFAULT_URL.format(zlib.crc32(persona.name.encode()) % _DEFAULTS)

    def emoji(self, persona: Persona) -> str | None:
        """A persona's picture as it stands in a line of text; None where it has none of its own on Discord (yet)."""
        name = self._names.get(persona.avatar or "", "")
        emoji = self._emojis.get(name)
        return None if emoji is None else f"<:{name}:{emoji}>"


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
        digest = _UNREAD
    stem = re.sub(r"[^A-Za-z0-9]", "", path.stem)[:16]
    return f"rt_{stem}_{digest}"
