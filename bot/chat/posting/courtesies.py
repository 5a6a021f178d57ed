"""What the bot does beside its tables (commands, portraits, panels): no failure of it reaches them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.chat.rules.api_errors import kind_of, passes
from bot.sessions.interruptible import Interruptible

log = logging.getLogger(__name__)

# Seconds before what failed is tried again; doubled with each try, up to LONGEST_PAUSE.
FIRST_PAUSE: float = 30.0
LONGEST_PAUSE: float = 3600.0

Work = Callable[[], Awaitable[Any]]


class Courtesy:
    """One piece of such work, under way until it has come about. `what` names it in the log: "the portraits"."""

    def __init__(self, what: str, work: Work) -> None:
        self._what = what
        self._work = work
        self._pause = Interruptible()
        self.is_done = False

    def hurry(self) -> None:
        """Try at once what would wait a while longer."""
        self._pause.interrupt()

    async def keep_trying(self) -> None:
        """Do the work; if that fails, say so in a sentence and try again later. What Discord refused stays undone."""
        pause = FIRST_PAUSE
        while (error := await self.attempt()) is not None:
            if _is_refusal(error):
                log.warning("%s failed (%s): Discord does not allow it", self._what, kind_of(error))
                break
            log.warning("%s failed (%s); trying again in %.0f s", self._what, kind_of(error), pause)
            await self._pause.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self.is_done = True

    async def attempt(self) -> Exception | None:
        """Do the work once. Out: what went wrong, None if nothing did."""
        try:
            await self._work()
        # Whatever it is: the library also fails in parsing an answer that is not as Discord's (KeyError, TypeError …),
        # and no turn, nor the start, is worth less than a picture. The traceback is there for whoever looks for it.
        except Exception as error:
            log.debug("%s failed", self._what, exc_info=True)
            return error
        return None


class Courtesies:
    """All of them, each in a task of its own. Start them inside the event loop; `aclose()` gives up what is left."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, what: str, work: Work) -> Courtesy:
        """Have `work` done, now or later. It is called anew for each try."""
        courtesy = Courtesy(what, work)
        self._run(courtesy.keep_trying(), what)
        return courtesy

    def start_once(self, what: str, work: Work) -> None:
        """Have `work` done now or never: later it would be of no use."""
        self._run(Courtesy(what, work).attempt(), what)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _run(self, work: Any, what: str) -> None:
        task = asyncio.create_task(work, name=what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _is_refusal(error: Exception) -> bool:
    """Whether Discord itself (a page before it gives no code) said no: it would say so again."""
    return (
        isinstance(error, discord.HTTPException)
        and 400 <= error.status < 500
        and error.status != 429
        and error.code > 0
        and not passes(error)
    )
