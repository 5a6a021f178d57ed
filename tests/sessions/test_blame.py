"""The search for the lines that a filter objects to: few tries, and never more left out than was seen to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sessions.composing.blame import MOST_TRIES, Blame


def search(suspects: list[int], culprits: set[int]) -> tuple[tuple[int, ...], int]:
    """What is found where a filter objects to these, and in how many tries."""
    blame, tries = Blame(suspects), 0
    while (left_out := blame.left_out) is not None:
        tries += 1
        if culprits <= set(left_out):
            blame.passed()
        else:
            blame.refused()
    return blame.found, tries


@pytest.mark.parametrize(
    ("suspects", "culprits", "found", "tries"),
    [
        ([9], {9}, (9,), 1),
        ([9, 8, 7], {9}, (9,), 1),
        ([9, 8], {8}, (8,), 3),
        ([9, 8, 7, 6], {7}, (7,), 5),
        ([9, 8, 7, 6, 5, 4, 3, 2], {3}, (3,), 6),
        (list(range(60, 0, -1)), {17}, (17,), 8),
        ([9, 8, 7], {8, 7}, (9, 8, 7), 4),
        ([9, 8, 7], {1}, (), 2),
        ([], {1}, (), 0),
    ],
)
def test_what_is_to_blame_is_found(suspects: list[int], culprits: set[int], found: tuple[int, ...], tries: int) -> None:
    assert search(suspects, culprits) == (found, tries)


@given(st.lists(st.integers(1, 200), unique=True, min_size=1, max_size=60), st.data())
def test_whatever_is_to_blame_is_among_what_is_left_out(suspects: list[int], data: st.DataObject) -> None:
    culprits = set(data.draw(st.lists(st.sampled_from(suspects), unique=True, min_size=1)))
    found, tries = search(suspects, culprits)
    assert culprits <= set(found)
    assert tries <= MOST_TRIES
    if len(culprits) == 1:
        assert len(found) <= max(1, len(suspects) // 2)
