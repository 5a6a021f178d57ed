"""Guards: which replies can't be a turn, and what is said when they are asked for once more."""

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.replies.guards import Objection, is_copy, objection, recites, speaks_as_other
from bot.discussion.replies.reply import Reply, clean
from tests.support.recorded_table import AINO, CAST, RAVI, RecordedTable, persona, table_of

EARLIER = "The ice broke on the ninth of May, a week before the mean of the last thirty years."


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (EARLIER, True),
        (EARLIER.upper() + "!!", True),
        ("The ice broke on the ninth of May, a week before the mean, and nobody asked me why that might be.", True),
        ("The ice broke on a Tuesday that year, and the mean of my records says nothing about Tuesdays.", False),
        ("Who broke the ice?", False),
        ("Yes.", False),
        ("May a week", True),  # its few words stand there, all of them
        ("May a month", False),
        ("The ice broke today", False),  # half of so few words is chance
        ("", False),
        ("!", False),
    ],
)
def test_a_near_copy_of_an_earlier_turn(text: str, copy: bool):
    table = table_of("Ada", "Ben")
    table.say("Ben", "Indeed.")
    table.say("Ada", EARLIER)
    assert is_copy(text, table.record) is copy


def test_one_or_two_words_are_a_copy_of_the_same_words_only():
    table = RecordedTable()
    table.say("Ravi", "I agree.")
    table.say("Mira", "I agree with the old baker.")
    assert is_copy("I agree!", table.record)
    assert not is_copy("I disagree!", table.record)
    assert not is_copy("Agree!", table.record)


def test_a_guests_words_can_be_copied_too_and_a_pass_is_nothing_to_copy():
    table = RecordedTable()
    assert not is_copy("What about the old baker?", table.record)
    table.say("Ravi", "")
    assert not is_copy("What about the old baker?", table.record)
    table.guest("What about the old baker?")
    assert is_copy("What about the old baker?", table.record)


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("今年の氷は五月九日に割れた。過去三十年の平均より一週間早い。", True),
        ("今年の氷は五月九日に割れた。過去三十年の平均より一週間早いのだ、と私は思う。", True),
        ("パンを焼くのは誰か。村の人々が毎朝交代で焼けばよいと思う。", False),
        ("氷は冷たい。", False),
    ],
)
def test_copies_in_scripts_without_spaces(text: str, copy: bool):
    table = table_of("Ada")
    table.say("Ada", "今年の氷は五月九日に割れた。過去三十年の平均より一週間早い。")
    assert is_copy(text, table.record) is copy


# --- speaking for others, reciting ---


@pytest.mark.parametrize(
    "text",
    [
        "I am Ravi Menon, and I mend radios.",
        "Well, I'm Ravi. The roof leaks.",
        "My name is Dr. Kessler.",
        "You are Professor Aino Virtanen, who counts ice floes.",
        "You’re Ravi Menon, 40, from Pune.",
        "Good evening.\n1) You are Ravi Menon, who mends radios.",
    ],
)
def test_speaking_as_somebody_else(text: str):
    assert speaks_as_other(text, AINO, CAST)


@pytest.mark.parametrize(
    "text",
    [
        "I am Professor Aino Virtanen.",
        "You are right, Ravi.",
        "Ravi, you are Mira's best friend.",
        "I am Ravi's neighbour.",
        "I am raving mad.",
    ],
)
def test_speaking_as_oneself(text: str):
    assert not speaks_as_other(text, AINO, CAST)


CARD = (
    "You are Odd Berg, 70, a retired ferryman who trusts the weather more than any forecast he was ever paid to read."
)


def test_reciting_a_card_the_context_or_the_rules():
    table = RecordedTable(
        (persona("Odd", "Odd Berg", prompt=CARD), RAVI), context="The hall was built by ten families in 1911."
    )
    session = table.session
    assert recites("A retired ferryman who trusts the weather more than any forecast he reads.", session)
    assert recites("The hall was built by ten families in 1911!", session)
    assert recites("Speak as your character, in the first person, in at most three sentences a turn.", session)
    assert not recites("Four turns are left, and you answer that first.", session)
    assert recites(
        "Four turns are left, and you answer that first.",
        session,
        "4 (four turns are left) Answer! You answer that first.",
    )
    assert not recites("I would trust the weather, and I have been wrong about it twice a year.", session)
    assert not recites("Ten families built it, so ten families may tear it down again.", session)


def reply(text: str) -> Reply:
    return clean(text, speaker=AINO, others=CAST[1:])


def objection_to(text: str, *, summary: bool = False, **dials: str) -> Objection | None:
    table = RecordedTable(
        dials=Dials.model_validate(dials), context="The hall was built by ten families in the year 1911."
    )
    table.say("Ravi", EARLIER)
    return objection(reply(text), table.session, table.record, AINO, summary=summary)


@pytest.mark.parametrize(
    ("text", "guard", "flag"),
    [
        ("…", "empty", "empty"),
        ("Лёд есть лёд.", "empty", "wrong_script"),
        (EARLIER, "repeat", "repeated"),
        ("The hall was built by ten families, in the year 1911.", "repeat", "recited"),
        ("Ravi: I mend radios.", "others", "spoke_as_other"),
        ("I am Ravi Menon. I mend radios.", "others", "spoke_as_other"),
    ],
)
def test_what_is_objected_to_by_which_guard(text: str, guard: str, flag: str):
    found = objection_to(text)
    assert found is not None
    assert (found.guard, found.flag) == (guard, flag)
    assert found.note.endswith(".")
    assert objection_to(text, guards="agreement") is None


def test_what_is_fine():
    assert objection_to("I counted four floes this morning.") is None
    assert objection_to("I counted four.\nRavi: So did I.") is None, "what is left after the cut is a turn"


def test_a_summary_may_repeat_and_speak_of_everyone():
    assert objection_to(EARLIER, summary=True) is None
    assert objection_to("…", summary=True) is not None
