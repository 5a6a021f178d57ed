"""Which faults whoever hosts the bot is told of, and that each is told once, and once more when it is over."""

import asyncio
from dataclasses import replace

import pytest

from bot.ops import endpoint_watch
from bot.ops.faults import StandingFault, standing_faults
from bot.ops.host_news import HostNews
from bot.ops.told_faults import ToldFaults
from bot.sessions.delivery.stage import RejectReason
from bot.store.engine import TransientDatabaseError
from bot.store.models import Fault, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import fails
from tests.support.memory_place import refused
from tests.support.samples import PLACE
from tests.support.session_house import HERE, open_house, until

KEY = StandingFault("The key is refused.")
DOWN = StandingFault("The server is down.", grace=300)


class NewsTaker:
    """What is told, and the faults and the time that make it so."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.takes = True
        self.faults: dict[str, StandingFault] = {}
        self.now = 0.0
        self.told_faults = ToldFaults()
        self.news = HostNews(lambda: self.faults, self._tell, self.told_faults, lambda: self.now)

    async def _tell(self, text: str) -> bool:
        if self.takes:
            self.told.append(text)
        return self.takes

    async def look(self, at: float, **faults: StandingFault) -> list[str]:
        """What one look tells."""
        self.now, self.faults, self.told = at, faults, []
        await self.news.look()
        return self.told


@pytest.fixture
def channel() -> NewsTaker:
    return NewsTaker()


async def test_each_is_told_once_and_when_it_is_over(channel: NewsTaker) -> None:
    assert await channel.look(0, key=KEY) == ["⚠️ The key is refused."]
    assert await channel.look(10, key=StandingFault("The key is refused, still.")) == []
    assert await channel.look(20) == ["✅ Over: The key is refused."]
    assert await channel.look(30) == []
    assert await channel.look(40, key=KEY) == ["⚠️ The key is refused."]


async def test_what_may_pass_by_itself_is_told_when_it_has_not(channel: NewsTaker) -> None:
    assert await channel.look(0, down=DOWN) == []
    assert await channel.look(200) == []
    assert await channel.look(210, down=DOWN) == []
    assert await channel.look(509, down=DOWN) == []
    assert await channel.look(510, down=DOWN, key=KEY) == ["⚠️ The server is down.\n⚠️ The key is refused."]


async def test_what_could_not_be_told_is_told_later_if_it_still_stands(channel: NewsTaker) -> None:
    channel.takes = False
    assert await channel.look(0, key=KEY, down=KEY) == []
    channel.takes = True
    assert await channel.look(10, key=KEY) == ["⚠️ The key is refused."]


async def test_many_at_once_are_one_message(channel: NewsTaker) -> None:
    many = {f"table {n}": StandingFault(f"Table {n} stands still.") for n in range(40)}
    (message,) = await channel.look(0, **many)
    assert message.splitlines()[-2:] == ["⚠️ Table 9 stands still.", "… and 30 more, in the log."]
    assert len(await channel.look(10)) == 1


async def test_each_is_told_once_by_all_bots_and_processes(store: Store) -> None:
    """Of two processes: the first goes on with a table less, the second gets it, and both see the endpoint."""
    async with open_house(store) as house:
        house.scripts.append([refused(RejectReason.BLOCKED)] * 9)
        table = await house.start()
        await until(lambda: table.fault is Fault.PLACE)
        where = f"The table in <#{PLACE}> (server 1) stands still."
        blocked = {f"table {table.id}": StandingFault(f"{where} {table.reason}")}
        first, second = NewsTaker(), NewsTaker()

        await first.told_faults.over_tables(store.remembered, [table])
        assert await first.look(0, key=KEY, **blocked) == [f"⚠️ The key is refused.\n⚠️ {where} {table.reason}"]
        await first.told_faults.over_tables(store.remembered, [table])
        assert await first.look(10, key=KEY, **blocked) == []

        await first.told_faults.over_tables(store.remembered, [])
        assert await first.look(20, key=KEY) == []
        await second.told_faults.over_tables(store.remembered, [table])
        assert await second.look(20, **blocked) == []

        await second.told_faults.over_tables(store.remembered, [])
        await first.told_faults.over_tables(store.remembered, [table])
        assert await first.look(30) == [f"✅ Over: The key is refused.\n✅ Over: {where}"]
        assert await first.look(40, **blocked) == [f"⚠️ {where} {table.reason}"], "it stands anew"


async def test_what_is_a_fault_that_needs_a_person(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house(store) as house:
        faults = lambda: standing_faults(house.endpoints, house.supervisor.open_sessions())  # noqa: E731
        assert faults() == {}
        house.server.answer = lambda _: fails(401)
        table = await house.start()
        await until(lambda: table.fault is Fault.ENDPOINT)
        assert faults()["endpoint default"].sentence.startswith(
            "The endpoint “default” writes no turns. The LLM endpoint"
        )
        assert "Check LLM_API_KEY" in faults()["endpoint default"].sentence
        assert faults()["endpoint default"].grace == 0

        house.server.answer = lambda _: fails(500)
        await house.endpoint.is_well()
        assert faults()["endpoint default"].grace > 60

        await house.supervisor.stop(PLACE)
        house.server.answer = None
        assert await house.endpoint.is_well()
        assert faults() == {}

        house.server.enqueue(fails(404))
        assert not await house.endpoint.of_model("owl").is_well()
        assert await house.endpoint.is_well()
        assert faults()["endpoint default"].grace == 0, "another model's answer tells nothing of this one"
        monkeypatch.setattr(endpoint_watch, "LOOK_SECONDS", 0.01)
        watching = asyncio.create_task(endpoint_watch.watch_endpoints(house.endpoints))
        await until(lambda: faults() == {})
        watching.cancel()
        assert house.server.asked[-1].body["model"] == "owl"

        house.scripts.append([refused(RejectReason.BLOCKED)] * 9)
        table = await house.start()
        await until(lambda: table.status is Status.PAUSED)
        (told,) = faults().values()
        assert told.sentence == f"The table in <#{PLACE}> (server 1) stands still. {table.reason}"
        assert told.grace > 0, "it may pass by itself"
        await house.supervisor.stop(PLACE)

        cause = TransientDatabaseError("The bot's database can't be used: the disk is full.")
        table = await house.start(where=replace(HERE, place_id=PLACE + 1))
        table._state.suspend(str(cause))
        assert faults()["database"] == StandingFault(str(cause))
        table._state.end_suspension()
