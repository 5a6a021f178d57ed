"""What an answer cost, alone and with others: counts that a server says, and what is left for an estimate."""

from typing import Any

import pytest

from bot.discussion.model.record import Usage
from bot.llm.completion import Completion, read_completion

THOUGHT, SAID = "Let me consider ladders.", "Ladders are heavy."


def answered(**usage: Any) -> Completion:
    message = {"content": SAID, "reasoning_content": THOUGHT}
    return read_completion({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (None, 5, 5),
        (5, None, 5),
        (5, 2, 7),
        (0, None, 0),
        (None, None, None),
    ],
)
def test_what_one_call_does_not_say_leaves_the_others_count_alone(
    one: int | None, other: int | None, both: int | None
) -> None:
    first, second = (Usage("stop", count, count, count, count) for count in (one, other))
    assert first.plus(second) == Usage("stop", both, both, both, both)
    cost = Completion("", None, one, one, one, 1.0).with_cost_of(Completion("", None, other, other, other, 2.0)).usage
    assert cost == Usage(None, both, both, both, 3.0)


def test_how_two_calls_finished_is_told_by_the_later_one() -> None:
    assert Usage("length").plus(Usage("stop")).finish_reason == "stop"


def test_an_answer_stands_with_the_cost_of_another() -> None:
    answer = answered(prompt_tokens=10, completion_tokens=4).with_cost_of(answered(prompt_tokens=10))
    assert (answer.text, answer.finish_reason, answer.calls) == (SAID, "stop", 2)
    assert answer.usage == Usage("stop", 20, None, 4, 0.0)
    assert (answer.uncounted_prompts, answer.uncounted_chars) == (0, len(THOUGHT) + len(SAID))


@pytest.mark.parametrize(
    ("usage", "uncounted"),
    [
        ({}, (1, len(THOUGHT) + len(SAID))),
        ({"prompt_tokens": 10}, (0, len(THOUGHT) + len(SAID))),
        ({"completion_tokens": 4}, (1, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 4}, (0, 0)),
    ],
)
def test_what_is_not_counted_is_left_for_an_estimate(usage: dict[str, int], uncounted: tuple[int, int]) -> None:
    answer = answered(**usage)
    assert (answer.uncounted_prompts, answer.uncounted_chars) == uncounted
