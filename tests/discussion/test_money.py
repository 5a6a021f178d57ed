"""Amounts of money as people read them, and what is said where no price is known."""

import pytest

from bot.discussion.text.money import Expense, amount


@pytest.mark.parametrize(
    ("billionths", "currency", "told"),
    [
        (0, "USD", "$0.00"),
        (12_500_000_000, "USD", "$12.50"),
        (1_234_567_000_000_000, "EUR", "€1,234,567.00"),
        (999_000_000, "GBP", "£1.00"),
        (250_000_000, "CHF", "0.25 CHF"),
        (4_200_000, "USD", "$0.0042"),
        (4_267_890, "USD", "$0.0043"),
        (12_000, "USD", "$0.000012"),
        (1_700, "USD", "$0.000002"),
        (1, "JPY", "less than 0.000001 JPY"),
    ],
)
def test_an_amount(billionths: int, currency: str, told: str) -> None:
    assert amount(billionths, currency) == told


@pytest.mark.parametrize(
    ("tokens", "cost", "unpriced", "told"),
    [
        (100, 4_200_000, 0, "$0.0042"),
        (100, 0, 0, "$0.00"),  # a model that is free
        (100, 0, 100, ""),
        (0, 0, 0, ""),
        (2100, 4_200_000, 2000, "$0.0042, and 2,000 tokens whose price is not known"),
    ],
)
def test_what_is_not_known_is_not_told_to_be_free(tokens: int, cost: int, unpriced: int, told: str) -> None:
    assert Expense(tokens, cost, unpriced, "USD").in_words == told
