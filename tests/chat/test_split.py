"""Long turns in several messages: nothing lost, nothing too long, each shown as the whole would be."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.text.formatting import Formatting
from bot.chat.text.split import MESSAGE_LIMIT, split_text
from bot.discussion.text.markup import Mark, quotes, spans
from bot.discussion.text.segmentation import graphemes
from tests.support import texts

S = "The bakery on the corner opens at six and closes when the bread is gone. "
FAMILY = "👨‍👩‍👧‍👦"
LIMITS = st.integers(120, 400)


def size(text: str) -> int:
    """As Discord counts at worst: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def letters(text: str) -> str:
    """What must survive: all but white space and the marks of formatting."""
    return re.sub(r"[\s`*_~|>#.-]", "", text)


def shown(text: str) -> list[tuple[str, frozenset[str]]]:
    """Each character that a reader sees outside of fences, with the marks that it stands between and in."""
    formatting = Formatting(text)
    hidden: set[int] = set()
    around: list[set[str]] = [set() for _ in text]
    for stretch in formatting.stretches:
        hidden |= {*range(stretch.start, stretch.inner_start), *range(stretch.inner_end, stretch.end)}
        for at in range(stretch.start, stretch.end):
            around[at].add("```" if stretch.is_fence else stretch.opener)
    for quote in quotes(text):
        lead = re.compile(r"\s*>+ ?").match(text, quote.start)
        assert lead
        hidden |= {*range(quote.start, lead.end())}
        for at in range(quote.start, quote.end):
            around[at].add(">")
    for line in re.finditer(r"^(?:> )?-# (.*)", text, re.MULTILINE):
        hidden |= {*range(line.start(), line.start(1))}
        for at in range(line.start(), line.end()):
            around[at].add("-#")
    return [
        (c, frozenset(marks))
        for at, (c, marks) in enumerate(zip(text, around, strict=True))
        if not c.isspace() and at not in hidden and "```" not in marks
    ]


def code_in(text: str) -> str:
    """What stands in the fences of a text, one after the other."""
    inner = (s for s in Formatting(text).stretches if s.is_fence)
    return "\n".join(text[s.inner_start : s.inner_end].removesuffix("\n") for s in inner)


# --- whatever it is ---


@given(texts.turns, LIMITS)
@settings(deadline=None)
def test_every_character_is_shown_as_it_would_be_in_one_message(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert [character for piece in pieces for character in shown(piece)] == shown(text.strip())
    assert "\n".join(filter(None, map(code_in, pieces))) == code_in(text)
    assert all(size(piece) <= limit for piece in pieces)
    assert all(piece.strip() for piece in pieces)


@given(st.one_of(texts.turns, texts.rubble, st.text()), LIMITS)
@settings(deadline=None)
def test_nothing_is_lost_and_nothing_too_long(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(size(piece) <= limit for piece in pieces)
    assert all(piece.rstrip() == piece != "" for piece in pieces)
    assert letters("".join(re.sub(r"```(?:py|\w+)\n", "", piece) for piece in pieces)) == letters(
        re.sub(r"```(?:py|\w+)\n", "", text)
    )


@given(st.lists(texts.scripts, min_size=1, max_size=30).map("".join), LIMITS)
def test_no_character_is_torn_in_any_script(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert [c for piece in pieces for c in graphemes(piece) if c.strip()] == [c for c in graphemes(text) if c.strip()]


@given(st.lists(st.sampled_from(texts.MARKS), min_size=1, max_size=40), LIMITS)
def test_nothing_that_is_one_thing_is_torn(marks: list[str], limit: int) -> None:
    pieces = split_text(" ".join(marks), limit)
    any_mark = re.compile("|".join(map(re.escape, texts.MARKS)))
    assert [mark for piece in pieces for mark in any_mark.findall(piece)] == marks


@given(st.lists(st.text("abcd ,", min_size=5, max_size=50).map(lambda s: f"X{s.strip()} together."), max_size=30))
def test_prose_is_cut_at_sentence_ends(sentences: list[str]) -> None:
    pieces = split_text(" ".join(sentences), 160)
    assert all(piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == " ".join(sentences)


def test_a_short_text_stays_one() -> None:
    assert split_text("  Good evening.\n") == ["Good evening."]
    assert split_text(" \n ") == []
    assert split_text("x" * MESSAGE_LIMIT) == ["x" * MESSAGE_LIMIT]
    assert split_text("```py\nnever closed") == ["```py\nnever closed"]


# --- where it is cut ---


def test_a_word_longer_than_a_message() -> None:
    assert split_text("x" * 2500) == ["x" * 2000, "x" * 500]
    assert split_text("🙂" * 1500) == ["🙂" * 1000, "🙂" * 500]


def test_an_address_longer_than_a_message_is_cut_where_the_message_is_full() -> None:
    address = "https://example.org/" + "a" * 2500
    pieces = split_text(f"See {address} today.")
    assert "".join(pieces) == f"See {address} today."
    assert [size(piece) for piece in pieces] == [2000, 531]


def test_a_character_longer_than_a_message_is_cut_all_the_same() -> None:
    assert "".join(split_text("a" + "\u0301" * 4500)) == "a" + "\u0301" * 4500


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (S * 10 + "\n\n", S * 20),  # a paragraph
        (S * 10 + "\n", S * 20),  # a line
        ("Bread" * 210 + ". ", "Butter" * 200),  # a sentence
        ("Bread" * 210 + ", ", "butter" * 200),  # a clause
        ("Bread" * 210 + " ", "butter" * 200),  # a word
        ("烤炉终于热了" * 200 + "。", "谁带了盐来" * 180),
        ("塩を持ってきた" * 200 + "、", "オーブンが" * 190),
        ("क्या नमक है" * 120 + "। ", "भट्ठी गर्म है" * 90),
        ("هل أحضرت الملح" * 100 + "؟ ", "الفرن دافئ" * 120),
        ("3.5 z.\u00a0B.\u00a0" * 150 + "salt ", "z.\u00a0B.\u00a0" * 150),  # not at a space that does not break
    ],
)
def test_a_message_ends_where_a_reader_would_pause(before: str, behind: str) -> None:
    assert split_text(before + behind)[0] == before.rstrip()


def test_a_word_of_a_script_without_spaces_is_not_torn() -> None:
    text = "โต๊ะอบขนมปังเกลือ" * 160
    first, second = split_text(text)
    assert first + second == text
    assert second.startswith(("โต๊ะ", "อบ", "ขนมปัง", "เกลือ"))


# --- formatting ---


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("**", "**"),
        ("*", "*"),
        ("_", "_"),
        ("__", "__"),
        ("~~", "~~"),
        ("||", "||"),
        ("***", "***"),
        ("**_", "_**"),
        ("||__**~~", "~~**__||"),
    ],
)
def test_what_is_open_is_closed_and_goes_on(opening: str, closing: str) -> None:
    inside = (S * 40).strip()
    pieces = split_text(f"{S}{opening}{inside}{closing} {S}")
    assert len(pieces) == 2
    assert pieces[0].startswith(f"{S}{opening}The bakery")
    assert pieces[0].endswith(f"gone.{closing}")
    assert pieces[1].startswith(f"{opening}The bakery")
    assert pieces[1].endswith(f"gone.{closing} {S.strip()}")


def test_a_mark_may_stand_at_a_space() -> None:
    first, second = split_text(f"|| {S * 30}|| {S}")
    assert first.startswith("|| The")
    assert first.endswith("gone.||")
    assert second.startswith("||The")
    assert second.endswith(f"gone. || {S.strip()}")


@pytest.mark.parametrize(
    "marks",
    [*texts.NO_MARKS, "**", "||", "a ** b ** c", "`a ** b || c`", "`||`", r"x\|| y", "~", "5 ~ 6 ~ 7", "_ _ _"],
)
def test_what_is_no_formatting_is_not_closed(marks: str) -> None:
    text = f"{marks} {S * 30}"
    assert " ".join(split_text(text)) == text.strip()
    if not marks.startswith("**"):
        assert " ".join(split_text(S * 20 + marks + " " + S * 20)) == (S * 20 + marks + " " + S * 20).strip()


def test_what_a_mark_opens_ends_with_its_block() -> None:
    items = "\n".join([f"- **never closed {S * 5}".strip()] * 8)
    assert "\n".join(split_text(items)) == items


def test_a_quoted_line_goes_on_quoted() -> None:
    pieces = split_text("> **" + S * 40 + "**\nThat is all.")
    assert [piece[:7] for piece in pieces] == ["> **The", "> **The"]
    assert pieces[1].endswith("**\nThat is all.")


def test_quoted_lines_are_quoted_once() -> None:
    pieces = split_text(f"> {S}\n" * 30)
    assert all(line.startswith("> The") for piece in pieces for line in piece.splitlines())


def test_emphasis_goes_on_within_the_next_quoted_line() -> None:
    first, second = split_text("> **" + "\n> ".join([S.strip()] * 30) + "**")
    assert first.endswith("gone.**")
    assert second.startswith("> **The bakery")


def test_a_quotation_of_all_that_follows_goes_on() -> None:
    pieces = split_text(f"{S}\n>>> {S * 30}\n{S * 30}")
    assert len(pieces) == 3
    assert pieces[0].startswith(f"{S.strip()} \n>>> The")
    assert all(piece.startswith(">>> The") for piece in pieces[1:])


@pytest.mark.parametrize("lead", ["# ", "### ", "-# ", "> -# "])
def test_a_heading_and_small_print_go_on(lead: str) -> None:
    assert all(piece.startswith(f"{lead}The") for piece in split_text(lead + S * 60 + "\n" + lead + S))


def test_a_list_is_cut_before_an_item_that_is_not_indented() -> None:
    text = "Plan:\n" + "\n".join(f"- step {i}: {S}\n  - sub {i}\n    - subsub {i}" for i in range(40))
    pieces = split_text(text)
    assert all(piece.startswith(("Plan", "- ")) for piece in pieces)
    assert [line.rstrip() for piece in pieces for line in piece.split("\n")] == list(map(str.rstrip, text.split("\n")))


def test_an_item_keeps_its_indentation_where_it_begins_a_message() -> None:
    text = "- Plan:\n" + "\n".join(f"  - sub {i} {S}" for i in range(40))
    assert all(piece.startswith("  - sub") for piece in split_text(text)[1:])


# --- code ---


def test_a_fence_that_fits_is_kept_whole() -> None:
    fence = "```py\n" + "loaf = 1\n" * 60 + "```"
    prose = "All of this is about bread. " * 55
    pieces = split_text(f"{prose}\n{fence}\n{prose}")
    assert [piece for piece in pieces if fence in piece]
    assert len(pieces) == 3


@pytest.mark.parametrize("quote", ["", "> "])
def test_a_fence_that_does_not_fit_becomes_several(quote: str) -> None:
    lines = [f"loaf_{n} = bake(flour, **water, salt)" for n in range(150)]
    code = "\n".join(["Look:", "```py", *lines, "```", "That is all."])
    pieces = split_text("\n".join(quote + line for line in code.split("\n")))
    shown = "\n".join(pieces).splitlines()
    assert all(line.startswith(quote) for line in shown)
    fences = re.findall(r"```py\n(.*?)\n```", "\n".join(line.removeprefix(quote) for line in shown), re.DOTALL)
    assert "\n".join(fences).splitlines() == lines
    assert pieces[-1].endswith("That is all.")
    assert len(pieces) == 3


def test_a_line_of_code_longer_than_a_message_is_cut_between_characters() -> None:
    code = FAMILY * 400 + " *x* "
    pieces = split_text(texts.fenced(code))
    assert all(piece.startswith("```py\n") and piece.endswith("\n```") for piece in pieces)
    assert "".join(piece.removeprefix("```py\n").removesuffix("\n```") for piece in pieces) == code


def test_a_fence_of_more_backticks_holds_one_of_fewer() -> None:
    inside = "```py\n" + "loaf = 1\n" * 300 + "```\n" + "loaf = 2\n" * 300
    pieces = split_text(f"````md\n{inside}````")
    assert all(piece.startswith("````md\n") and piece.endswith("\n````") for piece in pieces)
    assert "\n".join(p.removeprefix("````md\n").removesuffix("\n````") for p in pieces) == inside.rstrip("\n")


def test_tildes_make_no_fence() -> None:
    text = "~~~\n" + S * 40 + "\n~~~"
    assert "".join(split_text(text)).count("~~~") == 2


def test_a_spoiler_around_a_fence_goes_on_around_it() -> None:
    pieces = split_text("||```py\n" + "loaf = 1\n" * 400 + "```||")
    assert all(piece.startswith("||```py\n") and piece.endswith("\n```||") for piece in pieces)


def test_a_first_line_that_is_no_language_is_code() -> None:
    pieces = split_text("```print(loaf)\n" + "loaf = 1\n" * 400 + "```")
    assert sum(piece.count("print(loaf)") for piece in pieces) == 1


def test_a_fence_that_nobody_closed() -> None:
    pieces = split_text("```py\n" + "loaf = 1\n" * 400)
    assert all(piece.startswith("```py\n") and piece.endswith("\n```") for piece in pieces)
    assert sum(piece.count("loaf = 1") for piece in pieces) == 400


def test_code_in_a_line_longer_than_a_message_goes_on() -> None:
    first, second = split_text(f"`{'bake(flour) ' * 250}`")
    assert first.startswith("`bake(flour)")
    assert first.endswith("(flour)`")
    assert second.startswith("`bake")


def test_code_in_a_line_is_kept_whole() -> None:
    pieces = split_text((S * 3 + "`bake(flour, water)` ") * 12)
    assert sum(piece.count("`bake(flour, water)`") for piece in pieces) == 12
    assert all(len([s for s in spans(piece) if s.mark is Mark.CODE]) * 2 == piece.count("`") for piece in pieces)
