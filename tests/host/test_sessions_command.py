"""`roundtable sessions`, as typed: asked of the running bot, or of the database where none runs."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.chat.host_side import HostSide
from bot.cli import main
from bot.ops import control_client
from bot.ops.control_protocol import NoBot, control_socket
from bot.store.models import Fault, Status
from bot.store.opening import lock_database
from bot.store.spending import Account, Used
from tests.support.endpoint_stand_in import held
from tests.support.rest_house import FIRST, RestHouse
from tests.support.samples import STARTED, stored_session

pytestmark = pytest.mark.usefixtures("no_settings", "of_the_house")


@pytest.fixture
def of_the_house(house: RestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings name the database of the house."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/roundtable.db")


@asynccontextmanager
async def hosted(house: RestHouse, tmp_path: Path) -> AsyncIterator[None]:
    """The bot runs, and heeds its host."""
    async with HostSide.open(house.store, control_socket(tmp_path / "roundtable.db")) as side, house.running() as bot:
        with side.of(bot):
            yield


async def typed(*arguments: str) -> int:
    return await asyncio.to_thread(main, list(arguments))


def rows(said: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in said.splitlines()]


async def test_a_running_table_is_seen_paused_resumed_and_ended(
    house: RestHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosted(house, tmp_path):
        house.llm.enqueue(FIRST, *(held(asyncio.Event(), "Never.") for _ in range(3)))
        session = await house.start(turns=9)
        await house.world.wait_for_messages("general", 1, containing=FIRST)
        number = str(session.id)
        assert await typed("sessions", "list") == 0
        head, row = rows(capsys.readouterr().out)
        assert head == ["id", "state", "turns", "tokens", "cost", "opened (UTC)", "where", "title"]
        assert row[:3] == [number, "running", "1"]
        assert row[4] == "-"
        assert row[6:] == [f"{house.world.guild_name} #general", "bread"]
        await typed("sessions", "list", "--json")
        (listed,) = json.loads(capsys.readouterr().out)
        assert (listed["id"], listed["status"], listed["fault"], listed["place_id"]) == (
            session.id,
            "running",
            None,
            session.place_id,
        )
        assert await typed("sessions", "pause", number) == 0
        assert capsys.readouterr().out == f"Table {number} is paused until somebody resumes it.\n"
        await house.until_status(session, Status.PAUSED)
        await house.world.wait_for_messages("general", 1, containing="⏸ The host paused the table.")
        assert await typed("sessions", "pause", number) == 1
        assert capsys.readouterr().err.endswith("\nThe table is paused already.\n")
        assert await typed("sessions", "resume", number) == 0
        await house.world.wait_for_messages("general", 1, containing="▶ The host resumed the table.")
        capsys.readouterr()
        assert await typed("sessions", "show", number) == 0
        shown = capsys.readouterr().out
        assert f"table     {number}: bread" in shown
        assert "turns     1 of 9" in shown
        assert "question  Who bakes?" in shown
        assert "cast      Professor Aino Virtanen, Ravi Menon, Bo Lindqvist" in shown
        assert await typed("sessions", "stop", number) == 0
        assert await house.until_status(session, Status.ENDED)
        await house.world.wait_for_messages("general", 1, containing="⏹ The host ended the table.")
        capsys.readouterr()
        assert await typed("sessions", "stop", number) == 1
        assert capsys.readouterr().err.endswith(f"\nTable {number} has ended already.\n")
        await typed("sessions", "list")
        assert (
            capsys.readouterr().out
            == "No table is open. `roundtable sessions list --all` shows those that have ended.\n"
        )
        await typed("sessions", "list", "--all")
        assert rows(capsys.readouterr().out)[1][:2] == [number, "ended"]
        assert await typed("sessions", "show", "99") == 1
        assert "There is no table 99. `roundtable sessions list --all` shows" in capsys.readouterr().err
    assert not control_socket(tmp_path / "roundtable.db").exists()


@pytest.mark.parametrize("options", [[], ["--all"]])
async def test_before_the_first_table_there_is_none(
    house: RestHouse, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert await typed("sessions", "list", *options) == 0
    assert capsys.readouterr().out == "There are no tables yet.\n"
    assert await typed("sessions", "list", *options, "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


async def test_a_table_can_be_asked_for_its_summary(house: RestHouse, tmp_path: Path) -> None:
    async with hosted(house, tmp_path):
        session, gate = await house.between_turns()
        assert await typed("sessions", "stop", str(session.id), "--summary") == 0
        gate.set()
        await house.until_ended()
        assert [turn.kind for turn in await house.store.record(session.id)][-1] == "summary"


@pytest.mark.parametrize("is_running", [True, False])
async def test_minutes_go_to_a_file_of_their_own(
    house: RestHouse, tmp_path: Path, is_running: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosted(house, tmp_path):
        session, _ = await house.between_turns()
        if is_running:
            await export_all(str(session.id), capsys)
    if not is_running:
        await export_all(str(session.id), capsys)


async def export_all(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkdir("out")
    capsys.readouterr()
    assert await typed("sessions", "export", number, "out") == 0
    (named,) = os.listdir("out")
    assert re.fullmatch(r"bread-\d{4}-\d\d-\d\d\.md", named)
    assert capsys.readouterr().out == f"The minutes of table {number} are in out/{named}.\n"
    assert await typed("sessions", "export", number, "a.html") == 0
    assert await typed("sessions", "export", number, "rows", "--format", "jsonl") == 0
    for file, start in (
        ("out/" + named, "# minutes: bread"),
        ("a.html", "<!doctype html>"),
        ("rows", '{"seq": 0, "kind": "session"'),
    ):
        text = await asyncio.to_thread(Path(file).read_text, encoding="utf-8")
        assert text.lower().startswith(start.lower())
        assert FIRST in text
        assert os.stat(file).st_mode & 0o077 == 0
    assert await typed("sessions", "export", number, "a.html") == 1
    assert "a.html is there already. --force replaces it." in capsys.readouterr().err
    assert await typed("sessions", "export", number, "a.html", "--force") == 0


async def test_what_is_decided_while_no_bot_runs_holds_when_it_starts(
    house: RestHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosted(house, tmp_path):
        session, _ = await house.between_turns()
    number = str(session.id)
    assert await typed("sessions", "pause", number) == 0
    assert await typed("sessions", "stop", number, "--summary") == 1
    said = capsys.readouterr()
    assert said.out == f"Table {number} is paused: it stays so when the bot starts, until somebody resumes it.\n"
    assert "start the bot, then stop the table with --summary" in said.err
    async with hosted(house, tmp_path):
        await house.world.wait_for_messages("general", 1, containing="⏸ The host paused the table.")
        await house.settled()
        assert house.bot.supervisor.open_at(session.place_id).status is Status.PAUSED
    assert await typed("sessions", "stop", number) == 0
    async with hosted(house, tmp_path):
        await house.world.wait_for_messages("general", 1, containing="⏹ The host ended the table.")
        await house.settled()
        minutes = [m for m in house.shown() if m.attachments]
        assert len(minutes) == 1
    assert (await house.store.session(session.id)).status is Status.ENDED  # type: ignore[union-attr]


async def test_a_bot_that_does_not_listen_is_not_steered_behind_its_back(
    house: RestHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosted(house, tmp_path):
        session, _ = await house.between_turns()
    await house.store.set_status(session.id, Status.PAUSED, "The model is away.", Fault.ENDPOINT)
    with lock_database(tmp_path / "roundtable.db"):
        assert await typed("sessions", "resume", str(session.id)) == 1
        assert await typed("sessions", "list") == 0
        assert await typed("sessions", "show", str(session.id)) == 0
    said = capsys.readouterr()
    assert "but does not listen at" in said.err
    assert "Steer the table on Discord, or stop the bot first." in said.err
    assert "paused: the model does not answer" in said.out
    assert "state     paused: the model does not answer (The model is away.)" in said.out


async def test_of_several_processes_the_one_that_has_the_table_is_reached(
    house: RestHouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://roundtable@127.0.0.1:9/roundtable")
    without = HostSide.open(house.store, control_socket(None), is_shared=True)
    having = HostSide.open(house.store, control_socket(None), is_shared=True)
    async with without, having as side, house.running() as bot:
        session, _ = await house.between_turns()
        number = str(session.id)
        for action in ("pause", "resume", "stop"):
            assert await typed("sessions", action, number) == 1
            assert (
                f"Table {number} is with a process that does not listen in data/, but in another folder or on another "
                in capsys.readouterr().err
            )
        with side.of(bot):
            assert await typed("sessions", "pause", number) == 0
            assert capsys.readouterr().out == f"Table {number} is paused until somebody resumes it.\n"
            await house.until_status(session, Status.PAUSED)
            assert await typed("sessions", "pause", number) == 1
            assert capsys.readouterr().err.endswith("\nThe table is paused already.\n")
            assert await typed("sessions", "list") == 0
            (_, row) = rows(capsys.readouterr().out)
            assert row[6] == f"{house.world.guild_name} #general", "whichever process is asked first"
            assert await typed("sessions", "show", number) == 0
            assert f"where     {house.world.guild_name} #general" in capsys.readouterr().out
    assert await typed("sessions", "pause", number) == 1
    assert "No bot listens in data/, and whether one uses the database from another" in capsys.readouterr().err


async def test_a_bot_that_ends_before_it_is_asked_is_a_sentence(
    house: RestHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ends(path: Path, do: str, **values: object) -> None:
        if do != "hello":
            raise NoBot("No bot listens at all.")

    monkeypatch.setattr(control_client, "ask_bot", ends)
    assert await typed("sessions", "list") == 1
    assert capsys.readouterr().err == "The bot has ended.\n"


async def test_costs_are_told_in_the_hosts_currency(
    house: RestHouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await house.store.add_session(stored_session(), [])
    await house.store.spending.add(Account.of(stored, STARTED.date()), Used(1_000, 5 * 10**9))
    monkeypatch.setenv("LLM_CURRENCY", "EUR")
    assert await typed("sessions", "list") == 0
    assert rows(capsys.readouterr().out)[1][3:5] == ["1,000", "€5.00"]


async def test_names_of_others_steer_no_terminal(
    house: RestHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosted(house, tmp_path):
        house.llm.enqueue(held(asyncio.Event(), "Never."))
        await house.start(question="Rye \x1b[31mor\x1b[0m wheat?")
        await typed("sessions", "list")
    assert "\x1b" not in capsys.readouterr().out


def test_without_a_database_there_is_no_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///nowhere/roundtable.db")
    assert main(["sessions", "list"]) == 1
    assert capsys.readouterr().err == (
        "There is no database nowhere/roundtable.db yet, and so no table. `roundtable run` makes it.\n"
    )
    assert not Path("nowhere").exists()
