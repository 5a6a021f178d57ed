"""A machine that runs `roundtable run` as a process of its own, on the stand-in for Discord."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import bot
from bot.store.store import Store, open_store
from tests.support.discord_stand_in import StandIn, World
from tests.support.forked_bot import ForkedBot

REPOSITORY = Path(bot.__file__).parent.parent
LLM_KEY = "sk-Not-A-Secret-but-it-must-not-be-seen-0123"
# Docker waits ten seconds after SIGTERM; we promise eight.
PROMISE = 8


@dataclass
class BotHost:
    """A machine with its settings; `process()` is one run of the bot on it."""

    server: StandIn
    folder: Path
    logs: list[Path] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def database(self) -> Path:
        return self.folder / "data" / "roundtable.db"

    def settings(self, **changed: str) -> dict[str, str]:
        given = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "DISCORD_TOKEN": self.server.token,
            "DISCORD_API_URL": self.server.api_url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "PERSONAS_DIR": str(REPOSITORY / "personas"),
            "TASKS_DIR": str(REPOSITORY / "tasks"),
            "LLM_BASE_URL": "dummy",
            "LLM_API_KEY": LLM_KEY,
            "LOG_LEVEL": "DEBUG",
            "DISCUSSION_PACE": "0",
            # Several of them share a machine.
            "OPS_BIND": "none",
        }
        return given | changed

    @asynccontextmanager
    async def process(self, **changed: str) -> AsyncIterator[ForkedBot]:
        """`roundtable run`, killed at the latest when the block ends. What it says is in `logs[-1]`."""
        running = await ForkedBot.start(self.folder, self.settings(**changed), self._next_log())
        async with self._ended(running):
            yield running

    @asynccontextmanager
    async def typed_process(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """The same, as a person starts it."""
        with self._next_log().open("w") as stderr:
            command = (sys.executable, "-m", "bot", "run")
            running = await asyncio.create_subprocess_exec(
                *command, cwd=self.folder, env=self.settings(), stdout=stderr, stderr=stderr
            )
        async with self._ended(running):
            yield running

    def _next_log(self) -> Path:
        self.logs.append(self.folder / f"stderr-{len(self.logs)}")
        self.logs[-1].touch()
        return self.logs[-1]

    @asynccontextmanager
    async def _ended(self, running: ForkedBot | asyncio.subprocess.Process) -> AsyncIterator[None]:
        try:
            yield
        finally:
            if running.returncode is None:
                running.kill()
            await running.wait()

    async def connected(self) -> None:
        await self.world.until(lambda: self.server.gateway.connected, timeout=20, what="the bot at the gateway")
        await self.server.settled()

    async def start(self, *, turns: int = 2, channel: str = "general") -> None:
        """Mira opens a table, once the bot is there."""
        await self.connected()
        await self.world.until(lambda: self.world.commands, timeout=10, what="the commands")
        answer = await self.world.slash(channel, "Mira", "roundtable", "start", {"turns": turns}).answered("followup")
        assert "table is open" in answer.payload["content"], answer.payload["content"]

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The database, when no process has it."""
        async with open_store(f"sqlite+aiosqlite:///{self.database}", self.database) as store:
            yield store

    def turns(self) -> list[str]:
        history = self.world.channel_history("general")
        return [m.words for m in history if m.webhook_id or m.words.startswith("## Summary, by ")]
