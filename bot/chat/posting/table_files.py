"""What goes into a table's minutes of what Discord knows, what their files are called, and faces for them."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import discord

from bot.discussion.model.persona import Persona
from bot.library.portrait import AVATAR_BYTES
from bot.minutes.account import PlaceNames, title_of
from bot.minutes.file_names import file_name
from bot.store.models import Post, StoredSession
from bot.store.own_library import PICTURE, Portraits
from bot.store.schema import now

_ON_THE_WEB: Final = "https://"


def place_names(client: discord.Client, stored: StoredSession, convener: str | None) -> PlaceNames:
    """What the server and channel (or thread) of a session are called, as far as the bot still sees them."""
    guild = client.get_guild(stored.guild_id)
    if guild is None:
        return PlaceNames(convener=convener)
    channel = guild.get_channel_or_thread(stored.place_id) or guild.get_channel(stored.channel_id)
    return PlaceNames(guild.name, channel.name if channel else None, convener)


def minutes_name(stored: StoredSession, closing: Post) -> str:
    """What the minutes that go with a session's last post are called: it was made when the session ended."""
    return file_name(title_of(stored.session), closing.created_at or now(), "md")


async def faces(personas: Iterable[Persona], pictures: Portraits) -> dict[str, bytes]:
    """The pictures of personas that lie on this machine or in the database, by name: not those on the web, nor what
    can't be read."""
    found: dict[str, bytes] = {}
    for persona in personas:
        avatar = persona.avatar or _ON_THE_WEB
        if avatar.startswith(PICTURE):
            found[persona.name] = await pictures.png(avatar.removeprefix(PICTURE)) or b""
        elif not avatar.startswith(_ON_THE_WEB):
            found[persona.name] = await asyncio.to_thread(_read, Path(avatar))
    return {name: picture for name, picture in found.items() if picture}


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            picture = opened.read(AVATAR_BYTES + 1)
    except OSError:
        return b""
    return picture if len(picture) <= AVATAR_BYTES else b""
