"""Characters, words and sentences in many scripts."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.markup import spans
from bot.discussion.text.segmentation import (
    clipped,
    graphemes,
    line_breaks,
    sentence_ends,
    sentences,
    utf16_length,
    word_breaks,
    words,
)
from tests.support import texts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two? Three!", ["One. ", "Two? ", "Three!"]),
        ("Ask Dr. Hale or Mrs. Day, e.g. now. They know.", ["Ask Dr. Hale or Mrs. Day, e.g. now. ", "They know."]),
        ("Wir brauchen z. B. Zeit, bzw. Geld. Oder?", ["Wir brauchen z. B. Zeit, bzw. Geld. ", "Oder?"]),
        ("Wir sehen uns am 3. Oktober. Bis dann.", ["Wir sehen uns am 3. Oktober. ", "Bis dann."]),
        ("Olen 3. luokalla. Hän ei.", ["Olen 3. luokalla. ", "Hän ei."]),
        ("C'est M. Dubois ? Oui.", ["C'est M. Dubois ? ", "Oui."]),
        ("Vino el Sr. Vega. ¿Y tú? ¡Sí!", ["Vino el Sr. Vega. ", "¿Y tú? ", "¡Sí!"]),
        ("To np. Kraków. Tak.", ["To np. Kraków. ", "Tak."]),
        ("Он на ул. Лесной. Там тихо.", ["Он на ул. Лесной. ", "Там тихо."]),
        ("Γιατί; Δεν ξέρω.", ["Γιατί; ", "Δεν ξέρω."]),
        ("I said no. It is up to me. So it was.", ["I said no. ", "It is up to me. ", "So it was."]),
        ("I think not. Bien. The best hand. Ja.", ["I think not. ", "Bien. ", "The best hand. ", "Ja."]),
        ("It cost 3.5 at example.org. Fine.", ["It cost 3.5 at example.org. ", "Fine."]),
        ("Wait... what? Well… yes. OK", ["Wait... what? ", "Well… yes. ", "OK"]),
        ("“Really?” she asked. “Yes.” He left.", ["“Really?” she asked. ", "“Yes.” ", "He left."]),
        ("**Bold.** _Thin._ ||Secret.|| End", ["**Bold.** ", "_Thin._ ", "||Secret.|| ", "End"]),
        ("he left. she too. ok", ["he left. ", "she too. ", "ok"]),
        ("Two things.\n1. Bread\n2. Salt", ["Two things.\n", "1. Bread\n", "2. Salt"]),
        ("यह सही है। क्या तुम?", ["यह सही है। ", "क्या तुम?"]),
        ("هل تعرف؟ نعم. ربما", ["هل تعرف؟ ", "نعم. ", "ربما"]),
        ("یہ ٹھیک ہے۔ ہاں", ["یہ ٹھیک ہے۔ ", "ہاں"]),
        ("好吗？好！水是", ["好吗？", "好！", "水是"]),
        ("彼は「行く。」と言った。そうだ", ["彼は「行く。」と言った。", "そうだ"]),
        ("ጥሩ ነው። እሺ", ["ጥሩ ነው። ", "እሺ"]),
        ("See https://example.org/?b=1. `x. Y` ends. Now", ["See https://example.org/?b=1. ", "`x. Y` ends. ", "Now"]),
        ("ราคาเท่าไหร่", ["ราคาเท่าไหร่"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_sentence_ends_where_a_reader_of_its_language_sees_it_end(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Don't you think? E-mail 3.5!", ("don't", "you", "think", "e", "mail", "3.5")),
        ("我认为计划不好。", ("我", "认为", "计划", "不好")),
        ("私は反対です。", ("私", "は", "反対", "です")),
        ("คุณสมชายคิดอย่างไร", ("คุณ", "สมชาย", "คิด", "อย่างไร")),
        ("मैं सहमत हूँ।", ("मैं", "सहमत", "हूँ")),
        ("நான் ஒப்புக்கொள்கிறேன்", ("நான்", "ஒப்புக்கொள்கிறேன்")),
        ("🦊 Foxy", ("foxy",)),
        ("…—", ()),
    ],
)
def test_words_are_whole_in_scripts_with_and_without_spaces(text: str, found: tuple[str, ...]) -> None:
    assert words(text) == found


def test_what_people_see_as_one_character_is_one() -> None:
    family, flag, accented = "👨‍👩‍👧‍👦", "🇫🇮", "e\u0301"
    assert graphemes(f"a{family}{flag}{accented}हूँ") == ["a", family, flag, accented, "हूँ"]


# Halves of characters among them, as a model or client may send.
@given(st.one_of(st.text(), st.text(st.characters(codec=None)), st.text("aé. \ud83d\udc80\u0301")))
def test_sentences_and_characters_lose_nothing(text: str) -> None:
    assert "".join(sentences(text)) == text
    assert "".join(graphemes(text)) == text
    assert all(0 < end <= len(text) for end in sentence_ends(text))
    assert text.startswith(clipped(text, 20, end=""))
    assert all(word == word.strip() != "" for word in words(text))
    assert max((*line_breaks(text), *word_breaks(text)), default=0) == len(text)


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("Bread and salt", 14, "Bread and salt"),
        ("Bread and salt", 13, "Bread and…"),
        ("Bread and salt", 10, "Bread and…"),
        ("Breadandbutter", 8, "Breadan…"),
        ("A breadandbuttersandwich", 12, "A breadandb…"),  # no word ends in the second half
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 13, "👨‍👩‍👧‍👦…"),
        ("👨‍👩‍👧‍👦", 8, "…"),
        ("हूँहूँ", 5, "हूँ…"),
        ("烤炉终于热了", 4, "烤炉终…"),
        ("See <:bread:123456789012345678> now", 20, "See…"),
        ("Two\nlines", 7, "Two…"),
    ],
)
def test_what_is_too_long_is_clipped_between_words_or_characters(text: str, limit: int, shown: str) -> None:
    assert clipped(text, limit) == shown


@given(st.lists(texts.scripts).map(" ".join), st.integers(1, 300))
def test_no_clipped_text_is_too_long_or_torn(text: str, limit: int) -> None:
    shown = clipped(text, limit)
    assert utf16_length(shown) <= limit
    assert shown == text or text.startswith(shown.removesuffix("…"))
    assert graphemes(text)[: len(graphemes(shown)) - 1] == graphemes(shown)[:-1]
    assert clipped(text, limit, end="") == text or len(clipped(text, limit, end="")) <= limit


@given(texts.turns)
def test_no_sentence_ends_inside_of_a_character_or_a_mark(text: str) -> None:
    characters = set(accumulate(map(len, graphemes(text))))
    assert set(sentence_ends(text)) <= characters
    assert not [end for end in sentence_ends(text) for span in spans(text) if span.start < end < span.end]


@pytest.mark.parametrize("script", ["latin", "cyrillic", "greek", "arabic", "hebrew", "devanagari", "tamil"])
def test_each_of_three_sentences_is_found_in_scripts_with_spaces(script: str) -> None:
    assert "".join(sentences(texts.SCRIPTS[script])) == texts.SCRIPTS[script]
    assert len(sentences(texts.SCRIPTS[script])) == 3


@pytest.mark.parametrize("script", ["chinese", "japanese", "korean", "vietnamese"])
def test_and_in_others(script: str) -> None:
    assert len(sentences(texts.SCRIPTS[script])) == 3


@pytest.mark.parametrize("sign", ["a. ", ". ", "etc. ", "a@b.", "``a` ", "1.\n", "Dr. A. ", "。", "? "])
def test_a_text_of_stops_takes_no_longer_than_another(sign: str) -> None:
    text = sign * (30_000 // len(sign))
    assert "".join(sentences(text)) == text
