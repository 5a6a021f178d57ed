"""Discord asks to wait, or answers nothing but errors for a while: everything is shown once, in order, later."""

from collections.abc import Callable

import pytest

from bot.discussion.model.persona import Persona
from tests.support.discord_stand_in import Fault
from tests.support.rest_house import FIRST, SECOND, RestHouse

# The library itself gives a request up after five tries.
STORM = 12


STORMS: dict[str, tuple[str, Callable[[], Fault]]] = {
    "429 for the webhook": ("webhook", lambda: Fault.rate_limited(0.01)),
    "429 for the channel": ("channel", lambda: Fault.rate_limited(0.01)),
    "429 for everything, at the webhook": ("webhook", lambda: Fault.rate_limited(0.01, is_global=True)),
    "429 for everything, at the channel": ("channel", lambda: Fault.rate_limited(0.01, is_global=True)),
    "503 for the webhook": ("webhook", lambda: Fault.before_storing(503)),
}


@pytest.mark.parametrize(("what", "make"), STORMS.values(), ids=STORMS.keys())
async def test_a_storm_is_waited_out(table: RestHouse, what: str, make: Callable[[], Fault]) -> None:
    paths = {"webhook": "/webhooks/", "channel": f"/channels/{table.world.general.id}/messages"}
    words = {"webhook": FIRST, "channel": "Who bakes"}
    table.llm.enqueue(FIRST, SECOND)
    table.server.faults.next("POST", paths[what], make(), times=STORM, content=words[what])
    session = await table.start()
    await table.until_ended()
    assert table.server.faults.planned == []
    await table.check_each_once(session)
    assert table.turns()[:2] == [FIRST, SECOND]


async def test_chunks_keep_their_order_through_errors_between_them(table: RestHouse) -> None:
    """A long turn is several messages; each of them meets something else."""
    paragraphs = [" ".join(f"{word}{n}" for n in range(230)) for word in ("flour", "water", "yeast")]
    table.llm.enqueue("\n\n".join(text.strip().capitalize() + "." for text in paragraphs))
    plan = table.server.faults.next
    plan("POST", "/webhooks/", Fault.accepted_then(502, event="never"), content="flour")
    plan("POST", "/webhooks/", Fault.rate_limited(0.01), times=3, content="water")
    plan("POST", "/webhooks/", Fault.reset_before_storing(), content="yeast")
    session = await table.start()
    await table.until_ended()
    assert table.server.faults.planned == []
    await table.check_each_once(session)
    shown = [next(word for word in ("flour", "water", "yeast") if word in text) for text in table.turns()[:3]]
    assert shown == ["flour", "water", "yeast"]


async def test_two_tables_do_not_hold_each_other_up(table: RestHouse) -> None:
    """What one channel's webhook has to wait for is not the other channel's."""
    table.world.add_channel("attic")
    await table.server.settled()
    table.llm.enqueue(FIRST)
    hanging = table.server.faults.next("POST", "/webhooks/", Fault.hang(stored=True, event="never"), content=FIRST)
    first = await table.start("general")
    await table.world.until(hanging.met.is_set, what="the send")
    second = await table.start("attic")
    await table.until_ended("attic")
    await table.until_ended("general")
    for session in (first, second):
        await table.check_each_once(session)


async def test_a_webhook_is_made_once_though_the_answer_was_lost(table: RestHouse) -> None:
    """The library asks again after a 5xx: what it made too much is taken away."""
    hooks = f"/channels/{table.world.general.id}/webhooks"
    table.server.faults.next("POST", hooks, Fault.accepted_then(500), times=2)
    session = await table.start()
    await table.until_ended()
    await table.check_each_once(session)
    assert len(table.world.webhooks) == 1


async def test_a_name_refused_among_others_costs_nobody_else_theirs(house: RestHouse) -> None:
    house.cast = (
        Persona(name="Iris", full_name="Iris of Discordia", prompt="You are Iris."),
        Persona(name="Bo", full_name="Bo Lindqvist", prompt="You are Bo."),
    )
    async with house.running():
        session = await house.start()
        await house.until_ended()
        await house.check_each_once(session)
    names = {m.name for m in house.world.channel_history("general") if m.webhook_id}
    assert names == {"Iris of Disc\u200aordia", "Bo Lindqvist"}
