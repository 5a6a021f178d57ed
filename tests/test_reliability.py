"""docs/reliability.md names tests for every fault; they exist, and it names every test of what goes wrong."""

import re

import pytest

from tests.support.named_tests import NAMED, ROOT, found_in

DOCUMENT = ROOT / "docs" / "reliability.md"
PARTS = ("Exactly once", "The endpoint misbehaves", "Discord misbehaves", "The machine misbehaves")
COLUMNS = ("fault", "what members see", "what is kept", "test")
# Where every test is about something that goes wrong, and has to stand in some row.
FAULTS = ("tests/rest/test_*.py", "tests/machine/test_*.py", "tests/sessions/test_endpoint_faults.py")
# But for these, in which all goes well.
NO_FAULTS = {
    "tests/rest/test_hearing_places_rest.py::test_a_table_in_a_thread_that_is_opened_for_it",
    "tests/rest/test_host_rules_rest.py::test_a_server_that_is_allowed_is_stayed_on",
    "tests/rest/test_outbox_rest.py::test_what_a_turn_carries",
    "tests/rest/test_proxied_members_rest.py::test_only_webhooks_of_known_applications_speak_for_members",
    "tests/rest/test_request_budget.py::test_a_table_of_ten_turns_makes_two_dozen_requests_beside_its_turns",
    "tests/rest/test_rules_rest.py::test_a_channel_and_its_thread_share_one_webhook",
    "tests/rest/test_rules_rest.py::test_a_webhook_of_ours_that_is_there_already_is_used",
    "tests/rest/test_shards_rest.py::test_two_thousand_five_hundred_servers",
    "tests/rest/test_slow_mode_rest.py::test_how_long_is_left_is_told_from_ids",
    "tests/rest/test_slow_mode_rest.py::test_say_keeps_to_slow_mode",
    "tests/rest/test_start_rest.py::test_portraits_are_uploaded_once",
    "tests/rest/test_watched_rest.py::test_a_bot_that_takes_another_s_place_is_no_news",
    "tests/rest/test_watched_rest.py::test_the_log_tells_a_table_from_its_opening_to_its_end",
}


def rows(part: str) -> list[list[str]]:
    """The cells of the rows of one part's table."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {part}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines]
    assert tuple(cells[0]) == COLUMNS
    return cells[2:]


@pytest.mark.parametrize("part", PARTS)
def test_every_row_tells_all_and_names_tests_that_exist(part: str) -> None:
    table = rows(part)
    assert [row for row in table if len(row) != len(COLUMNS) or not all(row)] == []
    assert [row[0] for row in table if ", ".join(f"`{test}`" for test in NAMED.findall(row[-1])) != row[-1]] == []
    tests = {test for row in table for test in NAMED.findall(row[-1])}
    files = {ROOT / test.partition("::")[0] for test in tests}
    assert tests - {test for file in files if file.is_file() for test in found_in(file)} == set()


@pytest.mark.parametrize("part", PARTS)
def test_no_fault_stands_there_twice(part: str) -> None:
    faults = [row[0] for row in rows(part)]
    assert len(faults) == len(set(faults))


def test_every_test_of_a_fault_stands_in_a_row() -> None:
    there = {test for part in PARTS for row in rows(part) for test in NAMED.findall(row[-1])}
    tests = {test for pattern in FAULTS for file in ROOT.glob(pattern) for test in found_in(file)}
    assert tests - there - NO_FAULTS == set()
    assert NO_FAULTS - tests == NO_FAULTS & there == set()


def test_parts_and_document_agree() -> None:
    headings = re.findall(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [*PARTS, "Known limits"]
