"""The table that compares formats: its measures on minds that are counted by hand, and whole tables on the dummy."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench.quality import formats
from bench.quality.decisions import Decisions, changed, decisions_of, differing, measure_decisions, named
from bot.llm.dummy.server import serve_dummy

Minds = Mapping[str, int | None]


@pytest.mark.parametrize(
    ("choices", "share_named", "share_differing"),
    [
        ([], None, None),
        ([None, None], 0.0, None),
        ([0, None], 0.5, None),
        ([0, 0, 0], 1.0, 0.0),
        ([0, 1, 2], 1.0, 1.0),
        ([0, 0, 1, None], 0.75, 2 / 3),
    ],
)
def test_who_names_an_option_and_how_many_pairs_differ(
    choices: list[int | None], share_named: float | None, share_differing: float | None
) -> None:
    assert named(choices) == share_named
    assert differing(choices) == (None if share_differing is None else pytest.approx(share_differing))


@pytest.mark.parametrize(
    ("before", "after", "minds", "known"),
    [
        ({"Aino": 0, "Ravi": 1}, {"Aino": 0, "Ravi": 0}, 1, 2),
        ({"Aino": 0, "Ravi": None}, {"Aino": None, "Ravi": 1}, 0, 0),
        ({"Aino": 0}, {"Mira": 1}, 0, 0),  # one left, the other came later
        ({"Aino": 2, "Ravi": 0}, {"Aino": 0, "Ravi": 0}, 1, 2),
    ],
)
def test_only_whose_choice_is_known_twice_has_changed_it(before: Minds, after: Minds, minds: int, known: int) -> None:
    assert changed(Decisions(before, after)) == (minds, known)


ROWS: list[dict[str, Any]] = [
    {"kind": "position", "speaker": "Aino", "choice": 0},
    {"kind": "position", "speaker": "Ravi", "choice": None},
    {"kind": "persona", "speaker": "Aino", "text": "The ferry stays in winter.", "prompt_tokens": 90},
    {"kind": "persona", "speaker": "Ravi", "text": "", "prompt_tokens": 95, "completion_tokens": 5},
    {"kind": "ballot", "speaker": "Aino", "poll": 3, "ranking": [2]},
    {"kind": "ballot", "speaker": "Aino", "poll": 7, "ranking": [1, 0, 2], "raw": "A > B > C"},
    {"kind": "ballot", "speaker": "Ravi", "poll": 7, "ranking": []},
    {"kind": "persona", "speaker": "Ravi", "text": "Ice, ice, and once more ice.", "minority_report": True},
]


def test_of_several_polls_the_last_counts_and_the_preferred_option() -> None:
    assert decisions_of(ROWS) == Decisions({"Aino": 0, "Ravi": None}, {"Aino": 1, "Ravi": None}, ["A"])
    found = measure_decisions(decisions_of(ROWS))
    assert (found["chose"], found["valid"], found["abstained"]) == (0.5, 0.5, 1)
    assert (found["known"], found["changed"]) == (1, 1)


@pytest.mark.parametrize(
    ("raw", "share"),
    [(("A", "A) no"), 1.0), (('{"choice": "B"}', "A\n\nA cat"), 0.5), (("no", "B"), 0.0), (("no",), None)],
)
def test_how_many_name_what_they_see_first(raw: tuple[str, ...], share: float | None) -> None:
    rows = [{"kind": "ballot", "speaker": str(n), "poll": 3, "ranking": [1], "raw": said} for n, said in enumerate(raw)]
    assert measure_decisions(decisions_of(rows))["named_first"] == share


def test_a_minority_report_is_no_turn_of_the_discussion() -> None:
    found = formats.measure_table(ROWS)
    assert (found["words"], found["passes"], found["tokens"]) == (5, 0.5, 190)


@pytest.mark.parametrize(("rows", "paused"), [(ROWS, 1.0), ([*ROWS, {"kind": "summary", "speaker": "Aino"}], 0.0)])
def test_a_table_without_a_summary_has_paused(rows: list[dict[str, Any]], paused: float) -> None:
    assert formats.measure_table(rows)["paused"] == paused


def test_what_nobody_was_asked_for_cannot_be_told() -> None:
    found = formats.measure_table([{"kind": "persona", "speaker": "Aino", "text": ""}])
    assert {name for name, value in found.items() if value is not None} == {"paused", "tokens"}


async def test_a_row_for_each_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    talks, figures = tmp_path / "talks", tmp_path / "figures.json"
    size = ["--seeds", "1", "--turns", "3", "--cast", "Devika,Faris,Kaede"]
    async with serve_dummy(port=0) as url:
        arguments = [*size, "--url", url, "--keep", str(talks), "--json", str(figures)]
        assert await asyncio.to_thread(formats.main, arguments) == 0
    rows = json.loads(figures.read_text())
    assert list(rows) == ["roundtable", "council", "debate"]
    assert rows["roundtable"]["chose"] is None
    assert rows["council"]["chose"] == rows["council"]["valid"] == rows["debate"]["valid"] == 1
    assert rows["council"]["known"] == 3
    assert rows["council"]["tokens"] > rows["roundtable"]["tokens"] > 0
    shown = capsys.readouterr().out.splitlines()
    assert "changed" in shown[0]
    assert [line.split()[0] for line in shown[1:]] == list(rows)


def test_no_table_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        formats.main(["--seeds", "0"])
    assert "--seeds: '0' is no whole number from 1 on" in capsys.readouterr().err


def test_who_is_not_there_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert formats.main(["--cast", "Nobody", "--seeds", "1", "--url", "http://127.0.0.1:9/v1"]) == 1
    assert "Nobody" in capsys.readouterr().err
