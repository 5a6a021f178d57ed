"""Who may chime in at a table: everyone, nobody, or members with a role (`StoredSession.chimers`)."""

import asyncio
from dataclasses import replace
from typing import Final

import aiohttp
import discord

from bot.chat.rules.table_choices import NOBODY
from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown
from bot.store.models import StoredSession

# Whoever speaks next waits for it.
_SECONDS: Final = 5.0


def may_chime_in(chimers: int | None, author: discord.abc.User) -> bool | None:
    """Whether somebody may; None where this does not tell: a history has authors without their roles."""
    if chimers is None or chimers == NOBODY:
        return chimers is None
    return author.get_role(chimers) is not None if isinstance(author, discord.Member) else None


class Doorkeeper:
    """Of one session, for one reading of its place: each member whose roles are not told is asked for once."""

    def __init__(self, client: discord.Client, stored: StoredSession) -> None:
        self._client = client
        self._stored = stored
        self._asked: dict[int, bool] = {}

    def asks(self, guest: GuestMessage, author: discord.abc.User) -> GuestMessage:
        """A guest's message that tells whether its author may chime in.

        What an application reposts does not tell its author: `GuestTurns` knows whose it is, or leaves it out.
        """
        if self._stored.chimers is None or guest.is_repost:
            return guest
        may = may_chime_in(self._stored.chimers, author)

        async def tell() -> bool:
            return await self._look_up(guest.author_id) if may is None else may

        return replace(guest, ask_welcome=tell)

    async def _look_up(self, member_id: int) -> bool:
        """One request where the library does not know the member; without a privileged intent it knows but a few.

        Raises OutcomeUnknown where Discord does not answer: nobody is let in, or left out, by an outage.
        """
        if member_id in self._asked:
            return self._asked[member_id]
        guild = self._client.get_guild(self._stored.guild_id)
        if guild is None:
            raise OutcomeUnknown("the server is not known")
        try:
            async with asyncio.timeout(_SECONDS):
                member = await guild.fetch_member(member_id)
        except discord.NotFound:  # has left
            may = False
        except (discord.HTTPException, OSError, aiohttp.ClientError, TimeoutError) as problem:
            raise OutcomeUnknown(f"the roles of a member can't be asked for ({type(problem).__name__})") from problem
        else:
            may = bool(may_chime_in(self._stored.chimers, member))
        self._asked[member_id] = may
        return may
