"""A request that was given up is carried out after all, at whatever moment: its copy is taken away again."""

import pytest

from bot.store.models import Status
from tests.support.rest_house import FIRST, RestHouse


async def copied(house: RestHouse, text: str = FIRST) -> None:
    """Discord stores a copy of a turn once more, through the same webhook and name."""
    original = next(m for m in house.world.channel_history("general") if m.content == text)
    house.world.webhook_says(original.webhook_id or 0, text, username=original.name)
    assert house.turns().count(text) == 2


async def until_single(house: RestHouse, text: str = FIRST) -> None:
    await house.world.until(lambda: house.turns().count(text) == 1, what="one copy")


async def test_while_the_bot_is_away(house: RestHouse) -> None:
    """Its post was bound already, so nobody looks for it any more; the pass at start-up finds the copy."""
    async with house.running():
        session, _ = await house.between_turns()
    await copied(house)
    async with house.running():
        await until_single(house)
        await house.until_ended()
        await house.check_each_once(session)


async def test_after_the_table_has_ended(table: RestHouse) -> None:
    table.llm.enqueue(FIRST)
    session = await table.start()
    await table.until_ended()
    await table.until_status(session, Status.ENDED)
    await copied(table)
    await until_single(table)
    await table.check_each_once(session)


@pytest.mark.parametrize("by_whom", ["another program", "somebody"])
async def test_the_same_words_by_others_are_left_alone(table: RestHouse, by_whom: str) -> None:
    session, gate = await table.between_turns()
    if by_whom == "somebody":
        table.world.member_says("general", "Otso", FIRST)
    else:
        table.world.webhook_says(table.world.add_webhook("general", "feed"), FIRST, username="Aino")
    await table.server.settled()
    gate.set()
    await table.until_ended()
    said = [m for m in table.world.channel_history("general") if m.content == FIRST]
    assert len(said) == 2
    assert table.world.requests_to("DELETE", "/webhooks/") == []
    stored = await table.store.session(session.id)
    assert stored
    assert stored.status is Status.ENDED


async def test_during_an_outage_of_the_gateway(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    table.server.gateway.invalidate()
    await copied(table)
    await until_single(table)
    gate.set()
    await table.until_ended()
    await table.check_each_once(session)
