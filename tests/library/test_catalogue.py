"""The one look-up for personas and tasks."""

from pathlib import Path

import pytest

from bot.discussion.model.task import Task
from bot.errors import UserError
from bot.library.catalogue import Catalogue, open_catalogue
from tests.support.recorded_table import AINO, CAST, MIRA, RAVI, TOMAS, persona
from tests.support.written_files import AINO as AINO_FILE
from tests.support.written_files import put

TASKS = (Task(name="bread", questions=("Who bakes?",)), Task(name="Boats", questions=("Sail or row?",)))
CATALOGUE = Catalogue(CAST, TASKS)


@pytest.mark.parametrize(
    "name", ["Aino", " aino ", "AINO VIRTANEN", "Professor Aino Virtanen", "professor virtanen", "Ａino"]
)
def test_a_persona_is_found_by_any_of_its_names(name: str):
    assert CATALOGUE.persona(name) is AINO


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Anio", "There is no persona called “Anio”. Did you mean “Aino”?"),
        ("RAVY", "There is no persona called “RAVY”. Did you mean “Ravi”?"),
        ("Zebedee", "There is no persona called “Zebedee”. There are: Aino, Ravi, Mira, Tomás."),
        ("x" * 500, "There is no persona called “" + "x" * 79 + "…”. There are:"),
    ],
)
def test_an_unknown_persona_is_refused_with_the_nearest_name(name: str, says: str):
    with pytest.raises(UserError) as caught:
        CATALOGUE.persona(name)
    assert str(caught.value).startswith(says)


def test_a_name_of_ones_own_comes_before_anothers_first_name():
    ana, other = persona("Ana"), persona("Berg", "Ana Berg")
    assert Catalogue((other, ana), TASKS).persona("ana") is ana


def test_a_first_name_that_two_share_is_refused():
    catalogue = Catalogue((persona("Berg", "Ana Berg"), persona("Lund", "Ana Lund")), TASKS)
    with pytest.raises(UserError, match="“ana” could be Ana Berg or Ana Lund"):
        catalogue.persona("ana")


@pytest.mark.parametrize(
    ("names", "cast"),
    [
        ("", CAST),
        (" , ,", CAST),
        ("Mira", (MIRA,)),
        ("tomás, Ravi Menon , mira", (TOMAS, RAVI, MIRA)),
        ("Mira, Ravi, mira, Dr. Mira Kessler", (MIRA, RAVI)),
        ("Mira、Ravi，Menon، Tomas\nDr Kessler", (MIRA, RAVI, TOMAS)),
        ("mira; ravi；tomás؛ Mira", (MIRA, RAVI, TOMAS)),
        ("**Mira**, Mr. Menon, “Tomás”", (MIRA, RAVI, TOMAS)),
    ],
)
def test_a_cast_from_a_list_of_names(names: str, cast: tuple[object, ...]):
    assert CATALOGUE.cast(names) == cast


def test_one_unknown_name_in_a_list_is_refused():
    with pytest.raises(UserError, match=r"no persona called “Rav1”\. Did you mean “Ravi”"):
        CATALOGUE.cast("Mira, Rav1")


def test_a_task_is_found_by_name_and_the_first_without_one():
    assert CATALOGUE.task(None) is TASKS[0]
    assert CATALOGUE.task("") is TASKS[0]
    assert CATALOGUE.task(" boats ") is TASKS[1]
    with pytest.raises(UserError, match=r"no task called “boat”\. Did you mean “Boats”"):
        CATALOGUE.task("boat")


def test_near_copies_are_told_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    card = "You are {}. You bake rye bread before dawn, count every grain and trust no oven that you did not build."
    for name in ("Ana", "Ravi", "Mira"):
        fields = {"name": name, "full_name": f"{name} Berg", "prompt": card.format(name)}
        put(tmp_path / "cast" / f"{name}.json", AINO_FILE | fields)
    put(tmp_path / "cast" / "Mira.json", AINO_FILE | {"name": "Mira", "full_name": "Mira Lund"})
    put(tmp_path / "hall" / "questions.txt", "Who bakes?\n")
    catalogue = open_catalogue(tmp_path / "cast", tmp_path / "hall")
    assert len(catalogue.personas) == 3
    (record,) = caplog.records
    assert "Ana Berg and Ravi Berg have nearly the same character card" in record.getMessage()
    assert "or seat only one of them." in record.getMessage()
