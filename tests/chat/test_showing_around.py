"""Help, welcome, galleries and the doctor: what shows somebody around who is new here."""

import re

import pytest
from simcord import InteractionResult

from bot.chat.cards.components import COMPONENTS, TEXT_LIMIT
from bot.chat.cards.gallery_card import personas_page, tasks_page
from bot.chat.cards.guide_card import help_card, welcome_card
from bot.chat.commands.members.guide_commands import place_for_welcome
from bot.chat.text.host_details import HostDetails
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from tests.support.simulated_place import SimulatedPlace, told, words


def shown(result: InteractionResult) -> str:
    assert result.response is not None
    return words(result.response.message)


async def test_the_help_names_what_one_can_press(place: SimulatedPlace) -> None:
    text = await place.type("help", by=place.lena)
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    assert headings == ["### Take part", "### Open a table", "### Steer it"]
    assert text.count("</roundtable ") > 10
    assert "The speakers are AI." in text


async def test_personas_and_tasks_can_be_leafed_through_and_used(place: SimulatedPlace) -> None:
    gallery = await place.lena.slash(place.channel, "roundtable personas")
    assert "**Ravi Menon**" in shown(gallery)
    tasks = await place.mira.slash(place.channel, "roundtable tasks")
    assert tasks.response is not None
    first = re.findall(r"rt:gallery-start:[^']+", str(tasks.response.components))[0]
    assert told(await place.mira.click(tasks.response, custom_id=first)).startswith("The table is open.")
    await place.type("unseat", persona="Ravi")
    gallery = await place.mira.slash(place.channel, "roundtable personas")
    assert gallery.response is not None
    assert told(await place.mira.click(gallery.response, label="Seat here")) == "Ravi Menon has a seat."


async def test_the_history_tells_what_came_of_tables_to_who_may_read_them(place: SimulatedPlace) -> None:
    assert (await place.type("history", by=place.lena)).startswith("There has been no table on this server")
    await place.type("start", question="Rye or wheat?")
    await place.turn(2)
    await place.type("stop", summary=True)
    await place.turn(2)
    history = await place.lena.slash(place.channel, "roundtable history")
    (summary,) = [turn.text for turn in await place.record() if turn.kind == "summary"]
    assert "**Rye or wheat?**" in shown(history)
    assert summary[:40] in shown(history)
    assert history.response is not None
    assert f"/channels/{place.guild.id}/{place.channel.id}/{place.card.id}" in str(history.response.components)


async def test_a_server_is_welcomed_where_the_bot_may_write(place: SimulatedPlace) -> None:
    guild = place.bot.get_guild(place.guild.id)
    assert guild is not None
    found = place_for_welcome(guild)
    assert found is not None
    assert found.id == place.channel.id
    place.deny("send_messages")
    await place.env.settle()
    assert place_for_welcome(guild) is None


async def test_the_doctor_names_what_fails_and_what_helps(place: SimulatedPlace) -> None:
    assert "✅ I have every permission" in await place.type("doctor", by=place.lena)
    place.deny("manage_webhooks")
    text = await place.type("doctor", by=place.lena)
    assert text.startswith("## 1 of ")
    assert "❌ I am missing **Manage Webhooks** in this channel.\n-# ↳ Server Settings → Roles" in text


LONG = Persona(name="N" * 80, full_name="*" * 80, prompt="x", intro="*" * 3000)
TASK = Task(name="T" * 120, context="*" * 9000, questions=("*" * 900, "b"))


@pytest.mark.parametrize("count", [1, 5, 200])
async def test_every_page_fits_into_a_message(count: int) -> None:
    personas = [LONG.model_copy(update={"name": f"{i}{'n' * 70}"}) for i in range(count)]
    host = HostDetails("c" * 200, "https://example.org/" + "p" * 200)
    cards = [
        personas_page(personas, 0, lambda p: "https://example.org/p.png", ()),
        personas_page(personas, 10**6, lambda p: "https://example.org/p.png", None),
        tasks_page([TASK] * count, -5),
        help_card(lambda name: f"</roundtable {name}:{2**63}>", can_read=False, host=host),
        welcome_card(lambda name: f"</roundtable {name}:{2**63}>", can_read=False, host=host),
    ]
    for card in cards:
        assert card._total_children <= COMPONENTS
        assert card.content_length() <= TEXT_LIMIT
