"""A channel's slow mode holds for what members say through the bot, too."""

import asyncio
import re

import pytest

from bot.chat.commands.answering.slow_mode import seconds_left
from tests.support.discord_stand_in import Channel
from tests.support.rest_house import RestHouse

SLOW = re.compile(r"This channel is in slow mode\. Wait (\d+) seconds, then say it again\.")


@pytest.mark.parametrize(
    ("delay", "passed_ms", "left"),
    [
        (30, 0, 30),
        (30, -1, 30),
        (30, 1, 30),
        (30, 1000, 29),
        (30, 29_001, 1),
        (30, 30_000, 0),
        (30, 90_000, 0),
        (21_600, 1, 21_600),
    ],
)
def test_how_long_is_left_is_told_from_ids(delay: int, passed_ms: int, left: int) -> None:
    last = 1_400_000_000_000 << 22
    assert seconds_left(delay, last, last + (passed_ms << 22)) == left


async def test_say_keeps_to_slow_mode(table: RestHouse) -> None:
    world = table.world
    thread = world.add_thread("general", "ovens")
    world.add_member("Kaisa")
    for name in ("bypass_slowmode", "manage_messages", "manage_channels"):
        world.add_role(name, name, member=world.add_member(name))
    await table.server.settled()
    for place in ("general", thread):
        await table.start(place, turns=200)
        await table.command("pause", channel=place)  # so that the test can take its time

    async def say(by: str, place: Channel | str) -> str:
        asked = world.slash(place, by, "roundtable", "say", {"text": "Rye!"})
        await world.until(lambda: asked.texts or any(each.deleted for each in asked.shown.values()), what="an answer")
        return asked.texts[0] if asked.texts else ""

    world.set_channel("general", slow_mode=119)
    await table.server.settled()
    assert [await say("Otso", place) for place in ("general", thread, thread)] == [""] * 3
    refused = SLOW.fullmatch(await say("Otso", "general"))
    assert refused
    assert 109 <= int(refused[1]) <= 119
    both = await asyncio.gather(say("Kaisa", "general"), say("Kaisa", "general"))
    assert [bool(SLOW.fullmatch(answer)) for answer in sorted(both)] == [False, True], "both at once"
    for name in ("bypass_slowmode", "manage_messages", "manage_channels"):
        assert [SLOW.fullmatch(await say(name, "general")) for _ in range(2)] == [None, None], name
    world.set_channel(thread, slow_mode=21_600)
    await table.server.settled()
    assert "Wait 6 hours, then" in await say("Otso", thread)
