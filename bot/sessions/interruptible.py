"""Awaiting something that may be given up: a model call, the pause between two turns."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Interruptible:
    """Runs one awaitable at a time; `interrupt()` gives it up without cancelling the task that waits for it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None

    async def __call__(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of `work`, or None if it was interrupted. Errors and outer cancellation pass through."""
        self._task = task = asyncio.create_task(work)
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                task.cancel()
                raise
            return None
        finally:
            self._task = None

    async def sleep(self, seconds: float) -> None:
        """Sleep, or less when interrupted."""
        await self(asyncio.sleep(seconds))

    def interrupt(self) -> None:
        if self._task is not None:
            self._task.cancel()
