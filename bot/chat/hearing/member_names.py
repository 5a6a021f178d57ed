"""The name that a member has on the server: a history tells authors as Discord knows them, without that."""

import asyncio
import logging
from typing import Final

import aiohttp
import discord

log = logging.getLogger(__name__)

# Whoever speaks next waits for it.
_SECONDS: Final = 5.0


async def look_up_name(client: discord.Client, guild_id: int, member_id: int, otherwise: str) -> str:
    """A member's name on a server, or `otherwise`: for whom it can't be told, since they have left, say.

    One request where the library does not know the member. It keeps but a few without a privileged intent.
    """
    guild = client.get_guild(guild_id)
    if guild is None:
        return otherwise
    try:
        async with asyncio.timeout(_SECONDS):
            member = guild.get_member(member_id) or await guild.fetch_member(member_id)
    except discord.NotFound:
        return otherwise
    except (discord.DiscordException, OSError, aiohttp.ClientError, TimeoutError) as problem:
        log.warning("the name of member %s can't be looked up: %s", member_id, type(problem).__name__)
        return otherwise
    return member.display_name
