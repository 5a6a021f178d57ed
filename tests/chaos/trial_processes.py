"""The processes of a trial as the driver sees them: the bot (through its launcher) and the stand-in for Discord."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

import aiohttp

REPOSITORY: Final = Path(__file__).parents[2]
# A process that takes longer than this to answer or to end is stuck, in seconds.
PATIENCE: Final = 30.0


class Launcher:
    """Starts lives of the bot, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._pid: int | None = None
        self._ordering = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        process = await start_python("tests.chaos.launcher", stdin=asyncio.subprocess.PIPE)
        try:
            await read_line(process)
            yield cls(process)
        finally:
            # Its input ends: it kills the bot and ends.
            if process.stdin is not None:
                process.stdin.close()
            await asyncio.wait_for(process.wait(), PATIENCE)

    @property
    def pid(self) -> int | None:
        """The bot's, if it was started and not ended since."""
        return self._pid

    async def is_alive(self) -> bool:
        """Whether the bot lives. Raises RuntimeError if it ended by itself."""
        if self._pid is None:
            return False
        if (code := (await self._order({"peek": self._pid}))["code"]) is not None:
            raise RuntimeError(f"the bot ended by itself (exit code {code}); its log says why")
        return True

    async def start(self, folder: Path, env: dict[str, str], log: Path) -> None:
        """A new life of the bot in this folder."""
        answer = await self._order({"start": {"cwd": str(folder), "env": env, "log": str(log)}})
        self._pid = answer["pid"]

    async def end(self, by: signal.Signals) -> int | None:
        """Send the signal and wait for the end. Out: the exit code (-9: killed), None if there was no bot."""
        if self._pid is None:
            return None
        pid, self._pid = self._pid, None
        os.kill(pid, by)  # not reaped yet, so the number is still its own
        return (await self._order({"reap": pid}))["code"]

    async def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        # Also for whoever gives up waiting: else the next order would be given this one's answer.
        return await asyncio.shield(asyncio.ensure_future(self._answered(order)))

    async def _answered(self, order: dict[str, Any]) -> dict[str, Any]:
        async with self._ordering:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            return await read_line(self._process)


class Discord:
    """A stand-in for Discord in a process of its own, so that it outlives the bot."""

    def __init__(self, urls: dict[str, str], session: aiohttp.ClientSession) -> None:
        self.api_url, self.token = urls["api_url"], urls["token"]
        self._control, self._session = urls["control_url"], session

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        process = await start_python("tests.support.discord_stand_in")
        try:
            async with aiohttp.ClientSession() as session:
                yield cls(await read_line(process), session)
        finally:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 3)
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def order(self, method: str, /, *positional: Any, **args: Any) -> Any:
        """An order of the control route of the stand-in. Raises LookupError for what can't be done now."""
        body = {"method": method, "list": positional, "args": args}
        async with self._session.post(self._control, json=body) as response:
            answer = await response.json()
        if "error" in answer:
            raise LookupError(answer["error"])
        return answer["result"]


async def start_python(module: str, *args: str, **options: Any) -> asyncio.subprocess.Process:
    """A module of this repository, run with these arguments; its standard output can be read."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *args), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, limit=1 << 24, **options
    )


async def read_line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The next JSON object that it prints. Raises RuntimeError if it has ended."""
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    if not line:
        raise RuntimeError(f"a process of the trial ended by itself (exit code {process.returncode})")
    return json.loads(line)
