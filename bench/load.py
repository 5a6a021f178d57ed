"""How many tables one bot can hold at once, how late they get, and what they take.

    python -m bench.load [--sessions 1,10,100,1000] [--pace 10] [--delay 1] [--watch 60] [--json FILE] [--quick]

Each line is a bot process of its own (bench/crowd.py) with so many tables: the real client (without its gateway),
supervisor, sessions, store on a file, endpoint, and the stage which posts with discord.py's webhooks. Two further
processes on loopback stand for the endpoint, which answers after `--delay` seconds, and for Discord (bench/fakes.py).

    turns/s  turns shown in a second, all tables together; ideal: each table shows one every max(pace, delay) seconds
    late     how much later than that a turn is shown after the one before it
    lag      how much later than asked the event loop wakes a task that sleeps for 50 ms
    CPU      of the bot's process, all threads, milliseconds a turn; Discord's share (REST) is in it, its events are not

Then the most turns/s it can do (100 tables without pace at an endpoint that answers at once), and the memory of a table
that rests in its pace: what the process has grown by, in a fresh one, for each table opened behind the first few. At
last what the largest run took of memory and of the disk.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bench import fakes
from bench.columns import write_json
from bench.processes import run_python

# For the most turns a second: enough to keep it busy, and so many that none comes to its end meanwhile.
_MOST_SESSIONS: Final = (20, 100)
# Opening a table takes some dozen times what a turn takes: this many seconds leave room for the turns of the others.
_SECONDS_TO_OPEN: Final = 0.04


async def crowd(
    sessions: int, place: str, *, pace: float, delay: float, watch: float, idle: bool = False
) -> dict[str, Any]:
    """What `bench.crowd` prints; `place`: the URL of what its tables are shown on."""
    due = max(pace, delay)
    asked = {"sessions": sessions, "pace": pace, "delay": delay, "watch": watch, "idle": idle}
    # Spread over the pace, as tables in real life are.
    times = {"ramp": max(sessions * _SECONDS_TO_OPEN, 0 if idle else due), "settle": 2 if idle else due + 1}
    async with fakes.running("endpoint", delay) as endpoint:
        return await run_python("bench.crowd", json.dumps(asked | times | {"endpoint": endpoint, "place": place}))


async def measure(sizes: Sequence[int], *, pace: float, delay: float, watch: float, idle: int) -> dict[str, Any]:
    """All figures."""
    least, usual = _MOST_SESSIONS
    async with fakes.running("place") as place:
        runs = [await crowd(size, place, pace=pace, delay=delay, watch=watch) for size in sizes]
        most = await crowd(max(least, min(usual, max(sizes))), place, pace=0, delay=0, watch=min(watch, 10))
        memory = await crowd(idle, place, pace=3600, delay=0, watch=0, idle=True)
    return {"runs": runs, "most": most, "idle": memory}


def in_lines(figures: dict[str, Any]) -> str:
    """The figures as a table and two lines."""
    titles = ("tables", "turns/s", "of ideal", "late p50", "late p99", "lag p50", "lag p99", "CPU/turn", "a core")
    lines = ["".join(f"{title:>10}" for title in titles)]
    for run in figures["runs"]:
        cells = (
            f"{run['sessions']:,}",
            f"{run['turns_per_s']:.1f}",
            f"{run['turns_per_s'] / run['ideal_per_s']:.1%}",
            *(f"{run[name][p]:.1f} ms" for name in ("late_ms", "loop_lag_ms") for p in ("p50", "p99")),
            f"{run['cpu_ms_per_turn']:.1f} ms",
            f"{run['cpu_share']:.0%}",
        )
        lines.append("".join(f"{cell:>10}" for cell in cells))
    most, idle = figures["most"], figures["idle"]
    lines.append(
        f"\nat most {most['turns_per_s']:.0f} turns/s ({most['sessions']} tables, {most['cpu_share']:.0%} CPU)"
    )
    lines.append(f"a table at rest takes {idle['kb_per_session']:.0f} kB (of {idle['sessions']:,} tables)")
    largest = figures["runs"][-1]
    lines.append(
        f"with {largest['sessions']:,} tables the process has {largest['rss_mb']:.0f} MB; its database of "
        f"{largest['stored_turns']:,} turns has {largest['database_mb']:.1f} MB"
    )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--sessions", default="1,10,100,1000", help="how many tables, one run each (default: 1,10,100,1000)")
    add("--pace", type=float, default=10, help="seconds between two turns of a table (default: 10)")
    add("--delay", type=float, default=1, help="seconds that the endpoint takes to answer (default: 1)")
    add("--watch", type=float, default=60, help="seconds that each run is watched (default: 60)")
    add("--idle", type=int, default=1000, help="tables whose memory is measured (default: 1000)")
    add("--quick", action="store_true", help="100 tables, pace 2, watched for 6 seconds, memory of 100")
    add("--json", type=Path, metavar="FILE", help="write the figures there as well")
    given = parser.parse_args(arguments)
    sizes = [int(size) for size in given.sessions.split(",")]
    options: dict[str, Any] = {"pace": given.pace, "watch": given.watch, "idle": given.idle}
    if given.quick:
        sizes, options = [100], {"pace": 2, "watch": 6, "idle": 100}
    figures = asyncio.run(measure(sizes, delay=given.delay, **options))
    print(in_lines(figures))
    write_json(given.json, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
