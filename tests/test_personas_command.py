"""`roundtable personas`, as typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.library.files import read_personas
from tests.support.character_cards import PROMPT, card, drawn, drawn_with, text_chunk
from tests.support.written_files import AINO, put


@pytest.fixture
def folder(no_settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of personas, with one in it; the cards lie in the working directory."""
    monkeypatch.setenv("PERSONAS_DIR", "cast")
    put(tmp_path / "cast" / "aino.json", AINO)
    put(tmp_path / "edda.png", drawn_with(text_chunk("chara", card(2, alternate_greetings=["Hello."]))))
    put(tmp_path / "odo.json", card(1, name="Odo Smith"))
    return tmp_path / "cast"


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit status, and what stands on standard output and standard error."""
    status = main(["personas", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_cards_become_files_that_the_bot_reads(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = typed(capsys, "import", "edda.png", "nowhere.json", "odo.json")
    assert status == 1
    assert out.splitlines() == [
        "edda.png: Edda is now in cast/edda.json, its picture in cast/edda.png.",
        "  Left out: alternate greetings (nobody is greeted at a table).",
        "odo.json: Odo Smith is now in cast/odo-smith.json.",
    ]
    assert err == "nowhere.json can't be read (No such file or directory).\n"
    personas, problems = read_personas(folder)
    assert problems == []
    assert [(p.name, Path(p.avatar or "").name) for p in personas] == [
        ("Aino", ""),
        ("Edda", "edda.png"),
        ("Odo Smith", ""),
    ]
    assert personas[1].prompt == PROMPT
    assert sorted(path.name for path in folder.iterdir()) == ["aino.json", "edda.json", "edda.png", "odo-smith.json"]

    before = {path: path.read_bytes() for path in folder.iterdir()}
    put(Path("edda.json"), card(1, description="Edda keeps goats."))
    assert typed(capsys, "import", "edda.json") == (
        1,
        "",
        "edda.json: cast/edda.json is there already. --force replaces it.\n",
    )
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert typed(capsys, "import", "edda.json", "--force")[0] == 0
    assert "goats" in json.loads((folder / "edda.json").read_text())["prompt"]
    status, out, err = typed(capsys, "list")
    assert (status, out.splitlines(), err) == (
        0,
        ["Aino (Aino Virtanen)  [aino.json]", "Edda  [edda.json]", "Odo Smith  [odo-smith.json]"],
        "",
    )


@pytest.mark.parametrize(
    ("fields", "further", "says"),
    [
        (card(1, name="Discordia"), [], 'x.json: name: "Discordia" holds "discord", which Discord refuses in a name.'),
        (card(1, name="Aino"), [], "aino.json is there already. --force replaces it."),
        (card(1, name="Aino!"), ["--name", "Aino Virtanen"], 'x.json: name: "Aino Virtanen" is also the name in'),
        (
            AINO | {"name": "Ravi", "full_name": "Ravi", "endpoint": "fast"},
            [],
            'endpoint: "fast" is no endpoint in the',
        ),
        (card(1), ["odo.json", "--name", "Edda"], "--name is for one file."),
        (
            card(1),
            ["--personas", "nowhere"],
            "nowhere is not a folder. Set PERSONAS_DIR (or --personas) to one that is.",
        ),
    ],
)
def test_what_can_not_be_brought_in_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], fields: Any, further: list[str], says: str
) -> None:
    put(Path("x.json"), fields)
    status, out, err = typed(capsys, "import", "x.json", *further)
    assert (status, out) == (1, "")
    assert says in err
    assert [path.name for path in folder.iterdir()] == ["aino.json"]


def test_a_write_that_fails_leaves_nothing_half_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "edda.json").mkdir()
    status, _, err = typed(capsys, "import", "edda.png", "--force")
    assert status == 1
    assert "can't be written" in err
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_names_that_no_system_takes_as_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, stem in (("../../etc/passwd", "etc-passwd"), ("CON", "persona-con"), ("Ёж", "ёж"), ("a" * 80, "a" * 40)):
        put(Path("x.json"), card(1, name=name))
        assert typed(capsys, "import", "x.json")[0] == 0
        assert (folder / f"{stem}.json").is_file()


def test_a_file_can_be_looked_at_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(Path("x.json"), AINO | {"model": "big"})
    status, out, err = typed(capsys, "check", "edda.png", "x.json", "nowhere.json")
    assert (status, out.splitlines()) == (
        1,
        [
            "edda.png holds Edda: 237 characters, with a picture.",
            "  Left out: alternate greetings (nobody is greeted at a table).",
            "x.json holds Aino (Aino Virtanen): 22 characters, without a picture.",
            "  Taken over: model (how its model is asked; look whether you want that).",
        ],
    )
    assert err.startswith("nowhere.json can't be read")
    assert [path.name for path in folder.iterdir()] == ["aino.json"]
    put(folder / "x.json", drawn())
    assert typed(capsys, "list")[0] == 1
