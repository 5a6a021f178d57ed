"""What in a text is no prose, as Discord's clients would show it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.markup import Mark, in_words, mention, prose, quotes, spans
from tests.support import texts

MARKED = [
    ("a `b` c", Mark.CODE, "`b`"),
    ("a ``b ` c`` d", Mark.CODE, "``b ` c``"),
    ("a `b\nc` d", Mark.CODE, "`b\nc`"),
    (r"a \\`b` c", Mark.CODE, "`b`"),
    ("a `x ``` y` b", Mark.CODE, "`x ``` y`"),
    ("a\n```py\nx = '`'\n```\nb", Mark.FENCE, "```py\nx = '`'\n```"),
    ("a\n```py\nnever closed", Mark.FENCE, "```py\nnever closed"),
    ("a ```b``` c", Mark.FENCE, "```b```"),
    ("````md\n```py\nx\n```\n````\na", Mark.FENCE, "````md\n```py\nx\n```\n````"),
    ("```\n> no quote\n```", Mark.FENCE, "```\n> no quote\n```"),
    ("> ```py\n> x\n\nBen, well?", Mark.FENCE, "```py\n> x\n"),  # a quotation ends what was opened in it
    ("a <:anna:123456789012345678> b", Mark.EMOJI, "<:anna:123456789012345678>"),
    ("a <a:wave_2:123456789012345678>", Mark.EMOJI, "<a:wave_2:123456789012345678>"),
    ("a <:made_up:1> b", Mark.EMOJI, "<:made_up:1>"),
    ("a <@123> b", Mark.MENTION, "<@123>"),
    ("a <@!123> b", Mark.MENTION, "<@!123>"),
    ("a <@&123> b", Mark.MENTION, "<@&123>"),
    ("a <#123> b", Mark.MENTION, "<#123>"),
    ("a <@Ben Holt> b", Mark.MENTION, "<@Ben Holt>"),
    ("a <@Бен 🦊> b", Mark.MENTION, "<@Бен 🦊>"),
    ("a <#パン屋> b", Mark.MENTION, "<#パン屋>"),
    ("a </roundtable start:123> b", Mark.MENTION, "</roundtable start:123>"),
    ("a <id:guide> b", Mark.MENTION, "<id:guide>"),
    ("at <t:1700000000:R>.", Mark.TIME, "<t:1700000000:R>"),
    ("at <t:1700000000>.", Mark.TIME, "<t:1700000000>"),
    ("at <t:-5:d>.", Mark.TIME, "<t:-5:d>"),
    ("to ben@example.org, please", Mark.EMAIL, "ben@example.org"),
    ("to @ben@social.example.org.", Mark.EMAIL, "ben@social.example.org"),
    ("see https://example.org/anna?x=1, please", Mark.LINK, "https://example.org/anna?x=1"),
    ("(see https://example.org/anna)", Mark.LINK, "https://example.org/anna"),
    ("see https://example.org/anna_(baker).", Mark.LINK, "https://example.org/anna_(baker)"),
    ("||https://example.org/anna||", Mark.LINK, "https://example.org/anna"),
    ("**https://example.org/anna**!", Mark.LINK, "https://example.org/anna"),
    ("見て https://example.org/anna。そう", Mark.LINK, "https://example.org/anna"),
    ("see <https://example.org/a>", Mark.LINK, "<https://example.org/a>"),
    ("see www.example.org/anna.", Mark.LINK, "www.example.org/anna"),
    ("see anna.example.org/ben, please", Mark.LINK, "anna.example.org/ben"),
    ("see discord.gg/anna!", Mark.LINK, "discord.gg/anna"),
    ("see anna.example.fi/ben, please", Mark.LINK, "anna.example.fi/ben"),
    ("a :anna: b", Mark.EMOJI, ":anna:"),
    ("a :wave_2::+1: b", Mark.EMOJI, ":wave_2::+1:"),
    ("see /home/ben/anna.", Mark.PATH, "/home/ben/anna"),
    ("see ~/anna, please", Mark.PATH, "~/anna"),
    ("see ../anna/ben", Mark.PATH, "../anna/ben"),
    (r"see C:\Users\Ben, please", Mark.PATH, r"C:\Users\Ben"),
    ("(see anna.txt)", Mark.PATH, "anna.txt"),
    ("see Ben-2.final.PDF!", Mark.PATH, "Ben-2.final.PDF"),
    ("in r/anna, they say", Mark.PATH, "r/anna"),
    ("by /u/ben", Mark.PATH, "/u/ben"),
    ("use @anna/ben", Mark.PATH, "@anna/ben"),
    ("see [Ben's page](https://example.org/ben)", Mark.LINK, "https://example.org/ben"),
    ("see [Ben's page](<https://example.org/ben>)", Mark.LINK, "<https://example.org/ben>"),
    ("see [Ben](page/ben)", Mark.LINK, "page/ben"),
]
# A reader that goes through a text once for each of its signs would take minutes for these.
LONG = [
    *("`", "<", "[](", ">>> ", "> a\n", "> ```\na\n", "<@", "a@", "a.", "www.", "a-", "a.com.", "\\", "**a", "||"),
    *(":a", ":ab:", "/a", "/a/", "./", "@a/", "a.a", "a.txt", "C:\\", "r/"),
    *("`a``b```c", "`a\n\n", "``a`", "> a\nb\n", "a@b.", "http://(", ". ", "\n", "> ", "\t>", "\u0301"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mark", "inside"), MARKED)
def test_what_is_no_prose_is_found_whole(text: str, mark: Mark, inside: str) -> None:
    (span,) = spans(text)
    assert (span.mark, text[span.start : span.end]) == (mark, inside)
    assert not prose(text)[span.start : span.end].strip()


@pytest.mark.parametrize(
    "text",
    [
        *("3 < 4 > 2", "<3 you", r"a \`b` c", "it's 5:30", "@Anna, well", "a `b c", "Anna: hi", "5 > 3", "http://"),
        *(
            "~~~\nx\n~~~",
            r"\<:anna:123456789012345678>",
            "<@ home>",
            "<:no name:12>",
            "<t:soon>",
            "z.B. so",
            "Anna.Ben",
        ),
        *(
            "and/or",
            "Anna/Ben",
            "24/7 w/o it",
            "on 1/2/2031",
            "12:30:45",
            "a:b:c",
            "Anna :) Ben :(",
            "yes: no:",
            ":30:",
            "|:--:|:-:|",
        ),
        *("Anna.What", "anna.ben", "C: yes", "either /or", "I am 1.8 m"),
        "`a\n\nb`",
        "the ` sign\n\nand ` again",
    ],
)
def test_what_only_looks_like_a_mark_is_prose(text: str) -> None:
    assert spans(text) == []
    assert prose(text) == text


def test_a_stray_backtick_takes_no_fence_for_its_own() -> None:
    text = "the ` sign\n```\nx\n```\nand ` again"
    assert [text[span.start : span.end] for span in spans(text)] == ["```\nx\n```"]


def test_quoted_lines_are_no_prose() -> None:
    assert prose("> Ben, well?\nI say cats.") == " " * 12 + "\nI say cats."
    assert prose("  > Ben\n>\n> well?\nI").split() == ["I"]
    assert prose("Look\n>>> Ben,\nand all the rest").strip() == "Look"
    assert quotes("```\n> no quote\n```") == []
    assert quotes("5 > 3, >no space") == []


def test_lines_are_quoted_one_by_one_or_all_that_follow() -> None:
    text = "a\n> b\n> c\nd\n> e\n>>> f\n> g\nh"
    assert [text[quote.start : quote.end] for quote in quotes(text)] == ["> b", "> c", "> e", ">>> f\n> g\nh"]


def test_what_follows_a_quotation_with_an_open_fence_is_prose() -> None:
    assert prose("> so ```py\nBen, what?").strip() == "Ben, what?"
    assert prose("```\n> x\n```\n> y\nBen, what?").strip() == "Ben, what?"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Fresh <:bread:123456789012345678> today", "Fresh :bread: today"),
        ("Hi <a:wave:123456789012345678>!", "Hi :wave:!"),
        ("We open <t:1700000000:R>", "We open 14 November 2023, 22:13 UTC"),
        ("We open <t:1700000000:t>", "We open 22:13 UTC"),
        ("We open <t:1700000000:D>.", "We open 14 November 2023."),
        ("Never <t:9999999999999>", "Never (some time)"),
        ("Ask <@123456789012345678> or <@!123456789012345678>", "Ask @someone or @someone"),
        ("Ask <@&123456789012345678> in <#123456789012345678>", "Ask @some-role in #some-channel"),
        ("Ask <@Ben Holt> in <#ovens>", "Ask @Ben Holt in #ovens"),
        ("Type </roundtable say:123456789012345678>, see <id:guide>", "Type /roundtable say, see #guide"),
        ("`<:bread:123456789012345678>` is how", "`<:bread:123456789012345678>` is how"),
        (r"\<:bread:123456789012345678> is how", r"\<:bread:123456789012345678> is how"),
        ("2 < 3 and <https://example.org>", "2 < 3 and <https://example.org>"),
    ],
)
def test_emoji_times_and_mentions_are_read_out_in_words(text: str, read: str) -> None:
    assert in_words(text) == read


def test_who_is_mentioned_may_be_called_otherwise() -> None:
    assert in_words("<@Ben> in <#Ben>, `<@Ben>`", named=lambda name: f"{name} the guest") == (
        "@Ben the guest in #Ben, `<@Ben>`"
    )


@given(st.sampled_from("@#"), st.text())
def test_a_mention_is_one_whatever_the_name(sigil: str, name: str) -> None:
    (span,) = spans(f"a {mention(sigil, name)} b")
    assert span.mark is Mark.MENTION
    assert prose(f"a {mention(sigil, name)} b").split() == ["a", "b"]


@given(st.one_of(texts.rubble, texts.turns))
def test_spans_are_in_order_and_prose_keeps_its_length(text: str) -> None:
    found = spans(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(a.end <= b.start for a, b in pairwise(quotes(text)))
    assert len(prose(text)) == len(text)
    assert prose(text).count("\n") == text.count("\n")
    assert not any(prose(text)[span.start : span.end].strip() for span in found)


@given(texts.code, texts.paragraphs)
def test_a_fence_is_found_whole_whatever_is_in_it(code: str, around: str) -> None:
    fence = texts.fenced(code)
    text = f"{around}\n{fence}\n{around}"
    assert fence in [text[span.start : span.end] for span in spans(text) if span.mark is Mark.FENCE]


@pytest.mark.parametrize("sign", LONG)
def test_a_hundred_thousand_signs_take_no_longer_than_as_many_letters(sign: str) -> None:
    text = sign * (50_000 // len(sign))
    assert len(prose(text)) == len(text)
    assert in_words(f"<:a:1> {text}").startswith(":a: ")
    assert all(span.end <= len(text) for span in quotes(text))


@pytest.mark.parametrize("head", ["<http://", "http://", "www.", "``", "<@", "</", "a@", "[a]("])
@pytest.mark.parametrize("sign", ["a", ".", "!", "(", "a.", "`a", "<a"])
def test_nor_does_what_begins_like_a_mark(head: str, sign: str) -> None:
    assert len(prose(head + sign * (50_000 // len(sign)))) >= 50_000
