"""LLM_GGUF: which files are served, and with which settings; what is said of models at the demo and the check."""

import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.check import check
from bot.cli import main
from bot.demo.who_speaks import with_local_file, with_server_near_by
from bot.errors import EndpointDown, RoundtableError
from bot.llm.completion import Completion
from bot.llm.factory import open_endpoints
from bot.llm.local import nearby
from bot.llm.local.gguf import UnusableModel, memory_here, usable_gguf
from bot.llm.local.serving import with_local_model
from bot.settings import BadSettings, Settings, read_settings
from tests.support import near_servers as kinds
from tests.support.local_model import fake_llama, gguf, taken_for_the_small_model
from tests.support.near_servers import near_server

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture(autouse=True)
def _on_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_llama(monkeypatch)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return taken_for_the_small_model(monkeypatch, tmp_path)


async def asked(settings: Settings, **ask: Any) -> Completion:
    async with open_endpoints(settings) as endpoints:
        return await endpoints.default.complete("Say yes.", temperature=0.5, max_tokens=50, **ask)


def told(completion: Completion) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the model's process was started with, and what it was asked."""
    said = json.loads(completion.text)
    return said["started"], said["asked"]


async def listed(address: str, key: str | None) -> int:
    """The status with which the list of models is answered."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{address}/models") as response:
        return response.status


# --- the file ---


@pytest.mark.parametrize(
    ("content", "size", "says"),
    [
        (None, 0, "is not there. Write the path of a model's file"),
        (b"<!doctype html>", 15, "is no GGUF: such a file begins with the letters GGUF."),
        (b"", 0, "is no GGUF"),
        (b"GGUF", 10**9, "has 1.0 GB, more than the 0.8 GB of memory here hold beside the bot."),
    ],
)
def test_what_can_t_be_served(tmp_path: Path, content: bytes | None, size: int, says: str) -> None:
    file = tmp_path / "owl.gguf"
    if content is not None:
        with file.open("wb") as opened:
            opened.write(content)
            opened.truncate(size)
    with pytest.raises(UnusableModel) as refused:
        usable_gguf(file, given_as="LLM_GGUF", memory=800_000_000)
    assert str(refused.value).startswith(f"LLM_GGUF {file} {says}")


def test_a_folder_is_none_and_its_models_are_named(tmp_path: Path) -> None:
    gguf(tmp_path, "owl")
    with pytest.raises(UnusableModel, match=r"is a folder\. Write the path of one .* In it are owl\.gguf\."):
        usable_gguf(tmp_path, given_as="--local")


def test_a_model_in_parts_counts_with_all_of_them(tmp_path: Path) -> None:
    for part in ("00001", "00002"):
        with gguf(tmp_path, f"owl-{part}-of-00002").open("r+b") as opened:
            opened.truncate(300_000_000)
    first = tmp_path / "owl-00001-of-00002.gguf"
    assert usable_gguf(first, given_as="LLM_GGUF", memory=1_200_000_000) == first
    with pytest.raises(UnusableModel, match=r"has 0\.6 GB, more than the 1\.0 GB"):
        usable_gguf(first, given_as="LLM_GGUF", memory=1_000_000_000)


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
def test_a_containers_limit_is_the_memory_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.llm.local.gguf._CONTROL_GROUPS", tmp_path)
    whole = memory_here()
    assert whole
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_here() == whole
    (tmp_path / "memory.max").write_text("1000000\n")
    assert memory_here() == 1_000_000


# --- what is set ---


def test_a_model_here_and_one_elsewhere_exclude_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_GGUF", "owl.gguf")
    monkeypatch.setenv("LLM_BASE_URL", "http://127.0.0.1:8000/v1")
    with pytest.raises(BadSettings, match=r"^LLM_GGUF and LLM_BASE_URL are both set: .* Take one of them out\.$"):
        read_settings()


def test_an_address_on_the_command_line_is_meant_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLM_GGUF", "no-such.gguf")
    assert main(["discuss", "--turns", "1"]) == 1
    assert "LLM_GGUF no-such.gguf is not there. Write the path of a model's file (.gguf).\n" in capsys.readouterr().err
    monkeypatch.setenv("LLM_RETRIES", "0")
    assert main(["discuss", "--turns", "1", "--base-url", "http://127.0.0.1:9/v1"]) == 1
    assert "127.0.0.1:9 can't be reached" in capsys.readouterr().out


async def test_without_the_extra_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.llm.local.serving.find_spec", lambda name: None)
    with pytest.raises(UnusableModel, match=r"^LLM_GGUF needs an extra .* pip install 'roundtable-bot\[local\]'"):
        async with with_local_model(Settings(llm_gguf=gguf(tmp_path))):
            pass


async def test_a_model_is_asked_as_it_suits_a_processor_unless_the_host_says_otherwise(tmp_path: Path) -> None:
    file = gguf(tmp_path)
    async with with_local_model(Settings(llm_gguf=file), wait=True) as settings:
        assert (settings.llm_concurrency, settings.llm_timeout, settings.llm_max_tokens) == (1, 600, 400)
        assert settings.llm_retries == 6
        started, request = told(await asked(settings))
    assert started["model"]["path"] == str(file)
    assert (started["model_alias"], started["hostnames"], started["n_ctx"]) == (["Owl-4B"], ["127.0.0.1"], 8192)
    assert started["cpuparams"]["n_threads"] >= 1
    assert len(started["api_keys"][0]) >= 40
    assert "dry_multiplier" not in request
    own = Settings(llm_gguf=file, llm_concurrency=2, llm_context=1024, llm_timeout=9, llm_model="owl")
    async with with_local_model(own, wait=True) as settings:
        assert (settings.llm_concurrency, settings.llm_timeout) == (2, 9)
        started, request = told(await asked(settings))
    assert (started["n_parallel"], started["n_ctx"], started["model_alias"]) == (2, 2048, ["owl"])
    assert request["model"] == "owl"


async def test_the_small_model_has_settings_of_its_own_unless_the_host_says_otherwise(small: Path) -> None:
    async with with_local_model(Settings(llm_gguf=small), wait=True) as settings:
        assert (settings.llm_max_tokens, settings.llm_reasoning_tokens) == (120, 0)
        _, request = told(await asked(settings))
    assert request["dry_multiplier"] == 0.8
    own = Settings(llm_gguf=small, llm_max_tokens=400, llm_extra_body='{"top_p": 0.5}')
    async with with_local_model(own, wait=True) as settings:
        assert settings.llm_max_tokens == 400
        assert "dry_multiplier" not in told(await asked(settings))[1]


async def test_the_model_s_process_answers_nobody_else_and_knows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Settings(llm_gguf=gguf(tmp_path))
    secret = {"DISCORD_TOKEN", "LLM_API_KEY", "ENDPOINT_FAST_EXTRA_HEADERS", "DATABASE_URL"}
    for name in secret:
        monkeypatch.setenv(name, "hush")
    async with with_local_model(host, wait=True) as settings:
        answer = await asked(settings)
        address, key = settings.llm_base_url, settings.llm_api_key
        assert address
        assert key
        assert key.get_secret_value() in settings.secrets
        assert await listed(address, key.get_secret_value()) == 200
        assert [await listed(address, other) for other in (None, "hush")] == [401, 401]
    known = json.loads(answer.text)["environment"]
    assert "PYTHONPATH" in known
    assert not secret & set(known)


async def test_until_it_is_loaded_the_endpoint_is_down_and_then_it_answers(tmp_path: Path) -> None:
    file = gguf(tmp_path, "late")
    async with with_local_model(Settings(llm_gguf=file, llm_retries=0)) as settings:
        with pytest.raises(EndpointDown, match=r"can't be reached"):
            await asked(settings)
        file.with_name("go").touch()
        patient = settings.model_copy(update={"llm_retries": 8})
        assert told(await asked(patient))[1]["messages"]


async def test_what_can_t_be_loaded_is_told_before_a_discussion_begins(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match=r"unloadable can't be served: .*unknown model architecture: 'sofa'"):
        async with with_local_model(Settings(llm_gguf=gguf(tmp_path, "unloadable")), wait=True):
            pass


# --- what the demo is asked for ---


async def test_a_file_for_the_demo_takes_the_place_of_the_endpoint_with_all_that_is_its(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host = Settings(llm_base_url="https://a.example/v1", llm_api_key="hush", llm_model="a", llm_timeout=9)  # type: ignore[arg-type]
    settings = await with_local_file(host, gguf(tmp_path))
    assert (settings.llm_base_url, settings.llm_api_key, settings.llm_model) == (None, None, None)
    assert (settings.llm_gguf, settings.llm_timeout) == (tmp_path / "Owl-4B.gguf", 9)
    assert capsys.readouterr().err == ""
    with pytest.raises(UnusableModel, match=r"^--local .*/no\.gguf is not there\."):
        await with_local_file(host, tmp_path / "no.gguf")


async def test_of_the_small_model_it_is_said_that_it_is_one(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = await with_local_file(Settings(), small)
    assert "it proves the wiring and not the wit" in capsys.readouterr().err
    async with with_local_model(settings) as local:
        assert local.llm_extra_body
        assert "dry_multiplier" in local.llm_extra_body


async def test_what_runs_near_by_is_offered_and_used_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with near_server(kinds.OLLAMA_EMPTY) as (empty, _), near_server(kinds.OLLAMA) as (port, seen):
        monkeypatch.setattr(nearby, "PORTS", (empty, port))
        elsewhere = Settings(llm_base_url="https://a.example/v1", llm_api_key="hush", llm_extra_headers='{"X": "hush"}')  # type: ignore[arg-type]
        assert await with_server_near_by(elsewhere, use=False) is elsewhere
        assert seen == []
        assert await with_server_near_by(Settings(), use=False) == Settings()
        assert capsys.readouterr().err == (
            f"Ollama answers at http://127.0.0.1:{empty}/v1 but has no model for a discussion yet. To use it always, "
            f"write into .env: LLM_BASE_URL=http://127.0.0.1:{empty}/v1\n"
            f"Ollama answers at http://127.0.0.1:{port}/v1 with qwen3:8b and 1 more model. `roundtable demo --near` "
            f"has it speak here; to use it always, write into .env: LLM_BASE_URL=http://127.0.0.1:{port}/v1 and "
            "LLM_MODEL=qwen3:8b\n"
        )
        settings = await with_server_near_by(elsewhere, use=True)
        assert (settings.llm_base_url, settings.llm_model) == (f"http://127.0.0.1:{port}/v1", "qwen3:8b")
        assert settings.secrets == []
        monkeypatch.setattr(nearby, "PORTS", (empty,))
        with pytest.raises(RoundtableError, match=r"^Ollama answers .* but has no model .* No model server answers"):
            await with_server_near_by(Settings(), use=True)


async def test_the_check_offers_what_runs_near_by(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with near_server(kinds.VLLM) as (port, _):
        monkeypatch.setattr(nearby, "PORTS", (port,))
        await check(read_settings())
    url = f"http://127.0.0.1:{port}/v1"
    assert (
        f"✓ Endpoint: vLLM answers at {url} with mistralai/Mistral-7B-Instruct-v0.3. To use it, write into .env: "
        f"LLM_BASE_URL={url}\n"
    ) in capsys.readouterr().out


def test_the_check_asks_a_models_file_for_a_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLM_GGUF", str(gguf(tmp_path)))
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "/v1 answers with Owl-4B in " in said
    assert "a context window of 8,192 tokens." in said
    monkeypatch.setenv("LLM_GGUF", str(gguf(tmp_path, "unloadable")))
    assert main(["check"]) == 1
    assert "✗ Endpoint: unloadable can't be served: llama.cpp has ended with status 1 (llama_model_load:" in (
        capsys.readouterr().out
    )
