"""A bot that is stopped and started goes on where it was."""

from bot.chat.text.sentences import sentence
from bot.library.catalogue import Catalogue
from bot.sessions.delivery.notices import SessionClosed
from bot.store.models import Status
from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, says
from tests.support.simulated_bot import CAST, FULL_NAMES, TASKS, Parts
from tests.support.simulated_place import SimulatedPlace

CLOSED = sentence(SessionClosed())

# Some turns call on others, so that the floor depends on what was said.
SCRIPT = (
    "Flour is the first thing to think of.",
    "Ravi, what would you pay for a loaf at dawn?",
    "Nobody has counted the sacks behind the mill.",
    "Bo, did your sister ever sweep the yard?",
    "The oven was cold on both of the last two Mondays.",
    "Salt is cheap while patience certainly is not.",
    "A village without bread is a village with opinions.",
    "We agreed on nothing but the crust.",
)


def by_the_script(request: Request) -> Answer:
    """The line whose turn it is, however often it is asked for: a draft may be dropped."""
    shown = request.prompt.rpartition("# The discussion")[2]
    return says(SCRIPT[sum(f": {line}\n" in shown for line in SCRIPT)])


async def test_the_order_is_that_of_a_run_without_a_break(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint
) -> None:
    twin = place.elsewhere(place.guild.create_text_channel("twin"))
    llm.answer = by_the_script
    await twin.type("start", turns=7)
    await twin.turn(2)
    await twin.otto.send(twin.channel, "And what does Aino think?")
    await twin.turn(6)

    await place.type("start", turns=7)
    await place.turn()
    await place.restart(parts)
    await place.otto.send(place.channel, "And what does Aino think?")
    await place.turn()
    await place.type("pause")
    await place.restart(parts)
    assert (await place.session()).status is Status.PAUSED
    assert len(place.spoken) == 4
    await place.type("resume")
    await place.turn(5)

    assert [m.content for m in place.spoken] == [m.content for m in twin.spoken]
    assert place.speakers == twin.speakers
    put = [[text for text in p.said_by_bot if text.startswith("❓")] for p in (place, twin)]
    assert put[0] == put[1]
    assert place.said_by_bot[-1] == CLOSED
    assert (await place.session()).status is Status.ENDED


async def test_what_was_written_meanwhile_is_taken_in(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint
) -> None:
    await place.type("start")
    await place.otto.send(place.channel, "I am early.")
    place.write_unheard(place.otto, "You were away, so I ate.")
    place.write_unheard(place.lena, "// the bot is gone, psst")
    place.write_unheard(place.lena, "Who fed the oven?")
    await place.restart(parts)
    assert [t.text for t in await place.guests()] == ["I am early.", "You were away, so I ate.", "Who fed the oven?"]
    assert "You were away, so I ate." in llm.prompts[-1]
    assert "Who fed the oven?" in llm.prompts[-1]
    await place.restart(parts)
    assert len(await place.guests()) == 3


async def test_a_paused_table_takes_in_what_was_written_meanwhile(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    await place.type("pause")
    place.write_unheard(place.otto, "You were away, so I ate.")
    await place.restart(parts)
    await place.turn(2)
    assert len(place.spoken) == 1
    assert [t.text for t in await place.guests()] == ["You were away, so I ate."]


async def test_the_cast_is_the_one_the_table_began_with(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start", turns=4)
    parts.catalogue = Catalogue(CAST[:1], TASKS[1:])
    await place.restart(parts)
    await place.turn(5)
    assert (await place.session()).status is Status.ENDED
    assert set(place.speakers) == set(FULL_NAMES.values())


async def test_a_closed_table_stays_closed(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    await place.type("stop")
    shown = len(place.history())
    await place.restart(parts)
    await place.turn()
    assert len(place.history()) == shown
    assert (await place.type("start")).startswith("The table is open.")


async def test_nothing_is_shown_twice_or_lost_over_many_restarts(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start", turns=4)
    for _ in range(4):
        await place.restart(parts)
    record = await place.record()
    assert place.said == [t.text for t in record if t.kind in ("persona", "summary")]
    assert place.said_by_bot.count(CLOSED) == 1
