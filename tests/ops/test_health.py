"""`python -m bot.ops.health`: what a health check finds, and that it finds that quickly."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.ops import health
from bot.ops.ops_server import OpsServer
from bot.ops.readiness import Readiness


@asynccontextmanager
async def answering(app: web.Application) -> AsyncIterator[int]:
    """Serve on loopback; out: the port."""
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def saying(answer: web.Response, until: asyncio.Event | None = None) -> web.Application:
    async def says(_: web.Request) -> web.Response:
        if until:
            await until.wait()
        return answer

    app = web.Application()
    app.router.add_get("/healthz", says)
    return app


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_a_bot_that_runs_is_alive(host: str) -> None:
    async with answering(OpsServer(Readiness()).application()) as port:
        assert await asyncio.to_thread(health.ask, f"{host}:{port}") is None
    assert "Nobody answers at" in (await asyncio.to_thread(health.ask, f"{host}:{port}") or "")


@pytest.mark.parametrize(
    "answer",
    [
        web.Response,
        lambda: web.Response(text="<html>"),
        lambda: web.json_response([]),
        lambda: web.Response(status=404),
    ],
)
async def test_somebody_else_who_answers_is_not_the_bot(answer: type[web.Response]) -> None:
    async with answering(saying(answer())) as port:
        assert "It is not the bot that answers" in (await asyncio.to_thread(health.ask, f"127.0.0.1:{port}") or "")


async def test_a_bot_that_hangs_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "SECONDS", 0.05)
    gate = asyncio.Event()
    async with answering(saying(web.Response(), gate)) as port:
        assert "it hangs" in (await asyncio.to_thread(health.ask, f"127.0.0.1:{port}") or "")
        gate.set()


@pytest.mark.parametrize(("bind", "status", "said"), [("None", 0, ""), ("8770", 1, 'OPS_BIND "8770" is no address')])
def test_what_the_command_says(
    bind: str, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPS_BIND", bind)
    assert health.main() == status
    assert capsys.readouterr().err.startswith(said)


def test_it_imports_nothing_that_takes_its_time() -> None:
    code = "import sys; import bot.ops.health; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    names = set(loaded.stdout.split())
    assert {name for name in names if name.split(".")[0] == "bot"} == {"bot", "bot.ops", "bot.ops.health"}
    assert names & {"aiohttp", "asyncio", "pydantic", "prometheus_client", "urllib.request"} == set()
