"""A council in its minutes: positions, the vote with its ballots, and the minority report, each once it may be told."""

import json
from collections.abc import Callable

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record
from bot.discussion.moderation.steps import ClosePoll, Gather
from bot.minutes.account import Minutes
from bot.minutes.as_html import as_html
from bot.minutes.as_jsonl import as_jsonl
from bot.minutes.as_markdown import as_markdown
from tests.support.recorded_minutes import minutes_of
from tests.support.recorded_table import CAST, RecordedTable

YES_NO = ("<yes>", "no")


def council(options: tuple[str, ...] = YES_NO) -> RecordedTable:
    """A whole one, at which Ravi abstains, Mira changes her mind, and two people vote."""
    table = RecordedTable(options=options, dials=Dials(format="council", turns=2))
    while not (isinstance(step := table.step, Gather) and step.kind == "ballot"):
        if isinstance(step, Gather):
            table.answer(step, step.among[0].name, f"Hear {step.among[0].name}.", 0 if options else None)
        else:
            table.take(step)
    for persona in step.among:
        votes = {"Ravi": (), "Mira": (1, 0)}.get(persona.name, (0, 1))
        ranking = (*votes, *range(2, len(step.options))) if step.ranked and votes else votes[:1]
        table.answer(step, persona.name, "ballot-text", *ranking)
    closing = table.step
    assert isinstance(closing, ClosePoll)
    table.close_poll(closing, 0, 0)
    table.play()
    return table


def test_the_text_tells_positions_the_result_with_ballots_and_the_report() -> None:
    text = as_markdown(minutes_of(council()))
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    assert headings == [
        "### Positions before the discussion",
        "### Discussion",
        "### Result of the vote",
        "### Minority report",
    ]
    assert "**Professor Aino Virtanen**: \\<yes>: Hear Aino." in text
    assert "- Vote: The result, with 4 of 5 votes: “\\<yes\\>”.\n" in text
    assert "- A) \\<yes\\>: 2 personas and 2 people\n- B) no: 1 persona\n" in text
    assert "- Ravi: abstains\n" in text
    assert "Changed their mind: Mira (from “\\<yes\\>” to “no”)." in text
    assert "ballot-text" not in text


def test_the_page_draws_the_votes_and_holds_no_markup_of_anybody_s() -> None:
    page = as_html(minutes_of(council()), {})
    assert '<span class="badge">Position</span>' in page
    assert '<span class="badge">Minority report</span>' in page
    assert '<bdi class="name">A) &lt;yes&gt;</bdi>' in page
    assert "<yes>" not in page
    assert '<dt dir="auto">Ravi</dt><dd dir="auto">abstains</dd>' in page


def test_the_lines_have_choices_as_data() -> None:
    rows = [json.loads(line) for line in as_jsonl(minutes_of(council())).splitlines()]
    position = next(row for row in rows if row["kind"] == "position")
    assert (position["choice"], position["choice_text"]) == (0, "<yes>")
    ballots = {row["speaker"]: row for row in rows if row["kind"] == "ballot"}
    assert (ballots["Mira"]["ranking"], ballots["Mira"]["choices"]) == ([1], ["no"])
    assert ballots["Ravi"]["ranking"] == []
    result = next(row for row in rows if row["kind"] == "result")
    assert ballots["Mira"]["poll"] == result["poll"]
    told = {key: result[key] for key in ("options", "personas", "people", "together", "winners", "abstained")}
    assert told == {
        "options": ["<yes>", "no"],
        "personas": [2, 1],
        "people": [2, 0],
        "together": [4, 1],
        "winners": [0],
        "abstained": ["Ravi"],
    }
    assert [row["speaker"] for row in rows if row.get("minority_report")] == ["Mira"]
    ranked = [json.loads(line) for line in as_jsonl(minutes_of(council(()))).splitlines()]
    result = next(row for row in ranked if row["kind"] == "result")
    assert sorted(result["by"]) == sorted(persona.name for persona in CAST)
    assert sum(result["points"]) == 3 * 6 + 2 * 3


@pytest.mark.parametrize("form", [as_markdown, as_jsonl, lambda minutes: as_html(minutes, {})])
def test_nothing_is_told_before_its_time(form: Callable[[Minutes], str]) -> None:
    table = council()
    for length in range(len(table.record.turns) + 1):
        so_far = Record(table.record.turns[:length])
        told = form(minutes_of(RecordedTable(options=YES_NO, dials=table.dials, record=so_far), is_open=True))
        kinds = [turn.kind for turn in so_far]
        assert ("Hear Aino" in told) is (kinds.count("moderator") > 1)
        assert ("abstain" in told.lower()) is ("result" in kinds)
