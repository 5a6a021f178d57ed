"""What a format makes of the same question: a round table, a council and a debate on a real small model.

    python -m bench.quality.formats --seeds 2 --turns 6 --keep talks    holds what is not yet in `talks`, then the table
    python -m bench.quality.formats --url http://127.0.0.1:8001/v1      asks that endpoint instead of the small model

The whole engine holds them, as `roundtable discuss` does, with the same cast, question and seeds. The council chooses
between yes, no and “it depends”. To the debate the question is the motion: one is for it, against it, or undecided. A
row is the mean over a format's tables in which a figure can be told; a dash: in none.

paused        of the tables, how many paused by themselves before the summary
even          entropy of who spoke over that of all speaking equally often (`speaker_entropy`)
novelty       mean share of a turn's pairs of words that no earlier turn has
words         mean words of a turn: what is short repeats little
passes        share of turns that came to nothing
chose         share of the positions that name an option
differ        of the pairs of personas whose positions name one: the share who are for different ones
valid         share of the ballots that could be read
abstained     ballots a table that could not
first         share of the ballots by letter that name the first. Each persona sees another option there, so where this
              is near 1.00 the votes are as good as drawn by lot, and nothing follows from the columns behind it
differ then   as `differ`, of the ballots
known         personas a table who named an option both before and after
changed       how many of those are for another one then
tokens        tokens a table, sent and answered, the summary's among them
Turns are those of the discussion: a minority report is none of them.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.columns import write_json
from bench.model import NoModel
from bench.quality.__main__ import mean
from bench.quality.decisions import decisions_of, measure_decisions
from bench.quality.metrics import Value, measure
from bench.quality.talks import add_arguments, asked_model, hold_talk, settings_for, table
from bench.quality.transcripts import transcript_of
from bot.discussion.model.dials import Dials
from bot.discussion.moderation.formats.choosing import as_format_has_it
from bot.discussion.moderation.formats.table import FORMATS
from bot.errors import RoundtableError
from bot.library.catalogue import Catalogue, open_catalogue
from bot.settings import Settings, shipped

# What each format chooses between. A debate has its own three, and takes for options who is on which side.
COMPARED: Final[Mapping[str, tuple[str, ...]]] = {
    "roundtable": (),
    "council": ("yes", "no", "it depends"),
    "debate": (),
}
TASK: Final = "growing-server"
QUESTION: Final = "Should work made with AI tools go in the same showcase as work made without them?"
COLUMNS: Final = (
    ("tables", "tables", "{:.0f}"),
    ("paused", "paused", "{:.2f}"),
    ("even", "even", "{:.2f}"),
    ("novelty", "novelty", "{:.2f}"),
    ("words", "words", "{:.0f}"),
    ("passes", "passes", "{:.2f}"),
    ("chose", "chose", "{:.2f}"),
    ("differ", "positions_differ", "{:.2f}"),
    ("valid", "valid", "{:.2f}"),
    ("abstained", "abstained", "{:.1f}"),
    ("first", "named_first", "{:.2f}"),
    ("differ then", "ballots_differ", "{:.2f}"),
    ("known", "known", "{:.1f}"),
    ("changed", "changed", "{:.1f}"),
    ("tokens", "tokens", "{:,.0f}"),
)


@dataclass(frozen=True, slots=True)
class FormatTalk:
    """One discussion: of which format, and its seed."""

    format: str
    seed: int

    def file(self, folder: Path) -> Path:
        return folder / f"formats-{self.format}-{self.seed}.jsonl"


async def hold_missing(
    url: str, wanted: Sequence[FormatTalk], folder: Path, catalogue: Catalogue, args: argparse.Namespace
) -> None:
    """Hold these discussions."""
    settings = settings_for(url, args.max_tokens)
    for one in wanted:
        if problem := await _hold(settings, catalogue, one, folder, args):
            print(f"{one.format}, seed {one.seed}: {problem}", file=sys.stderr)


async def _hold(
    settings: Settings, catalogue: Catalogue, one: FormatTalk, folder: Path, args: argparse.Namespace
) -> str | None:
    asked = catalogue.task(TASK).model_copy(update={"questions": (args.question,), "options": COMPARED[one.format]})
    task, dials = as_format_has_it(FORMATS[one.format], asked, Dials(turns=args.turns, pace=0))
    cast = catalogue.cast(args.cast)
    return await hold_talk(settings, one.file(folder), task=task, cast=cast, dials=dials, seed=one.seed)


def measure_table(rows: Sequence[dict[str, Any]]) -> dict[str, Value]:
    """Every measure of one table. In: the rows of its transcript."""
    found = transcript_of([row for row in rows if not row.get("minority_report")])
    said = measure(found) if found.spoken else {}
    return {
        "paused": float(all(row["kind"] != "summary" for row in rows)),
        "even": said.get("speaker_entropy"),
        "novelty": said.get("novelty"),
        "words": said.get("words"),
        "passes": said.get("passes"),
        **measure_decisions(decisions_of(rows)),
        "tokens": sum((row.get("prompt_tokens") or 0) + (row.get("completion_tokens") or 0) for row in rows),
    }


def row_of(files: Sequence[Path]) -> Mapping[str, Value]:
    """One format: the mean over its tables."""
    tables = [[json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in files]
    return mean([measure_table(rows) for rows in tables]) | {"tables": len(files)}


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        with TemporaryDirectory(prefix="formats-") as temporary:
            folder: Path = args.keep or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            catalogue = open_catalogue(shipped("personas"), shipped("tasks"))
            wanted = [FormatTalk(name, seed) for seed in range(1, args.seeds + 1) for name in COMPARED]
            if missing := [one for one in wanted if not one.file(folder).exists()]:
                with asked_model(args) as url:
                    asyncio.run(hold_missing(url, missing, folder, catalogue, args))
            held = {name: [one.file(folder) for one in wanted if one.format == name] for name in COMPARED}
            rows = {name: row_of(files) for name, files in held.items()}
    except (RoundtableError, NoModel) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(table(rows, COLUMNS))
    write_json(args.json, rows)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality.formats",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", metavar="URL", help="an endpoint to ask instead of the small model")
    parser.add_argument("--question", default=QUESTION, metavar="TEXT", help=f"what is discussed (default: {QUESTION})")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
