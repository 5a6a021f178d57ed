"""`roundtable discuss`, as typed."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import _COMMANDS, main
from bot.discussion.moderation.formats.council import Council
from bot.store.models import Post
from bot.terminal import TerminalStage
from tests.support.endpoint_stand_in import fails, says, scripted_endpoint
from tests.support.written_files import AINO, put

pytestmark = pytest.mark.usefixtures("no_settings")

FIELDS = ["seq", "kind", "speaker", "text", "question", "addressed", "heard", "raw", "flags"]
FIELDS += ["finish_reason", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms"]


@pytest.fixture
def table(tmp_path: Path) -> list[str]:
    """Three personas and a task in files of their own, as arguments."""
    for number, name in enumerate(("Aino Virtanen", "Ravi Menon", "Mira Kessler"), 1):
        fields = {"name": name.split()[0], "full_name": name, "prompt": f"You are {name}, a baker."}
        put(tmp_path / "cast" / f"role{number}.json", AINO | fields)
    put(tmp_path / "hall" / "questions.txt", "Who bakes the bread?\nWho eats the bread?\n")
    return ["discuss", "--personas", str(tmp_path / "cast"), "--task", str(tmp_path / "hall"), "--seed", "5"]


def turns_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_discussion_on_the_dummy(table: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "talk.jsonl"
    assert main([*table, "--turns", "4", "--jsonl", str(file)]) == 0
    session, *turns = turns_of(file)
    assert session["kind"] == "session"
    assert [p["full_name"] for p in session["cast"]] == ["Aino Virtanen", "Ravi Menon", "Mira Kessler"]
    assert session["questions"] == ["Who bakes the bread?", "Who eats the bread?"]
    assert (session["seed"], session["dials"]["turns"]) == (5, 4)
    assert [p["model"] for p in session["cast"]] == ["roundtable-dummy"] * 3
    assert all(list(turn) == FIELDS for turn in turns)
    assert [turn["seq"] for turn in turns] == list(range(1, len(turns) + 1))
    spoken = [turn for turn in turns if turn["kind"] == "persona"]
    assert len(spoken) == 4
    assert [turn["kind"] for turn in turns if turn["kind"] == "summary"] == ["summary"]
    assert turns[0]["kind"] == "moderator"
    assert turns[0]["text"] == "Who bakes the bread?"
    for turn in spoken:
        assert turn["speaker"] in ("Aino", "Ravi", "Mira")
        assert turn["question"] in ("Who bakes the bread?", "Who eats the bread?")
        assert turn["finish_reason"]
        assert turn["prompt_tokens"] > turn["completion_tokens"] > 0
        assert turn["latency_ms"] > 0
    shown = capsys.readouterr()
    assert "Who bakes the bread?" in shown.out
    assert "\x1b" not in shown.out  # no colours in a file
    for turn in spoken:
        assert turn["text"].split()[0] in shown.out
    assert "--seed 5" in shown.err
    assert "Markov dummy" in shown.err


def test_the_same_seed_gives_the_same_transcript(table: list[str], capsys: pytest.CaptureFixture[str]):
    shown = []
    for seed in ("5", "5", "6"):
        assert main([*table[:-1], seed, "--turns", "4"]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1] != shown[2]


def test_question_cast_and_turns_can_be_given(table: list[str], tmp_path: Path):
    file = tmp_path / "talk.jsonl"
    given = ["--question", "Is rye better?", "--cast", "mira, Ravi Menon", "--turns", "6", "--jsonl", str(file)]
    assert main([*table, *given]) == 0
    turns = turns_of(file)
    assert {turn["question"] for turn in turns if turn["kind"] == "persona"} == {"Is rye better?"}
    said = [turn["speaker"] for turn in turns if turn["kind"] == "persona"]
    assert len(said) == 6
    assert set(said) == {"Mira", "Ravi"}


def test_a_question_without_a_task_is_a_table_of_its_own(
    table: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "talk.jsonl"
    assert main([*table[:3], "--question", " Is rye  better? ", "--turns", "1", "--jsonl", str(file)]) == 0
    session = turns_of(file)[0]
    assert (session["questions"], session["context"]) == (["Is rye better?"], "")
    shown = capsys.readouterr().out
    assert shown.count("Is rye better?") == 1
    assert shown.startswith("Aino Virtanen, Ravi Menon, Mira Kessler\n1 turn, then a summary.")


def test_a_format_and_its_options_can_be_given(table: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "talk.jsonl"
    options = ["--format", "Council", "--options", " the park | a barn", "--turns", "2", "--jsonl", str(file)]
    assert main([*table, *options]) == 0
    shown = capsys.readouterr()
    assert "A council is about one question, here the first; the other one is left out." in shown.err
    assert "Council: Private positions first" in shown.out
    session, *turns = turns_of(file)
    assert (session["dials"]["format"], session["questions"]) == ("council", ["Who bakes the bread?"])
    assert [turn["kind"] for turn in turns].count("position") == 3


def test_a_task_says_how_its_table_goes_unless_the_command_does(table: list[str], tmp_path: Path):
    put(tmp_path / "hall" / "format.txt", "council")
    file = tmp_path / "talk.jsonl"
    for given, format in ([], "council"), (["--format", "roundtable"], "roundtable"):
        assert main([*table, *given, "--turns", "1", "--jsonl", str(file)]) == 0
        assert turns_of(file)[0]["dials"]["format"] == format


def test_a_format_that_needs_people_is_refused(
    table: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(Council, "needs_people", True)
    assert main([*table, "--format", "council"]) == 1
    told = capsys.readouterr().err
    assert "--format is council: there personas speak only when people do, and nobody can say anything here." in told
    assert "Choose another with --format: roundtable" in told


def test_floor_and_dissent_can_be_given(table: list[str], tmp_path: Path):
    file = tmp_path / "talk.jsonl"
    assert main([*table, "--floor", "round_robin", "--dissent", "0", "--turns", "6", "--jsonl", str(file)]) == 0
    said = [turn["speaker"] for turn in turns_of(file) if turn["kind"] == "persona"]
    assert said == ["Aino", "Ravi", "Mira"] * 2


def test_at_a_moderators_table_each_choice_is_an_object_with_what_it_cost(table: list[str], tmp_path: Path):
    file = tmp_path / "talk.jsonl"
    assert main([*table, "--floor", "moderator", "--turns", "3", "--jsonl", str(file)]) == 0
    choices = [turn for turn in turns_of(file) if turn["kind"] == "moderator" and not turn["text"]]
    assert len(choices) == 3
    assert all(turn["prompt_tokens"] and turn["raw"] is None for turn in choices)


def test_a_council_has_rows_of_its_own_kinds(
    table: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("DISCUSSION_FORMAT", "council")
    file = tmp_path / "talk.jsonl"
    assert main([*table, "--turns", "2", "--jsonl", str(file), "--no-colour"]) == 0
    rows = turns_of(file)[1:]
    kinds = [row["kind"] for row in rows]
    assert kinds[:8] == ["moderator", *["position"] * 3, "moderator", *["persona"] * 2, "moderator"]
    assert kinds[8:12] == [*["ballot"] * 3, "result"]
    assert kinds[-1] == "summary"
    result = rows[11]
    assert sum(result["personas"]) == 3  # the dummy votes in form
    assert all(sorted(row["ranking"]) == [0, 1, 2] and len(row["choices"]) == 3 for row in rows[8:11])
    shown = capsys.readouterr().out
    assert "Everybody wrote down a position before anyone had spoken:" in shown
    assert "\nC) " in shown
    assert "with " in shown[shown.index("The table votes") :]
    won = result["options"][result["winners"][0]]
    assert won.split(".")[0] in rows[-1]["text"], "the dummy's summary states the result"


def test_the_dials_come_from_the_settings(table: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCUSSION_TURNS", "2")
    file = tmp_path / "talk.jsonl"
    assert main([*table, "--jsonl", str(file)]) == 0
    assert sum(turn["kind"] == "persona" for turn in turns_of(file)) == 2


def test_the_shipped_personas_and_tasks_are_used_where_none_are_named(capsys: pytest.CaptureFixture[str]):
    assert main(["discuss", "--turns", "1", "--cast", "Aino", "--no-colour"]) == 0
    assert "Professor Aino Virtanen\n" in capsys.readouterr().out


THERE_ARE = f"There are: {', '.join(_COMMANDS)}."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--personas", "nowhere"], "--personas nowhere: is not there. Name a folder with persona files"),
        (["--personas", "a-file"], "--personas a-file: is not a folder. Name a folder with persona files"),
        (["--personas", "empty"], "--personas empty: holds no persona. Put at least one *.json file there."),
        (["--personas", "broken"], "creativity: 1.7 is more than 1.0."),
        (["--personas", "lost"], 'endpoint: "fats" is no endpoint in the settings (they name none). Correct it'),
        (["--task", "nope"], "--task nope: is not there. Name a task folder, which holds questions.txt"),
        (["--task", "a-file"], "--task a-file: is not a folder. Name a task folder"),
        (["--task", "empty"], "--task empty: holds no task folder. Make a folder in it with questions.txt"),
        (["--task", "x" * 300], f"--task {'x' * 300}: can't be read (File name too long). Check the name"),
        (["--task", "half"], "half/questions.txt: is missing. Write one question a line into it."),
        (["--format", "council", "--options", "a|"], "--options: One of the options is empty. Write something, or"),
        (["--options", "a|b"], "--options: A round table takes no options. Leave them out, or choose a format"),
        (["--cast", "Anio"], "--cast: There is no persona called “Anio”. Did you mean “Aino”?"),
        (["--jsonl", "nowhere/talk.jsonl"], "--jsonl nowhere/talk.jsonl can't be written (No such file or directory)."),
        (["--jsonl", "empty"], "--jsonl empty can't be written (Is a directory)."),
        (["--base-url", "localhost"], '--base-url "localhost" is not a web address. Write something like http://'),
    ],
)
def test_what_can_not_be_used_is_said_in_a_sentence(
    table: list[str], tmp_path: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "empty").mkdir()
    put(tmp_path / "a-file", "")
    put(tmp_path / "half" / "context.txt", "A hall.")
    put(tmp_path / "broken" / "role1.json", AINO | {"creativity": 1.7})
    put(tmp_path / "lost" / "role1.json", AINO | {"endpoint": "fats"})
    assert main([*table, *arguments]) == 1
    shown = capsys.readouterr()
    assert says in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_a_setting_that_no_option_stands_for_is_told_by_its_own_name(
    table: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LLM_BASE_URL", "localhost")
    monkeypatch.setenv("TASKS_DIR", "nowhere")
    assert main(table) == 1
    assert 'LLM_BASE_URL "localhost" is not a web address.' in capsys.readouterr().err
    monkeypatch.delenv("LLM_BASE_URL")
    assert main(table[:3]) == 1
    assert "TASKS_DIR nowhere: is not there." in capsys.readouterr().err


def test_a_wrong_name_leaves_the_file_of_an_earlier_discussion_alone(table: list[str], tmp_path: Path):
    (tmp_path / "talk.jsonl").write_text("kept")
    assert main([*table, "--cast", "Anio", "--jsonl", str(tmp_path / "talk.jsonl")]) == 1
    assert (tmp_path / "talk.jsonl").read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], f"there is no command “chek”. Did you mean “check”? {THERE_ARE}"),
        (["waltz"], f"there is no command “waltz”. {THERE_ARE}"),
        (["discuss", "--turns", "0"], "--turns: '0' is not a number from 1 to 200"),
        (["discuss", "--turns", "many"], "--turns: 'many' is not a number from 1 to 200"),
        (["discuss", "--turns", "²"], "--turns: '²' is not a number from 1 to 200"),
        (["discuss", "--seed", "x"], "--seed: 'x' is not a number from 0 to 4294967295"),
        (["discuss", "--seed", "9" * 20], "is not a number from 0 to 4294967295"),
        (["discuss", "--floor", "loudest"], "'round_robin'"),
        (["discuss", "--format", "councl"], "--format: “councl” is no format. Did you mean council?"),
        (["discuss", "--dissent", "-1"], "--dissent: '-1' is not a number from 0 to 1000"),
        (["discuss", "--pace", "soon"], "--pace: 'soon' is not a number of seconds from 0 to 3600"),
        (["discuss", "--cast", " , "], "--cast: names nobody: write names, or leave the option out to seat everyone"),
        (["discuss", "--question", "why? " * 61], "--question: has 304 characters: keep it to 300"),
        *[
            (["discuss", option, " "], f"{option}: is blank: write a value, or leave the option out")
            for option in ("--personas", "--task", "--question", "--base-url", "--model", "--jsonl")
        ],
        (["dummy", "--port", "70000"], "--port: '70000' is not a number from 0 to 65535"),
    ],
)
def test_unusable_arguments_exit_with_2(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]):
    assert main([]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    for command in ("run", "demo", "discuss", "dummy", "check"):
        assert f"    {command} " in shown.out


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_discussion_that_is_stopped_says_how_far_it_came(
    number: int,
    status: int,
    table: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    send = TerminalStage.send

    async def send_until_the_third(stage: TerminalStage, post: Post) -> int:
        sent.append(post)
        if len(sent) == 4:  # the question, and three turns
            signal.raise_signal(number)
        return await send(stage, post)

    sent: list[Post] = []
    monkeypatch.setattr(TerminalStage, "send", send_until_the_third)
    file = tmp_path / "talk.jsonl"
    assert main([*table, "--turns", "8", "--question", "Why?", "--jsonl", str(file)]) == status
    spoken = sum(turn["kind"] == "persona" for turn in turns_of(file))
    assert capsys.readouterr().err.splitlines()[-1] == f"Stopped after {spoken} of 8 turns. Seed 5."


@pytest.mark.parametrize("command", ["discuss", "check"])
def test_what_nobody_reads_any_more_ends_without_a_word_of_python(
    command: str, table: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    """As behind `| head`: the reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        assert main([*table, "--turns", "8"] if command == "discuss" else ["check"]) == 141
    said = capfd.readouterr().err.splitlines()
    assert said[-1:] == (["Stopped after 0 of 8 turns. Seed 5."] if command == "discuss" else [])


async def test_a_model_that_is_not_there_is_told_by_the_option_that_named_it(
    table: list[str], capsys: pytest.CaptureFixture[str]
):
    async with scripted_endpoint() as server:
        server.answer = lambda request: fails(404)
        assert await asyncio.to_thread(main, [*table, "--base-url", server.url, "--model", "nope"]) == 1
    shown = capsys.readouterr().out
    assert "has no model “nope” (HTTP 404). Check --model and --base-url." in " ".join(shown.split())


def test_an_endpoint_that_nobody_serves(
    table: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LLM_RETRIES", "0")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but not listening: connections are refused
        port = unused.getsockname()[1]
        assert main([*table, "--base-url", f"http://127.0.0.1:{port}/v1"]) == 1
    shown = capsys.readouterr()
    assert f"The LLM endpoint at 127.0.0.1:{port} can't be reached." in shown.out + shown.err
    assert "Traceback" not in shown.err


async def test_a_terminal_is_told_nothing_of_what_only_a_channel_has(
    table: list[str], capsys: pytest.CaptureFixture[str]
):
    """No slash command, and nothing that would go on by itself: the discussion ends with the command."""
    async with scripted_endpoint() as server:
        server.answer = lambda request: says("")
        for arguments in (["--base-url", "http://127.0.0.1:9/v1"], ["--base-url", server.url]):
            assert await asyncio.to_thread(main, [*table, *arguments]) == 1
    shown = capsys.readouterr()
    assert "can't be reached" in shown.out
    assert "3 turns in a row came to nothing" in shown.out
    assert shown.out.count("The discussion stops here.") == 2
    for word in ("/roundtable", "by itself", "-#", "Nothing is lost"):
        assert word not in shown.out + shown.err


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["dummy", "--port", str(port)]) == 1
    assert f"The dummy can't listen on 127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version(argument: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        main([argument])
    assert caught.value.code == 0
    assert "roundtable" in capsys.readouterr().out
