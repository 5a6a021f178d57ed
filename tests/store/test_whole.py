"""Whoever is cancelled in the middle of a transaction leaves the database as usable as it was."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.store.models import Post, PostKind, StoredSession
from bot.store.store import Store
from tests.support.samples import GUILD, PLACE

NOTICE = Post(PostKind.NOTICE, "a notice")
CALLS: dict[str, Callable[[Store, int], Awaitable[object]]] = {
    "reading": lambda store, number: store.session_posts(number),
    "writing": lambda store, number: store.add_post(number, PLACE, NOTICE),
    "spending": lambda store, number: store.spending.of_session(number),
    "privacy": lambda store, number: store.privacy.about(GUILD, number),
    "scrubbing": lambda store, number: store.privacy.scrub(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_cancelled_at_any_moment_of_a_transaction(
    store: Store, kept: StoredSession, call: Callable[[Store, int], Awaitable[object]]
) -> None:
    for moments in range(12):
        task = asyncio.ensure_future(call(store, kept.id))
        for _ in range(moments):
            await asyncio.sleep(0.0003)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        # Raises TransientDatabaseError while a transaction that was cut off holds the lock.
        await store.add_post(kept.id, PLACE, NOTICE)


async def test_what_was_begun_is_done_although_nobody_waits_for_it(store: Store, kept: StoredSession) -> None:
    task = asyncio.ensure_future(store.add_post(kept.id, PLACE, NOTICE))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [p.content for p in await store.session_posts(kept.id)] == ["a notice"]
