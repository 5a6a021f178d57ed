"""Characters that nobody sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.invisible import without_invisible

SECRET = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore")


@pytest.mark.parametrize(
    "hidden",
    [*"\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u2062\ufe0f\ufe00\ufff9",
     *"\U000e0100\U000e0001\u180e", SECRET],
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
        "Zoë d’Arcy-Ó Néill", "Nguyễn", "e\u0301", "ᄀ", "ㅤ", "a b\tc\nd",
    ],
)  # fmt: skip
def test_what_a_script_or_an_emoji_needs_stays(seen: str) -> None:
    assert without_invisible(seen) == seen


def test_hidden_words_behind_a_flag_go() -> None:
    assert without_invisible(f"🏴{SECRET} and 🏴{SECRET}{SECRET}\U000e007f") == "🏴 and 🏴"


@given(st.text())
def test_nothing_is_added_and_once_is_enough(text: str) -> None:
    shown = without_invisible(text)
    rest = iter(text)
    assert all(character in rest for character in shown)
    assert without_invisible(shown) == shown
