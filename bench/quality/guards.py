"""What each guard of the moderator does: the same discussions on a real small model, with guards on and off.

    python -m bench.quality.guards --seeds 5 --keep talks        holds what is not yet in `talks`, then prints the table

The whole engine holds them, as `roundtable discuss` does: without guards, with each of them alone, and with all. The
tasks go round with the seeds. A discussion of ten turns takes about half a minute on one core of its own.

calls         model calls a turn: a guard that objects has a turn asked for once more
again, kept   of the turns, how many were asked for once more, and how many of those came to something then
moved on      questions put, by chance and because nothing new was said on the last one
the others    as in `python -m bench.quality`, the mean over the discussions
"""

import argparse
import asyncio
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.columns import write_json
from bench.model import NoModel, running_model
from bench.quality.__main__ import mean
from bench.quality.metrics import Value, measure
from bench.quality.talks import add_arguments, table
from bench.quality.transcripts import Unreadable, read_transcript
from bot.discuss import discuss
from bot.discussion.model.dials import GUARDS, Dials
from bot.errors import RoundtableError
from bot.library.catalogue import Catalogue, open_catalogue
from bot.settings import Settings, shipped
from bot.terminal import TerminalStage

VARIANTS: Final = ("none", *GUARDS, "all")
COLUMNS: Final = (
    ("talks", "talks", "{:.0f}"),
    ("calls", "calls", "{:.2f}"),
    ("again", "again", "{:.2f}"),
    ("kept", "kept", "{:.2f}"),
    ("passes", "passes", "{:.2f}"),
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


def file_of(folder: Path, guards: str, seed: int) -> Path:
    return folder / f"guards-{guards}-{seed}.jsonl"


async def hold_missing(url: str, wanted: Sequence[tuple[str, int]], folder: Path, args: argparse.Namespace) -> None:
    """Hold every discussion that has no file yet."""
    catalogue = open_catalogue(shipped("personas"), shipped("tasks"))
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        llm_base_url=url,
        llm_max_tokens=args.max_tokens,
        llm_timeout=600,
        llm_reasoning_tokens=0,
    )
    for guards, seed in wanted:
        problem = await _hold(settings, catalogue, file_of(folder, guards, seed), guards, seed, args)
        if problem:
            print(f"{guards}, seed {seed}: {problem}", file=sys.stderr)


async def _hold(
    settings: Settings, catalogue: Catalogue, file: Path, guards: str, seed: int, args: argparse.Namespace
) -> str | None:
    written = io.StringIO()
    problem = await discuss(
        settings,
        task=catalogue.tasks[seed % len(catalogue.tasks)],
        cast=catalogue.cast(args.cast),
        dials=Dials(turns=args.turns, pace=0, guards=guards),
        seed=seed,
        stage=TerminalStage(io.StringIO(), colour=False),
        jsonl=written,
    )
    file.write_text(written.getvalue(), encoding="utf-8")  # noqa: ASYNC240 (a small local file, nobody waits)
    return problem


def row_of(files: Sequence[Path]) -> dict[str, Value]:
    """One variant: the mean over its discussions."""
    found = mean([measure(read_transcript(file)) | _acted(file) for file in files])
    return found | {"talks": len(files)}


def _acted(file: Path) -> dict[str, Value]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    turns = [row for row in rows if row["kind"] == "persona"]
    again = [row for row in turns if any(flag.startswith("asked_again:") for flag in row["flags"])]
    put = sum(row["kind"] == "moderator" and bool(row["text"]) for row in rows)
    return {
        "calls": (len(turns) + len(again)) / len(turns),
        "again": len(again) / len(turns),
        "kept": sum(bool(row["text"]) for row in again) / len(again) if again else None,
        "moved_on": put - 1,
    }


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        with TemporaryDirectory(prefix="guards-") as temporary:
            folder: Path = args.keep or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            wanted = [(guards, seed) for seed in range(1, args.seeds + 1) for guards in args.only or VARIANTS]
            missing = [one for one in wanted if not file_of(folder, *one).exists()]
            if missing:
                with running_model(threads=args.threads, cap=2 * args.max_tokens) as url:
                    asyncio.run(hold_missing(url, missing, folder, args))
            held = {
                g: [f for s in range(1, args.seeds + 1) if (f := file_of(folder, g, s)).exists()] for g, _ in wanted
            }
            rows = {guards: row_of(files) for guards, files in held.items() if files}
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
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
