"""What a call costs: by the price list, or as the server tells it."""

from decimal import Decimal

import pytest

from bot.llm.completion import Completion, read_completion
from bot.llm.endpoint import Endpoint
from bot.llm.prices import Prices


def answered(**usage: float) -> Completion:
    return read_completion({"choices": [{"message": {"content": "Ladders."}}], "usage": usage})


CHEAP = Prices(Decimal("0.15"), Decimal("0.60"), Decimal("0.075"))


@pytest.mark.parametrize(
    ("prompt", "answer", "cached", "cost"),
    [
        (1_000_000, 0, 0, 150_000_000),
        (1_000_000, 0, 1_000_000, 75_000_000),
        (0, 1_000_000, 0, 600_000_000),
        (1000, 100, 600, 60_000 + 45_000 + 60_000),
        (1, 0, 0, 150),
        (10, 0, 99, 750),  # more cached than there was: some servers count otherwise
    ],
)
def test_by_the_price_list(prompt: int, answer: int, cached: int, cost: int) -> None:
    assert CHEAP.cost(prompt, answer, cached) == cost


def test_without_its_own_price_what_is_cached_costs_as_much_as_the_rest() -> None:
    prices = Prices.of(Decimal(1), Decimal(2), None)
    assert prices is not None
    assert prices.cost(10, 0, 10) == 10_000
    assert Prices.of(None, None, None) is None


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        ({}, None),
        ({"cost": 0.00014}, 140_000),
        ({"cost": 0}, 0),
        ({"cost": "0.1"}, None),
        ({"cost": -1}, None),
        ({"cost": float("nan")}, None),
        ({"cost": True}, None),
    ],
)
def test_as_a_server_tells_it(usage: dict[str, float], told: int | None) -> None:
    assert answered(**usage).told_cost == told


def test_two_calls_cost_what_both_say_or_what_the_list_says() -> None:
    assert answered(cost=1).with_cost_of(answered(cost=2)).told_cost == 3_000_000_000
    assert answered(cost=1).with_cost_of(answered()).told_cost is None


async def test_what_the_server_tells_counts_before_the_list_if_it_is_in_the_same_currency() -> None:
    dollars, francs, unknown = (
        Endpoint("http://127.0.0.1:9/v1", model="small", **given)  # type: ignore[arg-type]
        for given in ({"prices": CHEAP}, {"prices": CHEAP, "currency": "CHF"}, {})
    )
    assert [endpoint.cost(1000, 0, told=5) for endpoint in (dollars, francs, unknown)] == [5, 150_000, 5]
    assert [endpoint.cost(1000, 0) for endpoint in (dollars, francs, unknown)] == [150_000, 150_000, None]
    # The list is that of one model.
    assert dollars.of_model("small").cost(1000, 0) == 150_000
    assert dollars.of_model("large").cost(1000, 0) is None
    for endpoint in (dollars, francs, unknown):
        await endpoint.aclose()
