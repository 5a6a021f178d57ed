"""What `roundtable check` says of portraits that stand on the web."""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from bot.checks import portrait_links
from bot.checks.portrait_links import check_portraits
from bot.checks.report import Report
from bot.discussion.model.persona import Persona
from bot.llm.own_network import is_at_home

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MEGABYTE = 1024 * 1024


async def face(request: web.Request) -> web.StreamResponse:
    """An answer by the path's name."""
    match request.match_info["name"]:
        case "large.png":
            return web.Response(body=bytes(MEGABYTE + 1), content_type="image/png")
        case "full.png":
            return web.Response(body=bytes(MEGABYTE), content_type="image/png")
        case "unmeasured.png":
            response = web.StreamResponse(headers={"Content-Type": "image/png"})
            await response.prepare(request)
            with suppress(ConnectionError):  # whoever asks has had enough
                for _ in range(8):
                    await response.write(bytes(MEGABYTE))
            return response
        case "never.png":
            await asyncio.sleep(60)
            raise web.HTTPNotFound
        case "page":
            return web.Response(text="<html>A picture.</html>", content_type="text/html")
        case "moving":
            return web.Response(body=b"GIF89a", content_type="image/gif")
        case "gone.png":
            raise web.HTTPNotFound
        case "there.png":
            raise web.HTTPFound("/ok.png")
        case "loop.png":
            raise web.HTTPFound("/loop.png")
        case "downgraded.png":
            raise web.HTTPMovedPermanently("http://example.org/ok.png")
        case "inside.png":
            raise web.HTTPFound("https://192.168.0.1/restart")
        case "odd.png":
            return web.Response(status=302, headers={"Location": "ftp://example.org:99999/x.png"})
        case "mood.png":
            return web.Response(body=PNG + secrets.token_bytes(8), content_type="image/png")
        case _:
            return web.Response(body=PNG, content_type="image/png")


@asynccontextmanager
async def pictures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A web server whose certificate this machine trusts. Out: how its addresses begin."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    # It stands for one on the web.
    monkeypatch.setattr(portrait_links, "is_at_home", lambda at: "//127.0.0.1" not in at and is_at_home(at))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    app = web.Application()
    app.router.add_get("/{name}", face)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


# What is said of each, after its address; None: nothing.
LOOKS = {
    "ok.png": None,
    "full.png": None,
    "there.png": None,
    "large.png": "has more than 1 MB.",
    "unmeasured.png": "has more than 1 MB.",
    "page": "is text/html, which Discord shows nobody as a face.",
    "moving": "is a GIF, which stands still",
    "never-asked.gif": "is a GIF, which stands still",
    "gone.png": "answers with HTTP 404.",
    "loop.png": "is sent on from address to address.",
    "odd.png": "leads to ftp://example.org:99999/x.png, which is no https address.",
    "downgraded.png": "leads to http://example.org/ok.png, which is no https address.",
    "inside.png": "leads to https://192.168.0.1/restart, which is in your own network, where Discord does not get.",
    "mood.png": "is another picture each time",
}


async def test_each_address_is_looked_at_and_no_more_than_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portrait_links, "SECONDS", 50)  # a busy machine is no slow server
    told: list[str] = []
    report = Report(told.append)
    async with pictures(tmp_path, monkeypatch) as url:
        links = {name: f"{url}/{name}" for name in LOOKS}
        links |= {
            "odd port": "https://127.0.0.1:1/x.png",
            "no port": "https://127.0.0.1:99999/x.png",
            "at home": "https://nas.local/face.png",
            "Discord's": "https://cdn.discordapp.com/emojis/1.png",
            "own": "/faces/own.png",
        }
        cast = [Persona(name=name, full_name=name, prompt="x", avatar=link) for name, link in links.items()]
        await check_portraits([*cast, Persona(name="none", full_name="none", prompt="x")], report)
    assert report.faults == 0
    said = {line.split(":")[0].removeprefix("! Portrait of "): line for line in told}
    expected = {name: what for name, what in LOOKS.items() if what}
    expected["at home"] = "is in your own network, where Discord does not get."
    expected |= dict.fromkeys(("odd port", "no port"), "can't be reached from here (")
    assert said.keys() == expected.keys()
    for name, what in expected.items():
        assert said[name].startswith(f"! Portrait of {name}: {links[name]} {what}")


async def test_who_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portrait_links, "SECONDS", 0.2)
    told: list[str] = []
    async with pictures(tmp_path, monkeypatch) as url:
        await check_portraits(
            [Persona(name="A", full_name="A", prompt="x", avatar=f"{url}/never.png")], Report(told.append)
        )
    (line,) = told
    assert "can't be reached from here (" in line
    assert "Timeout" in line
