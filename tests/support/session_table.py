"""A session's loop on a real store, a place in memory and a scripted endpoint."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Turn
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Status, StoredSession
from bot.store.schema import now
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint, stalls
from tests.support.memory_place import MemoryPlace, ScriptedStage
from tests.support.samples import stored_session

# Who sits at it.
NAMES = {"Aino", "Ravi", "Mira"}


@dataclass
class SessionTable:
    """A session under way, and everything around it."""

    server: ScriptedEndpoint
    store: Store
    place: MemoryPlace
    stage: ScriptedStage
    run: SessionRunner

    @property
    def spoken(self) -> list[Turn]:
        return [*self.run.record.persona_turns()]

    async def stored_turns(self) -> list[Turn]:
        return (await self.store.record(self.run.stored.id)).turns

    async def assert_stored(self) -> None:
        """The database holds the record, and every turn that has a text is in the place, in order."""
        assert await self.stored_turns() == self.run.record.turns
        shown = [m.content for m in self.place.messages if m.by_webhook]
        assert shown == [t.text for t in self.run.record if t.kind in ("persona", "summary") and t.text]

    async def resume(self) -> None:
        if self.run.status is Status.PAUSED:
            await self.run.resume()
        await self.run.take_turns()

    async def speak(self, turns: int) -> None:
        """Have the loop run until so many persona turns were taken in all, and a call for the next one is out."""
        self.server.enqueue(*[self.server.sentence() for _ in range(turns - len(self.spoken))], stalls())
        loop = asyncio.create_task(self.run.take_turns())
        await self.server.until_asked(len(self.server.asked) + turns - len(self.spoken) + 1)
        await self.run.pause()
        await loop


@asynccontextmanager
async def open_table(
    store: Store,
    server: ScriptedEndpoint,
    *,
    stored: StoredSession | None = None,
    place: MemoryPlace | None = None,
    max_tokens: int = 60,
    **dials: Any,
) -> AsyncIterator[SessionTable]:
    if stored is None:
        stored = await store.add_session(
            stored_session(dials=Dials.model_validate({"pace": 0} | dials), created_at=now()), []
        )
    endpoint = Endpoint(server.url, retries=0, timeout=10)
    stage = ScriptedStage(place or MemoryPlace())
    run = SessionRunner(
        stored,
        await store.record(stored.id),
        store=store,
        stage=stage,
        endpoints=EndpointRegistry(endpoint),
        max_tokens=max_tokens,
        latest=await store.latest_id(stored.id),
    )
    stage.on_event = run.own_message_seen
    try:
        yield SessionTable(server, store, stage.place, stage, run)
    finally:
        await endpoint.aclose()
