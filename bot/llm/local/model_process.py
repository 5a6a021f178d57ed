"""Keeps a process up that serves a model on loopback: starts it, starts it again when it ends, ends it with the bot."""

import asyncio
import json
import logging
import os
import re
import socket
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from bot.llm.local.child import ServedFile
from bot.llm.local.gguf import UnusableModel

log = logging.getLogger(__name__)

# Seconds before it is started again; doubled each time up to LONGEST_PAUSE, and from the beginning once it has been up
# for SETTLED seconds.
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 300.0
SETTLED: Final = 60.0
# The longest line of its log, in bytes.
_LINE: Final = 1 << 20
# The last words of a process that has failed: so many lines.
_LAST_LINES: Final = 20
# How llama.cpp marks errors in its log.
_ERROR_MARK: Final = " E "
# The status of a process that SIGKILL has ended, which not every system has.
_KILLED: Final = -9
# Variables of the environment with a key, a password, or an address that may hold one.
_MAY_BE_SECRET: Final = re.compile(r"token|key|secret|pass|url|proxy|headers|query|body", re.I)


class ModelProcess:
    """One process that serves a model, and those that follow it. Use it by `running_model_process`."""

    def __init__(self, command: Sequence[str], options: ServedFile, *, first_pause: float) -> None:
        self._command = tuple(command)
        self._options: ServedFile = {**options, "parent": os.getpid()}
        self._first_pause = first_pause
        self._up = asyncio.Event()
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        self.pid: int | None = None
        """Of the process that is there now."""

    @property
    def is_up(self) -> bool:
        """Whether the model is loaded and answers."""
        return self._up.is_set()

    async def wait_until_up(self) -> None:
        """Return once the model answers. Raises UnusableModel if the first process ends before it does."""
        if not self._first.done():
            await asyncio.shield(self._first)
        if problem := self._first.exception():
            raise problem
        await self._up.wait()

    async def keep_up(self) -> None:
        """Have a process up until cancelled, which ends it."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                ended = self._ending(await self._run_once())
            except OSError as error:
                ended = f"can't be started ({error.strerror})."
            failures = 1 if time.monotonic() - began >= SETTLED else failures + 1
            pause = min(self._first_pause * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
            problem = f"{self._options['name']} can't be served: llama.cpp {ended}"
            if not self._first.done():
                self._first.set_exception(UnusableModel(problem))
                self._first.exception()  # seen, also where nobody waits for it
            log.error("%s It is started again in %g s", problem, pause)
            await asyncio.sleep(pause)

    async def _run_once(self) -> int:
        """Start the process and see it to its end. Out: its status, as `returncode` has it."""
        self._last_lines.clear()
        began = time.monotonic()
        pipe = asyncio.subprocess.PIPE
        # A session of its own: Ctrl-C in the terminal is for the bot, which ends it in its time.
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            limit=_LINE,
            start_new_session=True,
            env=_environment(),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.pid = process.pid
        reading = asyncio.create_task(self._read_log(process.stderr), name="log of the model's process")
        try:
            process.stdin.write(json.dumps(self._options).encode() + b"\n")
            if address := (await process.stdout.readline()).decode().strip():
                log.info("%s answers at %s, loaded in %.1f s", self._options["name"], address, time.monotonic() - began)
                self._up.set()
                if not self._first.done():
                    self._first.set_result(None)
            status = await process.wait()
            await reading
            return status
        finally:
            self._up.clear()
            self.pid = None
            if process.returncode is None:
                # It has nothing to lose, and may be loading, when it listens to nothing else.
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            reading.cancel()

    async def _read_log(self, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await stream.readline()
            except ValueError:  # beyond all measure: left out, and read on, since nobody writes into a full pipe
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._last_lines.append(text)
            log.debug("llama.cpp: %s", text)

    def _ending(self, status: int) -> str:
        """How it has ended, with its last words where they can tell why."""
        if status == _KILLED:
            return "was killed, as the system does where memory runs out."
        errors = [line.partition(_ERROR_MARK)[2].strip() for line in self._last_lines if _ERROR_MARK in line]
        last = errors[:1] or [line for line in self._last_lines if line.strip()][-1:]
        how = f"has ended with status {status}" if status >= 0 else f"was ended by signal {-status}"
        return f"{how} ({last[0]})." if last else f"{how}."


@asynccontextmanager
async def running_model_process(
    command: Sequence[str], options: ServedFile, *, first_pause: float = FIRST_PAUSE
) -> AsyncIterator[ModelProcess]:
    """Keep `command` up, given `options` as its first line of input, until the block is left."""
    process = ModelProcess(command, options, first_pause=first_pause)
    keeping = asyncio.create_task(process.keep_up(), name="keeping the model's process up")
    try:
        yield process
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


@contextmanager
def held_port() -> Iterator[int]:
    """A free port of 127.0.0.1 that stays ours, also between two processes that listen there one after the other.

    It is bound and not listened to: who connects meanwhile is refused, and a server may bind it as well.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def _environment() -> dict[str, str]:
    """What the process may know of ours: where its libraries and graphics cards are, and nothing that may be secret."""
    return {name: value for name, value in os.environ.items() if not _MAY_BE_SECRET.search(name)}
