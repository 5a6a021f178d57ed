"""docs/reliability.md names a test for every fault, and the tests it names exist."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "reliability.md"
COLUMNS = ("fault", "what members see", "what is kept", "test")

# Every fault that the bot must survive, by the words that its row has to hold, part by part.
FAULTS = {
    "Exactly once": (
        "refusal that a retry heals",
        "unknown outcome",
        "gateway event before, after or at the same time as the HTTP answer",
        "pass at start-up",
        "guests write while the bot is away",
        "chunks of a long turn",
        "late copy while the bot runs",
        "late copy while the bot is away",
        "webhook moved",
        "history can't be read",
        "the send is never cancelled",
        "crash between the commit of a turn and its post",
        "SIGTERM or SIGINT",
    ),
    "The endpoint misbehaves": (
        "time-out",
        "connection refused",
        "429 with or without Retry-After",
        "500",
        "502 with a page of HTML",
        "context window",
        "401",
        "404 (model gone)",
        "empty `choices`",
        "`content: null`",
        "empty text",
        "`<think>`",
        "endless repetition",
        "200 kB of text",
        "text in a script",
        "broken UTF-8",
        "stalls in the middle",
        "half a JSON body",
        "LIMIT_SESSION_MINUTES",
        "LIMIT_SESSION_TOKENS",
        "LIMIT_DAY_TOKENS",
        "three calls a turn",
    ),
    "Discord misbehaves": (
        "rate limit of a webhook, of a channel",
        "5xx before storing, 5xx after storing",
        "connection reset",
        "gateway resume with repeated events",
        "invalid session",
        "missing intents",
        "lost permission: View Channel",
        "lost permission: Send Messages",
        "lost permission: Send Messages in Threads",
        "lost permission: Manage Webhooks",
        "lost permission: Read Message History",
        "Embed Links",
        "lost permission: Attach Files",
        "webhook deleted",
        "webhook moved",
        "channel or thread deleted",
        "thread archived",
        "thread locked",
        "kicked from the server",
        "invited again",
        "server outage at start-up",
        "AutoMod",
        "name refusal",
    ),
    "The machine misbehaves": (
        "SIGKILL",
        "disk full",
        "locked by another program",
        "read-only",
        "database from an older version",
        "database from a newer version",
        "two processes",
        "clock jumps",
    ),
}


def rows(part: str) -> list[list[str]]:
    """The cells of the rows of one part's table."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {part}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines]
    assert tuple(cells[0]) == COLUMNS
    return cells[2:]


def functions_of(file: Path) -> set[str]:
    """The names of a file's test functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, functions)}


@pytest.mark.parametrize("part", FAULTS)
def test_every_fault_has_its_row(part: str) -> None:
    table = rows(part)
    assert all(len(row) == len(COLUMNS) for row in table), [row for row in table if len(row) != len(COLUMNS)]
    text = "\n".join(" | ".join(row) for row in table)
    assert [fault for fault in FAULTS[part] if fault.casefold() not in text.casefold()] == []


@pytest.mark.parametrize("part", FAULTS)
def test_every_test_that_is_named_exists(part: str) -> None:
    for fault, _, _, test in rows(part):
        path, _, name = test.strip("`").partition("::")
        assert (ROOT / path).is_file(), f"{fault}: {path} is no file"
        assert name.startswith("test_"), f"{fault}: {test} names no test"
        assert name in functions_of(ROOT / path), f"{fault}: {path} has no {name}"


def test_the_known_limits_are_stated() -> None:
    assert DOCUMENT.read_text(encoding="utf-8").partition("\n## Known limits\n")[2].count("\n- ") >= 5
