"""Shows that somebody is about to speak: in the last seconds before their turn, while they are at it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bot.discussion.model.persona import Persona
from bot.llm.call_watch import CallWatch
from bot.sessions.composing.pace import Pace

# Discord shows a sign for ten seconds: https://discord.com/developers/docs/resources/channel#trigger-typing-indicator
# So long before a turn is due the sign is shown at the earliest, and so often again.
TYPING_SECONDS: Final = 8.0
# Whoever is down, or overloaded, mostly says so at once: what has lasted as long as this is being answered.
ANSWERING_SECONDS: float = 0.5


class TypingSign:
    """One session's. A sign stays for some seconds by itself; nothing takes it away."""

    def __init__(self, pace: Pace, show: Callable[[Persona], Awaitable[None]]) -> None:
        """`show` shows the sign once, and returns at once."""
        self._pace = pace
        self._show = show
        self._lasts_until = float("-inf")

    @contextmanager
    def while_composing(self, speaker: Persona | None) -> Iterator[None]:
        """For the block that has a turn written: the sign while a model is at work on it and the turn is due soon. Not
        while the call waits for its turn at the server, nor between two tries. `speaker` None: nobody is to be seen."""
        if speaker is None:
            yield
            return
        # What was shown for the turn before may have ended with its message.
        self._lasts_until = float("-inf")
        watch = CallWatch()
        showing = asyncio.create_task(self._while_at_work(speaker, watch), name=f"typing sign of {speaker.name}")
        try:
            with watch.watching():
                yield
        finally:
            showing.cancel()

    async def show(self, speaker: Persona) -> None:
        """Show it, unless it is there already."""
        now = asyncio.get_running_loop().time()
        if now >= self._lasts_until:
            self._lasts_until = now + TYPING_SECONDS
            await self._show(speaker)

    async def _while_at_work(self, speaker: Persona, watch: CallWatch) -> None:
        while True:
            while (early := self._pace.left - TYPING_SECONDS) > 0:  # noqa: ASYNC110 (it waits for a time)
                await asyncio.sleep(early)
            await watch.until_at_work()
            await asyncio.sleep(ANSWERING_SECONDS)
            if watch.is_at_work:
                await self.show(speaker)
                await asyncio.sleep(self._lasts_until - asyncio.get_running_loop().time())
