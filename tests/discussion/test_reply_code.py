"""Code and quoted lines in a reply: they stay byte for byte, whatever they look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.replies.reply import clean
from bot.discussion.replies.verbatim import open_fence, outside_code
from tests.support.recorded_table import AINO, CAST


def said(raw: str, finish_reason: str = "stop") -> str:
    return clean(raw, speaker=AINO, others=CAST[1:], guests=("Zoe",), finish_reason=finish_reason).text


# What looks like something that is taken out of prose.
CODE = (
    "# a comment\nfloes = 4",
    "## Ravi",
    "[package]\nname = 'ice'",
    "(defun melt (ice) ice)",
    "(print 1)",
    "Ravi: 3\nMira: 4",
    "Aino: 1\nRavi: 2",
    "User: aino\nHost: river",
    "**Ravi**",
    "<think>no thought</think>",
    "print('<|im_end|>')",
    "</s>",
    "* a\n\n\n* b",
    "  indented\n\ttabbed   \n",
    '"whole"',
    "I am Ravi Menon.",
    "x = 1\nx = 1\nx = 1\nx = 1\nx = 1",
    "zero\u200bwidth",
    "ends = 1. ",
    "-# small",
    "###",
    "a ** b || c ~~ d",
)


@pytest.mark.parametrize("code", CODE)
@pytest.mark.parametrize("language", ["", "python", "toml", "yaml", "c++"])
def test_code_in_a_fence_stays_as_it_is(code: str, language: str) -> None:
    reply = f"Use this:\n```{language}\n{code}\n```\nThat is all."
    assert said(reply) == reply
    assert said(f"Aino: {reply}\nRavi: And then") == reply, "also where the prose around it is mended"


@pytest.mark.parametrize("code", [c for c in CODE if "\n" not in c and "`" not in c])
def test_code_in_a_line_stays_as_it_is(code: str) -> None:
    assert said(f"I type `{code}` and wait.") == f"I type `{code}` and wait."


@pytest.mark.parametrize("quoted", ["> Ravi: bread is dear.", "> **Mira**\n> Bees are not.", "> # Bees"])
def test_who_quotes_somebody_does_not_speak_for_them(quoted: str) -> None:
    assert said(f"{quoted}\nI disagree.") == f"{quoted}\nI disagree."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        # The whole in a fence: words, unless it names a language.
        ("```\nIce is ice.\n```", "Ice is ice."),
        ("```markdown\nIce is ice.\n```", "Ice is ice."),
        ("```python\nprint(1)\n```", "```python\nprint(1)\n```"),
        ("```python\nRavi: 3", "```python\nRavi: 3\n```"),
        # One that is left open is closed; an empty one goes.
        ("See:\n```py\nx = 1", "See:\n```py\nx = 1\n```"),
        ("Ice is ice.\n```", "Ice is ice."),
        ("Ice is ice.\n```py\n", "Ice is ice."),
        # A tag in backticks is a tag.
        ("`Aino`: Ice is ice.", "Ice is ice."),
        ("`Aino:` Ice is ice.", "Ice is ice."),
        ("Ice is ice.\n`Ravi`: No!", "Ice is ice."),
        ("`floes`: how many there are.", "`floes`: how many there are."),
        # A list of people.
        ("Where we are:\n- Aino: home\n- Ravi: cellar", "Where we are:\n- Aino: home\n- Ravi: cellar"),
        ("Where we are:\n* Aino: home\n* Ravi: cellar", "Where we are:\n* Aino: home\n* Ravi: cellar"),
        ("Where we are:\n1. Aino: home\n2. Ravi: cellar", "Where we are:\n1. Aino: home\n2. Ravi: cellar"),
        ("Where we are:\n• Aino: home\n• Ravi: cellar", "Where we are:\n• Aino: home\n• Ravi: cellar"),
        ("I ask these:\nRavi\nMira", "I ask these:\nRavi\nMira"),
        # Control characters go from code, too: a terminal would act on them.
        ("See:\n```\nx\x1b[2J = 1\r\n```", "See:\n```\nx[2J = 1\n```"),
    ],
)
def test_fences_and_lists(raw: str, text: str) -> None:
    assert said(raw) == text


PIECES = st.sampled_from(["```", "`", "``", "> ", ">>> ", "\n", "\n\n", " ", "x", "Ravi: ", "冰", "\\`", "```py\n"])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_is_set_aside_comes_back(text: str) -> None:
    assert outside_code(text, lambda prose: prose) == text


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["stop", "length"]))
def test_no_reply_leaves_a_fence_open(raw: str, finish_reason: str) -> None:
    assert open_fence(said(raw, finish_reason)) is None
