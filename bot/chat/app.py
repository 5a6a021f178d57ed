"""`roundtable run`: the bot on Discord, from the settings to a clean end."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from typing import Any, Final

import aiohttp
import discord
from discord.gateway import ReconnectWebSocket

from bot.chat import first_contact
from bot.chat.bot import RoundtableBot, create_bot
from bot.chat.close_codes import SHARDING_REQUIRED, close_code, closed_for_good
from bot.chat.database_owner import require_owner
from bot.chat.first_contact import Application, ask_until_answered
from bot.chat.host_side import HostSide
from bot.chat.session_starts import SessionStartsUsedUp
from bot.chat.watched import watched
from bot.errors import HostMustMend
from bot.file_permissions import exposed_files
from bot.library.catalogue import Catalogue, open_catalogue
from bot.llm.factory import open_endpoints, require_model
from bot.llm.local.serving import with_local_model
from bot.ops.control_protocol import control_socket, control_sockets
from bot.ops.control_server import remove_left
from bot.ops.watch import Watch, open_watch
from bot.settings import Settings
from bot.signals import broken_off_by, until_signal
from bot.store.engine import TransientDatabaseError
from bot.store.opening import lock_database
from bot.store.schema import now
from bot.store.shard_leases import Leases, Share
from bot.store.store import Store, open_store

log = logging.getLogger(__name__)

NO_TOKEN: Final = (
    "DISCORD_TOKEN is not set. Create an application at https://discord.com/developers/applications, press Reset Token "
    "under Bot, copy what it shows into .env, and try again. `roundtable demo` shows the bot without a token."
)
# From being told to end to having closed the bot, in seconds. Docker kills after ten, and a server of the database that
# does not answer holds up what comes after: the store of the bot, the leases, the control socket, the store, the ops
# server, for four seconds together at most. What the interpreter itself takes to end is left, too.
CLOSE_SECONDS: Final = 4.5
# What comes last of it has at least so long.
_LEAST_SECONDS: Final = 0.5
# The name of a task.
UNTIL_OVER: Final = "until a share of the shards is over"


async def run_bot(settings: Settings, *, adopt: bool = False) -> int:
    """Run the bot until the process is told to end. `adopt`: take over a database that is another application's.

    Raises RoundtableError for what a host has to mend, HostMustMend where no restart would.
    """
    if settings.discord_token is None:
        raise HostMustMend(NO_TOKEN)
    require_model(settings)
    catalogue = open_catalogue(settings.personas_dir, settings.tasks_dir, settings.endpoints, leaves_out=True)
    async with AsyncExitStack() as stack:
        end = asyncio.create_task(until_signal())
        stack.callback(end.cancel)
        lives = None
        # A server of the database that does not answer is waited for, for minutes.
        with broken_off_by(end):
            await asyncio.sleep(0)  # from here on signals are heeded
            lives = await _opened(settings, end, catalogue, stack)
        while lives and (application := await lives.ask()):
            try:
                await require_owner(lives.store.remembered, application, adopt=adopt)
                await lives.live(application)
            except TransientDatabaseError as problem:
                await lives.wait(str(problem).rstrip("."))
    log.info("ended")
    return 0


async def _opened(settings: Settings, end: asyncio.Task[None], catalogue: Catalogue, stack: AsyncExitStack) -> "_Lives":
    """Open what the bots have in common; `stack` closes it."""
    file = settings.database_file
    if file is not None:
        stack.enter_context(lock_database(file))
    watch = await stack.enter_async_context(open_watch(settings))
    opening = open_store(settings.database_url, file, currency=settings.llm_currency)
    store = await stack.enter_async_context(opening)
    for sentence in exposed_files(file):
        log.warning("%s", sentence)
    remove_left(control_sockets(file))
    heeding = HostSide.open(store, control_socket(file), is_shared=file is None)
    host_side = await stack.enter_async_context(heeding)
    settings = await stack.enter_async_context(with_local_model(settings))
    endpoints = await stack.enter_async_context(open_endpoints(settings))
    watch.over_parts(store, endpoints)
    lives = _Lives(settings, end, {"catalogue": catalogue, "store": store, "endpoints": endpoints}, host_side, watch)
    if file is None:
        lives.leases = await stack.enter_async_context(Leases.open(settings.database_url))
    return lives


class _Lives:
    """One bot after the other, until the process is told to end: where one can't go on, what it could not is seen to,
    and the next is made. What Discord says of the application may have changed by then."""

    def __init__(
        self, settings: Settings, end: asyncio.Task[None], parts: dict[str, Any], host_side: HostSide, watch: Watch
    ) -> None:
        assert settings.discord_token is not None
        self._token = settings.discord_token.get_secret_value()
        self._settings = settings
        self._end = end
        self._told_to_end: float | None = None
        end.add_done_callback(self._on_end)
        self._parts = parts
        self._host_side = host_side
        self._watch = watch
        self.leases: Leases | None = None
        """Where other processes may have some of the shards."""
        self._content = True
        self._shards = 0
        self._wait = first_contact.FIRST_RETRY

    @property
    def store(self) -> Store:
        return self._parts["store"]

    async def ask(self) -> Application | None:
        """What Discord says of the application; None once the process is to end."""
        return await ask_until_answered(self._token, self._settings.discord_api_url, self._end)

    async def live(self, application: Application) -> None:
        """One life. Raises HostMustMend, and what is a fault of ours."""
        content = application.message_content and self._content
        fixed = self._settings.shard_count
        shards = fixed or application.shards
        share = await self._share(shards)
        if self._end.done():
            return
        parts = self._parts | ({"store": self._parts["store"].behind(share.fence)} if share else {})
        ids = share.shard_ids if share else None
        bot = create_bot(self._settings, **parts, message_content=content, shard_count=shards, shard_ids=ids)
        try:
            with self._host_side.of(bot), self._ends(share) as ends:
                outcome = await self._run(bot, ends)
        finally:
            if share:
                await self._has_ended(parts["store"].aclose())
        if bot.is_ready():
            self._wait = first_contact.FIRST_RETRY
        match outcome:
            case _ if self._end.done() or (share and share.over.is_set()):
                return
            case SessionStartsUsedUp():
                await _wait_for_session_starts(outcome, self._end)
            case discord.PrivilegedIntentsRequired() if content:
                # Switched off since it was asked for: the bot lives without it.
                log.warning("Discord refused the Message Content intent; going on without it")
                self._content = False
            case _ if close_code(outcome) == SHARDING_REQUIRED and fixed is None and shards != self._shards:
                # So many servers were added since it was asked. Asked anew, it may recommend more; if not, that is it.
                log.warning("Discord wants the bot to have more than %s shards; asking how many", shards)
            case _ if problem := closed_for_good(outcome):
                raise problem from None
            case None | aiohttp.ClientError() | OSError() | ReconnectWebSocket() | discord.DiscordException():
                reason = str(outcome or "") or type(outcome).__name__
                await self.wait(f"the connection to Discord ended ({reason})")
            case _:
                raise outcome
        self._shards = shards

    async def wait(self, problem: str) -> None:
        """Wait, longer each time until a bot is there again, before the next life."""
        log.warning("%s; beginning anew in %.0f s", problem, self._wait)
        await asyncio.wait([self._end], timeout=self._wait)
        self._wait = min(self._wait * 2, first_contact.LONGEST_RETRY)

    async def _share(self, shards: int) -> Share | None:
        """What of so many shards is this process's, once anything is; None where it has them all to itself."""
        if self.leases is None:
            return None
        # It may wait for long until others leave it something.
        sharing = asyncio.create_task(self.leases.share(shards))
        await asyncio.wait([sharing, self._end], return_when=asyncio.FIRST_COMPLETED)
        if sharing.done():
            return sharing.result()
        sharing.cancel()
        await asyncio.wait([sharing], timeout=self._seconds_left())
        return None

    @contextmanager
    def _ends(self, share: Share | None) -> Iterator[list[asyncio.Task[Any]]]:
        """What a bot ends with, in the block: the process that is to, or what it is run for that changes."""
        over = [asyncio.create_task(share.over.wait(), name=UNTIL_OVER)] if share else []
        try:
            yield [self._end, *over]
        finally:
            for task in over:
                task.cancel()

    async def _run(self, bot: RoundtableBot, ends: list[asyncio.Task[Any]]) -> Exception | None:
        """Have a bot run until it ends, or one of `ends` does. Out: why it ended by itself."""
        connection = asyncio.create_task(bot.start(self._token))
        try:
            async with watched(bot, self._watch, is_last=self._end.done):
                await asyncio.wait([connection, *ends], return_when=asyncio.FIRST_COMPLETED)
        finally:
            try:
                if not await self._has_ended(bot.close()):
                    log.warning(
                        "Discord took too long to say goodbye; what was under way is looked for at the next start"
                    )
            finally:
                connection.cancel()
                outcome = (await asyncio.gather(connection, return_exceptions=True))[0]
        return outcome if isinstance(outcome, Exception) else None

    async def _has_ended(self, closing: Coroutine[Any, Any, None]) -> bool:
        """Whether something was closed in time; it may end as cancelled, by the database's fence."""
        task = asyncio.create_task(closing)
        await asyncio.wait([task], timeout=self._seconds_left())
        if not task.done():
            task.cancel()
            return False
        if not task.cancelled():
            task.result()
        return True

    def _seconds_left(self) -> float:
        """For closing something: all that the process closes at its end has CLOSE_SECONDS together."""
        if self._told_to_end is None:
            return CLOSE_SECONDS
        return max(_LEAST_SECONDS, self._told_to_end + CLOSE_SECONDS - time.monotonic())

    def _on_end(self, _: asyncio.Task[None]) -> None:
        self._told_to_end = time.monotonic()


async def _wait_for_session_starts(used_up: SessionStartsUsedUp, end: asyncio.Task[None]) -> None:
    """Sleep until Discord counts anew, or until told to end. The process is alive meanwhile, and not ready."""
    log.warning(
        "Something has begun too many sessions with Discord today, a restart loop perhaps: %d are left, and Discord "
        "resets the token of a bot that uses up all of them. Going on at %s; do not restart the bot to hurry it",
        used_up.remaining,
        f"{now() + timedelta(seconds=used_up.seconds):%Y-%m-%d %H:%M:%S} UTC",
    )
    await asyncio.wait([end], timeout=used_up.seconds)
