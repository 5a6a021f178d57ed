"""The control panel: the same doings as the commands, one press away, for whoever may."""

import pytest
from simcord import SetupError

from bot.store.models import Status
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace

RUNNING = ["Say something", "Pause", "Skip speaker", "Next question", "Wrap up", "Status", "Stop"]
PAUSED = ["Say something", "Resume", "Status", "Stop"]


async def test_the_panel_follows_the_table(place: SimulatedPlace) -> None:
    await place.type("start")
    assert place.buttons() == RUNNING
    assert place.panel.content == "**The table is open.**\nQuestion 1 of 3: Who bakes?"
    assert await place.press("Pause") == ""
    assert place.said_by_bot[-1] == "-# ⏸ mira paused the table."
    assert place.buttons() == PAUSED
    assert place.panel.content == "**The table is paused.**\nQuestion 1 of 3: Who bakes?"
    assert await place.press("Resume") == ""
    assert "-# ▶ mira resumed the table." in place.said_by_bot
    assert place.buttons() == RUNNING
    assert await place.press("Stop") == ""
    assert "-# ⏹ mira ended the table." in place.said_by_bot
    assert place.buttons() == []
    assert place.panel.content == "**The table is closed.**"
    assert (await place.session()).status is Status.ENDED


async def test_the_panel_steers(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.press("Skip speaker")
    assert [text for text in place.said_by_bot if text.startswith("-# mira skips ")]
    await place.press("Next question")
    assert "❓ **Who pays?**" in place.said_by_bot
    assert "Question 2 of 3: Who pays?" in place.panel.content
    await place.press("Wrap up")
    assert "-# mira asks the table to wrap up." in place.said_by_bot
    assert await place.press("Wrap up") == "The table is wrapping up already."


async def test_one_question_needs_no_button_for_the_next(place: SimulatedPlace) -> None:
    await place.type("start", question="Rye or wheat?")
    assert place.buttons() == [label for label in RUNNING if label != "Next question"]
    assert place.panel.content == "**The table is open.**\nRye or wheat?"


async def test_the_panel_is_the_conveners(place: SimulatedPlace) -> None:
    await place.type("start")
    for label in set(RUNNING) - {"Say something", "Status"}:
        assert (await place.press(label, by=place.otto)).startswith(f"Only <@{place.mira.id}>, who convened")
    await place.press("Pause", by=place.ada)
    assert place.said_by_bot[-1] == "-# ⏸ ada paused the table."
    assert (await place.press("Status", by=place.otto)).startswith("**The table is paused.**")


async def test_the_panel_survives_a_restart(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    await place.restart(parts)
    await place.press("Pause")
    assert (await place.session()).status is Status.PAUSED
    assert place.buttons() == PAUSED
    await place.restart(parts)
    assert place.buttons() == PAUSED
    await place.press("Resume")
    assert (await place.session()).status is Status.RUNNING
    assert place.buttons() == RUNNING


async def test_the_panel_of_a_table_that_has_ended(place: SimulatedPlace) -> None:
    await place.type("start")
    old = place.panel
    # Discord does not take the edit that would remove the buttons.
    place.env.inject_error("PATCH", f"/channels/*/messages/{old.id}", times=None)
    await place.type("stop")
    for _ in range(2):
        answer = await place.press("Pause", panel=old)
        assert answer == "This panel belongs to a table that has ended. `/roundtable start` opens a new one."
        await place.type("start")
    assert (await place.session()).status is Status.RUNNING


async def test_a_closed_table_has_nothing_to_press(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.type("stop")
    with pytest.raises(SetupError):
        await place.press("Pause")


async def test_a_panel_that_was_deleted_hurts_nobody(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.ada.delete(place.panel)
    assert await place.type("pause") == "Paused. `/roundtable resume` goes on."
    assert await place.type("stop") == "The table is closed."


async def test_the_panel_has_a_form_to_chime_in(place: SimulatedPlace) -> None:
    await place.type("start")
    form = await place.otto.click(place.panel, label="Say something")
    assert form.modal is not None
    assert form.modal["title"] == "Chime in"
    (field,) = [c["components"][0] for c in form.modal["components"]]
    await place.otto.submit_modal(form, {field["custom_id"]: "What about rye?"})
    assert (place.speakers[-1], place.history()[-1].content) == ("Otto the Miller (guest)", "What about rye?")
    assert [turn.text for turn in await place.guests()] == ["What about rye?"]
