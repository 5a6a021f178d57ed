"""A process that ends between two transactions, and guests who write while it makes up for what it missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import pytest

from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown
from bot.sessions.turn_log import Heard
from bot.store.models import Post, PostKind, PostStatus, Status
from bot.store.store import Store
from tests.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint
from tests.sessions.test_run import Table, open_table


class Killed(BaseException):
    """Stands for a SIGKILL: nothing of the process comes after it."""


class Life:
    """Lets so many more transactions of a store begin, then kills."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, transactions: int) -> None:
        self._engine, self.left = store._engine, transactions
        for part in (store, store.spending):
            monkeypatch.setattr(part, "_engine", self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def begin(self) -> AbstractAsyncContextManager[Any]:
        self._count()
        return self._engine.begin()

    def connect(self) -> AbstractAsyncContextManager[Any]:
        self._count()
        return self._engine.connect()

    def _count(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


@pytest.fixture
async def server() -> AsyncIterator[ScriptedEndpoint]:
    async with scripted_endpoint() as server:
        yield server


@pytest.fixture
async def table(store: Store, server: ScriptedEndpoint) -> AsyncIterator[Table]:
    async with open_table(store, server) as table:
        yield table


@pytest.mark.parametrize("transactions", range(6))
async def test_killed_while_it_closes_a_table_hands_out_the_minutes_once(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    async with open_table(store, server, turns=1) as table:
        await table.speak(1)
        with monkeypatch.context() as patch:
            Life(store, patch, transactions)
            with suppress(Killed):
                await table.run.close()
    stored = await store.session(table.run.stored.id)
    assert stored is not None
    async with open_table(store, server, stored=stored, place=table.place) as table:
        await table.run.open()
        if stored.status is Status.ENDED:
            await table.run._outbox.deliver()
        else:
            await table.run.close()
        again = await store.session(stored.id)
    assert again is not None
    assert again.status is Status.ENDED
    (minutes,) = await store.session_posts(stored.id, PostKind.MINUTES)
    assert minutes.status is PostStatus.POSTED
    assert [m.content for m in table.place.messages if not m.by_webhook].count(minutes.content) == 1


async def test_a_guest_heard_after_an_absence_does_not_hide_those_before(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord's history fails at first; whoever is heard meanwhile waits behind those who were not."""
    table.run.mark_gap()
    table.place.guest("While you were away.")
    read, tries = table.stage.heard_since, list[int]()

    async def fails_at_first(after_id: int) -> list[GuestMessage]:
        tries.append(after_id)
        if len(tries) == 1:
            waiting.append(asyncio.create_task(table.run.hear(table.place.guest("You are back!"))))
            await asyncio.sleep(0)  # it is heard now
            raise OutcomeUnknown("HTTP 503")
        return await read(after_id)

    waiting: list[asyncio.Task[Heard]] = []
    monkeypatch.setattr(table.stage, "heard_since", fails_at_first)
    await table.run.catch_up()
    assert [t.text for t in table.run.record] == ["While you were away.", "You are back!"]
    assert await waiting[0] is Heard.TAKEN
    assert await table.run.hear(table.place.guest("And now?")) is Heard.TAKEN


async def test_a_guest_who_writes_while_the_history_is_read_is_not_missed(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.run.mark_gap()
    table.place.guest("While you were away.")
    read = table.stage.heard_since

    async def too_early(after_id: int) -> list[GuestMessage]:
        found = await read(after_id)
        if len(table.place.guests) == 1:
            waiting.append(asyncio.create_task(table.run.hear(table.place.guest("While you read."))))
            await asyncio.sleep(0)  # it is heard now
        return found

    waiting: list[asyncio.Task[Heard]] = []

    monkeypatch.setattr(table.stage, "heard_since", too_early)
    await table.run.catch_up()
    assert [t.text for t in table.run.record] == ["While you were away.", "While you read."]
    assert await waiting[0] is Heard.TAKEN


async def test_a_session_and_its_last_post_end_together(store: Store, table: Table) -> None:
    stored = table.run.stored
    await store.end_session(stored.id, stored.place_id, Post(PostKind.MINUTES, "Closed.", attachment="# Minutes"))
    (found,) = await store.unfinished_sessions()  # the minutes are still to be shown
    assert found.status is Status.ENDED
    assert [p.attachment for p in await store.session_posts(stored.id)] == ["# Minutes"]
