"""What a package index must bring along with ours: all that is imported is declared, and nothing by luck."""

import ast
import re
import struct
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.source_trees import source_tree

# Which rooms or files need an extra, and which one.
EXTRAS = {"demo": "demo", "llm/local": "local", "store/postgresql_connection.py": "postgres"}
ROOT = Path(__file__).parents[1]
BOT = ROOT / "bot"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
HATCH = PYPROJECT["tool"]["hatch"]


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.match(r"[\w.-]+", requirement)[0]) for requirement in requirements}  # type: ignore[index]


@cache
def owners() -> Mapping[str, list[str]]:
    """Which distributions have a top package, by its name."""
    return packages_distributions()


@cache
def imported(file: Path) -> frozenset[str]:
    """The top packages of others that a module imports anywhere."""
    return frozenset(_imported(file))


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(source_tree(file)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "bot":
                yield top


def undeclared(files: list[Path], requirements: list[str]) -> dict[str, str]:
    """The imports of no declared distribution, each with one of the modules that has it."""
    known = declared(requirements)
    return {
        top: str(file.relative_to(ROOT))
        for file in files
        for top in imported(file)
        if known.isdisjoint(map(normal, owners().get(top, [])))
    }


def test_every_import_is_of_a_declared_dependency() -> None:
    files = [file for file in BOT.rglob("*.py") if not any(BOT / room in (file, *file.parents) for room in EXTRAS)]
    assert undeclared(files, PROJECT["dependencies"]) == {}


@pytest.mark.parametrize("room", EXTRAS)
def test_every_import_of_a_room_with_an_extra_is_of_one_or_of_that(room: str) -> None:
    extra = PROJECT["optional-dependencies"][EXTRAS[room]]
    where = BOT / room
    files = [where] if where.is_file() else list(where.rglob("*.py"))
    found = undeclared(files, PROJECT["dependencies"] + extra)
    # What of the extra is not installed here can't be told by the top package that it brings.
    assert {top for top in found if top not in declared(extra)} == set()


def test_the_webhook_s_face_is_small_and_goes_into_the_wheel() -> None:
    """Everything below bot/ does, but for what git ignores."""
    face = (BOT / "chat" / "posting" / "webhook_face.png").read_bytes()
    assert face.startswith(b"\x89PNG")
    assert struct.unpack(">II", face[16:24]) == (128, 128)
    assert len(face) <= 10_000
    assert HATCH["build"]["targets"]["wheel"]["packages"] == ["bot"]


def test_what_a_host_begins_with_goes_into_the_wheel() -> None:
    included = HATCH["build"]["targets"]["wheel"]["force-include"]
    assert set(included) == {"personas", "tasks", ".env.example"}
    assert all((ROOT / source).exists() for source in included)
    assert all(target.startswith("bot/_shipped/") for target in included.values())


def test_the_readme_of_a_package_index_links_to_nothing_that_is_not_there() -> None:
    readme = HATCH["metadata"]["hooks"]["fancy-pypi-readme"]
    (fragment,) = readme["fragments"]
    text = (ROOT / fragment["path"]).read_text(encoding="utf-8")
    for substitution in readme["substitutions"]:
        text = re.sub(substitution["pattern"], substitution["replacement"], text)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []
    assert "docs/endpoints.md has the lines" in text
    assert "# Roundtable" in text


def test_a_dependency_that_is_left_out_is_missed() -> None:
    files = [file for file in BOT.rglob("*.py") if BOT / "llm" / "local" not in file.parents]
    extra = PROJECT["optional-dependencies"]["demo"]
    for left_out in ("httpx2", "yarl", "openai", "discord.py", "SQLAlchemy"):
        rest = [each for each in PROJECT["dependencies"] if declared([each]) != {normal(left_out)}]
        assert undeclared(files, rest + extra), left_out
