"""Who may ask a model next, where only so many calls may be under way: one server after the other.

Of one server the call that came first goes first. So one with many tables waits for its own, and not all for it.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Final

_SERVER: Final[ContextVar[Hashable]] = ContextVar("server", default=None)


@contextmanager
def on_behalf_of(server: Hashable) -> Iterator[None]:
    """The calls that are made in the block are a server's; all others are nobody's, who is one more in the row."""
    before = _SERVER.set(server)
    try:
        yield
    finally:
        _SERVER.reset(before)


class FairQueue:
    """Of one endpoint: so many calls at once as there are `places`."""

    def __init__(self, places: int) -> None:
        self._free = places
        # Whoever stands first is served next, and then goes to the end.
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def depth(self) -> int:
        """How many calls wait."""
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the length of a block, once it is this call's turn."""
        await self._take(_SERVER.get())
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, server: Hashable) -> None:
        if self._free:  # then nobody waits
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(server, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it had just been given a place
                self._give_back()
            else:
                self._leave(server, turn)
            raise

    def _leave(self, server: Hashable, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(server, deque())
        if turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[server]

    def _give_back(self) -> None:
        while self._waiting:
            server, turns = next(iter(self._waiting.items()))
            turn = turns.popleft()
            if not turns:
                del self._waiting[server]
            if turn.cancelled():  # its task will hear of that only later
                continue
            if turns:
                self._waiting.move_to_end(server)
            turn.set_result(None)
            return
        self._free += 1
