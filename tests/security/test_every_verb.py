"""Every verb of every card, pressed as no card has it: by who may not, with others' ids, with nothing chosen."""

from typing import Any

import discord
import pytest
from simcord import MemberActor

from bot.discussion.model.persona import Persona
from tests.support.simulated_place import SimulatedPlace, words

EDDA = Persona(name="Edda", full_name="Edda the Ferrywoman", prompt="You are a ferrywoman.")


async def press_all(place: SimulatedPlace, by: MemberActor, custom_ids: list[str]) -> dict[str, str]:
    """What is answered, by what was pressed."""
    channel = place.bot.get_channel(place.channel.id)
    assert isinstance(channel, discord.TextChannel)
    said: dict[str, str] = {}
    for custom_id in custom_ids:
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.ActionRow(discord.ui.Button(label="Press", custom_id=custom_id)))
        card = await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        view.stop()
        pressed = await by.click(card, custom_id=custom_id)
        answers = [*filter(None, [pressed.response]), *pressed.followups]
        said[custom_id] = "\n".join(words(each.message) for each in answers)
    return said


async def standing(place: SimulatedPlace, *tables: SimulatedPlace) -> Any:
    """All that a press could change."""
    stored = [await table.session() for table in tables]
    turns = [[(t.kind, t.text, t.withheld) for t in await place.store.record(each.id)] for each in stored]
    settings = await place.store.servers.of(place.guild.id)
    made = [made.thing for made in await place.store.own_personas.of(place.guild.id)]
    votes = [await place.store.votes.tallies(each.id) for each in stored]
    return [each.status for each in stored], turns, settings, made, votes, len(place.bot.supervisor.open_sessions())


async def test_no_verb_does_more_than_its_command_and_none_breaks(
    place: SimulatedPlace, caplog: pytest.LogCaptureFixture
) -> None:
    there = place.elsewhere(place.guild.create_text_channel("elsewhere"))
    for table in (place, there):
        await table.type("start")
        await table.turn()
        await table.type("pause")
    makers = place.guild.create_role("makers")
    admin = place.guild.add_member(
        place.env.create_user("nia"),
        roles=[
            place.guild.create_role("all", permissions=discord.Permissions(manage_guild=True, manage_messages=True))
        ],
    )
    await place.type("settings", by=admin, openers=makers, makers=makers)
    sketch = await place.store.sketches.add(place.guild.id, admin.id, "persona", {"fields": {}})
    await place.store.own_personas.add(place.guild.id, EDDA, made_by=admin.id, most=9, sketch_id=sketch.id)
    sketch = await place.store.sketches.add(place.guild.id, admin.id, "persona", {"fields": {}})
    (made,) = await place.store.own_personas.of(place.guild.id)

    own, other = (await place.session()).id, (await there.session()).id
    of_tables = [str(own), str(other)]
    arguments = {"make": [f"{sketch.id}"], "made": [f"persona/{made.id}"], "set": ["vote"], "gallery": ["Edda"]}
    arguments |= {"vote": [f"{own}:1:1"], "strike": [f"{place.spoken[0].id}"]}
    verbs = list(place.bot.clicks.verbs)
    assert len(verbs) > 50
    forged = [f"rt:{verb}:{each}" for verb in verbs for each in arguments.get(verb.partition("-")[0], of_tables)]
    before = await standing(place, place, there)
    answers = await press_all(place, place.otto, forged)
    assert await standing(place, place, there) == before
    assert [pressed for pressed, said in answers.items() if "Something went wrong" in said] == []
    # Who may everything does no harm to the bot either.
    answers = await press_all(
        place, admin, [f"rt:{verb}:{'9' * 23 * (number % 2)}" for number, verb in enumerate(verbs)]
    )
    assert [pressed for pressed, said in answers.items() if "Something went wrong" in said] == []
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
