"""A process that dies at any point of posting: the next one loses and doubles nothing."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import (
    RejectReason,
)
from bot.store.models import Post, PostKind, PostStatus, Status
from bot.store.store import Store
from bot.store.stored_posts import StoredPosts
from tests.support.memory_place import LOST, NOT_STORED, OK, ScriptedStage, Sending, late, refused
from tests.support.posting_desk import Desk, open_desk
from tests.support.samples import stored_session


class Crash(BaseException):
    """The process ends here."""


class Mortal:
    """Passes calls on until the process dies: at the end of the call that is its last. After that, none."""

    def __init__(self, life: "Life", target: Any) -> None:
        self._life = life
        self._target = target

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if isinstance(found, StoredPosts):  # a part of the store, which dies with it
            return Mortal(self._life, found)
        return self._life.bounded(found) if asyncio.iscoroutinefunction(found) else found


@dataclass
class Life:
    """How many calls of the store and the stage a process makes before it dies."""

    calls: int
    is_over: bool = False

    def bounded(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def step(*args: Any, **kwargs: Any) -> Any:
            if self.is_over:
                raise Crash
            try:
                return await call(*args, **kwargs)
            finally:
                self.calls -= 1
                self.is_over = self.calls < 0
                if self.is_over:
                    raise Crash  # whatever the outcome, nobody hears of it

        return step


async def live(desk: Desk, calls: int, *script: Sending) -> Life:
    """One process's life: it takes up what it finds, and delivers until it has nothing left or dies."""
    life = Life(calls)
    store, stage = desk.store, ScriptedStage(desk.place, *script)
    outbox = Outbox(
        cast(Store, Mortal(life, store)),
        cast(ScriptedStage, Mortal(life, stage)),
        session_id=desk.stored.id,
        place_id=desk.stored.place_id,
        latest=await store.latest_id(desk.stored.id),
        on_withheld=life.bounded(lambda seq, is_withheld: asyncio.sleep(0)),
    )
    stage.on_event = outbox.seen
    try:
        await outbox.recover()
        await outbox.deliver()
    except Crash:
        pass
    # The gateway still tells; nobody is there to hear of it.
    await stage.settle()
    return life


TEXTS = ["Well.", "As I said,", "Well.", "No."]
FATES = [
    OK,
    LOST,
    NOT_STORED,
    late(1),
    Sending(event="before"),
    Sending(event="after"),
    Sending(event="before", answered=False),
    Sending(event="after", answered=False),
]


async def crash_and_recover(store: Store, number: int, calls: list[int], fates: list[Sending]) -> list[Life]:
    """Deliver TEXTS through processes that die after so many calls, and a last one that does not."""
    stored = await store.add_session(stored_session(place_id=number), [])
    desk = await open_desk(store, stored=stored)
    await desk.write(*TEXTS[:2])
    await desk.write(TEXTS[2], speaker="Ravi")
    await store.posts.add(stored.id, number, Post(PostKind.NOTICE, TEXTS[3]))
    lives = [await live(desk, count, *fates[turn:]) for turn, count in enumerate(calls)]
    await live(desk, 10**9)
    assert [m.name for m in desk.place.messages] == ["Aino", "Aino", "Ravi", "Roundtable"]
    assert await desk.statuses() == [PostStatus.POSTED] * 4
    await desk.assert_shown(*TEXTS)
    await store.set_status(stored.id, Status.ENDED)
    return lives


@pytest.mark.parametrize("fate", [OK, Sending(event="after", answered=False)])
async def test_a_crash_at_any_point_loses_and_doubles_nothing(store: Store, fate: Sending) -> None:
    steps = 0
    while (await crash_and_recover(store, steps + 1, [steps], [fate] * 5))[0].is_over:
        steps += 1
    assert steps > 10


async def test_crashes_after_crashes_with_every_fate(store: Store) -> None:
    chance = random.Random(20260301)
    for number in range(40):
        calls = [chance.randrange(25) for _ in range(chance.randrange(1, 4))]
        fates = [chance.choice(FATES) for _ in range(8)]
        fates[chance.randrange(8)] = refused(RejectReason.WEBHOOK_GONE)  # twice for one post would withhold it
        try:
            await crash_and_recover(store, number + 1, calls, fates)
        except AssertionError as error:
            raise AssertionError(f"{calls=} {fates=}") from error
