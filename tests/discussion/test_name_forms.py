"""What a persona or a guest may be called, and who is called by it at a table."""

import pytest

from bot.discussion.model.name_forms import NameClash, callers, guest_forms, is_called, name_clashes, name_forms
from tests.support.recorded_table import persona


@pytest.mark.parametrize(
    ("name", "full_name", "called", "not_called"),
    [
        ("Aino", "Professor Aino Virtanen", {"professor virtanen", "aino virtanen", "virtanen"}, {"professor"}),
        ("Virtanen", "Professor Aino Virtanen", {"aino", "professor virtanen"}, {"professor"}),
        ("Keeper", "The Old Keeper", {"the old keeper", "old keeper"}, {"the", "old"}),
        ("Old Tom", "Old Tom Bard", {"old tom", "old tom bard", "bard"}, {"old", "tom"}),
        ("Kit", "Christopher Marsh", {"kit", "christopher", "marsh"}, set()),
        ("Arthur", "King Arthur", {"king arthur", "arthur"}, {"king"}),
        ("Doctor", "Doctor", {"doctor"}, set()),
        ("Jan", "Jan van der Berg", {"van der berg", "berg", "jan berg"}, {"van", "der"}),
        ("Juana", "Juana de la Cruz", {"de la cruz", "cruz"}, {"de", "la"}),
        ("Omar", "Omar al-Farsi", {"al-farsi"}, {"al"}),
        ("Bob", 'Robert "Bob" Hale Jr.', {"robert", "hale", "robert hale"}, {"jr"}),
        ("Tolkien", "J. R. R. Tolkien", {"j r r tolkien"}, {"j", "r"}),
        ("Sana", "Dr. med. Sana Weber", {"sana weber", "weber", "dr med weber"}, {"dr", "med"}),
        ("Joan", "Joan of Arc", {"joan of arc"}, {"of", "arc"}),
        ("Mira", "Mira Kessler, botanist", {"mira kessler", "kessler"}, {"botanist"}),
        ("Sam", "Sam Hale (they/them)", {"sam hale", "hale"}, {"they"}),
        ("愛子", "小林愛子", {"小林"}, set()),
        ("健", "林健", {"林さん", "林先生"}, {"林"}),
        ("김지민", "김지민", {"지민", "김선생님", "김 선생님"}, {"김"}),
        ("王芳", "王芳", {"王老师", "小王"}, {"王", "芳"}),
        ("欧阳娜娜", "欧阳娜娜", {"娜娜"}, {"欧"}),
        ("小明", "小明", set(), {"小姐", "小老师"}),
        ("Inés", "Inés García-Torres", {"garcía-torres", "garcía", "torres"}, set()),
        ("Jean-Luc", "Jean-Luc Morel", {"morel"}, {"jean", "luc"}),
    ],
)
def test_what_a_persona_may_be_called(name: str, full_name: str, called: set[str], not_called: set[str]):
    forms = set(name_forms(persona(name, full_name)))
    assert called <= forms
    assert not not_called & forms


def test_aliases_are_names():
    forms = name_forms(persona("Margarethe", aliases=["Gretchen", "The Old Lady"]))
    assert {"margarethe", "gretchen", "the old lady"} <= set(forms)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Otto | he/him", {"otto | he/him", "otto"}),
        ("Otto (they/them)", {"otto (they/them)", "otto"}),
        ("Otto she/her", {"otto she/her", "otto"}),
        ("Otto · AFK", {"otto · afk", "otto"}),
        ("[TAG] Otto", {"tag] otto"}),
        ("🦊 Otto 🦊", {"otto"}),
        ("Otto Berg", {"otto berg", "otto", "berg"}),
        ("Note taker", {"note taker"}),
        ("Dr. Otto Berg", {"dr otto berg", "otto berg", "otto", "berg"}),
        ("Otto Berg 🍞", {"otto berg", "otto", "berg"}),
        ("🦊", {"🦊"}),
        ("", set()),
    ],
)
def test_what_a_guest_may_be_called(name: str, forms: set[str]):
    assert set(guest_forms(name)) == forms


@pytest.mark.parametrize(
    ("label", "yes"),
    [
        ("**Jan Müller**", True),
        ("Dr. Müller", True),
        ("Herr Mueller", True),
        ("MULLER", True),
        ("Janさん", True),
        ("Jan M.", False),
        ("Note", False),
        ("", False),
    ],
)
def test_whether_a_label_is_a_name(label: str, yes: bool):
    assert is_called(label, name_forms(persona("Jan", "Jan Müller"))) is yes


def test_who_is_called_by_a_form():
    called = callers([persona("René", "René Holm"), persona("Rene"), persona("Kay", "Kay Holm", aliases=["Boss"])])
    assert (called["rené"], called["rene"], called["boss"]) == ("René", "Rene", "Kay")
    assert "holm" not in called


def test_clashes_of_names_and_aliases():
    cast = [persona("O'Hara"), persona("Lena", aliases=["O’Hara", "Boss"]), persona("Kay", aliases=["★BOSS★"])]
    assert name_clashes(cast) == [NameClash(0, 1, "aliases", "O’Hara"), NameClash(1, 2, "aliases", "★BOSS★")]
