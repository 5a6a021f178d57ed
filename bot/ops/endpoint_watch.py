"""Asks each endpoint when the bot starts, and again while one is in trouble: so that is known early."""

import asyncio
import logging
import time
from typing import Final

from bot.errors import RoundtableError
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry

log = logging.getLogger(__name__)

# Seconds between two looks at an endpoint, and the longest pause between two tries of one that is in trouble.
LOOK_SECONDS: float = 30.0
_LONGEST_PAUSE: Final = 600.0


async def watch_endpoints(endpoints: EndpointRegistry) -> None:
    """Watch all endpoints of the settings, for ever."""
    await asyncio.gather(*(_watch(name, endpoint) for name, endpoint in endpoints.by_name.items()))


async def try_endpoint(name: str, endpoint: Endpoint) -> None:
    """Ask for a few words once; what came of it is a line in the log."""
    try:
        completion = await endpoint.try_out()
    except RoundtableError as problem:
        log.warning("the endpoint “%s” writes no turns yet: %s", name, problem)
        return
    window = f"a window of {endpoint.window:,} tokens" if endpoint.window else "a window nobody knows"
    log.info("the endpoint “%s” answers with %s in %.0f ms, %s", name, endpoint.model, completion.latency_ms, window)
    for sentence in endpoint.remarks:
        log.warning("the endpoint “%s”: %s", name, sentence)


async def _watch(name: str, endpoint: Endpoint) -> None:
    await try_endpoint(name, endpoint)
    pause, next_try = LOOK_SECONDS, time.monotonic() + LOOK_SECONDS
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if endpoint.record.trouble is None:
            pause, next_try = LOOK_SECONDS, time.monotonic() + LOOK_SECONDS
        elif time.monotonic() >= next_try:
            await _look_again(endpoint)
            pause = min(pause * 2, _LONGEST_PAUSE)
            next_try = time.monotonic() + max(pause, endpoint.rest)


async def _look_again(endpoint: Endpoint) -> None:
    """Ask the models that are in trouble: a persona's own may be, where the endpoint's is well."""
    for model in endpoint.record.models_in_trouble:
        if model in endpoint.record.models_in_trouble:  # no other's answer has mended it meanwhile
            asked = endpoint if model in (None, endpoint.model) else endpoint.of_model(model)
            await asked.is_well()
