"""Tasks out of files that somebody hands over, and into files to take along."""

import json
from typing import Any

import pytest

from bot.discussion.model.task import DEFAULT_DISCUSS, Task
from bot.library.file_problem import UnusableFile
from bot.library.task_exchange import exported_task, imported_task

WHOLE = Task(
    name="Cats at night", context="A town.\n\nIt has owls.", questions=("Curfew?", "For whom?"), discuss="Be short.",
    summarize="Be fair.",
)  # fmt: skip
COUNCIL = Task(name="Cats", questions=("Curfew?",), format="council", options=("yes", "at night"))
LEAST: dict[str, Any] = {"name": "Cats", "questions": ["Curfew?"]}


def as_json(fields: object) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize("task", [WHOLE, COUNCIL, Task.model_validate(LEAST)])
def test_what_goes_out_comes_back_alike(task: Task) -> None:
    assert imported_task(exported_task(task), "cats.json") == task


def test_what_is_as_it_is_anyway_does_not_go_out() -> None:
    assert json.loads(exported_task(Task.model_validate(LEAST))) == LEAST


@pytest.mark.parametrize(
    ("filename", "data", "name", "questions"),
    [
        ("cats.txt", b"1. Curfew?\n2. For whom?\n3. Curfew?\n", "cats", ("Curfew?", "For whom?")),
        ("cats.md", b"# Cats at night\n\n- [ ] Curfew?\n- [ ] For whom?\n", "Cats at night", ("Curfew?", "For whom?")),
        ("cats.md", b"## Questions\n\n- Curfew?\n", "cats", ("Curfew?",)),
        ("x.json", as_json(LEAST | {"questions": "Curfew?\nFor whom?", "discuss": None, "note": 1}), "Cats",
         ("Curfew?", "For whom?")),
        ("x.json", as_json(LEAST | {"questions": [" Curfew\n for\tcats?\0 ", "", "Curfew for cats?"]}), "Cats",
         ("Curfew for cats?",)),
        ("x.json", as_json({"name": " Cats \n at night" + " out" * 200, "questions": ["Is {{user}} sure?"]}),
         "Cats at night" + " out" * 21 + "…", ("Are the others at the table sure?",)),
    ],
)  # fmt: skip
def test_a_task_in_a_file(filename: str, data: bytes, name: str, questions: tuple[str, ...]) -> None:
    task = imported_task(data, filename)
    assert (task.name, task.questions, task.discuss) == (name, questions, DEFAULT_DISCUSS)


@pytest.mark.parametrize(
    ("filename", "data", "says"),
    [
        ("cats.txt", b"", ["cats.txt: questions: are missing. Write a list of questions, such as"]),
        ("cats.txt", b"x" * 20_000, ["cats.txt: has 20,000 bytes. Keep it under 16,384."]),
        ("cats.txt", b"x" * 400, ["cats.txt: questions: has 400 characters. Keep it under 300."]),
        ("x.json", b"{}", ["x.json: name: is missing. Give it a short name", "x.json: questions: are missing."]),
        ("x.json", b"[]", ['x.json: it does not hold a JSON object. Begin with { and "questions".']),
        ("x.json", b"{", ["x.json: line 1: is not valid JSON"]),
        ("x.json", b"\xff", ["x.json: is not UTF-8"]),
        ("x.json", as_json({"name": 7, "questions": [7, "  "]}),
         ["x.json: name: is not a text. Give it a short name", "x.json: questions: is not a text. Write a list"]),
        ("x.json", as_json(LEAST | {"questions": [" "]}), ["x.json: questions: are empty."]),
        ("x.json", as_json(LEAST | {"questions": {"a": 1}}), ["x.json: questions: are missing."]),
        ("x.json", as_json(LEAST | {"questions": [f"{at}?" for at in range(60)]}), ["are 60. Keep up to 50."]),
        ("x.json", as_json(LEAST | {"context": "x" * 20_001}), ["context: has 20,001 characters. Keep it"]),
        ("x.json", as_json(LEAST | {"discuss": ["Be short."]}), ["discuss: is not a text. Write a text, or leave"]),
        ("x.json", as_json(LEAST | {"summarize": "At {{time}}."}), ["summarize: holds the macro {{time}}."]),
        ("x.json", as_json(LEAST | {"format": "councl"}), ["format: “councl” is no format. Did you mean council?"]),
        ("x.json", as_json(LEAST | {"format": ["council"]}), ["x.json: format: is not a text."]),
        ("x.json", as_json(LEAST | {"options": ["yes"]}), ["x.json: options: This is one option alone. Name 2 to 10."]),
        ("x.json", as_json(LEAST | {"options": ["yes", " "]}), ["x.json: options: One of the options is empty."]),
        ("x.json", as_json(LEAST | {"options": [str(at) for at in range(60)]}), ["options: These are 60 options."]),
        ("x.json", as_json(LEAST | {"options": [7, "yes", "no"]}), ["options: is not a text. Write a list of options"]),
        ("x.json", as_json(LEAST | {"format": "roundtable", "options": ["yes", "no"]}),
         ["x.json: options: A round table takes no options. Leave them out, or choose a format that does: council"]),
        ("x.json", b"x" * 200_000, ["x.json: has 200,000 bytes. Keep it under 131,072."]),
    ],
)  # fmt: skip
def test_what_is_no_task_is_said_all_at_once(filename: str, data: bytes, says: list[str]) -> None:
    with pytest.raises(UnusableFile) as found:
        imported_task(data, filename)
    assert len(str(found.value).splitlines()) == len(says)
    for said, expected in zip(str(found.value).splitlines(), says, strict=True):
        assert expected in said


@pytest.mark.parametrize("options", [["- yes", "no"], "1. - yes\n2. no", "- yes | no"])
def test_options_may_be_a_list_or_a_text(options: object) -> None:
    task = imported_task(as_json(LEAST | {"format": " Council ", "options": options}), "x.json")
    assert task.format == "council"
    assert [option.strip("- ") for option in task.options] == ["yes", "no"]
