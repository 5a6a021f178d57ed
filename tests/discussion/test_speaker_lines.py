"""Whose a line is: one's own name goes from the beginning, and where somebody else's line begins the reply ends."""

import pytest

from bot.discussion.replies import speaker_labels
from bot.discussion.replies.reply import clean
from tests.support.recorded_table import AINO, CAST, persona

SAID = "Ice is ice."


def said(raw: str, guests: tuple[str, ...] = ("Zoe | she/her",)) -> str:
    return clean(raw, speaker=AINO, others=CAST[1:], guests=guests).text


@pytest.mark.parametrize(
    "line",
    [
        "Ravi: No!",
        "**Ravi:** No!",
        "__Ravi__: No!",
        "### Ravi\nNo!",
        "## Ravi Menon\nNo!",
        "**Ravi Menon**\nNo!",
        "Ravi Menon\nNo!",
        "Ravi:\nNo!",
        "*Ravi:*\nNo!",
        "[Ravi]\nNo!",
        "[Ravi]: No!",
        "【Ravi】No!",
        "<Ravi> No!",
        "<Ravi>: No!",
        "--- Ravi ---\nNo!",
        "=== Ravi ===\nNo!",
        "@Ravi: No!",
        "Ravi (thinking): No!",
        "Ravi (quietly, to Mira):\nNo!",
        "Ravi [sighs]: No!",
        "Ravi *sighs*: No!",
        "Ravi says: No!",
        "Ravi replies:\nNo!",
        "Dr. Mira Kessler: No!",
        "Dr Kessler: No!",
        "Kessler: No!",
        "Tomas: No!",
        "RAVI: No!",
        "Ravi — I do not.",
        "**Ravi** – I do not.",
        "Zoe: No!",
        "Zoe (guest): No!",
        "Moderator: Next!",
        "The moderator: Next!",
        "The audience:\nHear, hear!",
        "Speaker 2: No!",
        "Person B: No!",
        "Aino, you are wrong.\nRavi: No!",
    ],
)
def test_somebody_elses_line_ends_the_reply(line: str) -> None:
    first, _, rest = line.partition("\n") if line.startswith("Aino,") else ("", "", line)
    own = f"{SAID}\n{first}".strip()
    assert said(f"{own}\n{rest}") == own
    assert said(f"{own}\n\n{rest}\nAino: And water is water.") == own, "what comes after it, too"


@pytest.mark.parametrize("tag", ["{}: No!", "**{}**: No!", "### {}\nNo!", "{}：No!"])
def test_whoever_is_called_what_models_call_others(tag: str) -> None:
    labels = sorted(speaker_labels.OTHERS - {"gäst"})
    assert [label for label in labels if said(f"{SAID}\n{tag.format(label)}") != SAID] == []


@pytest.mark.parametrize("label", ["Everyone", "All", "Alle", "Todos", "Все", "大家", "みんな", "Assistant"])
def test_all_at_once_speak_only_after_something_was_said(label: str) -> None:
    assert said(f"{SAID}\n{label}: Yes!") == SAID
    assert said(f"{label}: please listen.") in (f"{label}: please listen.", "please listen.")


@pytest.mark.parametrize("name", ["Guest", "Host", "System", "Ведущий", "司会"])
def test_a_persona_who_is_called_so_is_that_persona(name: str) -> None:
    speaker = persona(name)
    assert clean(f"{name}: Ice.\n{name}: Water.", speaker=speaker, others=CAST).text == "Ice.\nWater."
    assert clean(f"{SAID}\n{name}: Ice.", speaker=AINO, others=[speaker]).text == SAID


@pytest.mark.parametrize(
    "text",
    [
        "To you: keep the door shut.",
        "Note: the door is open.",
        "Remember: ice is cold.",
        "Question: who opens the door?",
        "Answer: nobody.",
        "My answer: no.",
        "First: the door.\nSecond: the window.",
        "Pros: warm.\nCons: dear.",
        "At 10:30 we open.",
        "I ask Ravi: why?",
        "Ravi, one thing: why?",
        "Ravi – what do you say?\nI wonder.",
        "I wonder.\nRavi – what do you say?",
        "I wonder.\nRavi — your turn.",
        "Ravi's boats: all of them leak.",
        "As Ravi says: boats leak.",
        "Ravi said: boats leak.",
        "Jean – a friend – agrees.",
        "You and I agree.",
        "Who should go?\nRavi.",
        "Ravi",
    ],
)
def test_prose_stays(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("**Aino Virtanen**\n\nIce is ice.", SAID),
        ("Aino\nIce is ice.", SAID),
        ("### Professor Aino Virtanen\nIce is ice.", SAID),
        ("Aino Virtanen:\nIce is ice.", SAID),
        ("--- Aino ---\nIce is ice.", SAID),
        ("<Aino> Ice is ice.", SAID),
        ("Aino (to Ravi):\nIce is ice.", SAID),
        ("AINO：Ice is ice.", SAID),
        ("Assistant: Ice is ice.", SAID),
        ("assistant\nIce is ice.", SAID),
        ("AI: Ice is ice.", SAID),
        ("Aino: Ice.\nAino: Water.", "Ice.\nWater."),
        ("Aino: Ice.\n**Aino**\nWater.", "Ice.\nWater."),
        # The model began with another's line: what the speaker says after it counts.
        ("Ravi: What is ice?\nAino: Ice is ice.", SAID),
        ("Ravi: What is ice?\nReally.\nAino: Ice is ice.\nMira: Oh.\nAino: Yes.", SAID),
        ("User: What is ice?\n\nAino: Ice is ice.", SAID),
        ("User: What is ice?", ""),
        ("You: What is ice?", ""),
    ],
)
def test_ones_own_name(raw: str, text: str) -> None:
    assert said(raw) == text


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("O'Brien", "O’Brien: "),
        ("Jean-Luc", "Jean‑Luc: "),
        ("Senior_Engineer", r"Senior\_Engineer: "),
        ("🦊 Foxy", "Foxy: "),
        ("José", "Jose: "),
        ("Weiß", "WEISS: "),
        ("愛子", "愛子："),
        ("지민", "지민: "),
    ],
)
def test_names_in_other_writing(name: str, tag: str) -> None:
    speaker = persona(name)
    assert clean(f"{tag}{SAID}", speaker=speaker, others=CAST).text == SAID
    assert clean(f"{SAID}\n{tag}No!", speaker=AINO, others=[speaker]).text == SAID
    assert clean(f"{SAID}\n{tag}No!", speaker=AINO, others=(), guests=(name,)).text == SAID
