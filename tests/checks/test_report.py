"""What `check` says at its end: what there is to do, and what is ready."""

from collections.abc import Callable

import pytest

from bot.checks.report import Report


def no_token(report: Report) -> None:
    with report.concerning("run"):
        report.note("DISCORD_TOKEN is not set.")
        report.needs("DISCORD_TOKEN")


def discord_is_wrong(report: Report) -> None:
    with report.concerning("run"):
        report.fault("Discord: no.")
        report.fault("Discord: and no.")


def files_are_wrong(report: Report) -> None:
    report.fault("a.json: name: is missing.")


def no_extra(report: Report) -> None:
    with report.concerning("demo"):
        report.needs("its extra")


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ([], "Ready for demo, discuss and run."),
        ([no_token], "1 to think about (! above). Ready for demo and discuss; run still needs DISCORD_TOKEN."),
        ([discord_is_wrong], "2 to mend (✗ above). Ready for demo and discuss; run still needs what is marked ✗."),
        (
            [files_are_wrong],
            "1 to mend (✗ above). Ready for nothing yet; demo, discuss and run still need what is marked ✗.",
        ),
        (
            [no_extra, no_token],
            "1 to think about (! above). Ready for discuss; demo still needs its extra; run still needs DISCORD_TOKEN.",
        ),
    ],
)
def test_the_last_line_says_what_is_ready(found: list[Callable[[Report], None]], outcome: str) -> None:
    report = Report(lambda line: None)
    report.fine("Settings.")
    for find in found:
        find(report)
    assert report.outcome == outcome


def test_what_others_have_written_gives_the_terminal_no_orders() -> None:
    told: list[str] = []
    Report(told.append).note("Discord: \x1b]0;owned\x07The \x1b[31mRed\x1b[0m Hall")
    assert told == ["! Discord: The Red Hall"]
