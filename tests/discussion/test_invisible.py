"""Characters that nobody sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.invisible import without_invisible

SECRET = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore")


@pytest.mark.parametrize(
    "hidden",
    [*"\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u2062\ufe0f\ufe00\ufff9",
     *"\U000e0100\U000e0001\u180e\u115f\u1160\u17b4\U0001bca0\U0001d173", SECRET],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Li{}na", "{}Lina", "Lina{}", "Ли{}на", "Λί{}να"])
def test_what_nobody_sees_is_taken_out(name: str, hidden: str) -> None:
    assert without_invisible(name.format(hidden)) == name.format("")


@pytest.mark.parametrize(
    "seen",
    [
        "می‌خواهم",  # Persian: a joiner parts two forms
        "क्‍ष",  # Hindi: a half letter
        "ශ්‍රී ලංකා",
        "👩‍🔬", "👨‍👩‍👧‍👦", "🏳️‍🌈", "❤️‍🔥", "👩🏽‍🚀", "🧔🏻‍♂️", "☎️", "1️⃣", "#️⃣",
        "🏴󠁧󠁢󠁷󠁬󠁳󠁿",  # the flag of Wales
        "葛󠄀城",  # a variant of an ideograph
        "Zoë d’Arcy-Ó Néill", "Nguyễn", "e\u0301", "ᄀ", "a\u3164b", "⠓⠊⠀⠮", "\u115fᅡ", "ᄀ\u1160ᆨ", "a b\tc\nd",
    ],
)  # fmt: skip
def test_what_a_script_or_an_emoji_needs_stays(seen: str) -> None:
    assert without_invisible(seen) == seen


def test_hidden_words_behind_a_flag_go() -> None:
    assert without_invisible(f"🏴{SECRET} and 🏴{SECRET}{SECRET}\U000e007f") == "🏴 and 🏴"


@pytest.mark.parametrize("blank", ["\u3164", "\uffa0", "\u2800", "\u115f", "\u3164\u3164", "\u200b\u3164\u2060"])
def test_what_is_blank_goes_at_the_ends_of_words(blank: str) -> None:
    assert without_invisible(blank) == ""
    assert without_invisible(f"{blank}Lina {blank}Holm{blank} {blank}\n{blank}") == "Lina Holm \n"


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u3164", "🏴\U000e0067\U000e007f", "क\u200d", "\ufe0f☎"])
def test_a_hundred_thousand_of_them_take_no_longer_than_as_many_letters(unseen: str) -> None:
    assert len(without_invisible(unseen * (100_000 // len(unseen)))) <= 100_000


@given(st.one_of(st.text(), st.text("a ᄀ\u1160\u3164\u200b\u200dक\u115f☎\ufe0f")))
def test_nothing_is_added_and_once_is_enough(text: str) -> None:
    shown = without_invisible(text)
    rest = iter(text)
    assert all(character in rest for character in shown)
    assert without_invisible(shown) == shown
