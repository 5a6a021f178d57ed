"""Lines for a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.wrapping import columns, wrapped

LINK = "https://example.org/a/very/long/path?with=query&and=more-parts"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("猫が", 4),
        ("ｶ", 1),
        ("지민", 4),
        ("👩‍👩‍👧‍👦", 2),
        ("🇫🇮", 2),
        ("ส้ม", 2),
        ("a\u200bb", 2),
    ],
)
def test_how_many_columns_a_text_takes(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Should a town have a curfew for cats?", 12, ["Should a", "town have a", "curfew for", "cats?"]),
        ("Just a line.\n\n  Two spaces.", 40, ["Just a line.", "", "  Two spaces."]),
        # A word stays whole, with hyphens and slashes too; only one that fits no line ends at them.
        ("the well-known and/or", 12, ["the", "well-known", "and/or"]),
        ("see a state-of-the-art oven", 10, ["see a", "state-of-", "the-art", "oven"]),
        ("a Donaudampfschifffahrt b", 10, ["a", "Donaudampfschifffahrt", "b"]),
        (f"See {LINK}, then go.", 20, ["See", f"{LINK},", "then go."]),
        ("町は猫の外出禁止令を設けるべきか。", 12, ["町は猫の外出", "禁止令を設け", "るべきか。"]),
        ("猫。犬。", 5, ["猫。", "犬。"]),
        ("สวัสดีชาวโลก", 8, ["สวัสดีชาว", "โลก"]),
        ("\tx = 1", 40, ["    x = 1"]),
    ],
)
def test_where_lines_end(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


# A space after which a line may begin: not with a full stop or slash, and a mark belongs to the space itself
# (https://www.unicode.org/reports/tr14/, LB9 and LB13).
CAN_BREAK = re.compile("[^ ] +[^ ./。\u0301]")


@given(st.text(st.sampled_from("ab -/猫。กé\u0301👍🏽\n."), max_size=60), st.integers(4, 30))
def test_nothing_is_lost_and_no_line_is_too_long_that_could_be_shorter(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert columns(line) <= width or not CAN_BREAK.search(line.strip())
