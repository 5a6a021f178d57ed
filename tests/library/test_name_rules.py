"""Which names a speaker may bear."""

import pytest

from bot.library.name_rules import name_problem, safe_name


@pytest.mark.parametrize("name", ["Aino", "Ana Maria", "R2-D2", "愛子", "O’Neill", "Mr. Fox", "Jo"])
def test_names_that_are_fine(name: str):
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Aino", "Aino"),
        ("Discord Dan", "Disc\u200aord Dan"),
        ("CLYDE", "CLY\u200aDE"),
        ("everyone", "every\u200aone"),
        ("here", "he\u200are"),
        ("There", "There"),
        ("@#:`", "Speaker"),
        ("", "Speaker"),
        ("x" * 200, "x" * 80),
        ("👨‍👩‍👧‍👦" * 20, "👨‍👩‍👧‍👦" * 7),  # 11 of UTF-16's units each
        ("Ana Maria " * 9, "Ana Maria Ana Maria Ana Maria Ana Maria Ana Maria Ana Maria Ana Maria Ana Maria"),
        ("every@one", "every\u200aone"),
        (" discord" * 20, None),
    ],
)
def test_safe_names(name: str, safe: str | None):
    assert safe is None or safe_name(name) == safe
    assert 1 <= len(safe_name(name)) <= 80
    assert safe_name(name) == safe_name(name).strip()
    assert "discord" not in safe_name(name).lower()
