"""Transactions are finished, whoever is cancelled: one that is cut off half-way would keep the database locked.

A cancelled call leaves its connection behind in the middle of a transaction, and with it the write lock, until the
garbage collector finds it. Loops are cancelled at every pause and at the end of the process.
"""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


def uncancellable(cls: type[T]) -> type[T]:
    """Have every public coroutine method of a class run to its end. A caller who is cancelled waits for that."""
    for name, method in list(vars(cls).items()):
        if inspect.iscoroutinefunction(method) and not name.startswith("_"):
            setattr(cls, name, _to_its_end(method))
    return cls


def _to_its_end(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def finished(*args: Any, **kwargs: Any) -> Any:
        task = asyncio.ensure_future(method(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # nobody is left to hear of it
            raise

    return finished
