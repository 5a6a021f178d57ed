"""Help, welcome, galleries and the doctor: what shows somebody around who is new here."""

import asyncio
import re

import discord
import pytest
from discord import app_commands
from simcord import InteractionResult

from bot.chat.cards.components import COMPONENTS, TEXT_LIMIT
from bot.chat.cards.gallery_card import personas_page, tasks_page
from bot.chat.cards.guide_card import help_card, welcome_card
from bot.chat.commands.admins import doctor_command
from bot.chat.commands.members.guide_commands import place_for_welcome
from bot.chat.commands.members.minutes_command import NO_SUCH
from bot.chat.text.host_details import HostDetails
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from tests.support.endpoint_stand_in import ScriptedEndpoint, fails
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace, buttons, told, words

MAKING = ("create", "import", "list")


def shown(result: InteractionResult) -> str:
    assert result.response is not None
    return words(result.response.message)


async def test_the_help_names_what_one_can_press(place: SimulatedPlace) -> None:
    text = await place.type("help", by=place.lena)
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    assert headings == ["### Take part", "### Open a table", "### Steer it"]
    named = re.findall(r"</(\w+ [\w ]+):\d+>", text)
    here = place.bot.tree.get_commands(type=discord.AppCommandType.chat_input)
    every = [each for group in here if isinstance(group, app_commands.Group) for each in group.walk_commands()]
    known = {each.qualified_name for each in every if isinstance(each, app_commands.Command)}
    # Itself aside, what only the host may do, and what the lists of what was made lead to.
    made = {name for name in known if name.startswith(("persona ", "task ")) and name.split()[1] not in MAKING}
    assert set(named) == known - made - {"roundtable help", "roundtable reload"}
    assert "The speakers are AI." in text


async def test_personas_and_tasks_can_be_leafed_through_and_used(place: SimulatedPlace) -> None:
    gallery = await place.lena.slash(place.channel, "roundtable personas")
    assert "**Ravi Menon**" in shown(gallery)
    tasks = await place.mira.slash(place.channel, "roundtable tasks")
    assert tasks.response is not None
    first = re.findall(r"rt:gallery-start:[^']+", str(tasks.response.components))[0]
    assert told(await place.mira.click(tasks.response, custom_id=first)).startswith("The table is open.")
    await place.type("seat remove", persona="Ravi")
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
    # From another channel, and only as long as one may read that one.
    other = place.elsewhere(place.guild.create_text_channel("other"))
    history = await place.lena.slash(other.channel, "roundtable history")
    assert history.response is not None
    assert told(await place.lena.click(history.response, label="Minutes")).startswith(
        "The minutes of **Rye or wheat?**"
    )
    place.forbid(place.lena, "view_channel")
    assert told(await place.lena.click(history.response, label="Minutes")) == NO_SUCH


async def test_a_server_is_welcomed_where_the_bot_may_write(place: SimulatedPlace, parts: Parts) -> None:
    guild = place.bot.get_guild(place.guild.id)
    assert guild is not None
    found = place_for_welcome(guild)
    assert found is not None
    assert found.id == place.channel.id
    await place.bot.on_guild_join(guild)
    await asyncio.gather(*(task for task in place.bot.courtesies._tasks if task.get_name() == "the welcome"))
    (card,) = place.cards
    assert words(card).startswith("## A round table, to listen to and to join")
    opened = [told(await place.lena.click(card, label=label)) for label in buttons(card)]
    assert [text.split("\n")[0] for text in opened] == [
        "## Set up a table",
        "## Who can sit at a table (3)",
        "### Take part",
    ]
    assert words(place.cards[0]) == words(card), "what is pressed opens beside it"
    await place.restart(parts)
    assert len(place.cards) == 1, "once"
    guild = place.bot.get_guild(place.guild.id)
    assert guild is not None
    place.deny("send_messages")
    await place.env.settle()
    assert place_for_welcome(guild) is None


async def test_the_doctor_names_what_fails_and_what_helps(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint
) -> None:
    place.bot.settings = parts.settings.model_copy(update={"llm_base_url": parts.endpoint.base_url})
    asked = len(llm.prompts)
    for _ in range(2):
        assert (await place.type("doctor", by=place.lena)).startswith("## All is well here\n✅ I have every permission")
    assert len(llm.prompts) == asked + 1, "what it found holds for a while"
    doctor_command._FOUND.clear()
    llm.enqueue(fails(500, "secret.example is on fire"))
    text = await place.type("doctor", by=place.lena)
    assert "❌ The model's server does not answer." in text
    assert "127.0.0.1" not in text
    assert "secret" not in text
    doctor_command._FOUND.clear()
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
        help_card(lambda name: f"</{name}:{2**63}>", can_read=False, host=host, counts_reactions=True),
        welcome_card(lambda name: f"</{name}:{2**63}>", can_read=False, host=host),
    ]
    for card in cards:
        assert card._total_children <= COMPONENTS
        assert card.content_length() <= TEXT_LIMIT
