"""Long turns in several messages: nothing lost, nothing too long, no code fence torn."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.split import MESSAGE_LIMIT, split_text

# No letters that could be the name of a language: that line is repeated where a long fence is cut.
WORDS = st.text("éж漢🙂.,!?;…。*`~ \n", max_size=120)
FENCES = st.text("éж (){}=\n🙂", min_size=1, max_size=200).map("```\n{}\n```".format)
TEXTS = st.lists(st.one_of(WORDS, FENCES), max_size=12).map("\n".join)


def size(text: str) -> int:
    """As Discord counts at worst: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def bare(text: str) -> str:
    """What must survive: everything but white space and the marks of fences."""
    return re.sub(r"[\s`]", "", text)


@given(TEXTS, st.integers(60, 400))
def test_nothing_is_lost_and_nothing_too_long(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(piece.strip() == piece != "" for piece in pieces)
    assert all(size(piece) <= limit for piece in pieces)
    assert bare("".join(pieces)) == bare(text)


@given(TEXTS, st.integers(60, 400))
def test_fences_are_closed_where_they_are_opened(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    if text.count("```") % 2 == 0:
        assert all(piece.count("```") % 2 == 0 for piece in pieces)


@given(st.lists(st.text("abcd ,", min_size=5, max_size=50).map(lambda s: f"X{s.strip()}x."), max_size=30))
def test_prose_is_cut_at_sentence_ends(sentences: list[str]) -> None:
    pieces = split_text(" ".join(sentences), 160)
    assert all(piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == " ".join(sentences)


def test_a_short_text_stays_one() -> None:
    assert split_text("  Good evening.\n") == ["Good evening."]
    assert split_text(" \n ") == []
    assert split_text("x" * MESSAGE_LIMIT) == ["x" * MESSAGE_LIMIT]


def test_a_word_longer_than_a_message() -> None:
    assert split_text("x" * 2500) == ["x" * 2000, "x" * 500]
    assert split_text("🙂" * 1500) == ["🙂" * 1000, "🙂" * 500]


def test_a_fence_that_fits_is_kept_whole() -> None:
    fence = "```py\n" + "loaf = 1\n" * 60 + "```"
    prose = "All of this is about bread. " * 55
    pieces = split_text(f"{prose}\n{fence}\n{prose}")
    assert [piece for piece in pieces if fence in piece]
    assert len(pieces) == 3


def test_a_fence_that_does_not_fit_becomes_several() -> None:
    lines = [f"loaf_{n} = bake(flour, water, salt)" for n in range(150)]
    pieces = split_text("Look:\n```py\n" + "\n".join(lines) + "\n```\nThat is all.")
    fences = re.findall(r"```py\n(.*?)\n```", "\n".join(pieces), re.DOTALL)
    assert "\n".join(fences).splitlines() == lines
    assert pieces[-1].endswith("That is all.")
    assert len(pieces) == 3


def test_a_first_line_that_is_no_language_is_code() -> None:
    pieces = split_text("```print(loaf)\n" + "loaf = 1\n" * 400 + "```")
    assert sum(piece.count("print(loaf)") for piece in pieces) == 1


def test_a_fence_that_nobody_closed() -> None:
    pieces = split_text("```py\n" + "loaf = 1\n" * 400)
    assert all(piece.startswith("```py\n") and piece.endswith("\n```") for piece in pieces)
    assert sum(piece.count("loaf = 1") for piece in pieces) == 400
