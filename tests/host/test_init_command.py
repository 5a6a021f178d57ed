"""`roundtable init`, and the checks of what it has written."""

from pathlib import Path

import pytest

from bot.cli import main
from tests.support.written_files import put


@pytest.fixture
def empty(tmp_path: Path, no_settings: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, in which nothing is."""
    folder = tmp_path / "a host's"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_folder_to_run_a_bot_in(empty: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["init", "bot"]) == 0
    assert capsys.readouterr().out.startswith("bot has .env, 8 personas and 4 tasks now;")
    made = empty / "bot"
    assert (made / ".env").stat().st_mode & 0o077 == 0
    assert "\nDISCORD_TOKEN=\n" in (made / ".env").read_text(encoding="utf-8")
    assert (made / "personas" / "aino.png").is_file()
    assert not list(made.rglob("*.py"))
    assert main(["personas", "check", "--personas", "bot/personas"]) == 0
    assert main(["tasks", "check", "--tasks", "bot/tasks"]) == 0
    said = capsys.readouterr().out
    assert "All is right with the 8 personas in bot/personas: Aino, " in said
    assert "All is right with the 4 tasks in bot/tasks: borrowed-memories, " in said


def test_here_where_nothing_is_there(empty: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["init"]) == 0
    assert "cd " not in capsys.readouterr().out
    assert main(["check"]) == 0


@pytest.mark.parametrize("there", [".env", "personas", "tasks"])
def test_nothing_is_overwritten(empty: Path, there: str, capsys: pytest.CaptureFixture[str]):
    put(empty / there, "mine")
    assert main(["init"]) == 1
    assert capsys.readouterr().err.startswith(f"{there} is there already, and nothing is overwritten.")
    assert [file.name for file in empty.iterdir()] == [there]
    assert (empty / there).read_text() == "mine"


def test_a_place_that_can_not_be_written_is_told(empty: Path, capsys: pytest.CaptureFixture[str]):
    put(empty / "file", "mine")
    assert main(["init", "file/below"]) == 1
    assert capsys.readouterr().err == "file/below can't be written (Not a directory).\n"


def test_the_checks_of_folders_are_strict(empty: Path, capsys: pytest.CaptureFixture[str]):
    main(["init"])
    (empty / "tasks" / "haunted-house" / "questions.txt").unlink()
    put(empty / "personas" / "x.json", "{")
    capsys.readouterr()
    assert main(["tasks", "check"]) == main(["tasks", "list"]) == main(["personas", "check"]) == 1
    said = capsys.readouterr()
    assert said.err.count("tasks/haunted-house/questions.txt: is missing. Write one question a line into it.") == 2
    assert "personas/x.json: line 1: is not valid JSON" in said.err
    assert said.out.startswith("borrowed-memories  [7 questions]\n  Your happiest memory")


def test_check_can_be_asked_whether_a_command_is_ready(empty: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check"]) == main(["check", "discuss"]) == 0
    assert main(["check", "run"]) == 1
    assert capsys.readouterr().out.endswith("run still needs LLM_BASE_URL and DISCORD_TOKEN.\n")


def test_a_path_that_can_not_be_looked_at_is_no_traceback(
    empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{'x' * 300}/roundtable.db")
    assert main(["check"]) == 1
    assert "can't be reached (File name too long). Change permissions or DATABASE_URL." in capsys.readouterr().out
