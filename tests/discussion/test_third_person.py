"""Character cards in the third person."""

from pathlib import Path

import pytest

from bot.discussion.prompts.third_person import told_of
from bot.library.files import read_personas
from tests.support.recorded_table import persona


def told(card: str, name: str = "Aino", full_name: str = "Professor Aino Virtanen") -> str | None:
    return told_of(persona(name, full_name, prompt=card))


@pytest.mark.parametrize(
    ("card", "third"),
    [
        ("You are Professor Aino Virtanen, 61. You count.", "Professor Aino Virtanen, 61. They count."),
        ("You are Aino, who counts.", "Professor Aino Virtanen, who counts."),
        ("You are a judge.\n\nYou hate rain.", "Professor Aino Virtanen is a judge. They hate rain."),
        ("You like rain.", "They like rain."),
        (
            "You, as an AI assistant, will take the role of Professor Aino Virtanen, a physicist.",
            "Professor Aino Virtanen, a physicist.",
        ),
        ("You trust your tables, yours alone, and yourself.", "They trust their tables, theirs alone, and themself."),
        ("You're dry: you've counted, and you don't mind.", "They're dry: they've counted, and they don't mind."),
        (
            "You like whoever argues with you. It helps you think.",
            "They like whoever argues with them. It helps them think.",
        ),
        ("You say “you are wrong” before you leave.", "They say “you are wrong” before they leave."),
        ('You ask "And you?" when people ask you.', 'They ask "And you?" when people ask them.'),
        ("You are Aino's sister.", "Professor Aino Virtanen is Aino's sister."),
    ],
)
def test_a_card_told_of_its_character(card: str, third: str):
    assert told(card) == third


@pytest.mark.parametrize(
    "card", ["Du bist Aino.", "A retired judge who hates rain.", "Your table is full of ice.", "…"]
)
def test_a_card_that_can_only_be_quoted(card: str):
    assert told(card) is None


def test_no_shipped_card_addresses_anybody_any_more():
    personas, faults = read_personas(Path("personas"))
    assert not faults
    for one in personas:
        card = told_of(one)
        assert card is not None
        assert card.startswith(f"{one.full_name}, ")
        outside = (
            "".join(card.split("“")[0::2]) if "“" not in card else "".join(p.split("”")[-1] for p in card.split("“"))
        )
        assert " you" not in outside.lower(), outside
