"""Nothing lost, nothing doubled: the real bot is killed at random instants, and what was shown is compared.

    python -m tests.chaos --kills 1000 --workers 2

Each round has a stand-in for Discord in a process of its own, a scripted endpoint whose texts all differ, a fresh
database and the bot as a process. Tables of all formats are opened in several channels; the bot is killed (SIGKILL) at
instants drawn evenly from its life, start-up included, now and then while a vote is open or something is written in
private, and started again; guests write and ask all the while; Discord, its gateway and the endpoint have their faults.
In the last life the tables end, the bot is told to (SIGTERM), and the channels are compared with the database, session
by session. The exit code is 1 if anything is wrong, and 2 if the trial is.

    python -m tests.chaos --database postgresql --processes 3 --kills 300

The same with several processes on one PostgreSQL server: one of them is killed, or stopped until its lease has run out
and then continued, or connections to the database are ended; the others take over. Leases last four seconds there
unless `--lease 20` says that they last as long as they do.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.chaos.crew import Crew
from tests.chaos.round import Round
from tests.chaos.round_outcome import FORMATS, Outcome, RoundSize
from tests.chaos.shared_round import SharedOutcome, SharedRound
from tests.chaos.trial_processes import Launcher
from tests.support.postgresql_server import run_server


async def trial(
    *,
    kills: int,
    seed: str,
    size: RoundSize,
    workers: int = 1,
    keep: Path | None = None,
    say: Callable[[str], None],
    processes: int = 1,
    lease: float = 4.0,
) -> Outcome:
    """Rounds until `kills` kills have been made. `keep`: where the folder of a round with findings goes. Several
    `processes` are on PostgreSQL, with leases of so many seconds.

    `say` is given a line for each round.
    """
    total, numbers = SharedOutcome() if processes > 1 else Outcome(), iter(range(sys.maxsize))

    @asynccontextmanager
    async def maker() -> AsyncIterator[Callable[[str, Path], Round]]:
        if processes == 1:
            async with Launcher.running() as launcher:
                yield lambda name, folder: Round(name, size, folder, launcher)
        else:
            with run_server() as server:
                async with Crew.running(processes) as crew:
                    yield lambda name, folder: SharedRound(name, size, folder, crew, server, lease)

    async def work() -> None:
        async with maker() as make:
            while total.kills < kills:
                number = next(numbers)
                with tempfile.TemporaryDirectory(prefix="chaos-") as name:
                    folder = Path(name) / "round"
                    wrong = ["the round was not held to its end"]
                    try:
                        outcome = await make(f"{seed}/{number}", folder).hold()
                        wrong = outcome.findings.sentences
                    finally:
                        if wrong and keep is not None:
                            # A bot that was killed leaves its socket behind, which can't be copied.
                            sockets = shutil.ignore_patterns("*.control")
                            shutil.copytree(folder, keep / f"{seed}-{number}", ignore=sockets, dirs_exist_ok=True)
                total.add(outcome)
                say(f"round {number}: {outcome.kills} kills, {outcome.turns} turns, {outcome.seconds:.1f} s")
                for sentence in wrong:
                    say(f"  seed {seed}/{number}: {sentence}")

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
    return total


def report(total: Outcome, seconds: float) -> dict[str, Any]:
    """The figures, for people and for `--json`."""
    return {
        "wrong": total.findings.counts,
        "kills": total.kills,
        "kills_a_minute": round(total.kills / seconds * 60, 1),
        "seconds": round(seconds, 1),
        "tables": total.tables,
        "turns": total.turns,
        "messages": total.messages,
        "guests_messages": total.guests,
        "of_them_by_proxy": total.proxied,
        "of_them_by_command": total.by_command,
        "votes": total.votes,
        "abstentions": total.abstentions,
        "minority_reports": total.minority_reports,
        "asked_and_talked": dict(sorted(total.ways.items())),
        "kills_hit": dict(sorted(total.states.items())),
        **_take_overs(total),
        "faults": sum(total.faults.values()),
        "faults_by_kind": dict(sorted(total.faults.items())),
    }


def _take_overs(total: Outcome) -> dict[str, Any]:
    seconds = sorted(total.take_overs) if isinstance(total, SharedOutcome) else []
    if not seconds:
        return {}
    median, slow = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    told = {"number": len(seconds), "median": median, "95 of 100 within": slow, "longest": seconds[-1]}
    return {"seconds_to_a_take_over": {name: round(value, 1) for name, value in told.items()}}


def in_lines(figures: dict[str, Any]) -> str:
    """The figures as an indented table."""
    rows: list[tuple[str, Any]] = []
    for name, value in figures.items():
        inner = value if isinstance(value, dict) else None
        rows.append((name.replace("_", " "), "" if inner is not None else value))
        rows += [("  " + key.replace("_", " "), count) for key, count in (inner or {}).items()]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value:>8}".rstrip() for name, value in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    if (given.database == "postgresql") != (given.processes > 1):
        parser.error("several processes need --database postgresql, and that is tried with several (--processes 3)")
    size = RoundSize(
        kills=given.kills_a_round,
        channels=given.channels,
        turns=given.turns,
        guests=given.guests,
        kept_going=given.kept_going,
        faults=given.faults,
        formats=tuple(given.format or FORMATS),
    )

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    began = time.monotonic()
    total = asyncio.run(
        trial(
            kills=given.kills,
            seed=given.seed,
            size=size,
            workers=given.workers,
            keep=given.keep,
            say=say,
            processes=given.processes,
            lease=given.lease,
        )
    )
    figures = {"seed": given.seed} | report(total, time.monotonic() - began)
    say("\n" + in_lines(figures))
    if given.json:
        given.json.write_text(json.dumps(figures | {"findings": total.findings.sentences}, indent=2) + "\n")
    return 1 if total.findings.sentences else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=(__doc__ or "").partition("\n")[0])
    add, size = parser.add_argument, RoundSize()
    add("--kills", type=int, default=100, help="how many kills in all (default: 100)")
    add("--seed", default="1", help="decides instants, faults and texts, not how the processes interleave")
    add("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what it is tried on (default: sqlite)")
    add("--processes", type=int, default=1, help="of the bot at once, on PostgreSQL (default: 1)")
    add("--lease", type=float, default=4.0, help="seconds after which a dead process's shards are free (default: 4)")
    add("--workers", type=int, default=1, help="rounds side by side; one for each core is enough (default: 1)")
    add("--kills-a-round", type=int, default=size.kills, help=f"at most (default: {size.kills})")
    add("--channels", type=int, default=size.channels, help=f"tables at once (default: {size.channels})")
    add("--turns", type=int, default=size.turns, help=f"turns of each table (default: {size.turns})")
    add("--guests", type=int, default=size.guests, help=f"guests' messages at each table (default: {size.guests})")
    add("--kept-going", type=int, default=size.kept_going, help=f"tables that go on once (default: {size.kept_going})")
    one = "of the tables; several in turn (default: all)"
    add("--format", choices=sorted(set(FORMATS)), action="append", help=one)
    add("--faults", action=argparse.BooleanOptionalAction, default=True, help="Discord and the endpoint have faults")
    add("--json", type=Path, metavar="FILE", help="write the figures there as well")
    add("--keep", type=Path, metavar="DIR", help="keep database, log and channels of each round with findings there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
