"""docs/security.md names a test for each threat; every test it names exists, and it names every test in this folder."""

import re
from pathlib import Path

from tests.support.named_tests import NAMED, ROOT, found_in

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def rows() -> list[list[str]]:
    """The cells of the tables of threats."""
    threats = PAGE.partition("## Threats")[2].partition("## What is not prevented")[0]
    lines = [line for line in threats.splitlines() if line.startswith("| ") and "---" not in line]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if row[0] != "threat"]


def test_every_test_that_is_named_exists() -> None:
    named = set(NAMED.findall(PAGE))
    files = {name.partition("::")[0] for name in named}
    assert len(named) > 50
    assert named - {test for file in files for test in found_in(ROOT / file)} == set()


def test_every_threat_has_what_is_done_and_a_test() -> None:
    assert len(rows()) > 40
    assert [row for row in rows() if len(row) != 3 or not all(row) or not NAMED.search(row[2])] == []


def test_every_test_of_this_folder_stands_in_the_page() -> None:
    here = {test for file in Path(__file__).parent.glob("test_*.py") for test in found_in(file)}
    own = set(found_in(Path(__file__)))
    assert here - own - set(NAMED.findall(PAGE)) == set()
