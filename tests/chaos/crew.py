"""Several processes of the bot at once, which the driver of a trial treats as one, or kills one of."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

from tests.chaos.trial_processes import Launcher


class Crew:
    """The launchers of so many processes. What concerns all of them has a launcher's names."""

    def __init__(self, members: list[Launcher]) -> None:
        self.members = members

    @classmethod
    @asynccontextmanager
    async def running(cls, number: int) -> AsyncIterator[Self]:
        async with AsyncExitStack() as stack:
            yield cls([await stack.enter_async_context(Launcher.running()) for _ in range(number)])

    async def is_alive(self) -> bool:
        """Whether all of them live. Raises RuntimeError if one has ended by itself."""
        return all([await member.is_alive() for member in self.members])

    async def start(self, folder: Path, env: dict[str, str], log: Path) -> None:
        """A new life of each that has none; each says what it says in a log of its own."""
        for number, member in enumerate(self.members):
            if not await member.is_alive():
                await member.start(folder, env, log.with_name(f"{log.stem}-{number}{log.suffix}"))

    async def end(self, by: signal.Signals) -> int | None:
        """Send all of them the signal and wait for their ends. Out: the exit code of one that did not end well, if any
        (-9: killed); None if none lived."""
        codes = await asyncio.gather(*(member.end(by) for member in self.members))
        return next((code for code in codes if code), next((code for code in codes if code is not None), None))


def stop(member: Launcher) -> None:
    """Have a process stand still (SIGSTOP) until `go_on`."""
    if member.pid is not None:
        os.kill(member.pid, signal.SIGSTOP)


def go_on(member: Launcher) -> None:
    if member.pid is not None:
        os.kill(member.pid, signal.SIGCONT)
