"""How the benches give their figures: in columns for people, and as JSON in a file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Lines of as many cells each, the first to the left and the others to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]).rstrip()
        for line in lines
    )


def write_json(file: Path | None, figures: Any) -> None:
    """The figures in a file, if one is named."""
    if file is not None:
        file.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
