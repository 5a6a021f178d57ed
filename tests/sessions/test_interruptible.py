"""Giving up what is awaited without cancelling whoever waits for it."""

import asyncio

import pytest

from bot.sessions.interruptible import Interruptible


async def value(result: str) -> str:
    await asyncio.sleep(0)
    return result


async def forever(begun: asyncio.Event, ended: list[str]) -> str:
    begun.set()
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("cancelled")
    return "never"


async def test_the_result_passes_through() -> None:
    assert await Interruptible()(value("done")) == "done"


async def test_an_error_passes_through() -> None:
    async def fail() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await Interruptible()(fail())


async def test_an_interruption_gives_none_and_ends_the_work() -> None:
    interruptible, begun, ended = Interruptible(), asyncio.Event(), list[str]()
    waiter = asyncio.create_task(interruptible(forever(begun, ended)))
    await begun.wait()
    interruptible.interrupt()
    assert await waiter is None
    assert ended == ["cancelled"]
    assert await interruptible(value("next")) == "next"


async def test_an_interruption_before_the_work_began() -> None:
    interruptible = Interruptible()
    waiter = asyncio.create_task(interruptible(value("never")))
    await asyncio.sleep(0)
    interruptible.interrupt()
    assert await waiter is None


async def test_interrupting_nothing_does_nothing() -> None:
    interruptible = Interruptible()
    interruptible.interrupt()
    assert await interruptible(value("done")) == "done"
    interruptible.interrupt()
    assert await interruptible(value("again")) == "again"


async def test_cancelling_the_waiter_cancels_both() -> None:
    interruptible, begun, ended = Interruptible(), asyncio.Event(), list[str]()
    waiter = asyncio.create_task(interruptible(forever(begun, ended)))
    await begun.wait()
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert ended == ["cancelled"]


async def test_cancelling_wins_over_interrupting() -> None:
    interruptible, begun, ended = Interruptible(), asyncio.Event(), list[str]()
    waiter = asyncio.create_task(interruptible(forever(begun, ended)))
    await begun.wait()
    interruptible.interrupt()
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert ended == ["cancelled"]


async def test_a_sleep_can_be_cut_short() -> None:
    interruptible = Interruptible()
    waiter = asyncio.create_task(interruptible.sleep(3600))
    await asyncio.sleep(0)
    assert not waiter.done()
    interruptible.interrupt()
    async with asyncio.timeout(5):
        await waiter
