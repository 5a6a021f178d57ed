"""What a terminal must not be sent."""

import pytest

from bot.discussion.text.control_sequences import without_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Rye, bread\tand\nbutter: ä 猫 👩‍👩‍👧‍👦 می‌خواهم", "Rye, bread\tand\nbutter: ä 猫 👩‍👩‍👧‍👦 می‌خواهم"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://a.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;bm8=\x9cx", "x"),
        ("\x1b]0;never closed", "0;never closed"),
        ("\x1bPq#0\x1b\\x", "x"),
        ("\x1b(0x\x1bc", "x"),
        ("\x1b", ""),
        ("over\rwritten\x08\x08\x7f\x00\x85", "overwritten"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"),
        ("half \ud83d", "half "),
    ],
)
def test_only_text_is_left(text: str, shown: str) -> None:
    assert without_controls(text) == shown
