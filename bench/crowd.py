"""The process that `bench/load.py` measures: the bot, without its gateway, with many tables at once.

    python -m bench.crowd '{"endpoint": URL, "place": URL, "sessions": 100, "pace": 10, …}'   (see `Crowd`)

All of it is real: client, supervisor, sessions, store on a file, endpoint, and the stage with discord.py's webhooks.
It opens the tables one after the other within a while, lets them settle, watches them for a while, and prints what it
saw as one JSON object.
"""

import asyncio
import contextlib
import gc
import json
import logging
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Final

from bench.contestants import MAX_TOKENS, open_database, percentile, table
from bench.fakes import FIRST_ID, guild
from bot.chat import bot as bot_module
from bot.chat.first_contact import use_other_discord
from bot.chat.webhook_stage import WebhookStage
from bot.discussion.model.dials import Dials
from bot.library.catalogue import Catalogue
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.supervisor import OpeningPlace
from bot.settings import DISCORD_MIN_PACE, Settings
from bot.store.models import Post, PostKind, Status

_GUILD: Final = 1_000
# Often enough to see what lags, and seldom enough to cost next to nothing, in seconds.
_TICK: Final = 0.05


@dataclass(frozen=True)
class Crowd:
    """How many tables, and how they are watched; times in seconds. `delay` is what the endpoint takes."""

    endpoint: str
    place: str
    sessions: int
    pace: float
    delay: float
    ramp: float
    settle: float
    watch: float
    idle: bool = False
    """Whether only memory is measured: of tables which have shown a turn and rest."""


class Clock(WebhookStage):
    """The stage; it takes down when each turn is shown."""

    shown: ClassVar[defaultdict[int, list[float]]] = defaultdict(list)

    async def send(self, post: Post) -> int:
        message_id = await super().send(post)
        if post.kind is PostKind.TURN:
            self.shown[self._stored.place_id].append(time.perf_counter())
        return message_id


async def hold(crowd: Crowd, folder: Path) -> dict[str, Any]:
    """Hold the tables. Out: what is printed."""
    bot_module.WebhookStage = Clock  # type: ignore[misc]
    if crowd.pace < DISCORD_MIN_PACE:
        Clock.min_pace = crowd.pace  # type: ignore[assignment]
    task, cast = table()
    cast = tuple(persona.model_copy(update={"avatar": None}) for persona in cast)
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        llm_max_tokens=MAX_TOKENS,
        limit_sessions=0,
        limit_session_tokens=0,
        limit_day_tokens=0,
        limit_day_tokens_all=0,
    )
    await use_other_discord(crowd.place)
    async with open_database(folder / "crowd.db") as store:
        endpoint = Endpoint(crowd.endpoint, concurrency=1000)
        parts: dict[str, Any] = {
            "catalogue": Catalogue(cast, (task,)),
            "store": store,
            "endpoints": EndpointRegistry(endpoint),
        }
        async with bot_module.create_bot(settings, **parts) as bot:
            await bot.login("token")
            channels = [_GUILD + 1 + n for n in range(crowd.sessions)]
            bot._connection._add_guild_from_data(guild(_GUILD, channels))  # type: ignore[arg-type]

            async def open_table(channel: int) -> None:
                where = OpeningPlace(_GUILD, channel, channel, 5, FIRST_ID)
                dials = Dials(turns=200, pace=crowd.pace, words_per_minute=0)
                await bot.supervisor.start(where, task=task, cast=cast, dials=dials, seed=channel)

            measure = _memory if crowd.idle else _speed
            found = await measure(crowd, channels, open_table)
            paused = [run.reason for run in bot.supervisor.open_sessions() if run.status is not Status.RUNNING]
            if paused:
                raise RuntimeError(f"{len(paused)} tables were paused: {paused[0]}")
        await endpoint.aclose()
    return found | _stored(folder / "crowd.db")


def _stored(file: Path) -> dict[str, Any]:
    """What a closed database holds: turns of every kind, and its size with all else that belongs to them."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        turns = db.execute("SELECT count(*) FROM turns").fetchone()[0]
    return {"stored_turns": turns, "database_mb": file.stat().st_size / 1e6}


async def _speed(crowd: Crowd, channels: list[int], open_table: Any) -> dict[str, Any]:
    await _open(channels, open_table, crowd.ramp)
    await asyncio.sleep(crowd.settle)
    lags: list[float] = []
    ticking = asyncio.create_task(_tick(lags))
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(crowd.watch)
    ended, cpu = time.perf_counter(), time.process_time() - cpu
    ticking.cancel()
    turns = sum(began < at <= ended for shown in Clock.shown.values() for at in shown)
    due = max(crowd.pace, crowd.delay)
    gaps = [
        later - earlier
        for shown in Clock.shown.values()
        for earlier, later in pairwise(shown)
        if began < later <= ended
    ]
    stalled = sum(not any(began < at <= ended for at in Clock.shown[channel]) for channel in channels)
    return {
        "sessions": crowd.sessions,
        "pace_s": crowd.pace,
        "delay_s": crowd.delay,
        # By the gaps between a session's turns, so that it does not matter where the first and the last one fell.
        "turns_per_s": len(channels) * len(gaps) / sum(gaps) if crowd.pace else turns / (ended - began),
        "ideal_per_s": crowd.sessions / due if due else None,
        "late_ms": _summary([(gap - due) * 1000 for gap in gaps]),
        "loop_lag_ms": _summary([lag * 1000 for lag in lags]),
        "cpu_ms_per_turn": cpu * 1000 / turns,
        "cpu_share": cpu / (ended - began),
        "turns": turns,
        "stalled": stalled,
        "rss_mb": _rss() / 1e6,
    }


async def _memory(crowd: Crowd, channels: list[int], open_table: Any) -> dict[str, Any]:
    # What is there once, however many tables there are, is there after the first few.
    first = channels[: max(1, len(channels) // 20)]
    others = channels[len(first) :]
    before = 0
    for some in (first, others):
        before = _rss()
        await _open(some, open_table, crowd.ramp)
        while not all(Clock.shown[channel] for channel in some):  # noqa: ASYNC110 (has no event)
            await asyncio.sleep(0.1)
        await asyncio.sleep(crowd.settle)
        gc.collect()
    grown = _rss() - before
    return {"sessions": len(others), "kb_per_session": grown / len(others) / 1000, "rss_mb": _rss() / 1e6}


async def _open(channels: list[int], open_table: Any, ramp: float) -> None:
    """Open a table in each channel, evenly within `ramp` seconds or as fast as it goes."""
    began = time.perf_counter()
    for number, channel in enumerate(channels):
        await asyncio.sleep(max(0.0, began + ramp * number / len(channels) - time.perf_counter()))
        await open_table(channel)


async def _tick(lags: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(_TICK)
        lags.append(time.perf_counter() - before - _TICK)


def _summary(values: list[float]) -> dict[str, float]:
    return {"p50": percentile(values, 50), "p99": percentile(values, 99)}


def _rss() -> int:
    """Bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def main(asked: str) -> None:
    logging.disable(logging.INFO)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="crowd-") as folder:
        found = asyncio.run(hold(Crowd(**json.loads(asked)), Path(folder)))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
