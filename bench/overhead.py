"""What a turn costs outside the model, ours and others': wall clock and CPU at an endpoint that answers at once.

    python -m bench.overhead [--rounds 10] [--turns 40] [--json FILE] [--quick]

Every contestant holds the same discussion (the same cast and task, so many turns) at the same endpoint, which is a
process of its own. They take turns, round by round, so that noise of the machine hits all of them alike:

    ours     the whole engine: loop, record, prompts, budget, posting, a real database file, the endpoint over HTTP; the
             stage takes no time and the pace is 0
    floor    a bare loop of `AsyncOpenAI.chat.completions.create` with the prompts of ours: no bot can be cheaper that
             uses the SDK as it is found
    autogen  AutoGen's RoundRobinGroupChat (bench/peers), in memory, without a database

A turn's time is the time between two turns' being shown; p50 and p99 are over all turns of all rounds.

Where the CPU of ours goes is told by doing its parts alone. What one discussion asks of the libraries and what they
answer is taken down once, and in each round replayed in laps:

    client    the same requests, made by our client of endpoints (`bot/llm`)
    database  the same transactions, statement by statement, by SQLAlchemy and the driver with its thread, on a file
    engine    the engine itself, with the libraries' answers played back at once: loop, speaker selection, prompts,
              reply, record, outbox, building of statements, reading of rows

A lap's CPU is divided by its turns, so that the beginning, the summary and the minutes are in it; the figure is the
median over the rounds. The whole is more than its parts, since in it each part comes back to a core on which something
else has run meanwhile: the endpoint, the other parts, the driver's thread. How much that is, is measured on the engine,
which is run once more with nothing changed but that each answer of the endpoint is there 1.5 ms later
(`waits`: what that costs on top, the timer's share some hundredths of it). `together` is the same effect
on client and database, and the hand-overs between the threads; it is what is left.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from bench import fakes
from bench.columns import write_json
from bench.contestants import AutoGen, Client, Engine, Lap, Ours, Replay, Sdk, percentile, record
from bench.peers import venv

PARTS: Final = ("client", "database", "engine")
# The same part once more: what the pauses between its works make of it.
AFTER_WAITS: Final = "engine, after waits"


async def measure(rounds: int, turns: int) -> dict[str, list[Lap]]:
    """The laps of each contestant, round by round."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="overhead-")))
        url = await stack.enter_async_context(fakes.running("endpoint"))
        tape = await record(url, folder, turns)
        contestants: dict[str, Any] = {
            "ours": await stack.enter_async_context(Ours.at(url, folder)),
            "floor": await stack.enter_async_context(Sdk.at(url, tape)),
            "client": await stack.enter_async_context(Client.at(url, tape)),
            "database": await stack.enter_async_context(Replay.at(folder, tape)),
            "engine": await stack.enter_async_context(Engine.at(tape)),
            "engine, after waits": await stack.enter_async_context(Engine.at(tape, waits=True)),
        }
        for contestant in contestants.values():
            await contestant.hold(turns)
        if AutoGen.is_there():
            contestants["autogen"] = AutoGen(url)
        laps: dict[str, list[Lap]] = {name: [] for name in contestants}
        for _ in range(rounds):
            for name, contestant in contestants.items():
                laps[name].append(await contestant.hold(turns))
        return laps


def report(laps: dict[str, list[Lap]], turns: int) -> dict[str, Any]:
    """The figures, in milliseconds a turn."""

    def cpus(name: str) -> list[float]:
        return [lap.cpu_s * 1000 / turns for lap in laps[name]]

    contestants: dict[str, Any] = {}
    for name in laps:
        if name not in (*PARTS, AFTER_WAITS):
            walls = [wall for lap in laps[name] for wall in lap.walls]
            single = [cpu for lap in laps[name] for cpu in lap.cpus]
            contestants[name] = {
                "wall_p50": percentile(walls, 50),
                "wall_p99": percentile(walls, 99),
                "cpu_p50": percentile(single, 50),
                "cpu_p99": percentile(single, 99),
                "cpu": statistics.median(cpus(name)),
            }
    rest = [whole - sum(parts) for whole, *parts in zip(cpus("ours"), *map(cpus, PARTS), strict=True)]
    split = {name: statistics.median(cpus(name)) for name in PARTS}
    waits = [after - at_once for after, at_once in zip(cpus(AFTER_WAITS), cpus("engine"), strict=True)]
    split |= {"waits": statistics.median(waits)}
    split |= {"together": statistics.median(whole - wait for whole, wait in zip(rest, waits, strict=True))}
    return {"unit": "ms a turn", "contestants": contestants, "cpu_of_ours": split}


def in_lines(figures: dict[str, Any]) -> str:
    """The figures as tables."""
    columns = ("wall_p50", "wall_p99", "cpu_p50", "cpu_p99", "cpu")
    titles = ("wall p50", "wall p99", "CPU p50", "CPU p99", "CPU mean")
    lines = [f"{'ms a turn':<10}" + "".join(f"{title:>10}" for title in titles)]
    for name, found in figures["contestants"].items():
        lines.append(f"{name:<10}" + "".join(f"{found[column]:>10.2f}" for column in columns))
    lines += ["", "CPU of ours, ms a turn"]
    lines += [f"  {name:<16}{value:>8.2f}" for name, value in figures["cpu_of_ours"].items()]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.overhead", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=10, help="how often each contestant's turn comes (default: 10)")
    parser.add_argument("--turns", type=int, default=40, help="of each discussion (default: 40)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 20 turns")
    parser.add_argument(
        "--no-peers", action="store_true", help="do not make an environment for AutoGen if there is none"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    given = parser.parse_args(arguments)
    rounds, turns = (3, 20) if given.quick else (given.rounds, given.turns)
    if not given.no_peers:
        try:
            venv.make()
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"AutoGen could not be installed ({error}); going on without it.")
    figures = {"rounds": rounds, "turns": turns} | report(asyncio.run(measure(rounds, turns)), turns)
    print(in_lines(figures))
    write_json(given.json, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
