"""A persona's picture may be anywhere on the web: Discord fetches it, the bot never does."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.library.catalogue import Catalogue
from tests.support.simulated_bot import CAST, TASKS, Parts
from tests.support.simulated_place import SimulatedPlace


class Trap:
    """A server on loopback that only counts who comes."""

    visits = 0
    url = ""

    def visit(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


@pytest_asyncio.fixture
async def trap() -> AsyncIterator[Trap]:
    trap = Trap()
    async with await asyncio.start_server(trap.visit, "127.0.0.1") as server:
        trap.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/face.png"
        yield trap


@pytest.fixture
def parts(parts: Parts, trap: Trap) -> Parts:
    cast = tuple(persona.model_copy(update={"avatar": trap.url}) for persona in CAST)
    parts.catalogue = Catalogue(cast, TASKS)
    return parts


async def test_an_address_is_handed_to_discord_and_never_fetched(
    place: SimulatedPlace, trap: Trap, parts: Parts
) -> None:
    place.bot.avatars.upload(parts.catalogue.personas, place.bot.wait_until_ready)
    await place.type("start", turns=2)
    await place.turn(3)
    assert {body["avatar_url"] for body in place.executed()} == {trap.url}
    asked = await place.otto.select(place.card, [CAST[0].name])
    assert trap.url in str(asked.response and asked.response.components)
    assert trap.visits == 0
