"""The database is private from its first byte on, and a host is told of files that others can get at."""

import asyncio
import logging
import os
import stat
from pathlib import Path

import pytest
from discord.http import Route

from bot.chat.app import run_bot
from bot.check import check
from bot.file_permissions import exposed_files
from bot.settings import Settings
from bot.store.store import open_store
from tests.support.session_house import until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rules")


def made(path: Path, mode: int) -> Path:
    path.touch()
    path.chmod(mode)
    return path


def settings_for(file: Path, **values: object) -> Settings:
    return Settings(_env_file=None, database_url=f"sqlite+aiosqlite:///{file}", **values)  # type: ignore[arg-type]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "roundtable.db"
    before = os.umask(0)
    try:
        async with open_store(f"sqlite+aiosqlite:///{file}", file):
            beside = [path for path in file.parent.iterdir() if path.name.startswith("roundtable.db")]
            assert {path.name: oct(mode_of(path)) for path in beside} == {path.name: "0o600" for path in beside}
            assert len(beside) == 3, "the write-ahead log and its index too"
    finally:
        os.umask(before)


async def test_an_old_ones_mode_is_left_alone(tmp_path: Path) -> None:
    file = made(tmp_path / "roundtable.db", 0o640)
    async with open_store(f"sqlite+aiosqlite:///{file}", file):
        assert mode_of(file) == 0o640


def test_what_others_can_read_or_replace_is_named_with_its_chmod(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    database = made(folder / "roundtable.db", 0o644)
    wal = made(folder / "roundtable.db-wal", 0o604)
    env = made(tmp_path / ".env", 0o666)
    folder.chmod(0o777)
    found = exposed_files(database, env)
    assert found == [
        f"{env} can be read by every user of this machine: chmod 600 {env}",
        f"{database} can be read by every user of this machine: chmod 600 {database}",
        f"{wal} can be read by every user of this machine: chmod 600 {wal}",
        f"{folder} can be changed by every user of this machine: chmod o-w {folder}",
    ]
    for sentence in found:
        assert os.system(sentence.partition(": ")[2]) == 0
    assert exposed_files(database, env) == []


@pytest.mark.parametrize("folder_mode", [0o700, 0o750, 0o755, 0o1777])
def test_private_files_in_an_ordinary_folder_are_fine(tmp_path: Path, folder_mode: int) -> None:
    """As in a container's /data, in a home and in /tmp."""
    folder = tmp_path / "data"
    folder.mkdir()
    database = made(folder / "roundtable.db", 0o640)
    folder.chmod(folder_mode)
    assert exposed_files(database, tmp_path / ".env") == []
    assert exposed_files(tmp_path / "nowhere" / "roundtable.db", tmp_path / ".env") == []


@pytest.mark.usefixtures("no_settings")
async def test_check_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(tmp_path / ".env", 0o644)
    assert await check(settings_for(tmp_path / "roundtable.db")) == 0
    assert "! .env can be read by every user of this machine: chmod 600 .env" in capsys.readouterr().out


@pytest.mark.usefixtures("no_settings")
async def test_run_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # put back at the end
    made(tmp_path / ".env", 0o644)
    database = made(tmp_path / "roundtable.db", 0o644)
    caplog.set_level(logging.WARNING)
    nowhere = {"discord_token": "x", "llm_base_url": "dummy", "discord_api_url": "http://127.0.0.1:9"}
    running = asyncio.create_task(run_bot(settings_for(database, ops_bind="none", **nowhere)))
    await until(lambda: "Trying again" in caplog.text)
    running.cancel()
    await asyncio.wait([running])
    warned = [record.getMessage() for record in caplog.records if "chmod" in record.getMessage()]
    assert [sentence.partition(" ")[0] for sentence in warned][:2] == [".env", str(database)]
