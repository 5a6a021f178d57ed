"""Who a line is addressed to, and how a guest is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.names import GUEST_NAME_LIMIT, addressed, guest_name
from tests.support.recorded_table import CAST, persona


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        # At the start of a sentence, before a comma, a colon or a dash.
        ("Aino, you counted them.", "Aino"),
        ("Aino: you counted them.", "Aino"),
        ("Aino – you counted them.", "Aino"),
        ("Aino — you counted them.", "Aino"),
        ("Aino - you counted them.", "Aino"),
        ("That is fair. Aino, you counted them.", "Aino"),
        ("That is fair! **Aino**, you counted them.", "Aino"),
        ("That is fair…\nAino, you counted them.", "Aino"),
        ("“Aino, you counted them.”", "Aino"),
        ("¡Aino, mira!", "Aino"),
        ("“Fair.” Aino, you counted them.", "Aino"),
        # In any of the forms people use.
        ("Professor Aino Virtanen, you counted them.", "Aino"),
        ("Aino Virtanen, you counted them.", "Aino"),
        ("Professor Virtanen, you counted them.", "Aino"),
        ("Professor Aino, you counted them.", "Aino"),
        ("Dr. Kessler, you counted them.", "Mira"),
        ("Ravi Menon, you counted them.", "Ravi"),
        # Inside a question.
        ("What does Aino say to that?", "Aino"),
        ("I wonder: is 3.5 enough for Aino at example.org?", "Aino"),
        ("But who would pay, Ravi?", "Ravi"),
        ("Ravi counted. Who would pay?", None),
        ("Who would pay? Ravi counted.", None),
        # With @, anywhere.
        ("I leave that to @Mira.", "Mira"),
        ("I leave that to @mira kessler", "Mira"),
        # In any case and any spelling of the same letters.
        ("AINO, you counted them.", "Aino"),
        ("tomás, and you?", "Tomás"),
        ("Toma\u0301s, and you?", "Tomás"),
        ("Aino， you counted them？", "Aino"),
        # Whole words only.
        ("Ainola, is it?", None),
        ("Is the Aino-Karelia road open?", None),
        ("Is the neo-Aino style dead?", None),
        # The last one addressed wins.
        ("Aino, you counted them. Ravi, who paid?", "Ravi"),
        ("What do Ravi and Mira say?", "Mira"),
        ("Mira, I am with Ravi here.", "Mira"),
        # A mere mention is not an address.
        ("As Aino said, they were counted.", None),
        ("I agree with Ravi.", None),
        ("Aino counted them.", None),
        ("", None),
    ],
)
def test_a_personas_address(text: str, whom: str | None):
    assert addressed(text, CAST, speaker="Nobody") == whom


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("I think Aino is right.", "Aino"),
        ("aino is right", "Aino"),
        ("I think Aino and Ravi are right.", None),
        ("I think Aino and Aino alone is right.", "Aino"),
        ("Aino is right, but what about Ravi?", "Ravi"),
        ("Nobody is right.", None),
    ],
)
def test_in_a_guests_message_one_name_anywhere_is_an_address(text: str, whom: str | None):
    assert addressed(text, CAST, speaker="", guest=True) == whom


def test_nobody_addresses_themselves():
    assert addressed("Aino, Aino, what have you done?", CAST, speaker="Aino") is None
    assert addressed("Ravi, what would Aino do?", CAST, speaker="aino") == "Ravi"


def test_the_longer_name_is_meant_where_one_stands_in_the_other():
    cast = (persona("Ana Maria"), persona("Ana"))
    assert addressed("Ana Maria, and you?", cast, speaker="") == "Ana Maria"
    assert addressed("Ana, and you?", cast, speaker="") == "Ana"
    assert addressed("Ana Maria, and you?", tuple(reversed(cast)), speaker="") == "Ana Maria"


def test_a_first_name_that_two_share_calls_neither():
    cast = (persona("Judge", "Ana Berg"), persona("Cook", "Ana Lund"))
    assert addressed("Ana, and you?", cast, speaker="") is None
    assert addressed("Ana Lund, and you?", cast, speaker="") == "Cook"


def test_names_in_other_scripts():
    cast = (persona("愛子"), persona("देव"), persona("Άννα"))
    assert addressed("愛子さん、どう思いますか？", cast, speaker="") == "愛子"
    assert addressed("愛子、そうです。", cast, speaker="") == "愛子"
    assert addressed("देव, क्या?", cast, speaker="") == "देव"
    assert addressed("देविका, क्या?", cast, speaker="") is None  # another, longer name
    assert addressed("ΆΝΝΑ, τι λες;", cast, speaker="") == "Άννα"


@settings(max_examples=100)
@given(st.text(alphabet="AinoRv ,:–?!.@\n*\"'…", max_size=80))
def test_only_somebody_whose_name_stands_there_is_addressed(text: str):
    whom = addressed(text, CAST, speaker="Mira")
    assert whom is None or whom.casefold() in text.casefold()


@pytest.mark.timeout(10)  # a pattern that backtracks would take hours
@pytest.mark.parametrize("unit", [".", "Aino ", "Aino.", "...x", " ", "Aino,", "?", "@"])
def test_a_long_text_takes_no_longer_than_it_is(unit: str):
    assert addressed(unit * (6000 // len(unit)), CAST, speaker="") == ("Aino" if unit == "Aino," else None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoe", "Zoe"),
        ("  Zoe   K. ", "Zoe K."),
        ("Zoe: the\n1st", "Zoe the 1st"),
        ('**"Zoe"** (guest)', "Zoe guest"),
        ("Ｚoe：", "Ｚoe"),
        ("aino", "aino of the audience"),
        ("Professor Aino Virtanen", "Professor Aino Virtanen of the audience"),
        ("Professor Virtanen", "Professor Virtanen of the audience"),
        ("MODERATOR", "MODERATOR of the audience"),
        ("Mod\u200berator", "Moderator of the audience"),
        ("", "someone"),
        (" :\u202e: ", "someone"),
        ("x" * 500, "x" * GUEST_NAME_LIMIT),
        # What a script or an emoji needs stays, and nothing is torn.
        ("می\u200cنا", "می\u200cنا"),
        ("क्\u200dष", "क्\u200dष"),
        ("Kim 👨\u200d👩\u200d👧", "Kim 👨\u200d👩\u200d👧"),
        ("Kim " + "👨\u200d👩\u200d👧" * 9, "Kim " + "👨\u200d👩\u200d👧" * 3),
        ("👨\u200d👩\u200d👧" * 9, "👨\u200d👩\u200d👧" * 4),
        ("Zoe\x07\u200b", "Zoe"),
    ],
)
def test_guests_names_are_made_safe(name: str, shown: str):
    assert guest_name(name, CAST) == shown
