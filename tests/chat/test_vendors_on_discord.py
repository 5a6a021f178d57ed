"""Tables on Discord through servers as their vendors make them: they end, and members see only what they must."""

from typing import Any

import pytest

from bot.chat.text.sentences import sentence
from bot.sessions.delivery.notices import SessionClosed
from bot.store.models import Status
from tests.support.endpoint_stand_in import Answer, ScriptedEndpoint
from tests.support.simulated_place import SimulatedPlace
from tests.support.vendor_overflows import OVERFLOWS
from tests.support.vendor_refusals import FILTERS
from tests.support.vendor_shapes import at_first, declines, minds
from tests.support.vendor_stand_in import VENDORS, Vendor

CLOSED = sentence(SessionClosed())
ENDING = {
    "too long": lambda request, llm: OVERFLOWS["Groq"](0, 0) if len(llm.asked) == 4 else None,
    "declined": at_first(declines(), times=2),
}


def at(llm: ScriptedEndpoint, behaviour: Any) -> None:
    llm.answer = lambda request: behaviour(request, llm) or Answer()


@pytest.mark.parametrize("behaviour", ENDING.values(), ids=ENDING)
async def test_a_table_ends(place: SimulatedPlace, llm: ScriptedEndpoint, behaviour: Any) -> None:
    at(llm, behaviour)
    await place.type("start", turns=4)
    await place.turn(6)
    assert len(llm.asked) > 5, "something was refused"
    assert (await place.session()).status is Status.ENDED
    assert place.said_by_bot[-1] == CLOSED
    assert not [said for said in place.said_by_bot if said.startswith("⏸")]


async def test_a_line_that_the_server_refuses_is_told_and_left_out(
    place: SimulatedPlace, llm: ScriptedEndpoint
) -> None:
    at(llm, minds("sabotage", FILTERS["Azure"]))
    await place.type("start", turns=3)
    await place.otto.send(place.channel, "What about sabotage?")
    await place.turn(5)
    assert (await place.session()).status is Status.ENDED
    told = [said for said in place.said_by_bot if "refuses to read" in said]
    who = "something that Otto the Miller said"
    assert told == [f"-# The model's server refuses to read {who}. The table goes on without it."]


# One server of each kind, and of each thing that is told of one: every server is tried in a terminal (tests/llm), where
# the sentence is the same. What is set for a server, a long table and waits are tried there, too.
KINDS = {
    (name.partition(": ")[2], vendor.pauses.partition("(")[0]): name
    for name, vendor in VENDORS.items()
    if not vendor.settings and ": too " not in name
}
ON_DISCORD = {name: VENDORS[name] for name in KINDS.values()}


@pytest.mark.parametrize("vendor", ON_DISCORD.values(), ids=ON_DISCORD)
async def test_a_table_at_each_server_ends_or_says_why(
    place: SimulatedPlace, llm: ScriptedEndpoint, vendor: Vendor
) -> None:
    vendor.at(llm)
    await place.type("start", turns=3, **vendor.dials)
    pauses = [said for said in place.said_by_bot if said.startswith("⏸")]
    if vendor.pauses:
        (told,) = pauses
        assert vendor.pauses in told
        assert len(llm.asked) <= 3
        return
    await place.turn(5)
    assert (await place.session()).status is Status.ENDED
    assert place.said_by_bot[-1] == CLOSED
    assert not pauses
