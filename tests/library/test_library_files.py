"""Personas and tasks from files: what loads, and what is said about what does not."""

import json
import os
import struct
from pathlib import Path

import pytest

from bot.discussion.model.task import DEFAULT_DISCUSS, DEFAULT_SUMMARIZE
from bot.library.catalogue import open_catalogue
from bot.library.file_problem import FileProblem, InvalidFiles
from bot.library.files import read_personas, read_task, read_tasks
from bot.library.portrait import AVATAR_BYTES
from bot.library.text_file import TEXT_BYTES
from bot.settings import shipped
from tests.support.written_files import AINO, PNG, put


def faults_of(folder: Path) -> list[FileProblem]:
    return read_personas(folder)[1]


# --- personas: what loads ---


def test_a_persona_file(tmp_path: Path):
    put(tmp_path / "aino.png", PNG)
    put(tmp_path / "aino.json", AINO | {"creativity": 0.3, "avatar": "aino.png", "intro": "Counts.", "note": "mine"})
    (aino,), problems = read_personas(tmp_path)
    assert not problems
    assert (aino.name, aino.full_name, aino.creativity, aino.intro) == ("Aino", "Aino Virtanen", 0.3, "Counts.")
    assert aino.avatar == str((tmp_path / "aino.png").resolve())


def test_a_persona_may_have_an_endpoint_and_a_model_of_its_own(tmp_path: Path):
    put(tmp_path / "1.json", AINO | {"endpoint": " Fast ", "model": "org/small-7b"})
    put(tmp_path / "2.json", {"name": "Bo", "full_name": "Bo", "prompt": "You are Bo.", "endpoint": " ", "model": ""})
    (aino, bo), problems = read_personas(tmp_path, ["fast", "wise"])
    assert not problems
    assert (aino.endpoint, aino.model) == ("fast", "org/small-7b")
    assert (bo.endpoint, bo.model) == (None, None)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"fallback": ["fats"]},
            "it names “fats”, which is no endpoint. There are: fast, wise. Or set ENDPOINT_FATS_BASE",
        ),
        ({"endpoint": "fast", "fallback": ["fast"]}, "it names “fast”, which is that endpoint itself."),
        ({"fallback": ["default"]}, "it names “default”, which is that endpoint itself."),
    ],
)
def test_a_stand_in_that_can_not_be_one_is_a_fault(tmp_path: Path, fields: dict[str, object], told: str):
    put(tmp_path / "aino.json", AINO | fields)
    personas, (fault,) = read_personas(tmp_path, ["fast", "wise"])
    assert personas == []
    assert fault.field == "fallback"
    assert told in fault.value


@pytest.mark.parametrize(("known", "told"), [(["fast", "wise"], "(fast, wise)"), ([], "(they name none)")])
def test_an_endpoint_that_the_settings_do_not_have_is_a_fault(tmp_path: Path, known: list[str], told: str):
    file = put(tmp_path / "aino.json", AINO | {"endpoint": "Fats"})
    personas, (fault,) = read_personas(tmp_path, known)
    assert personas == []
    assert str(fault) == (
        f'{file}: endpoint: "fats" is no endpoint in the settings {told}. '
        "Correct it, leave it out, or set ENDPOINT_FATS_BASE_URL."
    )


def test_what_may_be_left_out(tmp_path: Path):
    put(tmp_path / "aino.json", AINO)
    (aino,), problems = read_personas(tmp_path)
    assert not problems
    assert (aino.creativity, aino.avatar, aino.intro) == (0.7, None, None)


def test_files_come_in_natural_order_and_the_systems_own_are_left_alone(tmp_path: Path):
    for name in ("role10", "role2", "Role1"):
        put(tmp_path / f"{name}.json", AINO | {"name": name, "full_name": name})
    put(tmp_path / "._role1.json", b"\x00\x05\x16\x07")
    put(tmp_path / "notes.txt", "mine")
    personas, problems = read_personas(tmp_path)
    assert not problems
    assert [p.name for p in personas] == ["Role1", "role2", "role10"]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path):
    put(tmp_path / "aino.json", b"\xef\xbb\xbf" + json.dumps(AINO).encode())
    put(tmp_path / "task" / "questions.txt", b"\xef\xbb\xbfWhy?\r\nWhat for?\r\n")
    assert read_personas(tmp_path)[0][0].name == "Aino"
    task, _ = read_task(tmp_path / "task")
    assert task
    assert task.questions == ("Why?", "What for?")


def test_the_original_layout_loads_unchanged(tmp_path: Path):
    for number, name in ((1, "Alba"), (2, "Bron"), (10, "Cleo")):
        prompt = f"You, as an AI assistant, will take the role of {name}, a gardener. You love soil."
        persona = {"name": name, "full_name": f"Dr. {name} Field", "creativity": 0.9, "prompt": prompt}
        put(tmp_path / "participants" / f"role{number}.json", persona)
    put(tmp_path / "task" / "context.txt", "A garden.\n")
    put(tmp_path / "task" / "questions.txt", "Beds or lawns?\n\nWho weeds?\n")
    put(tmp_path / "task" / "instructions.txt", "Be kind.\n")
    put(tmp_path / "task" / "summarize_instructions.txt", "Be brief.\n")
    catalogue = open_catalogue(tmp_path / "participants", tmp_path / "task")
    assert [p.name for p in catalogue.personas] == ["Alba", "Bron", "Cleo"]
    assert catalogue.personas[0].reminder == "Alba, a gardener. You love soil."
    task = catalogue.task(None)
    assert (task.name, task.context, task.discuss, task.summarize) == ("task", "A garden.", "Be kind.", "Be brief.")
    assert task.questions == ("Beds or lawns?", "Who weeds?")


# --- personas: what does not load ---


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"name": "Aino",}', "line 1: is not valid JSON"),
        ('{\n"name": "Aino"\n"prompt": ""}', "line 3: is not valid JSON"),
        ("", "line 1: is not valid JSON"),
        ("[" * 40_000, "is not valid JSON (nested too deeply"),
        ("[" * 65 + "]" * 65, "is nested more than 64 levels deep. Write one flat JSON object."),
        ("[" * 200_000, "holds more than 50,000 lists and objects."),
        ('{"creativity": ' + "1" * 5000 + "}", "a huge number"),
        ('{"name": "Se\xf1or"}'.encode("latin-1"), "is not UTF-8 (byte 0xf1 at position 12). Save the file as UTF-8."),
        ("x" * (TEXT_BYTES + 1), "has 262,145 bytes. Keep it under 262,144."),
    ],
)
def test_a_file_that_can_not_be_read(tmp_path: Path, content: str | bytes, says: str):
    path = put(tmp_path / "aino.json", content)
    (fault,) = faults_of(tmp_path)
    assert str(fault).startswith(str(path))
    assert says in str(fault)


def test_what_is_not_a_file_is_not_read(tmp_path: Path):
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    assert [fault.value for fault in faults_of(tmp_path)] == ["is not a file.", "is not a file."]


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (None, '"aino.png" is not beside it. Add the image or leave the field out.'),
        (PNG + bytes(AVATAR_BYTES), '"aino.png" has 262,212 bytes. Discord takes 262,144 bytes'),
        (b"<html></html>", '"aino.png" is not an image. Use PNG, JPEG, GIF or WebP.'),
        (b"", '"aino.png" is not an image.'),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", '"aino.png" is not an image.'),
    ],
)
def test_a_portrait_that_can_not_be_used(tmp_path: Path, image: bytes | None, says: str):
    if image is not None:
        put(tmp_path / "aino.png", image)
    put(tmp_path / "aino.json", AINO | {"avatar": "aino.png"})
    (fault,) = faults_of(tmp_path)
    assert fault.field == "avatar"
    assert says in str(fault)


@pytest.mark.parametrize("start", [PNG, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBP"])
def test_portraits_that_can(tmp_path: Path, start: bytes):
    put(tmp_path / "aino.webp", start)
    put(tmp_path / "aino.json", AINO | {"avatar": "aino.webp"})
    assert not faults_of(tmp_path)


def test_two_personas_with_one_name(tmp_path: Path):
    put(tmp_path / "role1.json", AINO)
    put(tmp_path / "role2.json", AINO | {"name": "AINO", "full_name": "Someone Else"})
    put(tmp_path / "role3.json", AINO | {"name": "Ava", "full_name": "aino virtanen"})
    assert [(Path(f.file).name, f.field) for f in faults_of(tmp_path)] == [
        ("role2.json", "name"),
        ("role3.json", "full_name"),
    ]
    assert "role1.json" in faults_of(tmp_path)[0].value


def test_everything_is_said_at_once(tmp_path: Path):
    put(tmp_path / "personas" / "a.json", AINO)
    broken = {"name": "Aino", "full_name": "Clyde", "creativity": 1.7, "avatar": "gone.png", "promt": "x"}
    put(tmp_path / "personas" / "b.json", broken)
    put(tmp_path / "personas" / "c.json", "{")
    put(tmp_path / "tasks" / "one" / "questions.txt", "\n \n")
    put(tmp_path / "tasks" / "two" / "context.txt", b"\xff")
    with pytest.raises(InvalidFiles) as caught:
        open_catalogue(tmp_path / "personas", tmp_path / "tasks")
    found = {(Path(fault.file).name, fault.field) for fault in caught.value.problems}
    assert found == {
        ("b.json", "creativity"),
        ("b.json", "prompt"),
        ("b.json", "promt"),
        ("b.json", "full_name"),
        ("b.json", "avatar"),
        ("b.json", "name"),
        ("c.json", "line 1"),
        ("questions.txt", ""),
        ("context.txt", ""),
    }
    text = str(caught.value)
    assert text.startswith("10 things to mend in the persona and task files:\n")
    assert len(text.splitlines()) == 11  # both questions.txt: one empty, one missing


# --- tasks ---


def test_missing_files_of_a_task_have_good_defaults(tmp_path: Path):
    put(tmp_path / "questions.txt", "Why?\n")
    put(tmp_path / "discuss_instructions.txt", " \n")
    task, problems = read_task(tmp_path)
    assert not problems
    assert task
    assert (task.context, task.discuss, task.summarize) == ("", DEFAULT_DISCUSS, DEFAULT_SUMMARIZE)


def test_the_new_name_of_the_rules_wins_over_the_old_one(tmp_path: Path):
    put(tmp_path / "questions.txt", "Why?\n")
    put(tmp_path / "instructions.txt", "old")
    put(tmp_path / "discuss_instructions.txt", "new")
    task, _ = read_task(tmp_path)
    assert task
    assert task.discuss == "new"


def test_a_question_that_stands_twice_is_one_question(tmp_path: Path):
    put(tmp_path / "questions.txt", "Why?\nWhat for?\nWhy?\n")
    task, _ = read_task(tmp_path)
    assert task
    assert task.questions == ("Why?", "What for?")


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (None, "questions.txt: is missing. Write one question a line into it."),
        ("\n \n", "questions.txt: holds no question. Write one question a line into it."),
        ("\n\nWhy?\n" + "x" * 301, "questions.txt: line 4: has 301 characters. Keep a question under 300"),
        (b"\xe4h?", "questions.txt: is not UTF-8"),
    ],
)
def test_questions_that_can_not_be_used(tmp_path: Path, questions: str | bytes | None, says: str):
    put(tmp_path / "context.txt", "A village.")
    if questions is not None:
        put(tmp_path / "questions.txt", questions)
    task, (fault,) = read_task(tmp_path)
    assert task is None
    assert says in str(fault)


def test_a_task_may_say_how_its_table_goes(tmp_path: Path):
    put(tmp_path / "questions.txt", "Where do we meet?")
    put(tmp_path / "format.txt", "Council\n")
    put(tmp_path / "options.txt", "Options:\n1. the park\n2. the  library\n\n3. nowhere\n")
    task, problems = read_task(tmp_path)
    assert not problems
    assert task
    assert (task.format, task.options) == ("council", ("the park", "the library", "nowhere"))


def test_options_need_no_format_and_blank_files_mean_nothing(tmp_path: Path):
    put(tmp_path / "questions.txt", "Where do we meet?")
    put(tmp_path / "format.txt", " \n")
    put(tmp_path / "options.txt", "the park\nnowhere")
    task, _ = read_task(tmp_path)
    assert task
    assert (task.format, task.options) == ("", ("the park", "nowhere"))


@pytest.mark.parametrize(
    ("format", "options", "says"),
    [
        ("councl", None, "format.txt: “councl” is no format. Did you mean council?"),
        ("a chat", None, "format.txt: “a chat” is no format. There are: roundtable, council"),
        ("council\nroundtable", None, "format.txt: “council roundtable” is no format."),
        (None, "the park", "options.txt: This is one option alone. Name 2 to 10."),
        (None, "# nothing but marks\n- \n", "options.txt: There is no option. Name 2 to 10."),
        (None, "\n".join(map(str, "abcdefghijk")), "options.txt: These are 11 options. Name up to 10."),
        (None, "the park\n\nThe Park", "options.txt: line 3: The option “The Park” stands there twice. Take one"),
        (None, "yes\n" + "no " * 40, "options.txt: line 2: The option “no no"),
        (None, "yes|", "options.txt: line 1: One of the options is empty."),
        ("roundtable", "yes\nno", "options.txt: A round table takes no options. Leave them out, or choose a format"),
    ],
)
def test_formats_and_options_that_can_not_be_used(tmp_path: Path, format: str | None, options: str | None, says: str):
    put(tmp_path / "questions.txt", "Where do we meet?")
    for name, text in (("format.txt", format), ("options.txt", options)):
        if text is not None:
            put(tmp_path / name, text)
    task, (fault,) = read_task(tmp_path)
    assert task is None
    assert says in str(fault)


def test_task_folders_come_in_natural_order_and_other_folders_are_left_alone(tmp_path: Path):
    for name in ("t10", "t2", ".git"):
        put(tmp_path / name / "questions.txt", "Why?")
    put(tmp_path / "pictures" / "a.png", PNG)
    tasks, problems = read_tasks(tmp_path)
    assert not problems
    assert [task.name for task in tasks] == ["t2", "t10"]


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_folders_that_hold_nothing(tmp_path: Path, kind: str):
    folder = tmp_path / "x"
    if kind == "empty":
        folder.mkdir()
    elif kind == "file":
        folder.write_text("x")
    personas, (persona_fault,) = read_personas(folder)
    tasks, (task_fault,) = read_tasks(folder)
    task, (one_fault,) = read_task(folder)
    assert (personas, tasks, task) == ([], [], None)
    for fault in (persona_fault, task_fault, one_fault):
        assert str(folder) in fault.file
        assert fault.value
        assert fault.fix


# --- what is shipped ---


def test_the_shipped_personas_and_tasks_have_no_fault():
    catalogue = open_catalogue(shipped("personas"), shipped("tasks"))
    assert len(catalogue.personas) >= 6
    assert len(catalogue.tasks) >= 3
    for one in catalogue.personas:
        assert one.intro
        assert one.avatar
        assert len(one.prompt.split()) > 50
    assert len({p.creativity for p in catalogue.personas}) > 3
    assert all(task.context and (len(task.questions) >= 3 or task.format) for task in catalogue.tasks)
    assert any(task.options for task in catalogue.tasks)


@pytest.mark.parametrize("portrait", sorted(shipped("personas").glob("*.png")), ids=lambda path: path.name)
def test_each_shipped_portrait_is_a_small_square_png(portrait: Path):
    data = portrait.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (128, 128)
    assert len(data) < AVATAR_BYTES
