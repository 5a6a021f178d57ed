"""The panel: it follows the table, everyone talks by it, and whoever may steers by the private card that it opens."""

import pytest
from simcord import InteractionResult, MemberActor

from bot.chat.commands.steering.card_verbs import ENDED
from bot.discussion.model.persona import Persona
from bot.store.models import PostKind, PostStatus, Status
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace, buttons, told, words

PUBLIC = ["Say something", "Ask…", "Steer"]
RUNNING = ["Pause", "Skip", "Wrap up", "Stop", "Next question", "Own question", "Length"]


async def press(place: SimulatedPlace, card: InteractionResult, label: str) -> str:
    """Press a button of the private card. Out: what it says besides how the table stands."""
    assert card.response is not None
    pressed = await place.mira.click(card.response, label=label)
    assert pressed.response is not None
    assert pressed.response.id == card.response.id, "the card itself is kept up to date"
    return told(pressed).split("\n", 2)[-1]


def labels(card: InteractionResult) -> list[str]:
    assert card.response is not None
    return buttons(card.response.message)


async def test_the_panel_says_how_the_table_stands(place: SimulatedPlace) -> None:
    await place.type("start")
    assert place.buttons() == PUBLIC
    for turn in (1, 2):
        line, _, coming = words(place.panel).rpartition("next: ")
        assert line == f"**Open** · question 1 of 3 · turn {turn} of 10 · "
        await place.turn()
        assert coming in place.speakers[-1], "who was announced has spoken"
    await place.type("pause")
    assert words(place.panel) == "**Paused** · question 1 of 3 · turn 3 of 10"
    await place.type("stop")
    assert words(place.panel) == "**Closed** · 3 turns"
    assert place.buttons() == []


async def test_the_panel_follows_the_table(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    first = place.panel
    await place.type("ask", question="Who sweeps?")
    assert [m.content for m in place.history()[-2:]] == ["❓ **Who sweeps?**", ""]
    assert place.history()[-1].id == place.panel.id, "it stands behind the new question"
    assert [panel.id for panel in place.panels] == [place.panel.id], "and the old one is gone"
    assert place.panel.id != first.id
    assert "question 4 of 4" in words(place.panel)

    second = place.panel
    for number in range(8):
        await place.otto.send(place.channel, f"// {number}")
    assert place.panel.id == second.id
    await place.otto.send(place.channel, "// among ourselves")
    await place.turn()
    assert place.panel.id == place.history()[-1].id != second.id, "ten messages have come since"
    assert len(place.panels) == 1

    # Told by hand, and not twice within a moment.
    third = place.panel
    assert await place.type("panel", by=place.otto) == "The panel stands at the end of this channel again."
    assert place.panel.id == place.history()[-1].id != third.id
    assert (await place.type("panel", by=place.lena)).startswith("The panel was shown a moment ago")
    assert len(place.panels) == 1


async def test_of_two_panels_that_a_kill_has_left_the_older_goes(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    old = place.panel
    place.env.inject_error("DELETE", f"/channels/*/messages/{old.id}", times=1)
    await place.type("panel")
    assert len(place.panels) == 2, "Discord did not take the old one away"
    await place.restart(parts)
    assert old.id not in [panel.id for panel in place.panels]
    assert len(place.panels) == 1
    panels = await place.store.posts.of_session((await place.session()).id, PostKind.PANEL)
    assert [panel.status for panel in panels] == [PostStatus.REMOVED, PostStatus.POSTED]
    await place.type("pause")
    assert words(place.panel).startswith("**Paused**"), "the new process keeps it up to date"


async def test_while_nobody_takes_turns_the_panel_follows_members(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.type("start")
    await place.type("pause")
    before = place.panel.id
    for number in range(10):
        await place.otto.send(place.channel, f"// {number}")
    assert place.panel.id != before
    assert len(place.panels) == 1
    run = place.bot.supervisor.open_at(place.channel.id)
    heard: list[bool] = []

    async def message_seen(message_id: int) -> None:
        heard.append(run.has_heard(message_id))

    monkeypatch.setattr(run.panel, "message_seen", message_seen)
    await place.otto.send(place.channel, "Is it my turn?")
    assert heard == [True], "what is said waits for no panel"
    monkeypatch.undo()

    place.deny("send_messages")
    for number in range(10):
        await place.lena.send(place.channel, f"// {number}")
    said = await place.type("panel")
    assert said.startswith("The panel is shown as soon as I can post again. ")
    assert "Send Messages" in said
    panels = await place.store.posts.of_session(run.id, PostKind.PANEL)
    assert sum(panel.message_id is None for panel in panels) == 1, "one that waits is enough"


async def test_everyone_talks_by_the_panel(place: SimulatedPlace) -> None:
    await place.type("start")
    form = await place.otto.click(place.panel, label="Say something")
    assert form.modal is not None
    assert form.modal["title"] == "Chime in"
    await place.fill_in(form, "What about rye?", by=place.otto)
    assert (place.speakers[-1], place.history()[-1].content) == ("Otto the Miller (guest)", "What about rye?")

    whom = await place.otto.click(place.panel, label="Ask…")
    assert whom.response is not None
    silent = next(name for name in ("Aino", "Ravi", "Bo") if name not in place.speakers[-1])
    form = await place.otto.select(whom.response, [silent])
    await place.fill_in(form, "and you?", by=place.otto)
    assert [turn.text for turn in await place.guests()] == ["What about rye?", f"{silent}, and you?"]
    assert f"next: {silent}" in words(place.panel)
    await place.turn()
    assert silent in place.speakers[-1]


async def test_who_may_steers_by_a_private_card(place: SimulatedPlace) -> None:
    await place.type("start")
    card = await place.steer()
    assert labels(card) == RUNNING
    assert await press(place, card, "Pause") == "Paused. `/roundtable resume` goes on."
    assert place.said_by_bot[-1] == "-# ⏸ mira paused the table."
    assert labels(card) == ["Resume", "Stop"]
    assert await press(place, card, "Resume") == "Resumed."
    assert labels(card) == RUNNING
    assert (await press(place, card, "Skip")).endswith("is skipped this time.")
    assert await press(place, card, "Next question") == "On the table now: Who pays?"
    assert card.response is not None

    form = await place.mira.click(card.response, label="Own question")
    assert "On the table now: Who sweeps?" in await place.fill_in(form, "Who\nsweeps?", by=place.mira)
    form = await place.mira.click(card.response, label="Length")
    assert "“ten” is no number of turns. Write one from 1 to 200." in await place.fill_in(form, "ten", by=place.mira)
    form = await place.mira.click(card.response, label="Length")
    assert "11 turns are left." in await place.fill_in(form, "12", by=place.mira)

    edda = Persona(name="Edda", full_name="Edda the Ferrywoman", prompt="You are Edda.")
    await place.store.own_personas.add(place.guild.id, edda, made_by=place.ada.id, most=9, sketch_id=0)
    place.bot.workshop.catalogues.changed(place.guild.id)
    await press(place, card, "Skip")
    await place.mira.select(card.response, ["Aino", "Bo", "Edda"])
    assert place.said_by_bot[-2:] == ["-# Edda the Ferrywoman joins the table.", "-# Ravi Menon leaves the table."]
    assert (await place.type("seat remove", persona="Ravi")).startswith("“Ravi” does not sit at this table.")
    await place.mira.select(card.response, ["Bo", "Ravi", "Edda"])
    assert (await place.type("seat remove", persona="Aino")).startswith("“Aino” does not sit at this table.")

    assert (await press(place, card, "Wrap up")) == "3 more turns, then the summary."
    assert (await press(place, card, "Wrap up")) == "The table is wrapping up already."
    await place.mira.click(card.response, label="Stop")
    assert labels(card) == ["End now", "Sum up first", "Keep going"]
    await place.mira.click(card.response, label="Keep going")
    assert labels(card) == RUNNING
    await place.mira.click(card.response, label="Stop")
    assert "The table closes with a summary." in told(await place.mira.click(card.response, label="Sum up first"))
    await place.turn()
    assert (await place.session()).status is Status.ENDED
    assert place.summaries


async def test_stop_ends_at_once_if_that_is_wanted(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start", question="Rye or wheat?")
    assert "question" not in words(place.panel), "of one question there is nothing to count"
    await place.restart(parts)
    card = await place.steer()
    assert "Next question" not in labels(card)
    assert card.response is not None
    await place.mira.click(card.response, label="Stop")
    assert "The table is closed." in told(await place.mira.click(card.response, label="End now"))
    assert labels(card) == []
    assert (await place.session()).status is Status.ENDED


async def test_who_may_not_steer_is_told_who_does_and_what_else_there_is(place: SimulatedPlace) -> None:
    bakers = place.guild.create_role("bakers")
    baker = place.guild.add_member(place.env.create_user("basil"), roles=[bakers])
    await place.type("start")

    async def refusal(by: MemberActor) -> str:
        assert told(await place.steer(by)) == await place.type("pause", by=by), "alike for buttons and commands"
        return told(await place.steer(by))

    instead = "You can chime in: write here, or press **Ask…** on the panel."
    assert await refusal(place.otto) == (
        f"Only <@{place.mira.id}>, who convened this table, or members with **Manage Messages** can do that. {instead}"
    )
    await place.store.servers.change(place.guild.id, steerer_role_id=bakers.id)
    assert await refusal(place.otto) == (
        f"Only <@{place.mira.id}>, who convened this table, members with the role <@&{bakers.id}>, or members with "
        f"**Manage Messages** can do that. {instead}"
    )
    assert labels(await place.steer(baker)) == RUNNING
    assert await place.press("Pause", by=place.ada)
    assert place.said_by_bot[-1] == "-# ⏸ ada paused the table."


async def test_the_panel_of_a_table_that_has_ended(place: SimulatedPlace) -> None:
    await place.type("start")
    old = place.panel
    # Discord does not take the edit that would remove the buttons.
    place.env.inject_error("PATCH", f"/channels/*/messages/{old.id}", times=None)
    await place.type("stop")
    for said in (f"{ENDED} `/roundtable start` opens one.", ENDED):
        assert await place.press("Steer", panel=old) == said
        await place.type("start")
    assert (await place.session()).status is Status.RUNNING


async def test_a_panel_that_was_deleted_hurts_nobody(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.ada.delete(place.panel)
    assert await place.type("pause") == "Paused. `/roundtable resume` goes on."
    assert await place.type("panel") == "The panel stands at the end of this channel again."
    assert await place.type("stop") == "The table is closed."
