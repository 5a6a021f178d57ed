"""Words: which a text has, how much of it is new, whether it only agrees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.agreement import only_agrees
from bot.discussion.text.segmentation import words
from bot.discussion.text.text_metrics import grams, novelty


def test_words_are_folded_also_where_no_spaces_are_between_them():
    assert list(words("The ICE, the “ice”!")) == ["the", "ice", "the", "ice"]
    assert list(words("氷が溶ける")) == ["氷", "が", "溶ける"]


def test_a_text_shorter_than_a_gram_is_one():
    assert grams("Well then", 3) == {("well", "then")}
    assert grams("…", 3) == set()


def test_novelty_is_the_share_of_new_pairs():
    assert novelty("the river froze early", []) == 1.0
    assert novelty("the river froze early", ["The river froze late."]) == pytest.approx(1 / 3)
    assert novelty("the river froze early", ["the river", "river froze", "froze early"]) == 0.0


def test_a_text_without_pairs_is_no_repetition():
    assert novelty("No.", ["No."]) == 1.0


@given(st.text(), st.lists(st.text(), max_size=4))
def test_novelty_is_a_share_and_falls_with_what_was_said(text: str, earlier: list[str]):
    assert 0.0 <= novelty(text, earlier) <= 1.0
    assert novelty(text, [*earlier, text]) <= novelty(text, earlier)


@pytest.mark.parametrize(
    "text",
    [
        "I agree with Faris.",
        "Faris, I completely agree. We should count them.",
        "Thank you, Mira. I couldn’t agree more.",
        "Exactly! That is what the records say.",
        "Well, Mira, you're absolutely right.",
        "Aino is right. We count first.",
        "*Absolutely*, Faris – the shortcut wins.",
        "What a good point!",
        "Yes, and it counts.",
        "Genau, das sehe ich auch so.",
        "Je suis d’accord avec Faris.",
        "Estoy de acuerdo.",
    ],
)
def test_openings_that_only_agree(text: str):
    assert only_agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "I agree, but the records say otherwise.",
        "You're right, Aino. Yet nobody counted the winters.",
        "I disagree with Faris.",
        "Only four rivers froze. I agree that it is odd.",
        "Right now we have a bug.",
        "Yesterday I saw it happen.",
        "Faris is wrong.",
        "What would you count, Aino?",
        "I'm not sure I agree.",
        "",
        "…",
    ],
)
def test_openings_that_do_not(text: str):
    assert not only_agrees(text)
