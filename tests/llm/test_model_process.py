"""The process beside the bot that serves a model: begun, begun again when it dies, and never left behind."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from bot.llm.local.child import ServedFile
from bot.llm.local.gguf import UnusableModel
from bot.llm.local.model_process import ModelProcess, held_port, running_model_process
from bot.llm.local.serving import CHILD_COMMAND
from tests.support.local_model import fake_llama, gguf

# A process that takes longer than this to start, or to be gone, is stuck, in seconds.
PATIENCE = 30.0


@pytest.fixture(autouse=True)
def _on_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_llama(monkeypatch)


def served(file: Path, port: int = 0) -> ServedFile:
    where: ServedFile = {"file": str(file), "name": file.stem, "port": port, "slots": 1, "context": 512, "threads": 1}
    return {**where, "api_key": "key"}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 (other processes tell of themselves so)
            await asyncio.sleep(0.01)


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def answers(port: int) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/v1/models") as response:
            return response.status == 401  # it knows whom it lets in
    except aiohttp.ClientError:
        return False


async def pid_of(process: ModelProcess) -> int:
    await until(lambda: process.pid is not None)
    assert process.pid
    return process.pid


async def test_one_that_dies_is_begun_again_at_the_same_port(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot.llm.local")
    with held_port() as port:
        async with running_model_process(CHILD_COMMAND, served(gguf(tmp_path), port), first_pause=0.01) as process:
            await process.wait_until_up()
            assert await answers(port)
            first = await pid_of(process)
            os.kill(first, signal.SIGKILL)
            await until(lambda: not process.is_up)
            await until(lambda: process.is_up)
            assert await answers(port)
            last = await pid_of(process)
            assert last != first
        assert not is_there(last)
        assert not await answers(port)
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    assert [line.partition(", loaded in ")[0] for line in said] == [
        f"Owl-4B answers at http://127.0.0.1:{port}",
        "Owl-4B can't be served: llama.cpp was killed, as the system does where memory runs out. "
        "It is started again in 0.01 s",
        f"Owl-4B answers at http://127.0.0.1:{port}",
    ]
    assert {r.levelname for r in caplog.records if r.getMessage().endswith("load_model: loading model")} == {"DEBUG"}


async def test_the_pauses_grow_while_a_model_can_t_be_loaded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running_model_process(CHILD_COMMAND, served(gguf(tmp_path, "unloadable")), first_pause=0.01) as process:
        with pytest.raises(UnusableModel) as refused:
            await process.wait_until_up()
        await until(lambda: len(caplog.records) >= 3)
    problem = (
        "unloadable can't be served: llama.cpp has ended with status 1 (llama_model_load: error loading model: unknown "
        "model architecture: 'sofa')."
    )
    assert str(refused.value) == problem
    said = [record.getMessage() for record in caplog.records[:3]]
    assert said == [f"{problem} It is started again in {pause} s" for pause in ("0.01", "0.02", "0.04")]


async def test_one_that_can_t_even_be_started_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running_model_process([str(tmp_path / "no")], served(gguf(tmp_path)), first_pause=0.01) as process:
        with pytest.raises(UnusableModel, match=r"llama.cpp can't be started \(No such file or directory\)\."):
            await process.wait_until_up()
        await until(lambda: len(caplog.records) >= 2)


async def test_one_that_is_still_loading_ends_with_the_bot(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot.llm.local")
    async with running_model_process(CHILD_COMMAND, served(gguf(tmp_path, "endless"))) as process:
        pid = await pid_of(process)
        await until(lambda: "loading model" in caplog.text)
        assert is_there(pid)
    assert not is_there(pid)


BOT = """
import asyncio, json, logging, sys
from bot.llm.local.model_process import running_model_process

async def main():
    logging.basicConfig(level="DEBUG", stream=sys.stdout)
    async with running_model_process(sys.argv[2:], json.loads(sys.argv[1])) as process:
        while process.pid is None:
            await asyncio.sleep(0.01)
        print(process.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends once the model is loaded")
@pytest.mark.parametrize(("name", "how_far"), [("Owl-4B", "answers at"), ("endless", "loading model")])
async def test_it_ends_with_a_bot_that_is_killed(tmp_path: Path, name: str, how_far: str) -> None:
    """Also while a model is being loaded, when no line of Python runs in it."""
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BOT, json.dumps(served(gguf(tmp_path, name))), *CHILD_COMMAND),
        stdout=asyncio.subprocess.PIPE,
    )
    assert killed.stdout is not None
    said: list[str] = []
    while not (said and how_far in said[-1]):
        said.append((await asyncio.wait_for(killed.stdout.readline(), PATIENCE)).decode())
    pid = next(int(line) for line in said if line.strip().isdecimal())
    assert is_there(pid)
    killed.kill()
    await killed.wait()
    await until(lambda: not is_there(pid))


async def test_a_held_port_refuses_whoever_comes_before_the_model() -> None:
    with held_port() as port, pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


TALKATIVE = "import os, sys; sys.stderr.write('x' * (3 << 20) + '\\n0.1 E the end\\n'); sys.stderr.flush(); os.abort()"


async def test_a_log_without_end_holds_nothing_up_and_a_crash_is_told_with_its_last_words(tmp_path: Path) -> None:
    async with running_model_process([sys.executable, "-c", TALKATIVE], served(gguf(tmp_path))) as process:
        with pytest.raises(
            UnusableModel, match=r"Owl-4B can't be served: llama.cpp was ended by signal 6 \(the end\)\."
        ):
            await asyncio.wait_for(process.wait_until_up(), PATIENCE)
