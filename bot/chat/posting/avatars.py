"""Faces: every persona gets a picture that Discord itself serves, so that the bot needs no web server."""

import asyncio
import hashlib
import logging
import re
import zlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import discord

from bot.chat.posting.courtesies import Courtesies
from bot.discussion.model.persona import Persona
from bot.library.portrait import AVATAR_BYTES
from bot.store.own_library import PICTURE, Portraits

log = logging.getLogger(__name__)

_EMOJI_URL: Final = "https://cdn.discordapp.com/emojis/{}.png"
_DEFAULT_URL: Final = "https://cdn.discordapp.com/embed/avatars/{}.png"
_DEFAULTS: Final = 6
# So many emojis an application may have: https://discord.com/developers/docs/resources/emoji#emoji-resource
EMOJIS: Final = 2000
# In the place of a digest, for a file that can't be read.
_UNREAD: Final = "missing"
# What `_emoji_name` makes; the host may have emojis of their own.
_OURS: Final = re.compile(rf"rt_[A-Za-z0-9]{{0,16}}_(?:[0-9a-f]{{10}}|{_UNREAD})")


class NotThereYet(Exception):
    """Pictures that another process uploads are still to be looked up."""


class Avatars:
    """Where each persona's picture is. A picture of a file or of the database is uploaded once, as an application emoji
    of the bot."""

    def __init__(self, client: discord.Client, courtesies: Courtesies, pictures: Portraits) -> None:
        self._client = client
        self._courtesies = courtesies
        self._pictures = pictures
        self._emojis: dict[str, int] = {}
        # Remembered: a picture that is exchanged while the bot runs keeps its old emoji until the next start.
        self._names: dict[str, str] = {}
        self._tried: set[str] = set()

    def upload(
        self,
        personas: Iterable[Persona],
        connected: Callable[[], Awaitable[object]],
        *,
        leads: bool = True,
        knows_all: bool = True,
    ) -> None:
        """Have the local pictures on Discord sooner or later; until then a default picture stands in for each.

        What is there already is looked up at once; nothing is uploaded, and nothing old removed, before `connected()`
        returns. `personas`: all of files that may speak, and those at tables; what was uploaded for others goes, but
        for what the database keeps. Of several processes the one that `leads` uploads them, the others wait for that;
        where one does not know all tables (`knows_all`), none removes any.
        """
        files = sorted({p.avatar for p in personas if p.avatar and _is_ours(p.avatar)})
        self._courtesies.start(
            "looking the portraits up", partial(self._look_after, files, connected, leads, knows_all)
        )

    @property
    def are_full(self) -> bool:
        """Whether Discord takes no further picture of the bot."""
        return len(self._emojis) >= EMOJIS

    def add(self, picture: str) -> None:
        """Have a picture of the database on Discord, too, sooner or later. In: its name, PICTURE and its digest."""
        self._names[picture] = _name_of_picture(picture)
        if self._names[picture] not in self._emojis and not self.are_full:
            self._courtesies.start("uploading a portrait", partial(self._upload, picture))

    def drop(self, digests: Sequence[str]) -> None:
        """Take pictures off Discord that the database keeps no more."""
        for digest in digests:
            name = _name_of_picture(PICTURE + digest)
            if (emoji_id := self._emojis.pop(name, None)) is not None:
                self._courtesies.start(f"removing the old portrait {name}", partial(self._delete, emoji_id))

    async def _delete(self, emoji_id: int) -> None:
        try:
            emoji = await self._client.fetch_application_emoji(emoji_id)
        except discord.NotFound:
            return  # the last answer was lost
        await self._remove(emoji)

    async def _look_after(
        self, files: list[str], connected: Callable[[], Awaitable[object]], leads: bool, knows_all: bool
    ) -> None:
        files = sorted({*files, *(PICTURE + digest for digest in await self._pictures.in_use())})
        for file in files:
            if file not in self._names:
                is_kept = file.startswith(PICTURE)
                self._names[file] = (
                    _name_of_picture(file) if is_kept else await asyncio.to_thread(_emoji_name, Path(file))
                )
        there = await self._look_up()
        await connected()
        # By name: two files of the same name and content, in two folders, are one picture.
        names = {self._names[file]: file for file in files}
        if not leads:
            if missing := [file for name, file in names.items() if name not in self._emojis]:
                raise NotThereYet(f"another process uploads {len(missing)} of them")
            return
        for name, file in names.items():
            if name not in self._emojis:
                self._courtesies.start(f"uploading the portrait {file}", partial(self._upload, file))
        if not knows_all or any(name.endswith(_UNREAD) for name in names):
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
            image = await self._read(file)
        except (OSError, ValueError) as error:
            log.warning("the portrait %s can't be read (%s); a default one stands in", file, error)
            return
        self._tried.add(name)
        emoji = await self._client.create_application_emoji(name=name, image=image)
        self._emojis[name] = emoji.id

    async def _read(self, file: str) -> bytes:
        if not file.startswith(PICTURE):
            return await asyncio.to_thread(_picture, Path(file))
        png = await self._pictures.png(file.removeprefix(PICTURE))
        if png is None:
            raise ValueError("deleted meanwhile")
        return png

    def url(self, persona: Persona) -> str:
        """The address of a persona's picture: its own, else one of Discord's defaults, always the same one."""
        if persona.avatar and not _is_ours(persona.avatar):
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


def _is_ours(avatar: str) -> bool:
    return not avatar.startswith("https://")


def _name_of_picture(picture: str) -> str:
    return f"rt_made_{picture.removeprefix(PICTURE)[:10]}"


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
