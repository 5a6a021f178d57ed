"""The control socket: who reaches it, and what is said where the two ends do not understand each other."""

import asyncio
import json
import os
import socket
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.errors import RoundtableError
from bot.ops.control_client import ask_bot, ask_each
from bot.ops.control_protocol import ControlError, NoBot, NotHere
from bot.ops.control_server import remove_left, serving_control


async def double(number: int) -> int:
    return 2 * number


async def refuse() -> None:
    raise RoundtableError("Not today.")


async def fail() -> None:
    raise LookupError("a secret of ours")


def serving(path: Path) -> AbstractAsyncContextManager[None]:
    return serving_control(path, {"double": double, "refuse": refuse, "fail": fail})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "roundtable.db.control"


async def test_a_request_is_answered_and_afterwards_nobody_is_there(path: Path) -> None:
    async with serving(path):
        assert os.stat(path).st_mode & 0o777 == 0o600
        assert await asyncio.gather(*(ask_bot(path, "double", number=n) for n in range(20))) == [*range(0, 40, 2)]
        with pytest.raises(ControlError, match=r"^Not today\.$"):
            await ask_bot(path, "refuse")
        with pytest.raises(ControlError, match="does not know this command"):
            await ask_bot(path, "dance")
    assert os.listdir(path.parent) == []
    with pytest.raises(NoBot):
        await ask_bot(path, "double", number=1)


async def test_the_end_waits_for_what_was_asked_and_for_nobody_who_asks_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ops.control_server._LAST_SECONDS", 60)
    asked, end = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        asked.set()
        await end.wait()
        return "done"

    async with asyncio.timeout(8):
        async with serving_control(path, {"slow": slow}):
            _, silent = await asyncio.open_unix_connection(str(path))
            asking = asyncio.create_task(ask_bot(path, "slow"))
            await asked.wait()
            asyncio.get_running_loop().call_later(0.05, end.set)
        assert end.is_set()
        assert await asking == "done"
    silent.close()


async def test_a_fault_of_ours_is_told_by_a_number_that_stands_in_the_log(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(path):
        with pytest.raises(ControlError, match=r"The bot has failed at that. .* at error (\w+)\.") as caught:
            await ask_bot(path, "fail")
    assert "secret" not in str(caught.value)
    assert str(caught.value).rstrip(".").split()[-1] in caplog.text


async def test_a_path_longer_than_a_socket_s_address_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 40)
    folder.mkdir()
    async with serving(folder / "x.control"):
        assert await ask_bot(folder / "x.control", "double", number=4) == 8


async def test_what_a_killed_bot_has_left_is_replaced_and_a_living_one_is_not(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with pytest.raises(NoBot):
        await ask_bot(path, "double", number=1)
    async with serving(path), serving_control(path, {}):
        assert "another process answers there" in caplog.text
        assert await ask_bot(path, "double", number=4) == 8


async def test_each_of_several_is_asked_and_who_was_killed_is_gone(path: Path, tmp_path: Path) -> None:
    paths = [path, *(tmp_path / f"{n}.control" for n in range(3))]
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(paths[3]))

    async def not_here(number: int) -> None:
        raise NotHere("It is another's.")

    async with serving(paths[0]), serving(paths[1]), serving_control(paths[2], {"double": not_here}):
        answers = await ask_each(paths, "double", number=4)
        assert (answers.given, str(answers.error)) == ([8, 8], "It is another's.")
        answers = await ask_each(paths[1:], "refuse")
        assert (answers.given, str(answers.error)) == ([], "Not today.")
        remove_left(paths)
        assert sorted(os.listdir(tmp_path)) == ["0.control", "1.control", "roundtable.db.control"]
    assert (await ask_each(paths, "double", number=4)).is_silence


async def test_another_version_is_told_on_both_sides(path: Path) -> None:
    async with serving(path):
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(json.dumps({"protocol": 7, "do": "double"}).encode() + b"\n")
        assert "different versions (protocol 7 and 1)" in json.loads(await reader.readline())["error"]
        writer.close()

    async def newer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"protocol": 2, "gives": "x"}\n')
        writer.close()

    async with await asyncio.start_unix_server(newer, path):
        with pytest.raises(ControlError, match=r"different versions \(protocol 2 and 1\). Use the `roundtable` of the"):
            await ask_bot(path, "double", number=1)


@pytest.mark.parametrize(
    ("answer", "says"),
    [(b"", "hung up without an answer"), (b"GET /\n", "is not in its protocol"), (None, "within 0 s")],
)
async def test_a_bot_that_does_not_answer_is_told(
    path: Path, answer: bytes | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ops.control_client.PATIENCE", 0.2)
    asked = asyncio.Event()

    async def strange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if answer is None:
            await asked.wait()
        writer.write(answer or b"")
        writer.close()

    async with await asyncio.start_unix_server(strange, path):
        with pytest.raises(ControlError, match=says):
            await ask_bot(path, "double", number=1)
        asked.set()


@pytest.mark.parametrize("sent", [b"", b"\n", b"[]\n", b"\xff\xff\n", b"x" * 200_000])
async def test_rubbish_does_no_harm(path: Path, sent: bytes) -> None:
    async with serving(path):
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(sent)
        writer.write_eof()
        await reader.read()
        writer.close()
        assert await ask_bot(path, "double", number=4) == 8
