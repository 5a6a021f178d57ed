"""Whether a model is at work on a call just now: told by those who ask to whoever waits, such as a typing sign.

A call spends most of its time elsewhere when a server is busy: it waits for a free slot, or for the next try.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WATCH: ContextVar["CallWatch | None"] = ContextVar("watch", default=None)


class CallWatch:
    """Watches the calls that are made inside its `watching()` block, also by tasks that are begun there."""

    def __init__(self) -> None:
        self._requests = 0
        self._at_work = asyncio.Event()

    @contextmanager
    def watching(self) -> Iterator[None]:
        before = _WATCH.set(self)
        try:
            yield
        finally:
            _WATCH.reset(before)

    @property
    def is_at_work(self) -> bool:
        """Whether a request is at a server."""
        return self._at_work.is_set()

    async def until_at_work(self) -> None:
        """Return once a request is at a server; at once if one is."""
        await self._at_work.wait()

    def _count(self, change: int) -> None:
        self._requests += change
        if self._requests:
            self._at_work.set()
        else:
            self._at_work.clear()


@contextmanager
def at_work() -> Iterator[None]:
    """Around one request to a server, from the moment it is sent until its answer is there."""
    watch = _WATCH.get()
    if watch is None:
        yield
        return
    watch._count(1)
    try:
        yield
    finally:
        watch._count(-1)
