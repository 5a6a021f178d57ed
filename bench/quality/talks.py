"""What the benches that hold many discussions on the small model have in common: their arguments and their table."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.columns import aligned
from bench.quality.metrics import Value

# Heading, measure, and how it is shown.
Column = tuple[str, str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many discussions of which size are held, and where they are kept."""
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="discussions of each (default: 3)")
    parser.add_argument("--turns", type=int, default=10, metavar="N", help="turns of each (default: 10)")
    parser.add_argument("--max-tokens", type=int, default=64, metavar="N", help="of an answer at most (default: 64)")
    parser.add_argument("--cast", default="Devika,Faris,Gethin,Kaede", metavar="NAMES", help="who is at the table")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of the server (default: 1)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where transcripts are kept, and looked for")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")


def table(rows: Mapping[str, Mapping[str, Value]], columns: Sequence[Column]) -> str:
    """A line for each variant; what can't be told is a dash."""
    lines = [["", *(head for head, _, _ in columns)]]
    for name, row in rows.items():
        cells = [shape.format(value) if (value := row[key]) is not None else "–" for _, key, shape in columns]
        lines.append([name, *cells])
    return aligned(lines)
