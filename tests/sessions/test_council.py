"""A council at a table: positions in private, the ballot, and what of both is in whose prompt."""

from collections.abc import AsyncIterator

import pytest

from bot.store.models import Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, says
from tests.support.session_table import SessionTable, open_table


def answer(request: Request) -> Answer:
    """What a well-behaved model says to whatever it is asked."""
    if "in private" in request.prompt:
        return says(f"A loan of {len(request.prompt)} days is what I propose, since things come back that way.")
    if "secret ballot" in request.prompt:
        return says("B > A > C")
    return says(f"I hold it with what was said at {len(request.prompt)}.")


@pytest.fixture
async def council(store: Store, server: ScriptedEndpoint) -> AsyncIterator[SessionTable]:
    server.answer = answer
    async with open_table(store, server, format="council", turns=3, vote_seconds=0) as table:
        yield table


async def test_a_council_comes_to_its_end(council: SessionTable) -> None:
    await council.run.take_turns()
    assert council.run.status is Status.ENDED
    kinds = [turn.kind for turn in await council.stored_turns()]
    assert kinds == [
        *["moderator", *["position"] * 3, "moderator", *["persona"] * 3],
        *["moderator", *["ballot"] * 3, "result", "summary"],
    ]


async def test_nobody_s_position_is_in_a_prompt_before_all_are_there(council: SessionTable) -> None:
    await council.run.take_turns()
    for prompt in council.server.prompts[:3]:
        assert "is what I propose" not in prompt
    assert council.server.prompts[3].count("is what I propose") == 3
