"""Waiting for the process to be told to end."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator


async def until_signal() -> None:
    """Return at SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows has no signal handlers in its event loop: there Ctrl-C raises KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    try:
        await told.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)


@contextlib.contextmanager
def broken_off_by(end: asyncio.Task[None]) -> Iterator[None]:
    """A block that is left, wherever it waits, as soon as `end` is done; nothing is raised by that."""
    task = asyncio.current_task()
    assert task is not None
    within = True

    def break_off(_: asyncio.Task[None]) -> None:
        if within:
            task.cancel()

    end.add_done_callback(break_off)
    try:
        yield
    except asyncio.CancelledError:
        if not end.done() or task.uncancel():
            raise
    finally:
        within = False


@contextlib.contextmanager
def cancelled_at_sigterm() -> Iterator[None]:
    """Within it SIGTERM cancels the current task, as Ctrl-C does where `asyncio.run` runs it."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    # Only the main thread can be told of signals.
    with contextlib.suppress(NotImplementedError, RuntimeError):
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGTERM)
