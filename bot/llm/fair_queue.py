"""Who may ask a model next, where only so many calls may be under way: one server after the other.

Of one server the call that came first goes first. So one with many tables waits for its own, and not all for it.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Final

Turn = asyncio.Future[None]


class Caller:
    """A table of a server, or whoever else of it asks, one call at a time."""

    def __init__(self, server: Hashable) -> None:
        self.server = server
        self._waits_in: tuple[FairQueue, Turn] | None = None

    @property
    def calls_before(self) -> int | None:
        """How many calls go first at the model, as things stand; None where none of its own waits."""
        if self._waits_in is None:
            return None
        queue, turn = self._waits_in
        return queue.before(self.server, turn)

    @contextmanager
    def waiting(self, queue: "FairQueue", turn: Turn) -> Iterator[None]:
        self._waits_in = queue, turn
        try:
            yield
        finally:
            self._waits_in = None


_CALLER: Final[ContextVar[Caller | None]] = ContextVar("caller", default=None)


@contextmanager
def on_behalf_of(caller: Caller) -> Iterator[None]:
    """The calls that are made in the block are a server's; all others are nobody's, who is one more in the row."""
    before = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(before)


def calls_before(waiting: Mapping[Hashable, int], server: Hashable, own: int) -> int:
    """How many calls go before one of a server, of whose own as many as `own` go first.

    In: how many calls of each server wait, in the order in which the servers have their turn.
    """
    before, has_passed = own, False
    for other, calls in waiting.items():
        if other == server:
            has_passed = True
        else:
            before += min(calls, own if has_passed else own + 1)
    return before


class FairQueue:
    """Of one endpoint: so many calls at once as there are `places`."""

    def __init__(self, places: int) -> None:
        self._free = places
        # Whoever stands first is served next, and then goes to the end.
        self._waiting: OrderedDict[Hashable, deque[Turn]] = OrderedDict()

    @property
    def depth(self) -> int:
        """How many calls wait."""
        return sum(map(len, self._waiting.values()))

    def before(self, server: Hashable, turn: Turn) -> int:
        """How many calls go before one that waits."""
        # Those that were given up are not served, though they may still stand here.
        waiting = {of: [each for each in turns if not each.cancelled()] for of, turns in self._waiting.items()}
        own = waiting.get(server, [])
        counts = {of: len(turns) for of, turns in waiting.items()}
        return calls_before(counts, server, own.index(turn)) if turn in own else 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the length of a block, once it is this call's turn."""
        await self._take(_CALLER.get() or Caller(None))
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, caller: Caller) -> None:
        if self._free:  # then nobody waits
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller.server, deque()).append(turn)
        try:
            with caller.waiting(self, turn):
                await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it had just been given a place
                self._give_back()
            else:
                self._leave(caller.server, turn)
            raise

    def _leave(self, server: Hashable, turn: Turn) -> None:
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
