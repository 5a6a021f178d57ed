"""What the import-linter can't hold: which tests and benches may import what, and names that can be told apart."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from tests.support.source_trees import source_tree

ROOT = Path(__file__).parents[1]
# Pairs of classes in bot/ whose names differ by so little, each with the reason why they may.
ALIKE_ON_PURPOSE: dict[tuple[str, str], str] = {}

# Of verbs and plurals.
ENDING = re.compile(r"(?:al|ed|er|or|es|s|e|ing|ion|ment)$")


@cache
def modules(*folders: str) -> dict[Path, ast.Module]:
    """Every module below these folders, by its path."""
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    assert files
    return {file.relative_to(ROOT): source_tree(file) for file in files}


def imported(tree: ast.Module, path: Path) -> Iterator[str]:
    """The modules that one imports, and what it takes from them, with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(path.parts[: -node.level]) if node.level else ""
            module = ".".join(filter(None, [above, node.module]))
            yield from (f"{module}.{name.name}" for name in node.names)


def classes(*folders: str) -> dict[str, list[Path]]:
    """Where each class stands."""
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for path, tree in modules(*folders).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path)
    return found


def several(places: dict[str, list[Path]]) -> dict[str, list[Path]]:
    return {name: paths for name, paths in places.items() if len(paths) > 1}


def test_no_test_imports_another_and_nobody_imports_a_conftest() -> None:
    found = [
        f"{path} imports {name}"
        for path, tree in modules("tests", "bench").items()
        for name in imported(tree, path)
        for part in name.split(".")
        if name.startswith(("tests.", "bench.")) and (part.startswith("test_") or part == "conftest")
    ]
    assert found == []


def test_support_knows_no_room_of_tests() -> None:
    """What is shared does not reach into what it is shared by."""
    found = [
        f"{path} imports {name}"
        for path, tree in modules("tests/support").items()
        for name in imported(tree, path)
        if name.startswith("tests.") and not name.startswith("tests.support")
    ]
    assert found == []


def test_each_class_of_tests_and_benches_has_a_name_of_its_own() -> None:
    assert several(classes("tests", "bench")) == {}


@pytest.mark.parametrize("folders", [("bot",), ("tests", "bench")], ids=" and ".join)
def test_each_module_has_a_name_of_its_own(folders: tuple[str, ...]) -> None:
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for path in modules(*folders):
        if path.stem not in ("__init__", "__main__", "conftest"):
            found[path.stem].append(path)
    assert several(found) == {}


def test_no_two_classes_of_the_bot_can_be_mistaken_for_each_other() -> None:
    found = classes("bot")
    assert several(found) == {}
    alike = {pair for pair in combinations(sorted(found), 2) if are_alike(*pair)}
    assert alike == set(ALIKE_ON_PURPOSE)


def are_alike(one: str, other: str) -> bool:
    """Whether they differ by one letter (another, more or less) or by an ending only."""
    if re.sub(ENDING, "", one) == re.sub(ENDING, "", other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) <= 1
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Refusal", "Refused", True),
        ("Refuse", "Refused", True),
        ("Post", "Poster", True),
        ("Pace", "Place", True),
        ("Run", "Ran", True),
        ("Draft", "Drafts", True),
        ("Session", "StoredSession", False),
    ],
)
def test_what_counts_as_alike(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is are_alike(other, one) is alike


def test_nothing_asks_for_the_librarys_cache_of_messages() -> None:
    """There is none: such events never come, and such attributes are always empty."""
    asks = re.compile(r"on_(message_(edit|delete)|bulk_message_delete|reaction_\w+)|cached_messages?")
    found = [
        f"{path}: {name}"
        for path, tree in modules("bot/chat", "bot/demo").items()
        for node in ast.walk(tree)
        for name in [getattr(node, "name", None) or getattr(node, "attr", None)]
        if isinstance(name, str) and asks.fullmatch(name)
    ]
    assert found == []


def test_every_module_of_the_bot_says_what_it_is_for() -> None:
    """In its first line."""
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in modules("bot")}
    assert [path for path, text in texts.items() if text and not re.match(r'"""[`\w]', text)] == []
