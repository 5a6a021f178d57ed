"""The demo's simulated Discord and its page, with a small bot of the test's own: over HTTP, and in a browser."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
import pytest

from bot.demo import simulated
from bot.demo.simulated import DemoPage, DemoUnavailable, simulated_discord
from tests.support.tiny_bot import TinyBot, square


class _Visitor:
    """What a browser does: opens the page with its key and polls its state."""

    def __init__(self, http: aiohttp.ClientSession, demo: DemoPage) -> None:
        self.http = http
        self.base, _, key = demo.url.partition("/#")
        self.headers = {"X-Simcord-Capability": key}

    async def enter(self, query: str = "") -> dict[str, Any]:
        async with self.http.post(f"{self.base}/api/pages{query}", json={}, headers=self.headers) as answer:
            state = await answer.json()
            self.headers["X-Simcord-Context"] = state["context"]["id"]
            return state

    async def state(self) -> dict[str, Any]:
        async with self.http.get(f"{self.base}/api/state", headers=self.headers) as answer:
            assert answer.status == 200
            return await answer.json()

    async def messages(self) -> list[dict[str, Any]]:
        state = await self.state()
        return [state["messages"][key] for key in state["timeline"]]

    async def picture(self, asset: str) -> bytes:
        async with self.http.get(f"{self.base}/api/assets/{asset}", headers=self.headers) as answer:
            assert answer.status == 200
            return await answer.read()


@asynccontextmanager
async def _visit(bot: TinyBot, **place: Any) -> AsyncIterator[_Visitor]:
    async with simulated_discord(bot, **place) as demo, aiohttp.ClientSession() as http:
        visitor = _Visitor(http, demo)
        await visitor.enter()
        yield visitor


async def test_the_bot_is_ready_and_the_page_answers_on_its_address() -> None:
    bot = TinyBot()
    async with (
        simulated_discord(bot, guild="Tea House", channels=("table", "window")) as demo,
        aiohttp.ClientSession() as http,
    ):
        assert bot.is_ready()
        assert [(guild.name, [c.name for c in guild.text_channels]) for guild in bot.guilds] == [
            ("Tea House", ["table", "window"])
        ]
        assert bot.user is not None
        assert bot.user.name == "Roundtable"
        async with http.get(demo.url) as answer:
            index = await answer.text()
        assert "<title>Roundtable demo</title>" in index
        for path in ("page.css", "page.js", "icon.png"):
            assert f"/demo/{path}" in index
            async with http.get(demo.url.partition("#")[0] + f"demo/{path}") as answer:
                assert answer.status == 200
        async with http.post(demo.url.partition("#")[0] + "api/pages", json={}) as answer:
            assert answer.status == 401, "nobody may look without the key in the address"
    assert bot.is_closed()


async def test_a_personas_message_shows_with_its_name_face_and_time() -> None:
    bot = TinyBot()
    before = datetime.now(UTC)
    async with _visit(bot) as visitor:
        await bot.talk(bot.place, ["hello", "again", "and again"])
        panel, *turns = await visitor.messages()
        assert [(turn["author"]["name"], turn["content"]) for turn in turns] == [
            ("Ann", "hello"),
            ("Bo", "again"),
            ("Ann", "and again"),
        ]
        assert not any(turn["compact"] for turn in turns), "two speakers ran together"
        assert await visitor.picture(turns[0]["author"]["avatar"]) == square("red")
        assert (await visitor.picture(panel["author"]["avatar"])).startswith(b"\x89PNG")
        assert before <= datetime.fromisoformat(turns[0]["timestamp"]) <= datetime.now(UTC)


async def test_pictures_by_address_can_be_added() -> None:
    bot = TinyBot()
    address = "https://example.org/portrait.png"
    async with simulated_discord(bot, assets={address: square("blue")}) as demo, aiohttp.ClientSession() as http:
        demo.add_asset("https://example.org/other.png", square("green"))
        channel = bot.get_channel(bot.place)
        assert isinstance(channel, discord.TextChannel)
        webhook = await channel.create_webhook(name="tiny")
        await webhook.send("one", username="Ann", avatar_url=address)
        await webhook.send("two", username="Bo", avatar_url="https://example.org/other.png")
        visitor = _Visitor(http, demo)
        await visitor.enter()
        shown = [await visitor.picture(message["author"]["avatar"]) for message in await visitor.messages()]
        assert shown == [square("blue"), square("green")]


async def test_the_page_shows_who_is_typing_until_the_message_is_there() -> None:
    bot = TinyBot()
    async with _visit(bot) as visitor:
        channel = bot.get_channel(bot.place)
        assert isinstance(channel, discord.TextChannel)
        async with channel.typing():
            assert (await visitor.state())["demo"]["typing"] is True
            await channel.send("there")
        assert (await visitor.state())["demo"]["typing"] is False


async def test_sixty_messages_leave_the_newest_fifty_on_the_page() -> None:
    bot = TinyBot()
    async with _visit(bot) as visitor:
        await bot.talk(bot.place, [f"line {number}" for number in range(1, 61)])
        shown = [message["content"] for message in await visitor.messages()]
        assert shown == [f"line {number}" for number in range(11, 61)]


async def test_old_messages_are_forgotten_but_a_panel_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.demo.inside import live_env

    monkeypatch.setattr(live_env, "KEPT_MESSAGES", 5)
    bot = TinyBot()
    async with _visit(bot) as visitor:
        await bot.talk(bot.place, [f"line {number}" for number in range(1, 21)])
        assert [message["content"] for message in await visitor.messages()] == [
            "panel",
            *(f"line {number}" for number in range(16, 21)),
        ]


async def test_two_addresses_are_two_people() -> None:
    bot = TinyBot()
    async with simulated_discord(bot, people=("alex", "robin")) as demo, aiohttp.ClientSession() as http:
        assert "?as=robin#" in demo.url_as("robin")
        with pytest.raises(ValueError, match="nobody here is called 'sam'; there are alex, robin"):
            demo.url_as("sam")
        seen = []
        for query in ("", "?as=robin", "?as=sam"):
            state = await _Visitor(http, demo).enter(query)
            seen.append(next(who["name"] for who in state["viewers"] if who["id"] == state["viewerId"]))
        assert seen == ["alex", "robin", "alex"]


async def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bot = TinyBot()
        with pytest.raises(DemoUnavailable, match=rf"port {port} on 127\.0\.0\.1 cannot be used .*another with --port"):
            async with simulated_discord(bot, port=port):
                pass
        assert bot.is_closed()


async def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "_MODULES", ("simcord", "no_such_module"))
    with pytest.raises(
        DemoUnavailable, match=r"no_such_module not found.*pip install 'roundtable-bot\[demo\]'.*make demo"
    ):
        async with simulated_discord(TinyBot()):
            pass


async def test_another_simcord_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "SIMCORD", "9.9.9")
    with pytest.raises(DemoUnavailable, match=r"exactly simcord 9\.9\.9, and 3\.2\.1 is installed"):
        async with simulated_discord(TinyBot()):
            pass


async def test_a_bot_that_cannot_start_is_closed_and_says_why() -> None:
    class Broken(TinyBot):
        async def setup_hook(self) -> None:
            raise LookupError("no personas")

    bot = Broken()
    with pytest.raises(LookupError, match="no personas"):
        async with simulated_discord(bot):
            pass
    assert bot.is_closed()
    async with _visit(TinyBot()) as visitor:
        assert await visitor.messages() == [], "the broken one left nothing behind"


@pytest.mark.parametrize("port", [-1, 65536])
async def test_no_such_port(port: int) -> None:
    with pytest.raises(DemoUnavailable, match=f"port {port} is not a port: choose one from 1 to 65535"):
        async with simulated_discord(TinyBot(), port=port):
            pass


async def test_a_cancelled_demo_closes_its_bot_and_frees_its_port() -> None:
    bot = TinyBot()
    opened: asyncio.Future[DemoPage] = asyncio.get_running_loop().create_future()

    async def demo() -> None:
        async with simulated_discord(bot) as page:
            opened.set_result(page)
            await page.wait_closed()

    running = asyncio.create_task(demo())
    page = await opened
    port = int(page.url.split(":")[2].split("/")[0])
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert bot.is_closed()
    async with simulated_discord(TinyBot(), port=port) as again:
        assert f":{port}/" in again.url
