"""A supervisor on a real store and a scripted endpoint, and what people see of its sessions."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.discussion.model.dials import Dials
from bot.llm import client
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.limits import USUAL, Limits
from bot.sessions.new_session import OpeningPlace
from bot.sessions.resilience import recovery
from bot.sessions.session_runner import SessionRunner
from bot.sessions.supervisor import Supervisor
from bot.store.models import StoredSession
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint
from tests.support.memory_place import MemoryPlace, ScriptedStage, Sending
from tests.support.samples import CAST, PLACE, TASK

HERE = OpeningPlace(guild_id=1, place_id=PLACE, channel_id=PLACE, convener_id=5, anchor_id=1)
QUICK = Dials(pace=0, turns=3)


class SessionHouse:
    """The supervisor and all around it; every session is shown in the same place, unless told otherwise."""

    def __init__(self, store: Store, server: ScriptedEndpoint, limits: Limits = USUAL, **options: Any) -> None:
        self.store = store
        self.server = server
        self.limits = limits
        self.place = MemoryPlace()
        self.stages: list[ScriptedStage] = []
        self.scripts: list[list[Sending]] = []
        given: dict[str, Any] = {"retries": 0, "timeout": 10} | options
        self.endpoint = Endpoint(server.url, **given)
        self.endpoints = EndpointRegistry(self.endpoint)
        self.cast = CAST
        self.supervisor = self.again()

    def again(self, **options: Any) -> Supervisor:
        """Another supervisor on the same store, as after a restart."""
        self.supervisor = Supervisor(
            self.store, self.endpoints, self._stage, max_tokens=60, limits=self.limits, **options
        )
        return self.supervisor

    def _stage(self, stored: StoredSession) -> ScriptedStage:
        self.stages.append(ScriptedStage(self.place, *(self.scripts.pop(0) if self.scripts else [])))
        return self.stages[-1]

    async def start(self, dials: Dials = QUICK, where: OpeningPlace = HERE) -> SessionRunner:
        return await self.supervisor.start(where, task=TASK, cast=self.cast, dials=dials, seed=4)

    def said(self, beginning: str) -> list[str]:
        """The place's messages that begin so."""
        return [text for text in self.place.texts if text.startswith(beginning)]

    async def assert_stored(self, run: SessionRunner) -> None:
        """The database holds the record, and every turn that has a text is in the place once, in order."""
        assert (await self.store.record(run.stored.id)).turns == run.record.turns
        shown = [m.content for m in self.place.messages if m.by_webhook]
        assert shown == [t.text for t in run.record if t.kind in ("persona", "summary") and t.text]


@asynccontextmanager
async def open_house(store: Store, limits: Limits = USUAL, **options: Any) -> AsyncIterator[SessionHouse]:
    """A house for the length of a block. `options` are the endpoint's."""
    async with scripted_endpoint() as server:
        house = SessionHouse(store, server, limits, **options)
        try:
            yield house
        finally:
            await house.supervisor.shutdown()
            await house.endpoints.aclose()


async def until(predicate: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not predicate():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.005)


async def ended(run: SessionRunner) -> None:
    """Wait until a session has ended and everything of it was shown."""
    store = run._state._store  # pyright: ignore[reportPrivateUsage]
    async with asyncio.timeout(10):
        while run.stored.id in {stored.id for stored in await store.unfinished_sessions()}:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have faults be tried again at once."""
    for name in ("ENDPOINT_NAP", "PLACE_NAP", "PASSES_NAP", "DAY_NAP"):
        monkeypatch.setattr(recovery, name, 0.01)
    monkeypatch.setattr(recovery, "LONGEST_NAP", 0.02)
    monkeypatch.setattr(client, "_REREAD", 0.001)
