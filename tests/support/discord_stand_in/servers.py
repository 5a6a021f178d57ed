"""More servers than the first, over as many shards as a test wants; and what Discord demands of shards."""

from __future__ import annotations

import time
from collections.abc import Callable

from . import refusals, wire
from .records import Channel
from .state import State


def shard_of(server: int, shards: int) -> int:
    """https://docs.discord.com/developers/events/gateway#sharding"""
    return (server >> 22) % shards


class Servers(State):
    """The state with the verbs for its servers. They share people and roles; each has channels of its own."""

    def __init__(self, *, token: str, message_content: bool = True, clock: Callable[[], float] = time.time) -> None:
        super().__init__(token=token, message_content=message_content, clock=clock)
        # What /gateway/bot tells, and with how few shards an IDENTIFY is refused (4011).
        self.recommended_shards = self.least_shards = 1
        # So many IDENTIFYs are allowed within so many seconds (Discord: 5; 0: whenever it likes).
        self.max_concurrency, self.identify_seconds = 1, 0.0

    def servers(self, shard: int = 0, shards: int = 1) -> list[int]:
        """The ids of a shard's servers that the bot is in."""
        first = [self.guild_id] if self.in_guild else []
        return [each for each in [*first, *self.further] if shard_of(each, shards) == shard]

    def add_server(self, name: str, *, shard: int = 0, shards: int = 1) -> Channel:
        """The bot joins one more server, which of so many `shards` belongs to this one. Out: its one channel, which
        has the server's name."""
        server = self.new_id()
        while shard_of(server, shards) != shard:
            server += 1 << 22  # the next millisecond
        self._last_id = server
        self.further[server] = name
        channel = Channel(self.new_id(), name, server=server)
        self.channels[channel.id] = channel
        self.emit("GUILD_CREATE", wire.guild(self, server, full=True) | {"unavailable": None})
        return channel

    def fill_with_servers(self, count: int) -> None:
        """The bot is in so many more servers, of which nothing is told but that; before it connects."""
        for number in range(count):
            self.further[self.new_id() + (number << 22)] = f"Server {number}"
        self._last_id = max(self.further)

    def remove_server(self, server: int) -> None:
        """Somebody sends the bot away from one of the further servers."""
        del self.further[server]
        self.emit("GUILD_DELETE", {"id": str(server)})

    def require_server(self, server: int) -> None:
        """Raise what Discord says of a server that is not there, or in which the bot is not."""
        if server != self.guild_id and server not in self.further:
            raise refusals.unknown("Guild")
        if server == self.guild_id and not self.in_guild:
            raise refusals.missing_access()
