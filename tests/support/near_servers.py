"""Model servers as they stand on people's own machines: what each answers to whoever asks who is there, and no more.

A server is a table of paths; `missing` is what it answers to any other. Shapes as in the servers' own documentation.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web


@dataclass(frozen=True)
class NearServer:
    """`paths`: by its path what is answered with status 200; None there: what `missing` says. `locked`: the paths that
    want a key, each with status and body of the refusal."""

    paths: Mapping[str, Any]
    missing: tuple[int, Any]
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    locked: Mapping[str, tuple[int, Any]] = field(default_factory=dict[str, tuple[int, Any]])

    def answer(self, path: str) -> tuple[int, Any]:
        locked = next((refusal for beginning, refusal in self.locked.items() if path.startswith(beginning)), None)
        return locked or ((200, self.paths[path]) if path in self.paths else self.missing)


def _listed(*names: str, **more: Any) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "object": "model", "created": 1} | more for name in names]}


_NOT_FOUND: Final = (404, {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}})
_LM_STUDIO: Final = ("google/gemma-3-12b", "text-embedding-nomic-embed-text-v1.5")

OLLAMA: Final = NearServer(
    {
        "/": "Ollama is running",
        "/api/version": {"version": "0.12.6"},
        "/v1/models": _listed("qwen3:8b", "gemma3:4b", "nomic-embed-text:latest", owned_by="library"),
    },
    missing=(404, "404 page not found"),
)
OLLAMA_EMPTY: Final = NearServer(
    {"/api/version": {"version": "0.12.6"}, "/v1/models": {"object": "list", "data": None}},
    missing=(404, "404 page not found"),
)
_LLAMA_CPP: Final = {
    "/health": {"status": "ok"},
    "/v1/models": _listed("Qwen3-4B-Q4_K_M.gguf", owned_by="llamacpp"),
    "/props": {"default_generation_settings": {"n_ctx": 8192}, "total_slots": 1, "build_info": "b6900-1"},
}
LLAMA_CPP: Final = NearServer(_LLAMA_CPP, missing=_NOT_FOUND, headers={"Server": "llama.cpp"})
LLAMA_CPP_BEHIND: Final = NearServer(_LLAMA_CPP, missing=_NOT_FOUND, headers={"Server": "nginx"})
LLAMA_CPP_LOCKED: Final = NearServer(
    _LLAMA_CPP,
    missing=_NOT_FOUND,
    headers={"Server": "llama.cpp"},
    locked={
        path: (401, {"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}})
        for path in ("/v1", "/props", "/api", "/version")
    },
)
# It answers whatever path with status 200.
LM_STUDIO: Final = NearServer(
    {
        "/v1/models": _listed(*_LM_STUDIO, owned_by="organization_owner"),
        "/api/v0/models": {
            "object": "list",
            "data": [
                {"id": name, "object": "model", "type": kind, "publisher": "google", "state": "not-loaded"}
                for name, kind in zip(_LM_STUDIO, ("vlm", "embeddings"), strict=True)
            ],
        },
    },
    missing=(200, {"error": "Unexpected endpoint or method. (GET /)"}),
)
_VLLM: Final = {
    "/version": {"version": "0.19.0"},
    "/v1/models": _listed("mistralai/Mistral-7B-Instruct-v0.3", owned_by="vllm", max_model_len=32768),
}
VLLM: Final = NearServer(_VLLM, missing=(404, {"detail": "Not Found"}), headers={"Server": "uvicorn"})
VLLM_LOCKED: Final = NearServer(
    _VLLM, missing=(404, {"detail": "Not Found"}), locked={"/v1": (401, {"error": "Unauthorized"})}
)
# It tells a version as vLLM does.
LOCALAI: Final = NearServer(
    {"/version": {"version": "v3.7.0"}, "/v1/models": _listed("hermes-3")}, missing=(404, {"error": {"code": 404}})
)
# What else stands at such ports.
WEB_PAGE: Final = NearServer({}, missing=(200, "<!doctype html><title>Home</title>"))
LOCKED_PAGE: Final = NearServer({}, missing=(403, "<html>Authentication required</html>"))
FAULTY: Final = NearServer({}, missing=(500, {"error": "no"}))
OTHER_LIST: Final = NearServer({"/v1/models": {"cars": ["Volvo"]}}, missing=(404, ""))


@asynccontextmanager
async def near_server(server: NearServer) -> AsyncIterator[tuple[int, list[str]]]:
    """Serve it on loopback. Out: its port, and the requests as they come (`GET /v1/models`)."""
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        status, body = server.answer(request.path)
        if isinstance(body, str):
            return web.Response(text=body, status=status, headers=server.headers)
        return web.json_response(body, status=status, headers=server.headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1], asked
    finally:
        await runner.cleanup()
