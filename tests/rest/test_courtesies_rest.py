"""Commands, portraits and panels that Discord does not take: the bot comes up and holds its tables all the same."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.chat.posting import courtesies
from bot.store.models import PostKind, Status
from tests.support.discord_stand_in import Fault
from tests.support.portraits import drawn, until_drawn
from tests.support.rest_house import RestHouse


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesies, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(courtesies, "LONGEST_PAUSE", 0.2)


def nonsense(body: bytes) -> Fault:
    """An answer of 200 that is not Discord's."""
    return Fault(body=(body, len(body)))


def said_about(caplog: pytest.LogCaptureFixture, what: str) -> list[str]:
    """What the log says about it: warnings in one line each, and no errors."""
    about = [r for r in caplog.records if what in r.getMessage() and r.levelno > logging.DEBUG]
    assert [r.getMessage() for r in about if r.levelno != logging.WARNING or r.exc_info] == []
    assert all("\n" not in r.getMessage() for r in about)
    return [r.getMessage() for r in about]


async def hold_a_table(house: RestHouse) -> None:
    await house.start()
    await house.until_ended()


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not stored"])
async def test_an_upload_with_an_answer_that_can_not_be_read(
    house: RestHouse, tmp_path: Path, stored: bool, caplog: pytest.LogCaptureFixture
) -> None:
    house.cast = drawn(tmp_path, "Aino", "Ravi")
    path = f"/applications/{house.world.application_id}/emojis"
    house.server.faults.next("POST", path, Fault(stores=stored, answer=(200, {}, {})))
    async with house.running():
        await hold_a_table(house)
        await until_drawn(house, "Aino", "Ravi")
    assert sorted(each.image[-4:] for each in house.world.emojis.values()) == [b"Aino", b"Ravi"]
    (sentence,) = said_about(caplog, "uploading the portrait")
    assert sentence.endswith("failed (KeyError); trying again in 0 s")


async def test_an_upload_that_fails_on_and_on_costs_no_other_picture(house: RestHouse, tmp_path: Path) -> None:
    house.cast = drawn(tmp_path, "Aino", "Ravi")
    path = f"/applications/{house.world.application_id}/emojis"
    async with house.running():
        await until_drawn(house, "Aino", "Ravi")
    house.cast = (*house.cast, *drawn(tmp_path, "Bo"))
    failing = house.server.faults.next("POST", path, Fault.before_storing(503), times=1000)
    async with house.running() as bot:
        await failing.met.wait()
        await hold_a_table(house)
        urls = [bot.avatars.url(each) for each in house.cast]
        assert [("emojis" in url) for url in urls] == [True, True, False]


@pytest.mark.parametrize(
    "body", [b"[]", b'{"items": "none"}', b'{"items": [{}]}', b'{"it', b"<p>One moment, please.</p>", b"null"]
)
async def test_a_list_of_portraits_that_can_not_be_read(
    house: RestHouse, tmp_path: Path, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    house.cast = drawn(tmp_path, "Aino", "Ravi")
    house.server.faults.next("GET", f"/applications/{house.world.application_id}/emojis", nonsense(body))
    async with house.running():
        await hold_a_table(house)
        await until_drawn(house, "Aino", "Ravi")
    assert len(said_about(caplog, "looking the portraits up")) == 1


@pytest.mark.parametrize(
    "make",
    [
        partial(Fault.before_storing, 503),
        partial(nonsense, b"[{}]"),
        partial(nonsense, b'{"message": "fine"}'),
        partial(nonsense, b'[{"id"'),
        partial(nonsense, b"<p>One moment, please.</p>"),
    ],
    ids=["503", "nothing in it", "another shape", "no JSON", "a page"],
)
async def test_commands_that_discord_does_not_take_at_once(
    house: RestHouse, make: Callable[[], Fault], caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/applications/{house.world.application_id}/commands"
    house.server.faults.next("PUT", path, make())
    async with house.running(commands=False) as bot:
        assert bot.is_ready()
        await house.world.until(lambda: len(house.world.requests_to("PUT", path)) == 2, what="the second try")
        await house.world.until(lambda: house.world.commands, what="the commands")
        await hold_a_table(house)
    (sentence,) = said_about(caplog, "bringing the commands up to date")
    assert "; trying again in " in sentence


async def test_a_table_under_way_goes_on_though_the_commands_hang(house: RestHouse) -> None:
    """They come when they come."""
    async with house.running():
        session, gate = await house.between_turns()
    house.world.commands.clear()
    hanging = house.server.faults.next("PUT", "/applications/", Fault.hang())
    async with house.running(commands=False):
        gate.set()
        await house.until_ended()
        assert hanging.met.is_set()
        await house.check_each_once(session)
        hanging.release()


async def test_what_discord_refuses_is_said_and_not_asked_for_again(
    house: RestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/applications/{house.world.application_id}/commands"
    async with house.running():
        pass
    del house.world.commands[max(house.world.commands)]  # the menu entry
    house.server.faults.next("PUT", path, Fault.refused(403, 50001, "Missing Access"), times=1000)
    async with house.running():
        await hold_a_table(house)
    assert len(house.world.requests_to("PUT", path)) == 2
    (sentence,) = said_about(caplog, "bringing the commands up to date")
    assert sentence.endswith("failed (HTTP 403, code 50001): Discord does not allow it")


@pytest.mark.parametrize(
    "fault",
    [
        nonsense(b"{}"),
        nonsense(b'{"id'),
        nonsense(b"<p>One moment, please.</p>"),
        Fault.refused(403, 40333, "internal network error"),
    ],
    ids=["nothing in it", "no JSON", "a page", "turned away"],
)
async def test_a_panel_whose_edit_is_answered_with_nonsense(
    house: RestHouse, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async with house.running():
        session, gate = await house.between_turns()
        (panel,) = await house.store.posts.of_session(session.id, PostKind.PANEL)
        path = f"/channels/{session.channel_id}/messages/{panel.message_id}"
        house.server.faults.next("PATCH", path, fault)
        await house.command("pause")
        await house.world.until(lambda: "Paused" in house.world.message(panel.message_id or 0).words, what="panel")
        gate.set()
        await house.command("resume")
        await house.until_ended()
        await house.world.until(lambda: "Closed" in house.world.message(panel.message_id or 0).words, what="panel")
    assert len(said_about(caplog, f"the panel of session {session.id}")) == 1


async def test_a_panel_that_can_not_be_looked_up_keeps_no_table_waiting(
    house: RestHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    look_up, asked = house.store.posts.of_session, []

    async def broken(session_id: int, *kinds: PostKind) -> object:
        if PostKind.PANEL in kinds:
            asked.append(session_id)
            if len(asked) < 3:
                raise LookupError("the drawer is stuck")
        return await look_up(session_id, *kinds)

    monkeypatch.setattr(house.store.posts, "of_session", broken)
    async with house.running():
        session = await house.start()
        await house.until_status(session, Status.ENDED)
        (panel,) = await look_up(session.id, PostKind.PANEL)
        await house.world.until(lambda: "Closed" in house.world.message(panel.message_id or 0).words, what="panel")
    assert said_about(caplog, f"the panel of session {session.id}")
