"""Whether the bot can do its work: each part that it needs for that is asked, and named with how it stands."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot.llm.call_record import CallRecord
from bot.llm.endpoint_registry import EndpointRegistry
from bot.ops.gateway import GatewayState
from bot.store.engine import TransientDatabaseError
from bot.store.store import Store

log = logging.getLogger(__name__)

# How long a part may take to answer, in seconds.
ANSWER_SECONDS: float = 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """How a part stands. `is_ready`: it is well, or the bot knows that it is not and has paused what needs it."""

    is_ready: bool
    state: str


Ask = Callable[[], Awaitable[Part]]
_NOT_BEGUN: Final = Part(False, "not begun yet")


class Readiness:
    """All parts, by name. A part nobody has said how to ask is not ready: the bot is still on its way to it."""

    def __init__(self) -> None:
        self._asks: dict[str, Ask] = {"database": _nobody, "endpoints": _nobody, "gateway": _nobody}
        self._asked: dict[str, asyncio.Task[Part]] = {}

    def needs_database(self, store: Store) -> None:
        async def ask() -> Part:
            try:
                await store.take_a_write()
            except TransientDatabaseError as problem:
                return Part(False, str(problem))
            return Part(True, "takes what is written")

        self._asks["database"] = ask

    def needs_endpoints(self, endpoints: EndpointRegistry) -> None:
        """Each by its name, in the place of all."""
        self._asks.pop("endpoints", None)
        for name, endpoint in endpoints.by_name.items():
            self._asks[f"endpoint {name}"] = _of_calls(endpoint.record)

    def needs_gateway(self, state: Callable[[], GatewayState]) -> None:
        async def ask() -> Part:
            now = state()
            lost = sorted(shard for shard, latency in now.shards.items() if latency is None)
            if not now.shards or not now.is_ready:
                return Part(False, "not connected to Discord yet")
            if lost:
                return Part(False, f"without connection to Discord: shard {', '.join(map(str, lost))}")
            return Part(True, f"connected to Discord, {now.servers} server{'' if now.servers == 1 else 's'}")

        self._asks["gateway"] = ask

    async def report(self) -> dict[str, Part]:
        """How each part stands."""
        asks = dict(self._asks)
        parts = await asyncio.gather(*(self._answer(name, ask) for name, ask in asks.items()))
        return dict(zip(asks, parts, strict=True))

    async def _answer(self, name: str, ask: Ask) -> Part:
        """How a part stands, in time. One that is still being asked is not asked once more: what it waits for (a
        database's answer) may not be given up half-way, so those that ask would pile up."""
        asked = self._asked.get(name)
        if asked is None or asked.done():
            asked = self._asked[name] = asyncio.create_task(_part(name, ask))
        await asyncio.wait([asked], timeout=ANSWER_SECONDS)
        return asked.result() if asked.done() else Part(False, f"no answer within {ANSWER_SECONDS:g} s")


async def _nobody() -> Part:
    return _NOT_BEGUN


def _of_calls(record: CallRecord) -> Ask:
    async def ask() -> Part:
        if trouble := record.trouble:
            return Part(True, f"tables that need it are paused: {trouble.sentence}")
        return Part(True, "answers") if record.was_asked else Part(False, "is being asked for the first time")

    return ask


async def _part(name: str, ask: Ask) -> Part:
    try:
        return await ask()
    except Exception:  # whoever watches is to be told something, whatever it is
        log.exception("%s can't be asked how it stands", name)
        return Part(False, "can't be asked; the log tells why")
