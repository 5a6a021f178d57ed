"""What whoever hosts the bot does with it while it runs: by the control socket, and by SIGHUP."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from bot.chat.bot import RoundtableBot
from bot.chat.posting.table_files import faces
from bot.errors import RoundtableError
from bot.ops.control_protocol import NotHere
from bot.ops.control_server import serving_control
from bot.ops.tables import RunningTables, StoredTables, deeds_of
from bot.store.store import Store

log = logging.getLogger(__name__)

_CHANGES: Final = ("pause", "resume", "stop")
_ASKED: Final = ("list", "show", "export", *_CHANGES)


class HostSide:
    """One process's. Between two bots, and before the first, tables are as the database has them."""

    def __init__(self, store: Store, *, is_shared: bool) -> None:
        self._store = store
        self._is_shared = is_shared
        self._bot: RoundtableBot | None = None
        self._reloading: asyncio.Task[None] | None = None
        self._has_terminal = sys.stderr.isatty()

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, store: Store, socket: Path, *, is_shared: bool = False) -> "AsyncIterator[HostSide]":
        """Heed the host for the length of a block. `is_shared`: other processes may have tables of this store."""
        side = cls(store, is_shared=is_shared)
        deeds = {"hello": side._hello, "reload": side._reload} | {do: partial(side._do, do) for do in _ASKED}
        with side._heeding_sighup():
            async with serving_control(socket, deeds):
                yield side

    @contextlib.contextmanager
    def of(self, bot: RoundtableBot) -> Iterator[None]:
        """Within it this bot is the one that runs."""
        self._bot = bot
        try:
            yield
        finally:
            self._bot = None

    async def _hello(self) -> None:
        """Only to see whether somebody answers."""

    async def _do(self, what: str, **values: Any) -> Any:
        if what in _CHANGES:
            log.info("the host asks at the control socket: %s table %s", what, values.get("number"))
        show = partial(faces, pictures=self._store.pictures)
        bot = self._bot
        if bot is None and self._is_shared and what in _CHANGES:
            raise NotHere("This process has no table now; ask the one that has it, or steer it on Discord.")
        tables = RunningTables(self._store, bot.supervisor, show) if bot else StoredTables(self._store, show)
        return await deeds_of(tables)[what](**values)

    async def _reload(self) -> str:
        if self._bot is None:
            raise RoundtableError("The bot still waits for Discord. Reload once it is there, or restart it.")
        return await self._bot.reload()

    @contextlib.contextmanager
    def _heeding_sighup(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        number = getattr(signal, "SIGHUP", None)  # Windows has none
        if number is not None:
            # Only the main thread can be told of signals.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._on_sighup)
        try:
            yield
        finally:
            if number is not None:
                with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.remove_signal_handler(number)

    def _on_sighup(self) -> None:
        if self._has_terminal and not sys.stderr.isatty():
            signal.raise_signal(signal.SIGTERM)  # the terminal in which it runs was closed
            return
        self._reloading = asyncio.create_task(self._reload_and_log(), name="reloading")

    async def _reload_and_log(self) -> None:
        try:
            await self._reload()
        except RoundtableError as error:
            log.error("nothing was reloaded: %s", error)
