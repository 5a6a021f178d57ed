"""What Discord lets through a webhook at a time, as its answers tell: whoever comes too early waits, in turn.

Tables in threads of one channel share its webhook, and with it 5 requests in 2 s; besides, a channel takes 30 in 60 s.
So says one of Discord's developers, of both (https://github.com/discord/discord-api-docs/issues/367), and that answers
tell of only one of them; whether threads count apart from their channel is written nowhere. So no number is written
here either: https://discord.com/developers/docs/topics/rate-limits asks to go by the headers and by each 429.
"""

import asyncio
import contextlib
import logging
import math
from collections import defaultdict
from typing import Final

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType

log = logging.getLogger(__name__)

_TOO_MANY: Final = 429


class _Window:
    """What is known of one limit. Seconds on the event loop's clock."""

    __slots__ = ("_closed_until", "_left", "_limit", "_period", "_queue", "_resets_at", "_under_way")

    def __init__(self) -> None:
        self._queue = asyncio.Lock()  # lets its waiters in as they came
        self._limit = self._left = math.inf  # not known
        self._period = 0.0
        self._resets_at = self._closed_until = 0.0
        self._under_way = 0

    async def enter(self) -> None:
        """Wait until one more request is welcome. The queue is not held while a request is under way."""
        async with self._queue:
            while (wait := self._wait()) > 0:  # noqa: ASYNC110 (it waits for a time)
                await asyncio.sleep(wait)
            self._left -= 1
            self._under_way += 1

    def leave(self) -> None:
        """The request is answered, or nobody waits for that any more."""
        self._under_way -= 1

    def close(self, seconds: float) -> None:
        """Let nobody in for so long."""
        self._closed_until = max(self._closed_until, _now() + seconds)

    def learn(self, limit: int, left: int, resets_after: float) -> None:
        """What an answer tells of the limit; requests that are under way may not be counted in it yet."""
        self._limit = max(1, limit)
        self._left = left - self._under_way
        self._resets_at = _now() + resets_after
        self._period = max(self._period, resets_after)

    def _wait(self) -> float:
        now = _now()
        if now >= self._resets_at:
            # Until an answer tells when it ends, the new one is taken to be as long as the longest before it.
            self._left, self._resets_at = self._limit, now + self._period
        return max(self._closed_until - now, self._resets_at - now if self._left < 1 else 0)


class WebhookLimits:
    """Client middleware for webhooks' requests: has them wait while Discord wants none. It cancels and resends nothing:
    what is told to wait is sent again by the library, and queues up anew."""

    def __init__(self) -> None:
        # By method and webhook: what posts and what deletes is counted apart.
        self._windows: defaultdict[tuple[str, str], _Window] = defaultdict(_Window)

    async def __call__(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        window = self._windows[request.method, _webhook(request.url.path)]
        await window.enter()
        try:
            response = await handler(request)
        finally:
            window.leave()
        await self._learn(window, response)
        return response

    async def _learn(self, window: _Window, response: aiohttp.ClientResponse) -> None:
        if response.status != _TOO_MANY:
            told = response.headers
            with contextlib.suppress(KeyError, ValueError):  # it need not tell
                limit, left = int(told["X-RateLimit-Limit"]), int(told["X-RateLimit-Remaining"])
                window.learn(limit, left, float(told["X-RateLimit-Reset-After"]))
            return
        # Its headers may tell of another limit, or of a punishment: no window is as long as that from then on.
        try:
            refusal = await response.json(content_type=None)
            seconds, is_for_all = float(refusal["retry_after"]), bool(refusal.get("global"))
        except (AttributeError, KeyError, TypeError, ValueError):
            return
        log.info("a webhook is to wait for %.2f s", seconds)
        for each in self._windows.values() if is_for_all else (window,):
            each.close(seconds)


def _webhook(path: str) -> str:
    """The webhook's id in an address such as /api/v10/webhooks/123/token."""
    return path.partition("/webhooks/")[2].partition("/")[0]


def _now() -> float:
    return asyncio.get_running_loop().time()
