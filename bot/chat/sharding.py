"""The connection to Discord in shards: each is begun, lost and found by itself, and has servers of its own."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

import discord
import yarl
from discord.state import AutoShardedConnectionState

from bot.chat.session_starts import require_session_start

log = logging.getLogger(__name__)


def shard_of(guild_id: int, shard_count: int) -> int:
    """Of so many shards the one that hears of a server: https://docs.discord.com/developers/events/gateway#sharding."""
    return (guild_id >> 22) % shard_count


class ShardedClient(discord.AutoShardedClient):
    """A client that knows how many shards the application has and which of them are its own.

    One shard is a number like any other: there is one way for a bot of a single server and for one of 10,000.
    """

    shard_count: int

    def __init__(self, *, shard_count: int, shard_ids: Iterable[int] | None = None, **options: Any) -> None:
        """`shard_ids`: those that this process connects; None: all of them."""
        self.own_shards: Final[Collection[int]] = (
            range(shard_count) if shard_ids is None else tuple(dict.fromkeys(shard_ids))
        )
        super().__init__(shard_count=shard_count, shard_ids=list(self.own_shards), **options)
        self._launching: set[int] = set()
        self._connected: set[int] = set()
        self._lost: dict[int, float] = {}
        self._ready_shards: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)

    def owns(self, guild_id: int) -> bool:
        """Whether a server is one of this process's shards'."""
        return shard_of(guild_id, self.shard_count) in self.own_shards

    @property
    def leads(self) -> bool:
        """Whether what there is once for the whole application (commands, portraits) is for this process to do."""
        return 0 in self.own_shards

    @property
    def owns_all(self) -> bool:
        """Whether there is no other process."""
        return len(self.own_shards) == self.shard_count

    @property
    def lost_shards(self) -> list[int]:
        """Which of the own shards have been connected, and are not now."""
        return sorted(self._lost)

    async def wait_until_shard_ready(self, guild_id: int) -> None:
        """Return once a server's shard has told which servers it has. Its tables need not wait for the other shards:
        five seconds lie between two of them."""
        await self._ready_shards[shard_of(guild_id, self.shard_count)].wait()

    async def close(self) -> None:
        if not isinstance(self.loop, asyncio.AbstractEventLoop):
            # Never begun: what the library's own end needs is made at its beginning only.
            await self._async_setup_hook()
        await super().close()

    # --- beginning sessions with the gateway ---

    async def launch_shards(self) -> None:
        # For all of them: whoever begins only some wastes those.
        await require_session_start(self, len(self.own_shards))
        await super().launch_shards()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        # Where it can't, the library's own method waits a little and calls itself, each time one level deeper.
        if shard_id in self._launching:
            raise _Again
        self._launching.add(shard_id)
        try:
            while not self.is_closed():
                try:
                    return await super().launch_shard(gateway, shard_id, initial=initial)
                except _Again:
                    await require_session_start(self)
        finally:
            self._launching.discard(shard_id)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        # What is raised while a shard is launched the library takes for a gateway that is away.
        if shard_id not in self._launching:
            await require_session_start(self)
        # Waits five seconds, in which an application may begin one session (or `max_concurrency`, which is one for all
        # but the largest); the library begins one after the other.
        await super().before_identify_hook(shard_id, initial=initial)

    # --- what becomes of them ---

    async def on_shard_connect(self, shard_id: int) -> None:
        self._found(shard_id, "with a new session")

    async def on_shard_ready(self, shard_id: int) -> None:
        self._ready_shards[shard_id].set()

    async def on_shard_resumed(self, shard_id: int) -> None:
        self._found(shard_id, "and goes on where it was")

    async def on_shard_disconnect(self, shard_id: int) -> None:
        # Called again with each try that comes to nothing, the first of all included, and at the end.
        if shard_id in self._connected and not self.is_closed():
            self._connected.remove(shard_id)
            self._lost[shard_id] = asyncio.get_running_loop().time()
            log.info("shard %s: the connection to Discord is lost", shard_id)

    def _found(self, shard_id: int, how: str) -> None:
        self._connected.add(shard_id)
        if (since := self._lost.pop(shard_id, None)) is not None:
            seconds = asyncio.get_running_loop().time() - since
            log.info("shard %s: the connection to Discord is back after %.1f s, %s", shard_id, seconds, how)

    def _get_state(self, **options: Any) -> AutoShardedConnectionState[Any]:
        return _State(dispatch=self.dispatch, handlers=self._handlers, hooks=self._hooks, http=self.http, **options)


class _Again(Exception):
    """A shard could not be launched: once more."""


class _State(AutoShardedConnectionState[Any]):
    """What the library knows of servers. With several shards it keeps those that it left while a shard was away."""

    def parse_ready(self, data: Any) -> None:
        shard_id, listed = data["shard"][0], {int(guild["id"]) for guild in data["guilds"]}
        for guild in self.guilds:
            if guild.shard_id == shard_id and guild.id not in listed:
                self._remove_guild(guild)
                self.dispatch("guild_remove", guild)
        super().parse_ready(data)


class _WithoutTrace(logging.Filter):
    """One line for each try of the library's to reach a gateway that is away, in place of a stack trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            kind = record.exc_info[0]
            record.msg = f"{record.getMessage()} ({kind.__name__ if kind else 'no reason'})"
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


logging.getLogger("discord.shard").addFilter(_WithoutTrace())
