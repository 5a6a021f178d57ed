"""Nobody can have the bot notify people: wherever a mention stands, the post shows it and pings nobody.

Behind every test the `env` fixture looks at each request of the bot: all of them turn every mention off.
"""

import pytest
from simcord import MemberActor

from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.library.catalogue import Catalogue
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import CATALOGUE, Parts
from tests.support.simulated_place import SimulatedPlace, words


def loud(place: SimulatedPlace) -> str:
    role = place.guild.create_role("bakers", mentionable=True)
    return f"@everyone @here <@{place.lena.id}> <@!{place.mira.id}> <@&{role.id}> <#{place.channel.id}>"


def said_by_the_bot(place: SimulatedPlace) -> str:
    return "\n".join(map(words, (m for m in place.history() if m.author.bot)))


async def test_by_the_model(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    text = f"Listen, {loud(place)}! I bake."
    llm.enqueue(text, text.replace("bake", "eat"))
    await place.type("start", turns=1)
    await place.turn(2)
    assert text in said_by_the_bot(place)
    assert place.summaries[0].startswith("Listen")
    assert place.pinged == []


async def test_by_a_guest_through_the_bot(place: SimulatedPlace) -> None:
    text = f"{loud(place)}, good morning"
    await place.type("start")
    await place.otto.slash(place.channel, "roundtable say", text=text)
    form = await place.otto.click(place.panel, label="Say something")
    await place.fill_in(form, text, by=place.otto)
    assert said_by_the_bot(place).count(text) == 2
    assert place.pinged == []


async def test_a_guests_mention_does_not_reach_the_model_as_one(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.otto.send(place.channel, f"Ask {place.lena.mention}, @everyone, and {loud(place)}!")
    await place.turn()
    (line,) = [line for line in llm.prompts[-1].splitlines() if "Ask @Lena L." in line]
    assert "@everyone" not in line
    assert "<@" not in line


async def test_in_a_question(place: SimulatedPlace) -> None:
    pings = loud(place)
    await place.type("start", question=f"Who wakes {pings}?")
    await place.type("ask", question=f"And who calms {pings}?")
    assert f"## Who wakes {pings}?" in said_by_the_bot(place)
    assert f"❓ **And who calms {pings}?**" in said_by_the_bot(place)
    assert place.pinged == []


class TestByFiles:
    """Authors of personas and tasks."""

    @pytest.fixture
    def parts(self, parts: Parts) -> Parts:
        pings = "@everyone <@1> <@&2>"
        persona = Persona(name="everyone!", full_name=pings, prompt="You are loud.", intro=pings)
        task = Task(name=pings, context=pings, questions=(f"Who wakes {pings}?",))
        parts.catalogue = Catalogue((persona, *CATALOGUE.personas), (task,))
        return parts

    async def test_in_a_personas_name_and_in_a_task(self, place: SimulatedPlace) -> None:
        await place.type("start")
        await place.type("floor", persona="everyone!")
        await place.turn(2)
        await place.type("status")
        await place.type("stop", summary=True)
        assert "@everyone <@1> <@&2>" in place.speakers
        assert "gives the floor to @everyone <@1> <@&2>." in said_by_the_bot(place)
        assert place.pinged == []


async def test_in_a_members_name(place: SimulatedPlace) -> None:
    pings = "@everyone <@&2>"
    loudmouth: MemberActor = place.guild.add_member(place.env.create_user("loud"), nick=pings)
    await place.type("start", by=loudmouth)
    await place.type("pause", by=loudmouth)
    await loudmouth.slash(place.channel, "roundtable say", text="Hello.")
    assert f"{pings} paused the table." in said_by_the_bot(place)
    assert place.speakers[-1] == "everyone <&2> (guest)"
    assert place.pinged == []
