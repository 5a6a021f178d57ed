"""Source files as trees of syntax, for the tests that look at how the code is written: each is read once a process."""

import ast
from functools import cache
from pathlib import Path


@cache
def source_tree(file: Path) -> ast.Module:
    """What a file holds; nobody may change it."""
    return ast.parse(file.read_text(encoding="utf-8"))
