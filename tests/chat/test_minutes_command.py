"""`/roundtable minutes` and the vote on who convinced people, as members meet them."""

import json
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from simcord import InteractionResult
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.chat.cards import components as c
from bot.chat.cards.vote_card import VERB
from bot.chat.commands.members.minutes_command import NO_SUCH, NONE_HERE
from bot.chat.commands.members.privacy_command import LEFT_OUT
from bot.chat.commands.members.voting import NONE_OPEN, OVER
from bot.discussion.model.dials import Dials
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import PACE, SimulatedPlace, told

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


async def files(result: InteractionResult) -> dict[str, str]:
    """The files of a private answer, by the endings of their names."""
    told(result)
    answers = result.followups or [*filter(None, [result.response])]
    found = {file.filename: (await file.read()).decode() for file in answers[0].attachments}
    assert {name.rpartition(".")[0] for name in found} == {f"bread-{TODAY}"}
    return {name.rpartition(".")[2]: text for name, text in found.items()}


async def test_whoever_can_read_a_channel_gets_the_minutes_of_its_tables(
    place: SimulatedPlace, llm: ScriptedEndpoint
) -> None:
    assert (await place.type("minutes", by=place.otto)).startswith(NONE_HERE)
    await place.type("start", turns=2)
    await place.otto.send(place.channel, "My oven is <b>cold</b>.")
    so_far = await place.otto.slash(place.channel, "roundtable minutes")
    assert "so far: the table is still open" in told(so_far)
    assert (await files(so_far)).keys() == {"md", "html", "jsonl"}
    await place.turn(3)
    assert place.history()[-1].attachments[0].filename == f"bread-{TODAY}.md"
    closing = (await place.history()[-1].attachments[0].read()).decode()

    private = place.guild.create_text_channel("backroom")
    backend = place.env.backend
    backend.set_overwrite(
        private.id,
        Overwrite(
            target_id=place.guild.id, type=OverwriteType.ROLE, deny=discord.Permissions(read_message_history=True).value
        ),
    )
    session = await place.session()
    result = await place.otto.slash(place.channel, "roundtable minutes")
    assert told(result) == "The minutes of **bread**. The `.html` file opens in a browser, without any network."
    made = await files(result)
    assert made["md"] == closing
    assert "- Channel: #general on Bakers\n- Convener: mira\n" in made["md"]
    assert "- Guests: Otto the Miller\n" in made["md"]
    assert "My oven is &lt;b&gt;cold&lt;/b&gt;." in made["html"]
    first, *turns = map(json.loads, made["jsonl"].splitlines())
    assert first["convener"] == "mira"
    assert [turn["kind"] for turn in turns].count("persona") == 2

    elsewhere = place.elsewhere(place.guild.create_text_channel("elsewhere"))
    (offered,) = await place.otto.autocomplete(elsewhere.channel, "roundtable minutes", "table", "BRE")
    assert offered == {"name": f"bread · {TODAY}", "value": str(session.id)}
    assert await place.otto.autocomplete(elsewhere.channel, "roundtable minutes", "table", "boats") == []
    named = await place.otto.slash(elsewhere.channel, "roundtable minutes", table=offered["value"])
    assert (await files(named))["md"] == closing
    for table in ("999", "x", "1" * 30):
        assert await elsewhere.type("minutes", by=place.otto, table=table) == NO_SUCH
    backend.set_overwrite(
        place.channel.id,
        Overwrite(
            target_id=place.otto.id, type=OverwriteType.MEMBER, deny=discord.Permissions(view_channel=True).value
        ),
    )
    assert await place.otto.autocomplete(elsewhere.channel, "roundtable minutes", "table", "") == []
    assert await elsewhere.type("minutes", by=place.otto, table=str(session.id)) == NO_SUCH


def cards(place: SimulatedPlace) -> list[discord.Message]:
    return [m for m in place.history() if m.components and "Who convinced you?" in str(m.components[0].to_dict())]


def texts(message: discord.Message) -> str:
    box: Any = message.components[0].to_dict()
    parts = box["components"]
    return "\n".join(part["content"] for part in parts if "content" in part)


async def test_the_audience_says_who_convinced_it(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.settings = parts.settings.model_copy(update={"discussion": Dials(pace=PACE, vote=True, topic_every=1000)})
    monkeypatch.setattr(place.bot, "settings", parts.settings)
    await place.type("start", turns=8)
    await place.turn()
    assert cards(place) == []
    assert await place.type("vote", persona="Bo") == NONE_OPEN
    await place.type("ask")
    (card,) = cards(place)
    assert texts(card).startswith("### Who convinced you?\n> Who bakes?")
    first, second = sorted(set(place.speakers))
    receipt = told(await place.otto.click(card, label=first))
    assert receipt.startswith(f"Your vote for **{first}** counts. You can change it until")
    await place.lena.click(card, label=first)
    await place.restart(parts)
    await place.otto.click(card, label=second)
    await place.lena.click(card, label=first)
    offered = await place.mira.autocomplete(place.channel, "roundtable vote", "persona", second[:4])
    assert [choice["value"] for choice in offered] == [second]
    assert (await place.type("vote", persona=second.upper())).startswith(f"Your vote for **{second}** counts.")
    assert (await place.type("vote", persona="Kaede")).startswith("“Kaede” has not spoken on that question. You can")
    await place.type("privacy", by=place.ada, action="keep me out")
    assert told(await place.ada.click(card, label=second)) == LEFT_OUT
    assert "2" not in texts(cards(place)[0]), "nobody sees how the votes stand"

    await place.turn(2)
    await place.type("ask")
    over, under_way = cards(place)
    assert over.id == card.id
    assert f"`████████████` **2** {second}\n`██████░░░░░░` **1** {first}\n-# 3 votes." in texts(over)
    assert texts(under_way).startswith("### Who convinced you?\n> Who pays?")
    spoke = next(name for name in place.speakers if name in str(under_way.components[0].to_dict()))
    await place.otto.click(under_way, label=spoke)

    session = await place.session()
    forged = [f"{session.id}:1:0", f"{session.id}:1:99", f"{session.id}:999:0", "999:1:0", "nonsense", "1:2:-3", ""]
    channel = place.bot.get_channel(place.channel.id)
    assert isinstance(channel, discord.TextChannel)
    buttons = [c.row(c.button(argument or "none", VERB, argument)) for argument in forged]
    made = await channel.send(view=c.message(*buttons), allowed_mentions=discord.AllowedMentions.none())
    for argument in forged:
        assert told(await place.lena.click(made, label=argument or "none")) == OVER

    await place.type("stop")
    assert "-# 1 vote." in texts(cards(place)[1])
    minutes = (await place.history()[-1].attachments[0].read()).decode()
    assert f"### Who convinced you?\n\n- {second}: 2\n- {first}: 1\n\n## Who pays?" in minutes
