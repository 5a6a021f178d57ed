"""What the benches that hold many discussions on the small model have in common: arguments, engine, and table."""

import argparse
import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from bench.columns import aligned
from bench.model import running_model
from bench.quality.metrics import Value
from bot.discuss import discuss
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.settings import Settings
from bot.terminal import TerminalStage

# How hard the sampler avoids loops, where nothing else is asked for.
DRY: Final = 0.8
# Heading, measure, and how it is shown.
Column = tuple[str, str, str]


def count(text: str) -> int:
    """A number of an argument, of which there must be one at least. Raises argparse.ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many discussions of which size are held, and where they are kept."""
    parser.add_argument("--seeds", type=count, default=3, metavar="N", help="discussions of each (default: 3)")
    parser.add_argument("--turns", type=count, default=10, metavar="N", help="turns of each (default: 10)")
    parser.add_argument("--max-tokens", type=count, default=64, metavar="N", help="of an answer at most (default: 64)")
    parser.add_argument("--cast", default="Devika,Faris,Gethin,Kaede", metavar="NAMES", help="who is at the table")
    parser.add_argument("--threads", type=count, default=1, metavar="N", help="of the server (default: 1)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where transcripts are kept, and looked for")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")


def asked_model(args: argparse.Namespace, dry: float = DRY) -> AbstractContextManager[str]:
    """The endpoint that `--url` names, else the small model. Raises NoModel."""
    if args.url:
        return nullcontext(args.url)
    return running_model(threads=args.threads, cap=2 * args.max_tokens, dry=dry)


def settings_for(url: str, max_tokens: int) -> Settings:
    """Those of a discussion at this endpoint, whatever the surroundings say."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        llm_base_url=url,
        llm_max_tokens=max_tokens,
        llm_timeout=600,
        llm_reasoning_tokens=0,
    )


async def hold_talk(
    settings: Settings, file: Path, *, task: Task, cast: tuple[Persona, ...], dials: Dials, seed: int
) -> str | None:
    """Hold one discussion and leave its transcript in a file. Out: why it could not be finished, or None."""
    written = io.StringIO()
    stage = TerminalStage(io.StringIO(), colour=False)
    problem = await discuss(settings, task=task, cast=cast, dials=dials, seed=seed, stage=stage, jsonl=written)
    file.write_text(written.getvalue(), encoding="utf-8")  # noqa: ASYNC240 (a small local file, nobody waits)
    return problem


def table(rows: Mapping[str, Mapping[str, Value]], columns: Sequence[Column]) -> str:
    """A line for each variant; what can't be told is a dash."""
    lines = [["", *(head for head, _, _ in columns)]]
    for name, row in rows.items():
        cells = [shape.format(value) if (value := row[key]) is not None else "–" for _, key, shape in columns]
        lines.append([name, *cells])
    return aligned(lines)
