"""What is done beside the tables: again with growing pauses, never a failure for whoever asked for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import discord
import pytest

from bot.chat.posting.courtesies import Courtesies
from bot.sessions.interruptible import Interruptible


def fails(*errors: Exception) -> tuple[Callable[[], Awaitable[None]], asyncio.Event]:
    """Work that fails with these, one after the other, and then is done."""
    left, done = list(errors), asyncio.Event()

    async def work() -> None:
        if left:
            raise left.pop(0)
        done.set()

    return work, done


def refused(status: int, code: int) -> discord.HTTPException:
    return discord.HTTPException(SimpleNamespace(status=status, reason="no"), {"code": code, "message": "no"})  # type: ignore[arg-type]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each pause would have been; none takes any time."""
    taken: list[float] = []

    async def sleep(self: Interruptible, seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(Interruptible, "sleep", sleep)
    return taken


async def test_it_is_tried_again_with_growing_pauses(pauses: list[float], caplog: pytest.LogCaptureFixture) -> None:
    work, done = fails(*[KeyError("id")] * 9, refused(503, 0), refused(429, 0), refused(403, 0))
    beside = Courtesies()
    beside.start("the picture", work)
    await asyncio.wait_for(done.wait(), 5)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]
    warnings = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert warnings[0].getMessage() == "the picture failed (KeyError); trying again in 30 s"
    assert warnings[9].getMessage() == "the picture failed (HTTP 503, code 0); trying again in 3600 s"
    assert [r for r in warnings if r.exc_info] == []
    await beside.aclose()


async def test_what_discord_refuses_is_not_tried_again(pauses: list[float], caplog: pytest.LogCaptureFixture) -> None:
    work, done = fails(refused(400, 50035))
    beside = Courtesies()
    courtesy = beside.start("the picture", work)
    await asyncio.gather(*beside._tasks)
    assert courtesy.is_done
    assert (pauses, done.is_set()) == ([], False)
    assert "the picture failed (HTTP 400, code 50035): Discord does not allow it" in caplog.messages


async def test_hurry_ends_a_pause_and_the_end_of_all_ends_a_try() -> None:
    work, done = fails(OSError("away"))
    beside = Courtesies()
    courtesy = beside.start("the picture", work)
    await asyncio.sleep(0)
    assert not done.is_set()
    while not done.is_set():
        courtesy.hurry()
        await asyncio.sleep(0)
    stuck, cancelled = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        stuck.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    beside.start("the greeting", hang)
    await stuck.wait()
    await beside.aclose()
    assert cancelled.is_set()


async def test_what_is_of_no_use_later_is_tried_once(pauses: list[float], caplog: pytest.LogCaptureFixture) -> None:
    work, done = fails(OSError("away"))
    beside = Courtesies()
    beside.start_once("typing", work)
    await asyncio.gather(*beside._tasks)
    assert (pauses, done.is_set()) == ([], False)
    assert [r for r in caplog.records if r.levelno > logging.DEBUG] == []
