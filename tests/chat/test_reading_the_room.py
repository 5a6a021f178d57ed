"""Reactions on Discord: which of them the next speaker is told of, and that none of them shows anything."""

import re
from collections.abc import Callable

import discord
import pytest
from sqlalchemy import Connection

from bot.chat.cards.guide_card import REACTING
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import FULL_NAMES, Parts
from tests.support.simulated_place import SimulatedPlace

NAMES = {full_name: name for name, full_name in FULL_NAMES.items()}


def told(llm: ScriptedEndpoint) -> list[str]:
    """What the audience made of turns, as it stands in the prompts: one entry a prompt that tells it."""
    clause = re.compile(r'((?:The|Somebody in the) audience .*?) point "')
    tails = (prompt.rpartition("(A note from the moderator")[2] for prompt in llm.prompts)
    return [found[1] for tail in tails if (found := clause.search(tail))]


def point_of(message: discord.Message) -> str:
    return f"{NAMES[message.author.name]}'s"


async def counts(place: SimulatedPlace) -> list[tuple[int, int]]:
    return [*(await place.store.reactions.counts((await place.session()).id)).values()]


async def test_what_members_react_with_is_in_the_next_prompt_and_nowhere_else(
    place: SimulatedPlace, llm: ScriptedEndpoint
) -> None:
    await place.type("start", floor="round_robin")
    first = place.spoken[0]
    for who, emoji in ((place.otto, "👍🏽"), (place.lena, "❤️"), (place.ada, "🤔")):
        await who.react(first, emoji)
    shown = len(place.history())
    assert told(llm) == []
    await place.turn()
    assert told(llm) == [f"The audience liked {point_of(first)}"]
    assert f'{point_of(first)} point "{first.content[:40]}' in llm.prompts[-1]
    assert len(place.history()) == shown + 1
    await place.ada.react(first, "👎")
    await place.turn(3)
    assert len(told(llm)) == 1
    await place.type("minutes")
    assert "audience_reacted" not in str([m.attachments for m in place.history()])


async def test_what_is_taken_back_or_cleared_is_not_told(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.turn(2)
    one, two, three = place.spoken[:3]
    await place.otto.react(one, "👍")
    await place.otto.react(one, "💯")
    await place.otto.unreact(one, "👍")
    assert await counts(place) == [(1, 0)]
    await place.otto.unreact(one, "💯")
    for message in (two, three):
        for emoji in ("👎", "🔥"):
            await place.otto.react(message, emoji)
    backend = place.env.backend
    backend.clear_reactions(place.channel.id, two.id)
    backend.clear_reaction(place.channel.id, three.id, "👎")
    await place.env.settle()
    assert await counts(place) == [(1, 0)]
    await place.otto.unreact(three, "🔥")
    await place.turn(2)
    assert told(llm) == []


async def test_whose_reactions_do_not_count_and_to_what_none_do(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.turn()
    await place.type("privacy", by=place.otto, action="keep me out")
    await place.otto.react(place.spoken[0], "👍")
    await place.spoken[0].add_reaction("👍")
    robot = place.guild.add_member(place.env.create_user("counter", bot=True))
    await robot.react(place.spoken[0], "👍")
    question = await place.lena.send(place.channel, "Who sweeps?")
    for message in (question, place.card, place.panel):
        await place.ada.react(message, "👍")
    assert await counts(place) == []
    await place.turn(2)
    assert told(llm) == []


async def test_only_who_may_chime_in_is_counted(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start", floor="round_robin", guests="Moderators")
    first = place.spoken[0]
    await place.otto.react(first, "👍")
    assert await counts(place) == []
    await place.ada.react(first, "👎")
    await place.turn()
    assert told(llm) == [f"Somebody in the audience did not like {point_of(first)}"]


async def test_a_server_switches_it_off_and_it_holds_over_a_restart(
    place: SimulatedPlace, llm: ScriptedEndpoint, parts: Parts
) -> None:
    await place.type("start")
    await place.turn()
    await place.otto.react(place.spoken[0], "👍")
    assert REACTING in await place.type("help", by=place.otto)
    await place.store.servers.change(place.guild.id, reactions=False)
    assert REACTING not in await place.type("help", by=place.otto)
    await place.otto.react(place.spoken[1], "👍")
    await place.turn(2)
    assert told(llm) == []
    await place.store.servers.change(place.guild.id, reactions=True)
    await place.restart(parts)
    await place.turn(2)
    assert told(llm) == [f"Somebody in the audience liked {point_of(place.spoken[0])}"]


async def test_a_member_sees_takes_along_and_forgets_theirs(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.turn()
    await place.otto.react(place.spoken[0], "👍")
    assert "And 1 reaction of yours." in await place.type("privacy", by=place.otto)
    sure = await place.otto.slash(place.channel, "roundtable privacy", action="forget me")
    await place.press_on(sure, "Forget me", by=place.otto)
    assert await counts(place) == []
    assert "reaction of yours" not in await place.type("privacy", by=place.otto)


async def test_where_no_table_is_open_nothing_is_looked_up(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.type("start")
    await place.turn()
    first = place.spoken[0]
    await place.type("stop")

    async def asked(work: Callable[[Connection], object], **options: object) -> None:
        pytest.fail("the database was asked")

    monkeypatch.setattr(place.store._database, "run", asked)
    await place.otto.react(first, "👍")
    await place.otto.unreact(first, "👍")
    monkeypatch.undo()


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_host_asks_discord_for_them_or_not(parts: Parts, wanted: bool) -> None:
    parts.settings = parts.settings.model_copy(update={"reactions": wanted})
    bot = parts.make()
    assert bot.intents.guild_reactions is wanted
    assert bot.supervisor._reads_room is wanted
    await bot.close()
