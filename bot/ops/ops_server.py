"""The ops server: answers those who watch over the bot, at OPS_BIND. It changes nothing and tells nobody's words."""

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot import __version__, metrics
from bot.errors import RoundtableError
from bot.ops.readiness import Readiness

log = logging.getLogger(__name__)

# How long the end of the process may be held up by a page that is being answered, in seconds.
_LAST_SECONDS: Final = 0.5
_PATHS: Final = ("/healthz", "/readyz", "/metrics")


class OpsServer:
    """Its three pages. `before_metrics` are called when somebody asks for the metrics, to set what is true then."""

    def __init__(self, readiness: Readiness) -> None:
        self.before_metrics: dict[str, Callable[[], None]] = {}
        self._readiness = readiness

    def application(self) -> web.Application:
        app = web.Application()
        for path, page in zip(_PATHS, (self._healthz, self._readyz, self._metrics), strict=True):
            app.router.add_get(path, page)
        app.router.add_get("/", self._root)
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        # That this is answered shows it: the event loop turns.
        return web.json_response({"alive": True, "version": __version__})

    async def _readyz(self, _: web.Request) -> web.Response:
        parts = await self._readiness.report()
        is_ready = all(part.is_ready for part in parts.values())
        told = {name: {"ready": part.is_ready, "state": part.state} for name, part in parts.items()}
        return web.json_response({"ready": is_ready, "parts": told}, status=200 if is_ready else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        for what, set_gauges in self.before_metrics.items():
            try:
                set_gauges()
            except Exception:  # the others are worth to be told all the same
                log.exception("%s can't be measured now", what)
        return web.Response(body=generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _root(self, _: web.Request) -> web.Response:
        return web.Response(text=f"Roundtable {__version__}. There are {', '.join(_PATHS)}.\n")


@asynccontextmanager
async def serving(server: OpsServer, address: tuple[str, int], *, is_wanted: bool) -> AsyncIterator[None]:
    """Serve at `address` (host, port) until the block is left.

    `is_wanted`: somebody has set it, and relies on it; then RoundtableError is raised where nobody can listen there.
    Otherwise that is a warning, and there is no ops server: two bots on one machine need not know of this.
    """
    host, port = address
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=_LAST_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            # The event loop's own words hide the system's; a host that has no address has no number of the system's.
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
            sentence = (
                f"The ops server can't listen on OPS_BIND {host}:{port} ({why}). Set OPS_BIND to another address, or "
                "to none."
            )
            if is_wanted:
                raise RoundtableError(sentence) from None
            log.warning("%s The bot goes on without it: nobody can ask whether it is well", sentence)
        else:
            log.info("the ops server answers at http://%s:%d (%s)", host, port, ", ".join(_PATHS))
        yield
    finally:
        await runner.cleanup()
