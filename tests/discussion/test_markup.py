"""What in a text is no prose, as Discord's clients would show it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.markup import Mark, in_words, prose, quotes, spans

MARKED = [
    ("a `b` c", Mark.CODE, "`b`"),
    ("a ``b ` c`` d", Mark.CODE, "``b ` c``"),
    ("a\n```py\nx = '`'\n```\nb", Mark.FENCE, "```py\nx = '`'\n```"),
    ("a\n```py\nnever closed", Mark.FENCE, "```py\nnever closed"),
    ("a <:anna:123456789012345678> b", Mark.EMOJI, "<:anna:123456789012345678>"),
    ("a <a:wave_2:123456789012345678>", Mark.EMOJI, "<a:wave_2:123456789012345678>"),
    ("a <@123> b", Mark.MENTION, "<@123>"),
    ("a <@&123> b", Mark.MENTION, "<@&123>"),
    ("a <#123> b", Mark.MENTION, "<#123>"),
    ("a </roundtable start:123> b", Mark.MENTION, "</roundtable start:123>"),
    ("at <t:1700000000:R>.", Mark.TIME, "<t:1700000000:R>"),
    ("at <t:1700000000>.", Mark.TIME, "<t:1700000000>"),
    ("to ben@example.org, please", Mark.EMAIL, "ben@example.org"),
    ("see https://example.org/anna?x=1, please", Mark.LINK, "https://example.org/anna?x=1"),
    ("(see https://example.org/anna)", Mark.LINK, "https://example.org/anna"),
    ("see <https://example.org/a>", Mark.LINK, "<https://example.org/a>"),
    ("see www.example.org/anna.", Mark.LINK, "www.example.org/anna"),
    ("see [Ben's page](https://example.org/ben)", Mark.LINK, "https://example.org/ben"),
]


@pytest.mark.parametrize(("text", "mark", "inside"), MARKED)
def test_what_is_no_prose_is_found_whole(text: str, mark: Mark, inside: str) -> None:
    (span,) = spans(text)
    assert (span.mark, text[span.start : span.end]) == (mark, inside)


@pytest.mark.parametrize("text", ["3 < 4 > 2", "<3 you", "a \\`b` c", "it's 5:30", "@Anna, well", "a `b c", "Anna: hi"])
def test_what_only_looks_like_a_mark_is_prose(text: str) -> None:
    assert spans(text) == []
    assert prose(text) == text


def test_quoted_lines_are_no_prose() -> None:
    assert prose("> Ben, well?\nI say cats.") == " " * 12 + "\nI say cats."
    assert prose("Look\n>>> Ben,\nand all the rest").strip() == "Look"
    assert quotes("```\n> no quote\n```") == []
    assert quotes("5 > 3, >no space") == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Fresh <:bread:123456789012345678> today", "Fresh :bread: today"),
        ("Hi <a:wave:123456789012345678>!", "Hi :wave:!"),
        ("We open <t:1700000000:R>", "We open 14 November 2023, 22:13 UTC"),
        ("We open <t:1700000000:t>", "We open 22:13 UTC"),
        ("We open <t:1700000000:D>.", "We open 14 November 2023."),
        ("Never <t:9999999999999>", "Never (some time)"),
        ("`<:bread:123456789012345678>` is how", "`<:bread:123456789012345678>` is how"),
    ],
)
def test_emoji_and_times_are_read_out_in_words(text: str, read: str) -> None:
    assert in_words(text) == read


@given(st.text(alphabet="ab `*_~|<>:@#&/()[]\\\n.1t"))
def test_spans_are_in_order_and_prose_keeps_its_length(text: str) -> None:
    found = spans(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert len(prose(text)) == len(text)
    assert prose(text).count("\n") == text.count("\n")
