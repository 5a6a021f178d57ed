"""Who may ask a model next: servers take turns, each with what came first, and nobody is forgotten."""

import asyncio
import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.llm.fair_queue import Caller, FairQueue, on_behalf_of


async def served(places: int, servers: Sequence[int], leaving: frozenset[int] = frozenset()) -> list[int]:
    """The calls, by number, in the order in which they got a place: those of `servers` come one after the other while
    all places are taken, and those in `leaving` are given up as they wait. Each was told before how many go first."""
    queue, order, done = FairQueue(places), list[int](), asyncio.Event()

    async def hold() -> None:
        async with queue.place():
            await done.wait()

    callers = [Caller(server) for server in servers]

    async def call(number: int) -> None:
        with on_behalf_of(callers[number]):
            async with queue.place():
                order.append(number)
                await asyncio.sleep(0)

    holding = [asyncio.create_task(hold()) for _ in range(places)]
    await asyncio.sleep(0)
    calls = [asyncio.create_task(call(number)) for number in range(len(servers))]
    await asyncio.sleep(0)
    assert queue.depth == len(servers)
    for number in leaving:
        calls[number].cancel()
    told = {number: caller.calls_before for number, caller in enumerate(callers) if number not in leaving}
    done.set()
    await asyncio.gather(*holding, *calls, return_exceptions=True)
    assert queue.depth == 0
    assert told == {number: before for before, number in enumerate(order)}
    assert {caller.calls_before for caller in callers} <= {None}, "none waits any more"
    for _ in range(places):  # every place is free again
        await asyncio.wait_for(queue.place().__aenter__(), 1)
    return order


async def test_servers_take_turns_and_each_has_its_first_call_first() -> None:
    assert await served(1, [7, 7, 7, 7, 8, 9, 8]) == [0, 4, 5, 1, 6, 2, 3]


async def test_who_gives_up_keeps_nobody_waiting() -> None:
    assert await served(1, [7, 7, 8], frozenset({0, 2})) == [1]


@given(
    places=st.integers(1, 3),
    servers=st.lists(st.integers(0, 3), min_size=1, max_size=20),
    leaving=st.frozensets(st.integers(0, 19), max_size=8),
)
def test_no_server_waits_for_more_than_one_call_of_each_other(
    places: int, servers: list[int], leaving: frozenset[int]
) -> None:
    left = frozenset(number for number in leaving if number < len(servers))
    order = asyncio.run(served(places, servers, left))
    assert sorted(order) == sorted(set(range(len(servers))) - left)
    for server in set(servers):
        own = [number for number in order if servers[number] == server]
        assert own == sorted(own)
        # Between two of its calls no other server has two.
        for first, second in itertools.pairwise(own):
            between = [servers[number] for number in order[order.index(first) + 1 : order.index(second)]]
            assert len(between) == len(set(between))
