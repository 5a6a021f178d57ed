"""How many calls go first at a busy model, as whoever asks for a table's status is told."""

import asyncio
from dataclasses import replace

from bot.chat.cards.bot_messages import details
from bot.store.store import Store
from tests.support.endpoint_stand_in import held
from tests.support.samples import PLACE
from tests.support.session_house import HERE, open_house, until


async def test_a_table_is_told_how_many_calls_go_first(store: Store) -> None:
    async with open_house(store, concurrency=1) as house:
        gate = asyncio.Event()
        house.server.enqueue(held(gate))
        here = await house.start()
        await house.server.until_asked(1)
        others = []
        for number in (1, 2, 3):
            others.append(await house.start(where=replace(HERE, place_id=PLACE + number)))
            await until(lambda: house.endpoint.calls_waiting == len(others))
        reports = [run.status_report() for run in (here, *others)]
        assert [report.calls_before for report in reports] == [None, 0, 1, 2]
        assert [
            line for report in reports for line in details(report).splitlines() if line.startswith("The next turn")
        ] == [
            "The next turn waits for the model: it is next.",
            "The next turn waits for the model: 1 call goes first.",
            "The next turn waits for the model: 2 calls go first.",
        ]
        gate.set()
        await until(lambda: others[2].status_report().calls_before != 2)
