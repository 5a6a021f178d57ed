"""What watches over the process while it runs: the ops server, samples, checks of the endpoints. Start reading here."""

import asyncio
import logging
import platform
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bot import __version__, metrics
from bot.llm.endpoint_registry import EndpointRegistry
from bot.ops.endpoint_watch import watch_endpoints
from bot.ops.gateway import GatewayState
from bot.ops.gauges import show_gateway, show_tables
from bot.ops.loop_lag import sample_loop_lag
from bot.ops.ops_server import OpsServer, serving
from bot.ops.readiness import Readiness
from bot.ops.told_faults import ToldFaults
from bot.sessions.supervisor import Supervisor
from bot.settings import Settings
from bot.store.store import Store

log = logging.getLogger(__name__)


class Watch:
    """Is told of each part of the bot when that is there. None of it can fail the bot."""

    def __init__(self, settings: Settings) -> None:
        self.readiness = Readiness()
        self.server = OpsServer(self.readiness)
        self._settings = settings
        self._tasks: list[asyncio.Task[None]] = []
        self.start_is_told = False
        """In the status channel: once a process, however many bots it has one after the other."""
        self.told_faults = ToldFaults()
        metrics.BUILD.info(
            {"version": __version__, "python": platform.python_version(), "database": settings.database_kind}
        )
        self._start(sample_loop_lag())

    def over_parts(self, store: Store, endpoints: EndpointRegistry) -> None:
        """The database is open, and the endpoints can be asked: which is done at once."""
        log.info(
            "roundtable %s starts: database %s, endpoints %s",
            __version__,
            self._settings.database_kind,
            ", ".join(endpoints.by_name),
        )
        self.readiness.needs_database(store)
        self.readiness.needs_endpoints(endpoints)
        self._start(watch_endpoints(endpoints))

    def over_bot(self, gateway: Callable[[], GatewayState], supervisor: Supervisor) -> None:
        """There is a bot, in the place of an earlier one perhaps."""
        self.readiness.needs_gateway(gateway)
        self.server.before_metrics["tables"] = lambda: show_tables(supervisor.open_sessions())
        self.server.before_metrics["the gateway"] = lambda: show_gateway(gateway)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(_tell_failure)
        self._tasks.append(task)


@asynccontextmanager
async def open_watch(settings: Settings) -> AsyncIterator[Watch]:
    """Watch over the process until the block is left. Raises RoundtableError where OPS_BIND is set and can't be had."""
    async with AsyncExitStack() as stack:
        watch = Watch(settings)
        stack.push_async_callback(watch.aclose)
        if settings.ops_address:
            is_wanted = "ops_bind" in settings.model_fields_set
            await stack.enter_async_context(serving(watch.server, settings.ops_address, is_wanted=is_wanted))
        yield watch


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("%s has ended", task.get_coro(), exc_info=error)
