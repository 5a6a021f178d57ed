"""Several things in one sentence."""

import pytest

from bot.discussion.text.enumeration import enumerated


@pytest.mark.parametrize(
    ("parts", "last", "told"),
    [
        ([], "and", ""),
        (["Aino"], "and", "Aino"),
        (["Aino", "Ravi"], "and", "Aino and Ravi"),
        (["yes", "no", "it depends"], "or", "yes, no or it depends"),
    ],
)
def test_an_enumeration(parts: list[str], last: str, told: str) -> None:
    assert enumerated(iter(parts), last=last) == told
