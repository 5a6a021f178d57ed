"""What each guard of the moderator does: the same discussions on a real small model, with guards on and off.

    python -m bench.quality.guards --seeds 5 --keep talks        holds what is not yet in `talks`, then prints the table
    python -m bench.quality.guards --only none --only all --dry 0.8 --dry 0 --personas DIR --task DIR

The whole engine holds them, as `roundtable discuss` does: without guards, with each of them alone, and with all. The
tasks go round with the seeds. Others' personas and task can be named by their folders. `--dry` is how hard the sampler
itself avoids verbatim loops. A discussion of ten turns takes about half a minute on one core of its own.

calls         model calls a turn: a guard that objects has a turn asked for once more
again, kept   of the turns, how many were asked for once more, and how many of those came to something then
trimmed       of the turns, from how many something was taken that had been said, was recited, or was for others
paused        of the tables, how many paused by themselves before the last turn
moved on      questions put, by chance and because nothing new was said on the last one
the others    as in `python -m bench.quality`, the mean over the discussions
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.columns import write_json
from bench.model import NoModel
from bench.quality.__main__ import mean
from bench.quality.metrics import Value, measure
from bench.quality.talks import DRY, add_arguments, asked_model, hold_talk, settings_for, table
from bench.quality.transcripts import Unreadable, read_transcript
from bot.discussion.model.dials import GUARDS, Dials
from bot.errors import RoundtableError
from bot.library.catalogue import Catalogue, open_catalogue
from bot.library.files import read_personas, read_task
from bot.settings import Settings, shipped

VARIANTS: Final = ("none", *GUARDS, "all")
COLUMNS: Final = (
    ("talks", "talks", "{:.0f}"),
    ("calls", "calls", "{:.2f}"),
    ("again", "again", "{:.2f}"),
    ("kept", "kept", "{:.2f}"),
    ("trimmed", "trimmed", "{:.2f}"),
    ("passes", "passes", "{:.2f}"),
    ("paused", "paused", "{:.2f}"),
    ("repeats", "repeats", "{:.2f}"),
    ("distinct-2", "distinct_2", "{:.2f}"),
    ("moved on", "moved_on", "{:.1f}"),
    ("words", "words", "{:.0f}"),
    ("recital", "recital", "{:.2f}"),
    ("others raw", "for_others_raw", "{:.2f}"),
    ("others", "for_others", "{:.2f}"),
    ("leaks", "leaks", "{:.2f}"),
    ("4-grams", "repetition_4", "{:.2f}"),
    ("self-BLEU", "self_bleu_4", "{:.2f}"),
    ("novelty", "novelty", "{:.2f}"),
    ("agrees", "agrees", "{:.2f}"),
    ("apart", "told_apart", "{:.2f}"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One discussion: with which guards, how hard the sampler avoids loops, and its seed."""

    guards: str
    dry: float
    seed: int

    @property
    def row(self) -> str:
        return f"{self.guards}, DRY {self.dry:g}"

    def file(self, folder: Path) -> Path:
        return folder / f"guards-{self.guards}-{self.dry:g}-{self.seed}.jsonl"


def invited(args: argparse.Namespace) -> Catalogue:
    """The personas and tasks that are asked for: the shipped ones, or those of the folders named.

    Raises RoundtableError.
    """
    own = open_catalogue(shipped("personas"), shipped("tasks"))
    personas, tasks, problems = own.personas, own.tasks, []
    if args.personas:
        personas, problems = read_personas(args.personas)
    if args.task:
        task, more = read_task(args.task)
        tasks, problems = (task,) if task else (), [*problems, *more]
    if not personas or not tasks:
        raise RoundtableError("\n".join(map(str, problems)) or "The folders named hold no personas or no task.")
    return Catalogue(tuple(personas), tuple(tasks))


async def hold_missing(
    url: str, wanted: Sequence[Wanted], folder: Path, catalogue: Catalogue, args: argparse.Namespace
) -> None:
    """Hold these discussions."""
    settings = settings_for(url, args.max_tokens)
    for one in wanted:
        problem = await _hold(settings, catalogue, one.file(folder), one, args)
        if problem:
            print(f"{one.row}, seed {one.seed}: {problem}", file=sys.stderr)


async def _hold(
    settings: Settings, catalogue: Catalogue, file: Path, one: Wanted, args: argparse.Namespace
) -> str | None:
    return await hold_talk(
        settings,
        file,
        task=catalogue.tasks[one.seed % len(catalogue.tasks)],
        cast=catalogue.personas if args.personas else catalogue.cast(args.cast),
        dials=Dials(turns=args.turns, pace=0, guards=one.guards),
        seed=one.seed,
    )


def row_of(files: Sequence[Path], turns: int) -> dict[str, Value]:
    """One variant: the mean over its discussions, which were to have `turns` turns."""
    found = mean([measure(read_transcript(file)) | _acted(file, turns) for file in files])
    return found | {"talks": len(files)}


def _acted(file: Path, wanted: int) -> dict[str, Value]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    turns = [row for row in rows if row["kind"] == "persona"]
    again = [row for row in turns if any(flag.startswith("asked_again:") for flag in row["flags"])]
    trimmed = [row for row in turns if any(flag.startswith("trimmed:") for flag in row["flags"])]
    put = sum(row["kind"] == "moderator" and bool(row["text"]) for row in rows)
    return {
        "calls": (len(turns) + len(again)) / len(turns),
        "again": len(again) / len(turns),
        "kept": sum(bool(row["text"]) for row in again) / len(again) if again else None,
        "trimmed": len(trimmed) / len(turns),
        "paused": float(len(turns) < wanted),
        "moved_on": put - 1,
    }


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        with TemporaryDirectory(prefix="guards-") as temporary:
            folder: Path = args.keep or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            catalogue = invited(args)
            wanted = [
                Wanted(guards, dry, seed)
                for seed in range(1, args.seeds + 1)
                for guards in args.only or VARIANTS
                for dry in args.dry or (DRY,)
            ]
            for dry in dict.fromkeys(one.dry for one in wanted):
                missing = [one for one in wanted if one.dry == dry and not one.file(folder).exists()]
                if missing:
                    with asked_model(args, dry) as url:
                        asyncio.run(hold_missing(url, missing, folder, catalogue, args))
            held: dict[str, list[Path]] = {}
            for one in wanted:
                if one.file(folder).exists():
                    held.setdefault(one.row, []).append(one.file(folder))
            rows = {row: row_of(files, args.turns) for row, files in held.items()}
    except (RoundtableError, NoModel, Unreadable) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(table(rows, COLUMNS))
    write_json(args.json, rows)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality.guards", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=VARIANTS, help="may be given again (default: all of them)")
    parser.add_argument(
        "--dry", action="append", type=float, help=f"may be given again; 0: off (default: {DRY})", metavar="X"
    )
    parser.add_argument("--url", metavar="URL", help="an endpoint to ask instead of the small model; --dry is its own")
    parser.add_argument(
        "--personas", type=Path, metavar="DIR", help="all personas of this folder, not the shipped ones"
    )
    parser.add_argument("--task", type=Path, metavar="DIR", help="the task in this folder, not the shipped ones")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
