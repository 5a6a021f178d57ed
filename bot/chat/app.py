"""`roundtable run`: the bot on Discord, from the settings to a clean end."""

import asyncio
import contextlib
import logging
import math
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.bot import RoundtableBot, create_bot, needed_intents
from bot.chat.host_side import HostSide
from bot.chat.session_starts import SessionStartsUsedUp
from bot.errors import HostMustMend, RoundtableError
from bot.file_permissions import exposed_files
from bot.library.catalogue import open_catalogue
from bot.llm.factory import open_endpoints, require_model
from bot.llm.local.serving import with_local_model
from bot.ops.control_protocol import control_socket
from bot.settings import Settings
from bot.signals import until_signal
from bot.store.opening import sole_use
from bot.store.schema import now
from bot.store.store import open_store

log = logging.getLogger(__name__)

NO_TOKEN: Final = (
    "DISCORD_TOKEN is not set. Create an application at https://discord.com/developers/applications, press Reset Token "
    "under Bot, copy what it shows into .env, and try again. `roundtable demo` shows the bot without a token."
)
BAD_TOKEN: Final = (
    "Discord refused DISCORD_TOKEN. A token is shown only once, and making another one voids it: get a new one at "
    "https://discord.com/developers/applications → your application → Bot → Reset Token, and copy that into .env."
)
# A container counts as healthy while its heartbeat is younger than 90 s (deploy/Dockerfile).
HEARTBEAT_SECONDS: Final = 20
# From being told to end to having ended, in seconds; Docker kills after ten.
CLOSE_SECONDS: Final = 7
# The first and the longest wait between two tries to reach Discord at start-up, in seconds.
FIRST_RETRY: float = 2.0
LONGEST_RETRY: Final = 60.0
# How long Discord's answers may take at start-up, the library's own tries included, in seconds.
ANSWER_SECONDS: Final = 30


async def run_bot(settings: Settings) -> int:
    """Run the bot until the process is told to end. Raises RoundtableError for what a host has to mend."""
    if settings.discord_token is None:
        raise HostMustMend(NO_TOKEN)
    require_model(settings)
    token = settings.discord_token.get_secret_value()
    catalogue = open_catalogue(settings.personas_dir, settings.tasks_dir, settings.endpoints, leaves_out=True)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(sole_use(settings.database_url, settings.database_file))
        store = await stack.enter_async_context(open_store(settings.database_url, settings.database_file))
        for sentence in exposed_files(settings.database_file):
            log.warning("%s", sentence)
        host_side = await stack.enter_async_context(HostSide.open(store, control_socket(settings.database_file)))
        settings = await stack.enter_async_context(with_local_model(settings))
        endpoints = await stack.enter_async_context(open_endpoints(settings))
        end = asyncio.create_task(until_signal())
        stack.callback(end.cancel)
        if settings.discord_api_url:
            await use_other_discord(settings.discord_api_url)
        flags = await _ask_until_answered(token, end)
        if flags is None:
            return 0
        content = flags.gateway_message_content or flags.gateway_message_content_limited
        parts = {"catalogue": catalogue, "store": store, "endpoints": endpoints}
        heartbeat = settings.data_folder / "heartbeat"
        while not end.done():
            try:
                bot = create_bot(settings, **parts, message_content=content)
                with host_side.of(bot):
                    await _run(bot, token, end, heartbeat)
                break
            except discord.PrivilegedIntentsRequired:
                if not content:
                    raise
                # Switched off since it was asked for: the bot lives without it.
                log.warning("Discord refused the Message Content intent; going on without it")
                content = False
            except SessionStartsUsedUp as used_up:
                await _wait_for_session_starts(used_up, end)
    log.info("ended")
    return 0


async def application_flags(token: str) -> discord.ApplicationFlags:
    """Which privileged intents the application has. Raises RoundtableError for a bad token."""
    async with discord.Client(intents=needed_intents(message_content=False)) as probe:
        try:
            await probe.login(token)
        except discord.LoginFailure:
            raise RoundtableError(BAD_TOKEN) from None
        return (await probe.application_info()).flags


async def _run(bot: RoundtableBot, token: str, end: asyncio.Task[None], heartbeat: Path) -> None:
    connection = asyncio.create_task(bot.start(token))
    beating = asyncio.create_task(_beat(bot, heartbeat))
    try:
        await asyncio.wait([connection, end], return_when=asyncio.FIRST_COMPLETED)
    finally:
        beating.cancel()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await bot.close()
        except TimeoutError:
            log.warning("Discord took too long to say goodbye; what was under way is looked for at the next start")
        connection.cancel()
        outcome = (await asyncio.gather(connection, return_exceptions=True))[0]
    if isinstance(outcome, discord.LoginFailure):
        raise RoundtableError(BAD_TOKEN)
    if isinstance(outcome, discord.PrivilegedIntentsRequired | SessionStartsUsedUp):
        raise outcome
    if isinstance(outcome, discord.DiscordException | aiohttp.ClientError | OSError):
        problem = str(outcome) or type(outcome).__name__
        raise RoundtableError(f"Discord ended the connection ({problem}). Start the bot again; its tables go on.")
    if isinstance(outcome, Exception):
        raise outcome


async def _wait_for_session_starts(used_up: SessionStartsUsedUp, end: asyncio.Task[None]) -> None:
    """Sleep until Discord counts anew, or until told to end. There is no heartbeat meanwhile: the bot is not there."""
    log.warning(
        "Something has begun too many sessions with Discord today, a restart loop perhaps: %d are left, and Discord "
        "resets the token of a bot that uses up all of them. Going on at %s; do not restart the bot to hurry it",
        used_up.remaining,
        f"{now() + timedelta(seconds=used_up.seconds):%Y-%m-%d %H:%M:%S} UTC",
    )
    await asyncio.wait([end], timeout=used_up.seconds)


async def _ask_until_answered(token: str, end: asyncio.Task[None]) -> discord.ApplicationFlags | None:
    """The application's flags, however long Discord is out of reach; None when told to end meanwhile."""
    wait = FIRST_RETRY
    while not end.done():
        asking = asyncio.create_task(application_flags(token))
        try:
            await asyncio.wait([asking, end], timeout=ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if end.done():
                break
            if asking.done():
                return asking.result()
            problem = f"no answer within {ANSWER_SECONDS} s"
        except discord.HTTPException as error:
            problem = f"HTTP {error.status}"
        except (aiohttp.ClientError, OSError) as error:
            problem = type(error).__name__
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # The library takes a page of some machine in between for Discord's answer.
            problem = f"what came back is no answer of Discord's: {type(error).__name__}"
        finally:
            asking.cancel()
            await asyncio.wait([asking])
        log.warning("Discord can't be reached (%s); trying again in %.0f s", problem, wait)
        await asyncio.wait([end], timeout=wait)
        wait = min(wait * 2, LONGEST_RETRY)
    return None


async def _beat(bot: RoundtableBot, file: Path) -> None:
    """Touch the heartbeat file while the connection to Discord lives."""
    while True:
        alive = bot.is_ready() and math.isfinite(bot.latency)
        if alive:
            with contextlib.suppress(OSError):
                file.touch()  # noqa: ASYNC240 (one system call on a local file)
        await asyncio.sleep(HEARTBEAT_SECONDS if alive else 1)


async def use_other_discord(api_url: str) -> None:
    """Speak to a stand-in or a rate-limit proxy: its REST address, and the gateway it names."""
    Route.BASE = api_url
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{api_url}/gateway") as response:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL((await response.json())["url"])
    except (aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
        raise RoundtableError(
            f"DISCORD_API_URL {api_url} does not answer like Discord ({type(error).__name__}). "
            "Correct it or leave it out."
        ) from None
