"""An answer to a command, button or form that Discord loses: a line in the log, and what was done stands."""

import asyncio
import logging
from collections.abc import Callable

import discord
import pytest

from bot.discussion.model.record import Turn
from bot.store.models import Status, StoredSession
from tests.support.discord_stand_in import Fault, Interaction
from tests.support.rest_house import RestHouse

CALLBACK = "/interactions/"
MakeFault = Callable[[], Fault]
LOST: dict[str, MakeFault] = {
    "500": Fault.accepted_then,
    "reset": Fault.accepted_then_reset,
    "cut": Fault.accepted_then_cut,
    "a page": Fault.accepted_then_page,
}
every_loss = pytest.mark.parametrize("lost", LOST.values(), ids=LOST.keys())
WORDS = "Ravi, rye or wheat?\nI bake."


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of answers: one line each, and nothing worse."""
    records = [r for r in caplog.records if r.levelno >= logging.WARNING and r.name.startswith("bot.chat")]
    assert [r.getMessage() for r in records if r.levelno > logging.WARNING or r.exc_info] == []
    return [r.getMessage() for r in records]


def follow_ups(house: RestHouse) -> str:
    return f"/webhooks/{house.world.application_id}/"


async def at_rest(house: RestHouse) -> StoredSession:
    """A table that is paused: it hears what is said, and does not come to its end meanwhile."""
    session, _ = await house.between_turns()
    await house.command("pause")
    return await house.until_status(session, Status.PAUSED)


def say(house: RestHouse, text: str = WORDS) -> Interaction:
    return house.world.slash("general", "Otso", "roundtable", "say", {"text": text})


async def guests(house: RestHouse) -> list[Turn]:
    (session,) = await house.store.unfinished_sessions()
    return [turn for turn in await house.store.record(session.id) if turn.kind == "guest"]


async def until_heard(house: RestHouse, text: str) -> list[tuple[str, str]]:
    """Who said what, once this is among it."""
    async with asyncio.timeout(10):
        # The database sends no signal.
        while text not in [turn.text for turn in await guests(house)]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return [(turn.speaker, turn.text) for turn in await guests(house)]


async def until_logged(house: RestHouse, caplog: pytest.LogCaptureFixture) -> str:
    await house.world.until(lambda: lines(caplog), what="a line in the log")
    await house.server.settled()
    (line,) = lines(caplog)
    return line


@pytest.mark.parametrize("lost", list(LOST.values())[1:], ids=list(LOST)[1:])  # after a 500 the library sends it again
async def test_what_a_command_did_stands_though_its_answer_is_lost(
    table: RestHouse, lost: MakeFault, caplog: pytest.LogCaptureFixture
) -> None:
    session, _ = await table.between_turns()
    table.server.faults.next("POST", follow_ups(table), lost())
    asked = table.world.slash("general", "Mira", "roundtable", "pause")
    await table.until_status(session, Status.PAUSED)
    line = await until_logged(table, caplog)
    assert line.startswith("the answer to “roundtable pause” was lost (")
    assert line.endswith("); what was done stands")
    assert [each.kind for each in asked.answers] == ["deferred", "followup"]
    assert (await table.until_status(session, Status.PAUSED)).fault is None


@every_loss
async def test_a_command_is_carried_out_and_answered_though_discord_lost_that_it_would_be(
    table: RestHouse, lost: MakeFault, caplog: pytest.LogCaptureFixture
) -> None:
    session, _ = await table.between_turns()
    table.server.faults.next("POST", CALLBACK, lost())
    asked = table.world.slash("general", "Mira", "roundtable", "pause")
    answer = await asked.answered("followup")
    assert answer.payload["content"] == "Paused. `/roundtable resume` goes on."
    await table.until_status(session, Status.PAUSED)
    assert len(lines(caplog)) == 1


async def test_what_came_too_late_is_not_carried_out(table: RestHouse, caplog: pytest.LogCaptureFixture) -> None:
    """The member reads that the bot did not respond, and asks again: once is enough."""
    session, _ = await table.between_turns()
    table.server.faults.next("POST", CALLBACK, Fault.refused(404, 10062, "Unknown interaction"))
    asked = table.world.slash("general", "Mira", "roundtable", "pause")
    line = await until_logged(table, caplog)
    assert line == "“roundtable pause” came too late, or the bot was too slow, and was not carried out"
    assert asked.answers == []
    stored = await table.store.session(session.id)
    assert stored is not None
    assert stored.status is Status.RUNNING
    assert await table.command("pause") == "Paused. `/roundtable resume` goes on."


async def test_an_answer_that_meets_a_bot_which_has_closed_is_no_fault_of_ours(
    table: RestHouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connections are closed under whoever is still at work."""

    async def closed(*_: object, **__: object) -> None:
        raise RuntimeError("Session is closed")

    monkeypatch.setattr(discord.Webhook, "send", closed)
    table.world.slash("general", "Mira", "roundtable", "pause")
    line = await until_logged(table, caplog)
    assert line == "the answer to “roundtable pause” was lost (RuntimeError); what was done stands"


async def test_a_refusal_that_is_lost_is_no_fault_of_ours(table: RestHouse, caplog: pytest.LogCaptureFixture) -> None:
    table.server.faults.next("POST", CALLBACK, Fault.accepted_then_reset())
    asked = say(table)
    line = await until_logged(table, caplog)
    assert line.startswith("the answer to “roundtable say” was lost (")
    assert [each.kind for each in asked.answers] == ["message"]


async def test_a_form_that_is_lost_is_no_fault_of_ours(table: RestHouse, caplog: pytest.LogCaptureFixture) -> None:
    session, _ = await table.between_turns()
    panel = next(m for m in table.shown() if "table.steer" in str(m.components))
    table.server.faults.next("POST", CALLBACK, Fault.accepted_then_reset())
    table.world.click(panel, f"rt:table.say:{session.id}", "Otso")
    line = await until_logged(table, caplog)
    assert line.startswith("the answer to a button was lost (")


# --- what is said by command: a message under the member's name shows it, once ---


@pytest.mark.parametrize("lost", [LOST["reset"], LOST["a page"]], ids=["reset", "a page"])
async def test_what_is_said_by_command_is_shown_once_though_the_answer_is_lost(
    table: RestHouse, lost: MakeFault
) -> None:
    await at_rest(table)
    table.server.faults.next("POST", "/webhooks/", lost(), content=WORDS)
    asked = say(table)
    await until_heard(table, WORDS)
    await table.world.until(lambda: asked.answers and not asked.messages, timeout=20, what="the answer's withdrawal")
    (shown,) = [m for m in table.shown() if m.content == WORDS]
    assert (shown.author["username"], shown.is_silent) == ("Otso (guest)", False)
    (turn,) = await guests(table)
    assert (turn.speaker, turn.text, turn.message_id) == ("Otso", WORDS, asked.id)
    table.world.delete_message(shown)
    await table.server.settled()
    await until_heard(table, "")
    found = await table.store.posts.of_message(shown.id)
    assert found is not None
    assert (found[1].content, found[1].username) == ("", None), "neither words nor name are kept"


async def test_what_a_filter_refuses_is_said_to_nobody(table: RestHouse) -> None:
    await at_rest(table)
    table.server.faults.next("POST", "/webhooks/", Fault.refused(400, 200000, "Blocked"), content=WORDS)
    answer = await say(table).answered("followup")
    assert answer.payload["content"].startswith("Discord, or a filter of this server, refused it")
    (turn,) = await guests(table)
    assert turn.withheld
