"""Counts what Discord asks to wait for, whoever then waits: the library or `webhook_limits.py`."""

from types import SimpleNamespace
from typing import Final

import aiohttp

from bot import metrics

_TOO_MANY: Final = 429
# https://discord.com/developers/docs/topics/rate-limits#header-format
_SCOPES: Final = ("user", "global", "shared")


def rate_limit_trace() -> aiohttp.TraceConfig:
    """For a session with Discord: counts its answers with status 429."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_count)
    return trace


async def _count(_: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
    told = params.response.headers
    if params.response.status != _TOO_MANY:
        return
    scope = told.get("X-RateLimit-Scope", "")
    scope = scope if scope in _SCOPES else "unknown"
    metrics.RATE_LIMITED.labels(scope).inc()
    try:
        seconds = float(told.get("Retry-After", "0"))
    except ValueError:  # a date, which Discord never sends
        return
    if 0 < seconds < float("inf"):
        metrics.RATE_LIMITED_SECONDS.labels(scope).inc(seconds)
