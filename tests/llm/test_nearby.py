"""Which model servers are found on this machine, and what is offered of them."""

import asyncio
import socket
from contextlib import AsyncExitStack

import pytest

from bot.llm.local import nearby
from bot.llm.local.model_process import held_port
from bot.llm.local.nearby import servers_near_by
from tests.support import near_servers as kinds
from tests.support.near_servers import NearServer, near_server

THE_KEY = "LLM_API_KEY=its key"
SERVERS = {
    "Ollama": (kinds.OLLAMA, "Ollama answers at {url} with qwen3:8b and 1 more model", ["LLM_MODEL=qwen3:8b"]),
    "Ollama without a model": (kinds.OLLAMA_EMPTY, "Ollama answers at {url} but has no model for a discussion yet", []),
    "llama.cpp": (kinds.LLAMA_CPP, "llama.cpp answers at {url} with Qwen3-4B-Q4_K_M.gguf", []),
    "llama.cpp behind another": (kinds.LLAMA_CPP_BEHIND, "llama.cpp answers at {url} with Qwen3-4B-Q4_K_M.gguf", []),
    "llama.cpp with a key": (
        kinds.LLAMA_CPP_LOCKED,
        "llama.cpp answers at {url} and wants a key",
        [THE_KEY],
    ),
    "LM Studio": (kinds.LM_STUDIO, "LM Studio answers at {url} with google/gemma-3-12b", []),
    "vLLM": (kinds.VLLM, "vLLM answers at {url} with mistralai/Mistral-7B-Instruct-v0.3", []),
    "vLLM with a key": (kinds.VLLM_LOCKED, "vLLM answers at {url} and wants a key", [THE_KEY]),
    "LocalAI": (kinds.LOCALAI, "An OpenAI-compatible server answers at {url} with hermes-3", []),
}


@pytest.mark.parametrize(("server", "words", "lines"), SERVERS.values(), ids=SERVERS)
async def test_each_server_is_told_from_the_others(server: NearServer, words: str, lines: list[str]) -> None:
    async with near_server(server) as (port, asked):
        (found,) = await servers_near_by([port])
    url = f"http://127.0.0.1:{port}/v1"
    assert found.in_words == words.format(url=url)
    assert found.lines == [f"LLM_BASE_URL={url}", *lines]
    assert {request.split()[0] for request in asked} == {"GET"}


@pytest.mark.parametrize("server", [kinds.WEB_PAGE, kinds.LOCKED_PAGE, kinds.FAULTY, kinds.OTHER_LIST])
async def test_what_is_no_model_server_is_passed_over(server: NearServer) -> None:
    async with near_server(server) as (port, _):
        assert await servers_near_by([port]) == []


async def test_all_ports_are_asked_at_once_and_the_silent_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "_PATIENCE", 0.3)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with AsyncExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        closed = stack.enter_context(held_port())
        vllm, _ = await stack.enter_async_context(near_server(kinds.VLLM))
        ollama, _ = await stack.enter_async_context(near_server(kinds.OLLAMA))
        found = await servers_near_by([silent.getsockname()[1], vllm, closed, ollama])
    assert [server.name for server in found] == ["vLLM", "Ollama"]


async def test_what_speaks_no_http_or_never_ends_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "_LONGEST", 1 << 10)

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        writer.close()

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while not writer.is_closing():
            writer.write(b'{"data": [' + b" " * (1 << 16))
            try:
                await writer.drain()
            except ConnectionError:
                break
        writer.close()

    servers = [await asyncio.start_server(handler, "127.0.0.1", 0) for handler in (babble, flood)]
    try:
        assert await servers_near_by([server.sockets[0].getsockname()[1] for server in servers]) == []
    finally:
        for server in servers:
            server.close()
