"""Tests as the documents name them: `path::name` or `path::Class::name`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_trees import source_tree

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py::[\w:]+)`")


def found_in(file: Path) -> Iterator[str]:
    """The tests of a file, read without importing it."""
    path = file.relative_to(ROOT).as_posix()
    for node in source_tree(file).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{path}::{node.name}" if isinstance(node, ast.ClassDef) else path
        for each in inside:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test_"):
                yield f"{prefix}::{each.name}"
