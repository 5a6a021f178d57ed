"""`roundtable run` as a process of its own that is there at once: forked from one that has loaded everything.

A forked process is one like any other: memory, sockets and locks of its own, gone at a SIGKILL. Only the loading is
left out, which takes longer than all else that most tests ask of it.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

# What the bot imports only when it runs is named, too.
_LOADED: Final = ("bot.cli", "bot.chat.app", "alembic.command", "openai.resources.chat", __name__)


class ForkedBot:
    """As `asyncio.subprocess.Process`, as far as tests need it."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @classmethod
    async def start(cls, folder: Path, environment: Mapping[str, str], log: Path) -> "ForkedBot":
        """A life of the bot in this folder, with nothing but this environment; what it says is appended to `log`."""
        context: Any = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(_LOADED))
        process = context.Process(target=_live, args=(folder, dict(environment), log), daemon=True)
        await asyncio.to_thread(process.start)  # takes seconds the first time
        return cls(process)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, -9 for a SIGKILL; None while it lives."""
        return self._process.exitcode

    def send_signal(self, by: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, by)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Wait for its end, one task at a time. Out: the exit code."""
        loop, is_over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, is_over.set)
        try:
            await is_over.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self.returncode is not None
        return self.returncode


def _live(folder: Path, environment: dict[str, str], log: Path) -> None:
    """In the child: become the bot."""
    code = 70
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for here, there in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(here, there)

        from bot.cli import main

        code = main(["run"])
    except BaseException:  # noqa: BLE001 (nothing of the parent's is to be run in the child)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
