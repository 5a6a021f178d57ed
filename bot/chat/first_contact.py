"""What Discord tells of the application before the bot is made, asked until Discord answers."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.bot import needed_intents
from bot.errors import HostMustMend, RoundtableError

log = logging.getLogger(__name__)

BAD_TOKEN: Final = (
    "Discord refused DISCORD_TOKEN. A token is shown only once, and making another one voids it: get a new one at "
    "https://discord.com/developers/applications → your application → Bot → Reset Token, and copy that into .env."
)
# The first and the longest wait between two tries to reach Discord, in seconds.
FIRST_RETRY: float = 2.0
LONGEST_RETRY: float = 60.0
# How long Discord's answers may take, the library's own tries included, in seconds.
ANSWER_SECONDS: Final = 30


class NotLikeDiscord(RoundtableError):
    """What DISCORD_API_URL names does not answer, or not as Discord does."""


@dataclass(frozen=True)
class Application:
    """Whose token it is."""

    id: int
    name: str
    message_content: bool
    """Whether the intent of that name is switched on for it."""
    shards: int
    """As many as Discord recommends: one for each 1,000 servers or so."""


async def ask_discord(token: str, api_url: str | None = None) -> Application:
    """Log in and ask. `api_url`: where Discord is, if somewhere else.

    Raises HostMustMend for a bad token, NotLikeDiscord, discord.HTTPException, aiohttp.ClientError, OSError, and
    whatever the library makes of an answer that is none of Discord's.
    """
    if api_url:
        await use_other_discord(api_url)
    async with discord.Client(intents=needed_intents(message_content=False)) as probe:
        try:
            await probe.login(token)
        except discord.LoginFailure:
            raise HostMustMend(BAD_TOKEN) from None
        about = await probe.application_info()
        gateway = await probe.http.request(Route("GET", "/gateway/bot"))
        flags = about.flags
        content = flags.gateway_message_content or flags.gateway_message_content_limited
        return Application(about.id, about.name, content, max(1, int(gateway["shards"])))


async def ask_until_answered(token: str, api_url: str | None, end: asyncio.Task[None]) -> Application | None:
    """The same, however long Discord is out of reach; None when told to end meanwhile. Raises HostMustMend."""
    wait = FIRST_RETRY
    while not end.done():
        asking = asyncio.create_task(ask_discord(token, api_url))
        try:
            await asyncio.wait([asking, end], timeout=ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if end.done():
                break
            if asking.done():
                return asking.result()
            problem = _unreachable(f"no answer within {ANSWER_SECONDS} s")
        except NotLikeDiscord as error:
            problem = str(error)
        except discord.HTTPException as error:
            problem = _unreachable(f"HTTP {error.status}")
        except (aiohttp.ClientError, OSError) as error:
            problem = _unreachable(type(error).__name__)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # The library takes a page of some machine in between for Discord's answer.
            problem = _unreachable(f"what came back is no answer of Discord's: {type(error).__name__}")
        finally:
            asking.cancel()
            await asyncio.wait([asking])
        log.warning("%s Trying again in %.0f s.", problem, wait)
        await asyncio.wait([end], timeout=wait)
        wait = min(wait * 2, LONGEST_RETRY)
    return None


def _unreachable(cause: str) -> str:
    return f"Discord can't be reached ({cause})."


async def use_other_discord(api_url: str) -> None:
    """Speak to a stand-in or a rate-limit proxy: its REST address, and the gateway it names. Raises NotLikeDiscord."""
    Route.BASE = api_url
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{api_url}/gateway") as response:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL((await response.json())["url"])
    except (aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
        raise NotLikeDiscord(
            f"DISCORD_API_URL {api_url} does not answer like Discord ({type(error).__name__}). "
            "Correct it or leave it out."
        ) from None
