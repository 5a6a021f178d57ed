"""Awaiting something that may be given up: a model call, the pause between two turns."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Interruptible:
    """Awaits one thing at a time; `interrupt()` gives it up without cancelling the task that waits for it."""

    def __init__(self) -> None:
        self._awaited: asyncio.Future[Any] | None = None

    async def __call__(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of `work`, or None if it was interrupted. Errors and outer cancellation pass through."""
        return await self._wait(asyncio.create_task(work))

    async def sleep(self, seconds: float) -> None:
        """Sleep, or less when interrupted."""
        loop = asyncio.get_running_loop()
        # No task of its own: every table at rest has one of these.
        passed: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, _set, passed)
        try:
            await self._wait(passed)
        finally:
            timer.cancel()

    def interrupt(self) -> None:
        if self._awaited is not None:
            self._awaited.cancel()

    async def _wait(self, awaited: asyncio.Future[T]) -> T | None:
        self._awaited = awaited
        try:
            return await awaited
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                awaited.cancel()
                raise
            return None
        finally:
            self._awaited = None


def _set(passed: asyncio.Future[None]) -> None:
    if not passed.done():
        passed.set_result(None)
