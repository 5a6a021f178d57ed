"""Nobody gets to do through the bot what they may not do themselves, or at a table that is not before their eyes."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from simcord import MemberActor
from simcord.backend.models import Overwrite
from simcord.components import walk_components
from simcord.enums import OverwriteType

from bot.chat.commands.answering.clicks import OUT_OF_DATE
from bot.chat.commands.steering.actions import in_their_name
from bot.chat.commands.steering.card_verbs import ENDED as STALE
from bot.store.models import Status
from tests.support.simulated_place import SimulatedPlace, told

MUTE = "You may not write in this channel, so I can't do that for you here."


def silence(place: SimulatedPlace, who: MemberActor) -> None:
    """Take the permission to write here from a member."""
    denied = discord.Permissions(send_messages=True, send_messages_in_threads=True).value
    overwrite = Overwrite(target_id=who.id, type=OverwriteType.MEMBER, deny=denied)
    place.env.backend.set_overwrite(place.channel.id, overwrite)


def forge(place: SimulatedPlace, panel: discord.Message, old: str, new: str) -> None:
    """Have a message's buttons carry other ids, as a forged interaction would."""
    stored = place.env.backend.messages[place.channel.id][panel.id]
    for part in walk_components(stored.components):
        if "custom_id" in part:
            part["custom_id"] = part["custom_id"].replace(old, new)


async def statuses(*places: SimulatedPlace) -> list[Status]:
    return [(await place.session()).status for place in places]


async def test_a_button_of_another_session_does_nothing(place: SimulatedPlace) -> None:
    """Otto convened the one, and presses its button's id in the other channel and in his own."""
    mine = place.elsewhere(place.guild.create_text_channel("mine"))
    await place.type("start")
    await mine.type("start", by=place.otto)
    theirs, own = (await place.session()).id, (await mine.session()).id
    for here, old, new in ((mine, own, theirs), (place, theirs, own)):
        panel = here.panel
        for verb in ("table.steer", "steer.pause", "steer.stop", "steer.end", "steer.seats", "table.say", "table.whom"):
            forge(here, panel, f"rt:table.steer:{old}", f"rt:{verb}:{new}")
            assert told(await place.otto.click(panel, custom_id=f"rt:{verb}:{new}")) == STALE, verb
            forge(here, panel, f"rt:{verb}:{new}", f"rt:table.steer:{old}")
    assert await statuses(place, mine) == [Status.RUNNING, Status.RUNNING]


async def test_forged_presses_do_no_more_than_commands(place: SimulatedPlace) -> None:
    """Whoever may not steer can't by the ids of the private card either; unknown verbs do nothing."""
    await place.type("start")
    number = (await place.session()).id
    pressed = [f"rt:steer.{verb}:{number}" for verb in ("pause", "skip", "next", "wrapup", "length", "end", "summary")]
    for forged, answer in [
        *((each, "Only <@") for each in pressed),
        (f"rt:steer.destroy:{number}", OUT_OF_DATE),
        (f"roundtable:{number}:stop", OUT_OF_DATE),
        ("rt:steer.pause:", STALE),
        (f"rt:steer.pause:-{number}", STALE),
        ("rt:end.more:x", OUT_OF_DATE),
        ("rt:end.more:99", "This table is kept no more"),
        (f"rt:end.more:{number}", "Only <@"),
    ]:
        panel = place.panel
        forge(place, panel, f"rt:table.steer:{number}", forged)
        assert answer in told(await place.otto.click(panel, custom_id=forged)), forged
        forge(place, panel, forged, f"rt:table.steer:{number}")
    assert await statuses(place) == [Status.RUNNING]


async def test_a_convener_of_one_table_is_nobody_at_another(place: SimulatedPlace) -> None:
    mine = place.elsewhere(place.guild.create_text_channel("mine"))
    await place.type("start")
    await mine.type("start", by=place.otto)
    for command in ("stop", "pause", "skip", "wrapup"):
        assert (await place.type(command, by=place.otto)).startswith(f"Only <@{place.mira.id}>")
    assert (await place.press("Stop", by=place.otto)).startswith(f"Only <@{place.mira.id}>")
    assert await statuses(place, mine) == [Status.RUNNING, Status.RUNNING]


async def test_a_stale_panel_acts_on_no_later_table(place: SimulatedPlace) -> None:
    await place.type("start")
    old = place.panel
    place.env.inject_error("PATCH", f"/channels/*/messages/{old.id}", times=None)
    await place.type("stop")
    await place.type("start")
    for label in ("Steer", "Ask…", "Say something"):
        assert await place.press(label, panel=old) == STALE
    assert await statuses(place) == [Status.RUNNING]


@pytest.mark.parametrize("another", [False, True])
async def test_a_form_that_comes_after_the_end_is_not_taken(place: SimulatedPlace, another: bool) -> None:
    await place.type("start")
    form = await place.otto.click(place.panel, label="Say something")
    ask = await place.otto.context_menu(place.channel, "Ask this persona", place.spoken[0])
    await place.type("stop")
    if another:
        await place.type("start")
    before = len(place.history())
    for shown in (form, ask):
        answer = await place.fill_in(shown, "What about rye?", by=place.otto)
        assert "has ended, so it was not said" in answer
    assert len(place.history()) == before
    assert await place.guests() == []


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ("Aino", "Aino (guest)"),
        ("Roundtable", "Roundtable (guest)"),
        ("@everyone", "every\u200aone (guest)"),
        ("Discord", "Disc\u200aord (guest)"),
        ("\u202eonia\u200b", "onia (guest)"),
        ("Aino" + " \u2003" * 60 + "x", "Aino x (guest)"),
        ("A" * 90, "A" * 71 + "… (guest)"),
        ("\u3164", "Speaker (guest)"),
    ],
)
def test_a_member_for_whom_the_bot_posts_passes_for_nobody_else(called: str, shown: str) -> None:
    face = discord.Asset._from_default_avatar(cast(Any, None), 0)
    user = cast(discord.User, SimpleNamespace(display_name=called, display_avatar=face))
    (post,) = in_their_name(user, "Bread is dear.")
    assert post.username == shown
    assert len(shown) <= 80


async def test_who_may_not_write_here_can_not_have_the_bot_write(place: SimulatedPlace) -> None:
    await place.type("start")
    form = await place.otto.click(place.panel, label="Say something")
    silence(place, place.otto)
    assert await place.type("say", by=place.otto, text="Let me!") == MUTE
    assert (await place.fill_in(form, "Let me!", by=place.otto)).startswith(MUTE)
    assert await place.guests() == []
    await place.type("stop")
    assert await place.type("start", by=place.otto) == MUTE


async def test_who_may_write_in_threads_may_there(place: SimulatedPlace) -> None:
    thread = place.make_thread("bakery")
    denied = discord.Permissions(send_messages=True).value
    overwrite = Overwrite(target_id=place.otto.id, type=OverwriteType.MEMBER, deny=denied)
    place.env.backend.set_overwrite(place.channel.id, overwrite)
    assert await place.type("start", by=place.otto) == MUTE
    assert (await thread.type("start", by=place.otto)).startswith("The table is open.")


async def test_other_bots_and_webhooks_are_not_heard(place: SimulatedPlace) -> None:
    """Nor can two bots keep each other talking."""
    await place.type("start")
    robot = place.guild.add_member(place.env.create_user("robot", bot=True))
    await robot.send(place.channel, "Aino, what do you say?")
    await place.guild.create_webhook(place.channel, "Roundtable").send("Bo, and you?", username="Ravi Menon")
    await place.env.settle()
    assert await place.guests() == []
