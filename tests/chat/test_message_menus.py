"""The menus of messages: who somebody is, and a turn that is taken out."""

from simcord import InteractionResult, MemberActor

from bot.chat.commands.steering import message_menus
from bot.chat.commands.steering.message_menus import GONE, NO_PERSONA, NO_TURN, STAYS
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_place import SimulatedPlace, told, words

WHO, REMOVE = "Who is this?", "Remove turn"


async def pressed(asked: InteractionResult, by: MemberActor, label: str) -> str:
    """Press a button of a private card; what the card says then."""
    assert asked.response is not None
    await by.click(asked.response, label=label)
    return words(asked.response.message)


async def test_who_somebody_at_the_table_is(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.turn()
    guest = await place.otto.send(place.channel, "Bread is dear.")
    persona = told(await place.lena.context_menu(place.channel, WHO, place.spoken[0]))
    assert persona.startswith(f"### {place.speakers[0]}\n")
    assert "\n-# Turn 1 of the table “" in persona
    assert "An AI speaks as this persona" in persona
    assert "### Otto the Miller\nA guest of this table" in told(
        await place.lena.context_menu(place.channel, WHO, guest)
    )
    for foreign in (place.card, place.panel):
        assert told(await place.lena.context_menu(place.channel, WHO, foreign)) == NO_TURN
        assert told(await place.mira.context_menu(place.channel, REMOVE, foreign)) == NO_TURN


async def test_a_turn_is_taken_out(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.turn()
    said = place.spoken[0]
    refused = await place.otto.context_menu(place.channel, REMOVE, said)
    assert told(refused).startswith(f"Only <@{place.mira.id}>, who convened this table, or members with")
    asked = await place.mira.context_menu(place.channel, REMOVE, said)
    assert told(asked).startswith(f"**Remove what {(await place.record()).turns[1].speaker} said?**")
    assert await pressed(asked, place.mira, "Remove") == GONE
    assert said.id not in [message.id for message in place.history()]
    await place.turn()
    assert said.content not in llm.prompts[-1]
    turn = (await place.record()).turns[1]
    assert (turn.withheld, turn.flags[-1]) == (True, "removed")


async def test_a_guests_words_are_taken_out(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.otto.slash(place.channel, "roundtable say", text="By command, poison!")
    by_command = place.history()[-1]
    written = await place.otto.send(place.channel, "Written, poison!")
    place.deny("manage_messages")
    assert told(await place.lena.context_menu(place.channel, REMOVE, by_command)).startswith("Only <@")
    assert told(await place.lena.context_menu(place.channel, "Ask this persona", by_command)) == NO_PERSONA
    await place.otto.slash(place.channel, "roundtable say", text="Again, poison!")
    asked = await place.otto.context_menu(place.channel, REMOVE, place.history()[-1])
    assert await pressed(asked, place.otto, "Remove") == GONE, "what one said oneself, and can't delete"
    asked = await place.ada.context_menu(place.channel, REMOVE, by_command)
    assert await pressed(asked, place.ada, "Remove") == GONE
    asked = await place.ada.context_menu(place.channel, REMOVE, written)
    assert await pressed(asked, place.ada, "Remove") == STAYS
    await place.turn()
    assert "poison" not in llm.prompts[-1]
    assert await place.type("stop") == "The table is closed."
    asked = await place.mira.context_menu(place.channel, REMOVE, place.spoken[-1])
    assert await pressed(asked, place.mira, "Remove") == GONE, "also once the table is closed"


def test_menus_are_few_enough_for_discord() -> None:
    assert len(message_menus.MENUS) <= 5
