"""Model servers on this machine that nobody has set: asks the ports where they usually are what answers there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from bot.llm.discovery import read_models, speaks
from bot.llm.json_reading import at, read_json

# Where Ollama, llama.cpp, LM Studio and vLLM listen unless told otherwise.
PORTS: Final = (11434, 8080, 1234, 8000)
# Seconds for one question; on loopback a server answers in a few milliseconds, or is busy.
_PATIENCE: Final = 1.0
# The most that is read of an answer, in bytes.
_LONGEST: Final = 1 << 20
_WANTS_KEY: Final = (401, 403)
_UNKNOWN: Final = "An OpenAI-compatible server"


@dataclass(frozen=True, slots=True)
class ServerNearBy:
    """A model server that answers on loopback."""

    name: str
    base_url: str
    model: str | None = None
    """The first of its models that holds a discussion; None: it has none yet, or shows none without its key."""
    models: int = 0
    wants_key: bool = False

    @property
    def lines(self) -> list[str]:
        """What belongs into `.env` to use it."""
        named = [f"LLM_MODEL={self.model}"] if self.model and self.models > 1 else []
        return [f"LLM_BASE_URL={self.base_url}", *named, *(["LLM_API_KEY=its key"] if self.wants_key else [])]

    @property
    def in_words(self) -> str:
        """What answers, as a sentence without its full stop."""
        if self.wants_key:
            has = "and wants a key"
        elif self.model is None:
            has = "but has no model for a discussion yet"
        else:
            others = self.models - 1
            more = f" and {others} more model{'' if others == 1 else 's'}" if others else ""
            has = f"with {self.model}{more}"
        return f"{self.name} answers at {self.base_url} {has}"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    data: Any
    """Its JSON; None if it is none."""


async def servers_near_by(ports: Sequence[int] | None = None) -> list[ServerNearBy]:
    """What answers on these ports of 127.0.0.1 (None: PORTS), in their order. No proxy is asked, nothing is changed."""
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False, trust_env=False) as session:
        found = await asyncio.gather(*(_server_at(session, port) for port in (PORTS if ports is None else ports)))
    return [server for server in found if server is not None]


async def _server_at(session: aiohttp.ClientSession, port: int) -> ServerNearBy | None:
    root = f"http://127.0.0.1:{port}"
    listed = await _get(session, f"{root}/v1/models")
    if listed is None:
        return None
    base_url, name = f"{root}/v1", await _name(session, root, listed)
    if listed.status in _WANTS_KEY:
        # Anything may refuse strangers: only what is known otherwise is a model server.
        return ServerNearBy(name, base_url, wants_key=True) if name else None
    if listed.status != 200 or not isinstance(listed.data, dict | list):
        return None
    try:
        models = read_models(listed.data)
    except ValueError:
        return None
    chatty = [model for model, told in models if speaks(model, told)]
    return ServerNearBy(name or _UNKNOWN, base_url, model=next(iter(chatty), None), models=len(chatty))


async def _name(session: aiohttp.ClientSession, root: str, listed: _Answer) -> str | None:
    """What a server is, by what only that one answers; None where nothing tells."""
    if listed.headers.get("Server") == "llama.cpp":
        return "llama.cpp"
    # LM Studio answers every path with status 200: it is the shape that tells.
    if isinstance(await _told(session, f"{root}/api/version", "version"), str):
        return "Ollama"  # https://docs.ollama.com/api: version
    if isinstance(await _told(session, f"{root}/props", "default_generation_settings"), dict):
        return "llama.cpp"  # its tools/server/README.md: GET /props
    if isinstance(await _told(session, f"{root}/api/v0/models", "data", "state"), str):
        return "LM Studio"  # https://lmstudio.ai/docs/developer/rest/endpoints
    is_vllm = at(listed.data, "data", "owned_by") == "vllm" or listed.status in _WANTS_KEY
    if is_vllm and isinstance(await _told(session, f"{root}/version", "version"), str):
        return "vLLM"  # others have that path, too
    return None


async def _told(session: aiohttp.ClientSession, address: str, *path: str) -> Any:
    answer = await _get(session, address)
    return None if answer is None or answer.status != 200 else at(answer.data, *path)


async def _get(session: aiohttp.ClientSession, address: str) -> _Answer | None:
    """None: nothing answers there in time, or in HTTP."""
    try:
        async with session.get(address, allow_redirects=False) as response:
            body = b""
            async for chunk in response.content.iter_chunked(_LONGEST):
                body += chunk
                if len(body) > _LONGEST:
                    break
            return _Answer(response.status, response.headers, _json(body))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None


def _json(body: bytes) -> Any:
    try:
        return read_json(body)
    except (ValueError, RecursionError):
        return None
