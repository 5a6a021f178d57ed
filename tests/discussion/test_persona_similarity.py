"""Cards that are near copies of each other."""

from pathlib import Path

import pytest

from bot.discussion.model.persona import Persona
from bot.discussion.model.persona_similarity import near_copies
from bot.library.files import read_personas
from tests.support.recorded_table import persona

CARD = (
    "You are {0}, a retired judge from Turku. You hate rain, trust figures more than people, and have never once "
    "changed your mind in public. You speak in short, dry sentences and quote old verdicts."
)


def with_card(name: str, full_name: str, prompt: str) -> Persona:
    return persona(name, full_name, prompt=prompt)


AINO = with_card("Aino", "Professor Aino Virtanen", CARD.format("Professor Aino Virtanen"))


@pytest.mark.parametrize(
    "prompt",
    [
        CARD.format("Ravi Menon"),
        CARD.format("RAVI").upper(),
        CARD.format("Ravi") + " You also keep forty bees on a roof, and sell their honey at the market on Sundays.",
        CARD.format("Ravi").replace("hate rain", "love the sea").replace("Turku", "Oulu"),
    ],
    ids=["the same", "shouted", "longer", "a few words changed"],
)
def test_a_copy_is_told_with_both_names_and_what_to_do(prompt: str):
    assert near_copies([AINO, with_card("Ravi", "Ravi Menon", prompt)]) == [
        "Professor Aino Virtanen and Ravi Menon have nearly the same character card, so they will sound alike. "
        "Give them different beliefs or ways of talking, or seat only one of them."
    ]


@pytest.mark.parametrize(
    "prompt",
    [
        "You are Ravi Menon, a cook from Kochi. You taste before you talk, forgive everybody, and speak in pictures.",
        "You are Ravi Menon, a retired judge from Turku. But you love rain and distrust every figure you are shown, "
        "change your mind with each guest, and tell long stories of your grandmother's kitchen.",
    ],
)
def test_cards_with_views_of_their_own_are_no_copies(prompt: str):
    assert near_copies([AINO, with_card("Ravi", "Ravi Menon", prompt)]) == []


def test_a_card_that_is_little_but_a_name_is_judged_by_the_name():
    assert near_copies([with_card(n, n, f"You are {n}, a physicist.") for n in ("Marie Curie", "Lise Meitner")]) == []


def test_of_three_copies_each_two_are_told():
    names = ("Aino", "Ravi", "Mira")
    assert len(near_copies([with_card(n, n, CARD.format(n)) for n in names])) == 3


def test_the_shipped_cards_are_no_copies():
    personas, faults = read_personas(Path(__file__).parents[2] / "personas")
    assert len(personas) > 3
    assert not faults
    assert near_copies(personas) == []
