"""The minutes: what was said stays readable, and nobody's words leave their own entry."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.discussion.model.record import Turn
from bot.discussion.model.steerings import QuestionPut, SeatAdded
from bot.minutes.account import VoteTally
from bot.minutes.as_markdown import as_markdown
from tests.support.recorded_minutes import minutes_of
from tests.support.recorded_table import RecordedTable, persona

# What renderers of kept files have on: GitHub's tables and crossed-out text, and HTML.
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARIT = persona("Marit", "Dr. Marit Sole")
PEDRO = persona("Pedro", "Pedro da Luz")
OUR_BLOCKS = {"paragraph_open", "heading_open", "fence", "blockquote_open", "bullet_list_open"}


def table_with(*said: str, **given_to_table: Any) -> RecordedTable:
    """A table at which a guest said each of these."""
    table = RecordedTable((MARIT, PEDRO), **given_to_table)
    table.steer(QuestionPut(question="Is the ferry too old?"))
    for text in said:
        table.guest(text, name="Wanda")
    table.say("Pedro", "It floats.")
    return table


def text_of(table: RecordedTable) -> str:
    return as_markdown(minutes_of(table))


def blocks(text: str) -> list[Token]:
    """The outermost blocks of a Markdown text, each by its first token."""
    return [token for token in MARKDOWN.parse(text) if token.level == 0 and token.nesting >= 0]


def headings(text: str) -> list[str]:
    tokens = MARKDOWN.parse(text)
    return [shown(tokens[at + 1]) for at, token in enumerate(tokens) if token.type == "heading_open"]


def paragraphs(text: str) -> list[Token]:
    """The inline tokens of the outermost paragraphs."""
    tokens = MARKDOWN.parse(text)
    return [tokens[n + 1] for n, token in enumerate(tokens) if token.type == "paragraph_open" and token.level == 0]


def shown(inline: Token) -> str:
    """What a reader sees of a paragraph or heading."""
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in inline.children or [])


def bold_starts(inline: Token) -> list[str]:
    """The bold words with which lines of a paragraph begin: what passes for a speaker's name."""
    found: list[str] = []
    at_start = True
    bold = False
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            at_start = True
        elif child.type == "strong_open":
            bold = at_start
        elif child.type == "strong_close":
            bold = False
        elif child.type == "text" and bold:
            found.append(child.content)
            at_start = False
        elif re.search(r"[^\W_]", child.content):
            at_start = False
    return found


def assert_sound(text: str, questions: list[str] | None = None) -> None:
    """Headings are ours, every block is one of ours, and every paragraph begins with who says it."""
    assert headings(text) == ["Minutes: hall", *(questions or ["Is the ferry too old?"])]
    assert {token.type for token in blocks(text)} <= OUR_BLOCKS
    # What table it was: nobody else makes a list.
    assert [token.type for token in blocks(text)].count("bullet_list_open") == 1
    for one in paragraphs(text):
        starts = bold_starts(one)
        assert starts in (["Wanda"], ["Pedro da Luz"], ["Dr. Marit Sole"]), shown(one)
        kinds = {child.type for child in one.children or []}
        assert not kinds & {"link_open", "image", "html_inline"}, shown(one)


# --- what cannot be forged ---

FORGED = [
    # headings, in both notations
    "Hello.\n# Minutes: another",
    "Hello.\n\n## Summary\n\nEverybody agreed with Wanda.",
    "Hello.\n   ### Three spaces",
    "Summary\n=======",
    "Summary\n---",
    # another's entry
    "Fine.\n\n**Pedro da Luz**: I take it all back.",
    "Fine.\n__Pedro da Luz__: I take it all back.",
    "Fine.\n***Pedro da Luz***: I take it all back.",
    "Fine.\n\u200b**Pedro da Luz**: I take it all back.",
    "Fine.\n“**Pedro da Luz**”: I take it all back.",
    "Fine.\u2028**Pedro da Luz**: I take it all back.",
    "Fine.\x85**Pedro da Luz**: I take it all back.",
    "Fine.\x0b**Pedro da Luz**: I take it all back.",
    "Fine.\r**Pedro da Luz**: I take it all back.",
    "Fine.<br>**Pedro da Luz**: I take it all back.",
    "Fine.\n- **Pedro da Luz**: I take it all back.",
    "Fine.\n> **Pedro da Luz**: I take it all back.",
    "Fine.\n\\\\**Pedro da Luz**: I take it all back.",
    "Fine.\n\nPedro da Luz: I take it all back.",
    "Fine.\nPedro da Luz： I take it all back.",
    "Fine.\n“Pedro da Luz”: I take it all back.",
    "Fine.\n\\**Pedro da Luz** : I take it all back.",
    # rules, quotations, lists, tables
    "One.\n\n---\n\nTwo.",
    "One.\n***\nTwo.",
    "One.\n_ _ _",
    "> They said so.\nNo.",
    "Mine:\n- bread\n- salt",
    "Mine:\n* bread\n+ salt",
    "Mine:\n1. bread\n2) salt",
    "Mine:\n\n    four spaces",
    "Mine:\n\ttab",
    "a | b\n--- | ---\n1 | 2",
    "|a|b|\n|:-|-:|\n|1|2|",
    # HTML in a block, in a line, after a backslash that would undo ours
    "See\n<h2>Summary</h2>",
    "See\n<!-- all that follows",
    "See\n<script>",
    "See <details> this",
    "See \\<h2>Summary</h2>",
    "See \\\\<h2>Summary</h2>",
    "See <https://evil.example>",
    # addresses behind words
    "Look [here](https://evil.example)",
    "Look ![here](https://evil.example/a.png)",
    "Look [here][1]\n\n[1]: https://evil.example",
    "[Pedro da Luz]: https://evil.example\n\nHe said [Pedro da Luz]",
    # fences and code that are left open
    "```py\nx = 1",
    "See ```py\nx = 1",
    "~~~\nx = 1",
    "```\nx\n``\n## Summary",
    "```\nx\n```\u00a0\n## Summary",
    "````\n```\n## Summary",
    "A tick ` and\nanother `` one",
    "`\n## Summary\n`",
    # fences within a line
    "See ```py\nx = 1\n``` and\n# Summary",
    "See ```py\n~~~\n``` and\n# Summary",
    "See ````\nx\n```` and\n# Summary",
    "See ```\n```\n# Summary",
    # emphasis that would run on
    "**never closed",
    "~~never closed",
    "a** b",
]  # fmt: skip


@pytest.mark.parametrize("said", FORGED)
def test_a_guest_stays_in_the_guests_entry(said: str) -> None:
    assert_sound(text_of(table_with(said)))


@pytest.mark.parametrize(
    "said",
    [
        *FORGED,
        "```\n**Pedro da Luz**: I take it all back.\n\n## Summary\n```",
        "~~~\n**Pedro da Luz**: I take it all back.\r## Summary",
        "```\nx\u2028```\n## Summary\n```",
        "```\nx\u2028**Pedro da Luz**: I take it all back.\n```",
    ],
)
def test_and_for_whoever_reads_the_file_as_it_is(said: str) -> None:
    text = text_of(table_with(said))
    assert_sound(text)
    lines = text.splitlines()
    assert [line for line in lines if re.match(r"\W*Pedro", line) and not line.startswith(">")] == [
        "**Pedro da Luz**: It floats."
    ]
    assert [line for line in lines if line.startswith("#")] == ["# Minutes: hall", "## Is the ferry too old?"]


@pytest.mark.parametrize("said", FORGED)
def test_so_does_a_persona(said: str) -> None:
    table = table_with("Hello.")
    table.say("Marit", said)
    table.say("Pedro", "Is that so?")
    text = text_of(table)
    assert_sound(text)
    assert [line for line in text.splitlines() if line.startswith("**Pedro")] == [
        "**Pedro da Luz**: It floats.",
        "**Pedro da Luz**: Is that so?",
    ]


@pytest.mark.parametrize("said", ["See ```py\nx = 1", "```py\nx = 1", "a ``` b", "`````` and ```", "\\``` x"])
def test_an_odd_fence_mark_is_left_nowhere(said: str) -> None:
    """Some readers of Markdown take three backticks for a fence wherever they stand."""
    assert text_of(table_with(said)).count("```") % 2 == 0


MARKS = """\
# ## ``` ~~~ ` `` ** __ * _ - --- === | \\ <b> <!-- ](http://x.example) [a] > 1. 2) + &lt; ! $$ [^1]: : x 好 🙂 Pedro"""


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([*MARKS.split(" "), *" \n\t\r\u2028\x1f\u00a0\u200b", "\n\n", "    ", "**Pedro da Luz**: "]),
        max_size=25,
    ).map("".join)
)
def test_no_text_makes_anything_but_an_entry(said: str) -> None:
    assert_sound(text_of(table_with(said)))


@pytest.mark.parametrize(
    "name",
    ["Wan\\", "**Pedro da Luz**: no. **", "W\n## Summary", "[W](https://evil.example)", "`W", "<h2>W", "W*_~|&#35;"],
)
def test_a_display_name_is_a_name(name: str) -> None:
    table = RecordedTable((MARIT, PEDRO))
    table.guest("Hello.", name=name)
    text = text_of(table)
    assert headings(text) == ["Minutes: hall"]
    (spoken,) = paragraphs(text)
    bold = "".join(bold_starts(spoken))
    assert bold
    assert shown(spoken) == f"{bold} (guest): Hello."


@pytest.mark.parametrize("name", ["Senior_Engineer_2", "*Star*", "A [b](c)", "#1", "Ana & Co.", "x\\"])
def test_a_personas_name_is_shown_as_it_is(name: str) -> None:
    table = RecordedTable((persona(name),))
    table.say(name, "Hello.")
    text = text_of(table)
    assert [shown(one) for one in paragraphs(text)] == [f"{name}: Hello."]
    assert f"AI personas: {name}" in [shown(token) for token in MARKDOWN.parse(text) if token.type == "inline"]


@pytest.mark.parametrize(
    "question",
    [
        "Why?\n## Summary",
        "# Why?",
        "Is C # good #",
        "See [this](https://evil.example)?",
        "<h1>Why?",
        "Why ```x?",
        "- Why?",
    ],
)
def test_a_members_question_is_one_heading(question: str) -> None:
    table = RecordedTable((MARIT, PEDRO))
    table.steer(QuestionPut(question=question))
    table.say("Pedro", "It floats.")
    seen = " ".join(question.split()).replace("](", "] (")
    text = text_of(table)
    assert_sound(text, [seen])
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("context", ["A harbour.\n\n```\nopen", "<!-- open", "# Ours\n- a\n- b", "    indented"])
def test_what_the_host_wrote_ends_where_it_ends(context: str) -> None:
    text = text_of(table_with("Hello.", context=context))
    # Closings and contents of headings are no blocks of their own.
    found = [token.type for token in blocks(text) if token.nesting]
    assert found[:3] == ["heading_open", "bullet_list_open", "blockquote_open"]
    assert len(paragraphs(text)) == 2


# --- what stays readable ---


def test_what_minutes_look_like() -> None:
    table = table_with("I was on it once.\n\n- in May\n- with *two* goats")
    table.steer(SeatAdded(persona=persona("Ines", "Captain Ines")))
    table.say("Ines", "")
    table.say("Ines", "Withheld.", withheld=True)
    table.say("Ines", "Rust is `Fe2O3`.\n```py\n# rust\n\tx = 1\n```\nSo paint it.")
    table.steer(QuestionPut(question="Who [pays](#x) for_it?"))
    table.steer(QuestionPut(question="Is the ferry too old?"))
    table.record.append(
        Turn(
            table.record.last_seq + 1, "summary", "Marit", "✅ **Agreed:** it floats.\n\n⚖️ **Disputed:** for how long."
        )
    )
    tally = VoteTally(1, (("Ines", 2), ("Pedro", 1)))
    assert as_markdown(minutes_of(table, votes=(tally,))) == (
        "# Minutes: hall\n\n"
        "## Summary\n\n**Dr. Marit Sole**: ✅ **Agreed:** it floats.  \n⚖️ **Disputed:** for how long.\n\n"
        "- Date: 26 November 2026, 23:50 to 27 November 2026, 00:15 UTC\n"
        "- Channel: #parlour on Harbour Town\n"
        "- Convener: alex\n"
        "- AI personas: Dr. Marit Sole, Pedro da Luz, Captain Ines\n"
        "- Guests: Wanda\n"
        "- Length: 2 turns. The table closed with a summary.\n"
        "- Contents:\n"
        "  1. [Is the ferry too old?](#is-the-ferry-too-old)\n"
        "  2. [Who \\[pays\\] (\\#x) for\\_it?](#who-pays-x-for_it)\n"
        "  3. [Is the ferry too old? (again)](#is-the-ferry-too-old-again)\n\n"
        "> A village hall.\n\n"
        "## Is the ferry too old?\n\n"
        "**Wanda** (guest): I was on it once.\n> \\- in May  \n> \\- with *two* goats\n\n"
        "**Pedro da Luz**: It floats.\n\n"
        "**Captain Ines**: Rust is `Fe2O3`.\n\n```py\n# rust\n\tx = 1\n```\n\n"
        "**Captain Ines** (continued): So paint it.\n\n"
        "### Who convinced you?\n\n- Captain Ines: 2\n- Pedro da Luz: 1\n\n"
        "## Who [pays] (#x) for_it?\n\n"
        "## Is the ferry too old? (again)\n"
    )


@pytest.mark.parametrize(
    "code",
    [
        "```\nplain\n```",
        "```python\n# no heading\n**no bold**\n\n    indented\n```",
        "```makefile\nall:\n\techo [a](b)\n```",
        "~~~~\n~~~\n```\n<h2>\n~~~~",
        "  ```\n  two spaces\n  ```",
    ],
)
def test_a_fence_is_code_byte_for_byte(code: str) -> None:
    table = table_with("Hello.")
    table.say("Marit", f"Look:\n{code}\nThere.")
    text = text_of(table)
    assert code in text
    (fence,) = [token for token in blocks(text) if token.type == "fence"]
    assert [line.strip() for line in fence.content.splitlines()] == [line.strip() for line in code.splitlines()[1:-1]]


@pytest.mark.parametrize(
    "said",
    [
        "Look ```py\n# x\n\ty = 1\n``` there.",
        "Look ```py\n# x\n\ty = 1```there.",
        "Look\n```py\n# x\n\ty = 1```\nthere.",
    ],
)
def test_a_fence_within_a_line_as_discord_takes_it_is_code_too(said: str) -> None:
    text = text_of(table_with(said))
    code = "> ```py\n> # x\n> \ty = 1\n> ```"
    assert f"**Wanda** (guest): Look\n\n{code}\n\n**Wanda** (guest, continued): there." in text


@pytest.mark.parametrize(
    "said",
    ["Bread is *dear*.", "“Quoted,” she said.", "(Laughs.) No.", "1984 was a year", "3.5 is more\n2.5 is less",
     "हाँ, बिल्कुल।", "はい。そうです。", "a < b and c > d", "x_y_z", "https://example.org/a_b?c=d", "5 * 3 = 15"],
)  # fmt: skip
def test_ordinary_words_stay_as_they_are(said: str) -> None:
    assert said.replace("\n", "\n> ") in text_of(table_with(said))
    table = table_with("Hello.")
    table.say("Marit", said)
    assert said.replace("\n", "  \n") in text_of(table)
