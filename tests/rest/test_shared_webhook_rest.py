"""Tables in a channel and its threads post through one webhook: none waits for another, all heed what Discord says."""

import asyncio

import pytest

from bot.chat.posting import webhooks
from bot.store.models import StoredSession
from tests.support.discord_stand_in import Fault
from tests.support.endpoint_stand_in import held
from tests.support.rest_house import FIRST, SECOND, RestHouse

PLACES = ("general", "ovens", "mills")


async def threads(table: RestHouse) -> None:
    for name in PLACES[1:]:
        table.world.add_thread("general", name)
    await table.server.settled()


def answers(table: RestHouse) -> list[int]:
    """What became of each request that posts a turn, as they came in."""
    return [r.status for r in table.world.requests_to("POST", "/webhooks/") if "username" in (r.json or {})]


async def check(table: RestHouse, sessions: list[StoredSession]) -> None:
    for place in PLACES[: len(sessions)]:
        await table.until_ended(place)
    for session in sessions:
        await table.check_each_once(session)
    assert len(table.world.webhooks) == 1


async def test_a_request_that_hangs_holds_up_no_other_table(table: RestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "SEND_SECONDS", 60)
    await threads(table)
    table.llm.enqueue(FIRST)
    hanging = table.server.faults.next("POST", "/webhooks/", Fault.hang(), content=FIRST)
    first = await table.start("general")
    await table.world.until(hanging.met.is_set, what="the send")
    second = await table.start("ovens")
    await table.world.wait_for_messages("ovens", 1, containing="The table is closed. Thank you")
    assert table.turns("general") == []
    hanging.release()
    await check(table, [first, second])


async def test_a_search_for_the_webhook_that_hangs_is_begun_anew(
    table: RestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "FIND_SECONDS", 0.1)
    await threads(table)
    hooks = f"/channels/{table.world.general.id}/webhooks"
    table.server.faults.next("GET", hooks, Fault.hang())
    refused = await table.world.slash("general", "Mira", "roundtable", "start", {}).answered("followup")
    assert "Discord does not answer me at the moment" in refused.payload["content"]
    await check(table, [await table.start(place) for place in PLACES[:2]])


@pytest.mark.parametrize("limit", ["webhook", "channel"])
async def test_what_answers_tell_of_the_limit_all_tables_heed(table: RestHouse, limit: str) -> None:
    await threads(table)
    setattr(table.server.limits, limit, (4, 0.3))
    sessions = [await table.start(place) for place in PLACES]
    await check(table, sessions)
    # That of the channel no answer tells before it is met.
    assert [status for status in answers(table) if limit == "webhook" or status != 429] == [200] * 6


async def test_what_one_table_is_told_to_wait_for_the_other_waits_for_too(table: RestHouse) -> None:
    await threads(table)
    here, there = asyncio.Event(), asyncio.Event()
    table.llm.enqueue(FIRST, held(here, SECOND))
    first = await table.start("general")
    await table.world.until(lambda: len(table.llm.prompts) == 2, what="the second speaker")
    table.llm.enqueue(held(there))
    second = await table.start("ovens")
    await table.world.until(lambda: len(table.llm.prompts) == 3, what="the other table's speaker")
    (hook,) = table.world.webhooks.values()
    table.server.limits.close(hook, 0.3)
    here.set()
    await table.world.until(lambda: 429 in answers(table), what="the refusal")
    there.set()
    await check(table, [first, second])
    assert answers(table).count(429) == 1
