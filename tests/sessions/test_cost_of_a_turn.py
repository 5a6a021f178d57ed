"""A turn that took two calls, of which the server counts only one: what is stored with it, and what is booked."""

from typing import Any

import pytest

from bot.sessions.composing.limits import tokens_in
from bot.store.store import Store
from tests.support.endpoint_stand_in import Answer, says, thinks
from tests.support.session_house import SessionHouse, ended, open_house

FIRST_RATIO = 3.5  # characters a token, until an answer tells
COUNTED = {"prompt_tokens": 500, "completion_tokens": 40}
THOUGHT = "Hm, what would Aino say?"


async def held(house: SessionHouse, *answers: Answer) -> tuple[Any, int]:
    """The usage stored with the first turn, and the tokens booked for the table, when all other calls are counted."""
    house.server.enqueue(*answers)
    house.server.answer = lambda request: says(house.server.sentence(), usage=COUNTED)
    run = await house.start()
    await ended(run)
    turns = (await house.store.record(run.stored.id)).turns
    assert len(house.server.asked) == 5
    used = await house.store.spending.of_session(run.stored.id)
    return next(t.usage for t in turns if t.kind == "persona"), used.tokens


@pytest.mark.parametrize("counted_first", [True, False])
async def test_one_that_was_given_room_to_think(store: Store, counted_first: bool) -> None:
    async with open_house(store, reasoning_tokens=1000) as house:
        said, counts = house.server.sentence(), [COUNTED, {}] if counted_first else [{}, COUNTED]
        usage, booked = await held(house, thinks(THOUGHT, usage=counts[0]), thinks(THOUGHT, said, usage=counts[1]))
        assert (usage.prompt_tokens, usage.completion_tokens) == (500, 40), "what one did not say took nothing away"
        prompt = house.server.prompts[0]
        uncounted = THOUGHT + (said if counted_first else "")
        estimate = tokens_in(len(prompt), FIRST_RATIO) + tokens_in(len(uncounted), len(prompt) / 500)
        assert booked == 4 * 540 + estimate


async def test_one_that_was_asked_for_again(store: Store) -> None:
    async with open_house(store) as house:
        usage, booked = await held(house, says("", usage={}), says(house.server.sentence(), usage=COUNTED))
        assert (usage.prompt_tokens, usage.completion_tokens) == (500, 40)
        assert booked == 4 * 540 + tokens_in(len(house.server.prompts[0]), FIRST_RATIO)
