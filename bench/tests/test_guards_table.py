"""The table of what the guards do, at a tiny size: discussions on the dummy, and how turns are counted."""

import asyncio
import json
from pathlib import Path

import pytest

from bench.quality import guards
from bench.quality.metrics import repeats
from bot.llm.dummy.server import serve_dummy

CARD = {"creativity": 0.5, "prompt": "You are somebody of the village who has kept the ferry for thirty years."}


@pytest.fixture
def others(tmp_path: Path) -> list[str]:
    """Personas and a task from folders of one's own, as arguments."""
    personas, task = tmp_path / "personas", tmp_path / "ferry"
    personas.mkdir()
    task.mkdir()
    for name in ("Odd", "Liv"):
        (personas / f"{name}.json").write_text(json.dumps(CARD | {"name": name, "full_name": f"{name} Berg"}))
    (task / "questions.txt").write_text("Who keeps the ferry in winter?\n")
    return ["--personas", str(personas), "--task", str(task)]


async def test_a_row_for_each_of_the_guards_and_samplers(
    others: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talks, figures = tmp_path / "talks", tmp_path / "figures.json"
    size = ["--seeds", "1", "--turns", "3", "--only", "none", "--only", "all", "--dry", "0.8", "--dry", "0"]
    async with serve_dummy(port=0) as url:
        arguments = [*size, *others, "--url", url, "--keep", str(talks), "--json", str(figures)]
        assert await asyncio.to_thread(guards.main, arguments) == 0
    rows = json.loads(figures.read_text())
    assert list(rows) == ["none, DRY 0.8", "none, DRY 0", "all, DRY 0.8", "all, DRY 0"]
    assert all(row["talks"] == 1 and row["paused"] == 0 and row["calls"] >= 1 for row in rows.values())
    assert {"trimmed", "passes", "repeats", "for_others", "distinct_2", "words"} <= set(rows["all, DRY 0"])
    assert "repeats" in capsys.readouterr().out.splitlines()[0]
    assert len(list(talks.glob("guards-all-0.8-*.jsonl"))) == 1


def test_what_was_trimmed_and_asked_for_again_is_counted(tmp_path: Path) -> None:
    flags = (["trimmed:repeated"], ["asked_again:repeated", "repeated"], [], ["asked_again:empty"])
    said = ("The ferry is late today.", "", "The ferry is late today.", "It is not.")
    rows = [
        {"seq": n, "kind": "persona", "speaker": "Odd", "text": text, "flags": found}
        for n, (text, found) in enumerate(zip(said, flags, strict=True), 1)
    ]
    file = tmp_path / "talk.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    row = guards.row_of([file], 5)
    assert (row["calls"], row["trimmed"], row["kept"], row["passes"], row["paused"]) == (1.5, 0.25, 0.5, 0.25, 1.0)
    assert row["repeats"] == pytest.approx(1 / 3)


def test_a_folder_without_personas_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert guards.main(["--personas", str(tmp_path), "--seeds", "1"]) == 1
    assert "holds no persona" in capsys.readouterr().err


def test_a_sentence_counts_as_repeated_from_four_words_on() -> None:
    assert repeats(["I agree.", "I agree.", "I agree."]) == 0
    assert repeats(["The old ferry leaks.", "No. The OLD ferry leaks! Yes."]) == 0.5
    assert repeats([]) == 0
