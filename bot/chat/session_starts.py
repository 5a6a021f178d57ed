"""How many sessions with the gateway may still be begun today; none is begun that would use up the last ones."""

import asyncio
import logging
from typing import Final

import aiohttp
import discord
from discord.http import Route

from bot.chat.rules.api_errors import kind_of

log = logging.getLogger(__name__)

# An application may IDENTIFY 1,000 times in 24 hours. Once it has, Discord ends all its sessions and resets its token
# (https://discord.com/developers/docs/events/gateway#identifying). So many are left alone: reading the number and
# IDENTIFYing are two steps, another process may use the token meanwhile, and the host may want to try something.
RESERVE: Final = 20
# How long Discord may take to tell; the library gives the whole of connecting a minute.
_ANSWER_SECONDS: Final = 10
# The shortest wait, in seconds: what Discord says may be zero, and not yet true.
_LEAST_WAIT: Final = 1.0
# How long to wait where Discord says that too few are left, and not for how long, in seconds.
_UNTOLD: Final = 3600.0


class SessionStartsUsedUp(Exception):
    """No session may be begun for so many seconds.

    Raised where the library is about to IDENTIFY. That is no place to wait: after a minute the library takes the
    connection for lost.
    """

    def __init__(self, seconds: float, remaining: int) -> None:
        super().__init__(f"{remaining} session starts are left for {seconds:.0f} s")
        self.seconds = seconds
        self.remaining = remaining


async def require_session_start(client: discord.Client, sessions: int = 1) -> None:
    """Raise SessionStartsUsedUp where so many sessions (one a shard) should not be begun now.

    What Discord does not tell forbids nothing.
    """
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            answer = await client.http.request(Route("GET", "/gateway/bot"))
        # https://discord.com/developers/docs/events/gateway#session-start-limit-object
        limit = answer["session_start_limit"]
        remaining = int(limit["remaining"])
    except (discord.HTTPException, aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
        log.warning("Discord does not tell how many session starts are left (%s); beginning one", kind_of(error))
        return
    if remaining < RESERVE + sessions:
        told = limit.get("reset_after")  # in milliseconds
        seconds = told / 1000 if isinstance(told, int | float) else _UNTOLD
        raise SessionStartsUsedUp(max(seconds, _LEAST_WAIT), remaining)
