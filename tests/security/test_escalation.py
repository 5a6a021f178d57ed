"""Nobody gets to do through the bot what they may not do themselves, or at a table that is not before their eyes."""

import discord
import pytest
from simcord import MemberActor
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.chat.commands.panel import PanelButton
from bot.store.models import Status
from tests.support.simulated_place import SimulatedPlace, told

STALE = "This panel belongs to a table that has ended. `/roundtable start` opens a new one."
MUTE = "You may not write in this channel, so I can't do that for you here."


def silence(place: SimulatedPlace, who: MemberActor) -> None:
    """Take the permission to write here from a member."""
    denied = discord.Permissions(send_messages=True, send_messages_in_threads=True).value
    overwrite = Overwrite(target_id=who.id, type=OverwriteType.MEMBER, deny=denied)
    place.env.backend.set_overwrite(place.channel.id, overwrite)


def forge(place: SimulatedPlace, panel: discord.Message, old: str, new: str) -> None:
    """Have a message's buttons carry other ids, as a forged interaction would."""
    stored = place.env.backend.messages[place.channel.id][panel.id]
    for row in stored.components:
        for button in row["components"]:
            button["custom_id"] = button["custom_id"].replace(old, new)


async def statuses(*places: SimulatedPlace) -> list[Status]:
    return [(await place.session()).status for place in places]


async def test_a_button_of_another_session_does_nothing(place: SimulatedPlace) -> None:
    """Otto convened the one, and presses its button's id in the other channel and in his own."""
    mine = place.elsewhere(place.guild.create_text_channel("mine"))
    await place.type("start")
    await mine.type("start", by=place.otto)
    theirs, own = (await place.session()).id, (await mine.session()).id
    forge(mine, mine.panel, f":{own}:", f":{theirs}:")
    for label in ("Pause", "Stop", "Say something", "Status", "Skip speaker"):
        assert await mine.press(label, by=place.otto) == STALE
    forge(place, place.panel, f":{theirs}:", f":{own}:")
    for label in ("Pause", "Stop", "Say something", "Status", "Skip speaker"):
        assert await place.press(label, by=place.otto) == STALE
    assert await statuses(place, mine) == [Status.RUNNING, Status.RUNNING]


async def test_a_convener_of_one_table_is_nobody_at_another(place: SimulatedPlace) -> None:
    mine = place.elsewhere(place.guild.create_text_channel("mine"))
    await place.type("start")
    await mine.type("start", by=place.otto)
    for command in ("stop", "pause", "skip", "wrapup"):
        assert (await place.type(command, by=place.otto)).startswith(f"Only <@{place.mira.id}>")
    assert (await place.press("Stop", by=place.otto)).startswith(f"Only <@{place.mira.id}>")
    assert await statuses(place, mine) == [Status.RUNNING, Status.RUNNING]


async def test_a_forged_action_does_no_more_than_status(place: SimulatedPlace) -> None:
    await place.type("start")
    number = (await place.session()).id
    forge(place, place.panel, f":{number}:pause", f":{number}:destroy")
    result = await place.otto.click(place.panel, custom_id=f"roundtable:{number}:destroy")
    assert told(result).startswith("**The table is open.**")
    assert await statuses(place) == [Status.RUNNING]


@pytest.mark.parametrize("custom_id", ["roundtable:1:stop; drop", "roundtable:-1:stop", "roundtable::stop", "x:1:stop"])
def test_other_ids_are_no_buttons_of_ours(custom_id: str) -> None:
    assert not PanelButton.__discord_ui_compiled_template__.fullmatch(custom_id)


async def test_a_stale_panel_acts_on_no_later_table(place: SimulatedPlace) -> None:
    await place.type("start")
    old = place.panel
    place.env.inject_error("PATCH", f"/channels/*/messages/{old.id}", times=None)
    await place.type("stop")
    await place.type("start")
    for label in ("Pause", "Stop", "Say something"):
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
        assert shown.modal is not None
        (field,) = [c["components"][0] for c in shown.modal["components"]]
        answer = told(await place.otto.submit_modal(shown, {field["custom_id"]: "What about rye?"}))
        assert ("has ended, so it was not said" if another else "There is no table") in answer
    assert len(place.history()) == before
    assert await place.guests() == []


async def test_who_may_not_write_here_can_not_have_the_bot_write(place: SimulatedPlace) -> None:
    await place.type("start")
    form = await place.otto.click(place.panel, label="Say something")
    silence(place, place.otto)
    assert await place.type("say", by=place.otto, text="Let me!") == MUTE
    assert form.modal is not None
    (field,) = [c["components"][0] for c in form.modal["components"]]
    assert told(await place.otto.submit_modal(form, {field["custom_id"]: "Let me!"})) == MUTE
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
