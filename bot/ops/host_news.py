"""Tells whoever hosts the bot which faults need them: each once, and once more when it is over."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from bot.ops.faults import StandingFault
from bot.ops.told_faults import ToldFaults

# Between two looks, in seconds.
LOOK_SECONDS: float = 10.0
# So many lines stand in one message; what is more is in the log.
_MOST_LINES: Final = 10


class HostNews:
    """`faults` gives those that stand now, by name; `tell` says whether a message was taken."""

    def __init__(
        self,
        faults: Callable[[], Mapping[str, StandingFault]],
        tell: Callable[[str], Awaitable[bool]],
        told: ToldFaults,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`told`: those of earlier bots, too. `clock` gives seconds."""
        self._faults = faults
        self._tell = tell
        self._told = told
        self._clock = clock

    async def keep_telling(self, leaving: asyncio.Event) -> None:
        """Look until `leaving` is set, and end what is being told. What could not be told is told by a later look."""
        while not leaving.is_set():
            await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(leaving.wait(), LOOK_SECONDS)

    async def look(self) -> None:
        """Tell what is new since the last look that was told, and what is over."""
        now, standing, told = self._clock(), self._faults(), self._told.sentences
        since = self._told.since = {name: self._told.since.get(name, now) for name in standing}
        new = {
            name: fault.sentence
            for name, fault in standing.items()
            if name not in told and now - since[name] >= fault.grace
        }
        over = [name for name in told if name not in standing]
        lines = [*(f"⚠️ {sentence}" for sentence in new.values()), *(f"✅ Over: {told[name]}" for name in over)]
        if not lines:
            return
        more = len(lines) - _MOST_LINES
        shown = [*lines[:_MOST_LINES], f"… and {more} more, in the log."] if more > 0 else lines
        if await self._tell("\n".join(shown)):
            await self._told.add(new)
            await self._told.remove(over)
