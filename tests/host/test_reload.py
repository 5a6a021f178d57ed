"""Personas, tasks and the log's level read anew: by `roundtable reload`, by SIGHUP, by the owner's command."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.chat.app import run_bot
from bot.chat.host_side import HostSide
from bot.cli import main
from bot.errors import RoundtableError
from bot.library.file_problem import InvalidFiles
from bot.llm.local.serving import with_local_model
from bot.ops.control_protocol import control_socket
from bot.ops.faults import standing_faults
from bot.settings import Settings, read_settings
from tests.support.discord_stand_in import pointed_at
from tests.support.endpoint_stand_in import fails
from tests.support.local_model import fake_llama, gguf
from tests.support.rest_house import RestHouse
from tests.support.written_files import put

pytestmark = pytest.mark.usefixtures("no_settings")

AINO = {"name": "Aino", "full_name": "Aino V", "prompt": "You are a physicist who counts."}
ZOE = {"name": "Zoe", "full_name": "Zoe K", "prompt": "You are a diver who doubts."}


@pytest.fixture
def files(house: RestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A `.env` that names the database of the house and folders with other personas and tasks than it began with."""
    put(tmp_path / "cast" / "aino.json", AINO)
    put(tmp_path / "cast" / "zoe.json", ZOE)
    put(tmp_path / "hall" / "boats" / "questions.txt", "Sail or row?")
    lines = ["LOG_LEVEL=WARNING", "PERSONAS_DIR=cast", "TASKS_DIR=hall", "LLM_MODEL=big"]
    put(tmp_path / ".env", "\n".join([*lines, f"DATABASE_URL=sqlite+aiosqlite:///{tmp_path}/roundtable.db"]))
    level = logging.getLogger().level
    yield tmp_path
    logging.getLogger().setLevel(level)


@asynccontextmanager
async def hosted(house: RestHouse, folder: Path) -> AsyncIterator[None]:
    async with HostSide.open(house.store, control_socket(folder / "roundtable.db")) as side, house.running() as bot:
        with side.of(bot):
            yield


async def test_what_is_another_is_told_and_an_open_table_keeps_its_own(
    house: RestHouse, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosted(house, files):
        session, _ = await house.between_turns()
        assert await asyncio.to_thread(main, ["reload"]) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[:3] == [
            "Personas: new: Zoe; changed: Aino; gone: Bo, Ravi.",
            "Tasks: new: boats; gone: bread.",
            "Log level: WARNING.",
        ]
        assert said[3].endswith(": at the next start.")
        assert "LLM_MODEL" in said[3]
        assert [p.name for p in house.bot.catalogue.personas] == ["Aino", "Zoe"]
        seated = house.bot.supervisor.open_at(session.place_id).session.cast
        assert [p.name for p in seated] == ["Aino", "Ravi", "Bo"]
        assert logging.getLogger().level == logging.WARNING
        assert await asyncio.to_thread(main, ["reload"]) == 0
        assert "Personas" not in capsys.readouterr().out


async def test_only_what_the_host_has_changed_waits_for_the_next_start(
    house: RestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With LLM_GGUF the bot runs by an address, a key and limits that stand nowhere in the host's settings."""
    fake_llama(monkeypatch)
    put(tmp_path / ".env", f"LLM_GGUF={gguf(tmp_path)}")
    async with with_local_model(read_settings()) as settings, house.running() as bot:
        bot.settings = settings
        assert "at the next start" not in await bot.reload()
        put(tmp_path / ".env", f"LLM_GGUF={gguf(tmp_path)}\nLLM_RETRIES=2")
        assert (await bot.reload()).splitlines()[-1] == "LLM_RETRIES: at the next start."


async def test_what_was_wrong_with_a_model_is_over_when_no_persona_names_it(house: RestHouse, files: Path) -> None:
    put(files / "cast" / "zoe.json", ZOE | {"model": "owl"})
    async with house.running() as bot:
        await bot.reload()
        house.llm.enqueue(fails(404))
        zoe = next(p for p in bot.catalogue.personas if p.name == "Zoe")
        assert not await bot.endpoints.of(zoe).is_well()
        assert await house.endpoint.is_well()
        await bot.reload()
        assert "“owl”" in standing_faults(bot.endpoints, [])["endpoint default"].sentence
        put(files / "cast" / "zoe.json", ZOE)
        await bot.reload()
        assert standing_faults(bot.endpoints, []) == {}


async def test_one_bad_file_and_nothing_is_swapped(
    house: RestHouse, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(files / "cast" / "bad.json", AINO | {"name": "Bad", "creativity": 1.7})
    async with hosted(house, files):
        before = house.bot.catalogue
        assert await asyncio.to_thread(main, ["reload"]) == 1
        assert "cast/bad.json: creativity: 1.7 is more than 1.0." in capsys.readouterr().err
        put(files / ".env", "LOG_LEVEL=LOUD")
        with pytest.raises(RoundtableError, match='LOG_LEVEL "LOUD" is not a log level'):
            await house.bot.reload()
        assert house.bot.catalogue is before


async def test_sighup_reloads_and_does_not_kill(
    house: RestHouse, files: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with hosted(house, files):
        os.kill(os.getpid(), signal.SIGHUP)
        await house.world.until(lambda: len(house.bot.catalogue.personas) == 2, what="the new cast")
        put(files / "cast" / "aino.json", "{")
        os.kill(os.getpid(), signal.SIGHUP)
        await house.world.until(lambda: "nothing was reloaded: 1 thing to mend" in caplog.text, what="the log")
        assert [p.name for p in house.bot.catalogue.personas] == ["Aino", "Zoe"]


async def test_before_the_bot_is_there_sighup_is_only_noted(
    house: RestHouse, files: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with HostSide.open(house.store, control_socket(files / "roundtable.db")):
        os.kill(os.getpid(), signal.SIGHUP)
        await house.world.until(lambda: "The bot still waits for Discord." in caplog.text, what="the log")


async def test_on_discord_only_the_owner_reloads(house: RestHouse, files: Path) -> None:
    async with house.running() as bot:
        assert (await house.command("reload")).startswith("Only whoever hosts me can do that: the owner of the app")
        assert len(bot.catalogue.personas) == 3
        answer = await house.world.slash("general", "Owner", "roundtable", "reload").answered("followup")
        assert "Personas: new: Zoe; changed: Aino; gone: Bo, Ravi." in answer.payload["content"]
        assert answer.payload["flags"] & 64, "only the owner sees it"
        put(files / "cast" / "aino.json", "{")
        answer = await house.world.slash("general", "Owner", "roundtable", "reload").answered("followup")
        assert answer.payload["content"].startswith("Nothing was reloaded. 1 thing to mend in the persona")


def test_without_a_bot_there_is_nothing_to_reload(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["reload"]) == 1
    assert "No bot listens at data/roundtable.db.control. Each start reads the files anew" in capsys.readouterr().err


# --- at the start ---


async def test_the_bot_starts_without_what_is_bad_and_says_so(
    house: RestHouse, files: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    put(files / "cast" / "bad.json", AINO | {"name": "Bad", "full_name": "Bad B", "creativity": 1.7})
    put(files / "cast" / "twin.json", ZOE | {"full_name": "Zoe Q"})
    put(files / "hall" / "empty" / "context.txt", "A hall.")
    values = {"personas_dir": files / "cast", "tasks_dir": files / "hall", "discord_token": house.server.token}
    values |= {"database_url": f"sqlite+aiosqlite:///{files}/other.db", "llm_base_url": "http://127.0.0.1:9/v1"}
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]
    with pointed_at(house.server):
        running = asyncio.create_task(run_bot(settings))
        await house.world.until(lambda: "connected as" in caplog.text or running.done(), timeout=20, what="the bot")
        os.kill(os.getpid(), signal.SIGTERM)
        assert await running == 0
    left_out = [r.getMessage() for r in caplog.records if r.getMessage().startswith("left out: ")]
    assert len(left_out) == 3
    for part in (
        "cast/bad.json: creativity: 1.7 is more",
        "cast/zoe.json: name",
        "hall/empty/questions.txt: is missing",
    ):
        assert any(part in line for line in left_out), part
    assert all(r.levelname == "WARNING" for r in caplog.records if r.getMessage().startswith("left out: "))


async def test_where_none_is_left_it_does_not_start(house: RestHouse, files: Path) -> None:
    for name, fields in (("aino", AINO), ("zoe", ZOE)):
        put(files / "cast" / f"{name}.json", fields | {"creativity": 1.7})
    values = {"personas_dir": files / "cast", "discord_token": house.server.token}
    with pytest.raises(InvalidFiles, match="2 things to mend"):
        await run_bot(Settings(_env_file=None, llm_base_url="http://127.0.0.1:9/v1", **values))  # type: ignore[arg-type]


async def test_a_running_bot_deletes_old_copies_of_its_database(house: RestHouse, tmp_path: Path) -> None:
    old, mine = (
        tmp_path / f"roundtable.db.{end}" for end in ("schema-0001-20200101-000000", "replaced-20200101-000000")
    )
    put(old, "old")
    put(mine, "old")
    house.settings = {"database_url": f"sqlite+aiosqlite:///{tmp_path}/roundtable.db"}
    async with house.running():
        await house.world.until(lambda: not old.exists(), what="the daily look")
    assert mine.exists(), "what a restore has replaced is the host's"
