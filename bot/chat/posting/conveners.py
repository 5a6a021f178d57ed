"""Who convened a table: their name on the server, for its minutes, and the way to write to them."""

import logging

import aiohttp
import discord

from bot.chat.hearing.member_names import look_up_name
from bot.chat.posting.courtesies import Courtesies

log = logging.getLogger(__name__)


class Conveners:
    """All conveners that were looked up since the start. Discord tells a bot members' names only when asked."""

    def __init__(self, client: discord.Client, courtesies: Courtesies) -> None:
        self._client = client
        self._courtesies = courtesies
        self._names: dict[tuple[int, int], str] = {}

    def look_up(self, guild_id: int, member_id: int) -> None:
        """Have a name be known soon, unless it is. 0: whoever that was asked to be forgotten."""
        if member_id and (guild_id, member_id) not in self._names:
            self._names[guild_id, member_id] = ""
            self._courtesies.start_once("looking up a convener's name", lambda: self._look_up(guild_id, member_id))

    async def _look_up(self, guild_id: int, member_id: int) -> None:
        self._names[guild_id, member_id] = await look_up_name(self._client, guild_id, member_id, "")

    def name(self, guild_id: int, member_id: int) -> str | None:
        """A name that was looked up, None if it is not known."""
        return self._names.get((guild_id, member_id)) or None

    async def write(self, member_id: int, sentence: str) -> None:
        """Send a member a private message. One that can't be sent is a line in the log."""
        if not member_id:
            return
        try:
            convener = await self._client.fetch_user(member_id)
            await convener.send(sentence)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("a convener could not be told: %s", error)
