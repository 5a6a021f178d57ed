"""The table of measures, as a person asks for it."""

import json
from pathlib import Path

import pytest

from bench.quality.__main__ import main

TURNS = [("Aino", "Ice."), ("Ravi", "Bread."), ("Aino", "Ice and bread. And. More. Yes.")]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    rows = [{"seq": i, "kind": "persona", "speaker": who, "text": text} for i, (who, text) in enumerate(TURNS, 1)]
    file = tmp_path / "talk.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return file


def test_a_file_is_a_column_beside_the_reference(talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(talk)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["talk", "the", "script"]
    assert next(line for line in lines if line.startswith("a_b_a")).split() == ["a_b_a", "1.00", ".22–.44"]
    assert next(line for line in lines if line.startswith("silent")).split() == ["silent", "–"]


def test_several_files_have_a_mean(talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(talk.read_text().splitlines()[0], encoding="utf-8")
    figures = tmp_path / "figures.json"
    assert main([str(talk), str(other), "--json", str(figures), "--sentences", "3"]) == 0
    assert "mean" in capsys.readouterr().out.splitlines()[0]
    found = json.loads(figures.read_text())
    assert found["files"][str(talk)]["over_limit"] == pytest.approx(1 / 3)
    assert found["mean"]["turns"] == 2
    assert found["mean"]["over_limit"] == pytest.approx(1 / 6)
    assert found["mean"]["novelty"] == found["files"][str(talk)]["novelty"]  # the other can't tell


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "can't be read (No such file or directory)."),
        (b"", "holds no persona's turn with a text. Hold the discussion first."),
        (b'{"kind": "moderator", "text": "Ice?"}\n', "holds no persona's turn"),
        (b"Aino: Ice.\n", "line 1, is not a JSON object."),
        (b"\xff\xfe", "is not UTF-8."),
    ],
)
def test_what_is_no_transcript_is_said_in_a_sentence(
    tmp_path: Path, content: bytes | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "talk.jsonl"
    if content is not None:
        file.write_bytes(content)
    assert main([str(file)]) == 1
    shown = capsys.readouterr()
    assert says in shown.err
    assert str(file) in shown.err
    assert shown.out == ""
