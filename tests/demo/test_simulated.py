"""The demo's simulated Discord and its page, with a small bot of the test's own: over HTTP, and in a browser."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from PIL import Image

from bot.demo import simulated
from bot.demo.simulated import DemoPage, DemoUnavailable, simulated_discord
from tests.support.page_driver import browser_page


def _square(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(out, "PNG")
    return out.getvalue()


class _Control(discord.ui.DynamicItem[discord.ui.Button], template=r"tiny:(?P<what>\w+)"):
    def __init__(self, what: str) -> None:
        super().__init__(discord.ui.Button(label=what.title(), custom_id=f"tiny:{what}"))
        self.what = what

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction, item: Any, match: Any) -> "_Control":
        return cls(match["what"])

    async def callback(self, interaction: discord.Interaction) -> None:
        if self.what == "say":
            await interaction.response.send_modal(_Form())
        else:
            await interaction.response.edit_message(content="paused")


class _Form(discord.ui.Modal, title="Say something"):
    words = discord.ui.TextInput(label="Words")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{interaction.user.display_name} says {self.words.value}")


class _Choice(discord.ui.Select):
    def __init__(self) -> None:
        super().__init__(placeholder="Pick one", options=[discord.SelectOption(label=name) for name in ("tea", "rain")])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"picked {self.values[0]}", ephemeral=True)


class _TinyBot(discord.Client):
    """One slash group, a webhook with two personas, a panel; it repeats what members write."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, messages=True, message_content=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(_Control)
        tiny = app_commands.Group(name="tiny", description="Tiny", guild_only=True)

        @tiny.command(description="Starts")
        async def start(interaction: discord.Interaction, topic: str = "nothing", turns: int = 2) -> None:
            await interaction.response.defer(ephemeral=True)
            await self.talk(interaction.channel_id or 0, [f"{topic} {turn}" for turn in range(1, turns + 1)])
            await interaction.followup.send(f"started on {topic}", ephemeral=True)

        @start.autocomplete("topic")
        async def suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=name, value=name) for name in ("trains", "trams", "tea") if typed in name]

        @tiny.command(description="Chooses")
        async def choose(interaction: discord.Interaction) -> None:
            view = discord.ui.View(timeout=None)
            await interaction.response.send_message("your choice", view=view.add_item(_Choice()))

        self.tree.add_command(tiny)
        await self.tree.sync()
        self.face = await self.create_application_emoji(name="face", image=_square("red"))

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot and not message.webhook_id:
            await message.channel.send(f"heard {message.author.display_name}: {message.content}")

    async def talk(self, channel_id: int, lines: list[str], pause: float = 0) -> None:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        view = discord.ui.View(timeout=None)
        await channel.send("panel", view=view.add_item(_Control("pause")).add_item(_Control("say")))
        webhook = await channel.create_webhook(name="tiny")
        for number, line in enumerate(lines):
            await webhook.send(line, username=("Ann", "Bo")[number % 2], avatar_url=self.face.url, wait=True)
            await asyncio.sleep(pause)

    @property
    def place(self) -> int:
        return self.guilds[0].text_channels[0].id


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
async def _visit(bot: _TinyBot, **place: Any) -> AsyncIterator[_Visitor]:
    async with simulated_discord(bot, **place) as demo, aiohttp.ClientSession() as http:
        visitor = _Visitor(http, demo)
        await visitor.enter()
        yield visitor


async def test_the_bot_is_ready_and_the_page_answers_on_its_address() -> None:
    bot = _TinyBot()
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
    bot = _TinyBot()
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
        assert await visitor.picture(turns[0]["author"]["avatar"]) == _square("red")
        assert (await visitor.picture(panel["author"]["avatar"])).startswith(b"\x89PNG")
        assert before <= datetime.fromisoformat(turns[0]["timestamp"]) <= datetime.now(UTC)


async def test_pictures_by_address_can_be_added() -> None:
    bot = _TinyBot()
    address = "https://example.org/portrait.png"
    async with simulated_discord(bot, assets={address: _square("blue")}) as demo, aiohttp.ClientSession() as http:
        demo.add_asset("https://example.org/other.png", _square("green"))
        channel = bot.get_channel(bot.place)
        assert isinstance(channel, discord.TextChannel)
        webhook = await channel.create_webhook(name="tiny")
        await webhook.send("one", username="Ann", avatar_url=address)
        await webhook.send("two", username="Bo", avatar_url="https://example.org/other.png")
        visitor = _Visitor(http, demo)
        await visitor.enter()
        shown = [await visitor.picture(message["author"]["avatar"]) for message in await visitor.messages()]
        assert shown == [_square("blue"), _square("green")]


async def test_the_page_shows_who_is_typing_until_the_message_is_there() -> None:
    bot = _TinyBot()
    async with _visit(bot) as visitor:
        channel = bot.get_channel(bot.place)
        assert isinstance(channel, discord.TextChannel)
        async with channel.typing():
            assert (await visitor.state())["demo"]["typing"] is True
            await channel.send("there")
        assert (await visitor.state())["demo"]["typing"] is False


async def test_sixty_messages_leave_the_newest_fifty_on_the_page() -> None:
    bot = _TinyBot()
    async with _visit(bot) as visitor:
        await bot.talk(bot.place, [f"line {number}" for number in range(1, 61)])
        shown = [message["content"] for message in await visitor.messages()]
        assert shown == [f"line {number}" for number in range(11, 61)]


async def test_old_messages_are_forgotten_but_a_panel_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.demo.inside import live_env

    monkeypatch.setattr(live_env, "KEPT_MESSAGES", 5)
    bot = _TinyBot()
    async with _visit(bot) as visitor:
        await bot.talk(bot.place, [f"line {number}" for number in range(1, 21)])
        assert [message["content"] for message in await visitor.messages()] == [
            "panel",
            *(f"line {number}" for number in range(16, 21)),
        ]


async def test_two_addresses_are_two_people() -> None:
    bot = _TinyBot()
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
        bot = _TinyBot()
        with pytest.raises(DemoUnavailable, match=rf"port {port} on 127\.0\.0\.1 cannot be used .*another with --port"):
            async with simulated_discord(bot, port=port):
                pass
        assert bot.is_closed()


async def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "_MODULES", ("simcord", "no_such_module"))
    with pytest.raises(
        DemoUnavailable, match=r"no_such_module not found.*pip install 'roundtable-bot\[demo\]'.*make demo"
    ):
        async with simulated_discord(_TinyBot()):
            pass


async def test_another_simcord_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "SIMCORD", "9.9.9")
    with pytest.raises(DemoUnavailable, match=r"exactly simcord 9\.9\.9, and 3\.2\.1 is installed"):
        async with simulated_discord(_TinyBot()):
            pass


async def test_a_bot_that_cannot_start_is_closed_and_says_why() -> None:
    class Broken(_TinyBot):
        async def setup_hook(self) -> None:
            raise LookupError("no personas")

    bot = Broken()
    with pytest.raises(LookupError, match="no personas"):
        async with simulated_discord(bot):
            pass
    assert bot.is_closed()
    async with _visit(_TinyBot()) as visitor:
        assert await visitor.messages() == [], "the broken one left nothing behind"


@pytest.mark.parametrize("port", [-1, 65536])
async def test_no_such_port(port: int) -> None:
    with pytest.raises(DemoUnavailable, match=f"port {port} is not a port: choose one from 1 to 65535"):
        async with simulated_discord(_TinyBot(), port=port):
            pass


async def test_a_cancelled_demo_closes_its_bot_and_frees_its_port() -> None:
    bot = _TinyBot()
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
    async with simulated_discord(_TinyBot(), port=port) as again:
        assert f":{port}/" in again.url


async def test_a_person_uses_the_page_in_a_browser(tmp_path: Any) -> None:
    bot = _TinyBot()
    async with browser_page() as page, simulated_discord(bot) as demo:
        await page.open(demo.url)
        await page.run("/tiny start", topic="trains", turns=3)
        shown = await page.wait_for(lambda messages: ("Roundtable", "started on trains") in messages)
        assert [message for message in shown if message[0] in ("Ann", "Bo")] == [
            ("Ann", "trains 1"),
            ("Bo", "trains 2"),
            ("Ann", "trains 3"),
        ]

        await page.say("what about boats?")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "heard alex: what about boats?"))
        await page.become("robin")
        assert ("Roundtable", "started on trains") not in await page.wait_for(lambda messages: len(messages) == 6)
        await page.say("or bikes")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "heard robin: or bikes"))

        await page.press("Say")
        await page.submit_form("we walk")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "robin says we walk"))
        await page.press("Pause")
        await page.wait_for(lambda messages: messages[0][1].startswith("paused"))
        await page.run("/tiny choose")
        await page.choose("Pick one", "rain")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "picked rain"))

        await page.open(demo.url_as("robin"))
        talking = asyncio.create_task(bot.talk(bot.place, [f"live {number}" for number in range(1, 21)], pause=0.05))
        await page.wait_for(lambda messages: messages[-1] == ("Bo", "live 20"))
        await talking
        assert await page.at_bottom()
        await page.screenshot(tmp_path / "page.png")
        assert (tmp_path / "page.png").stat().st_size > 10_000
        assert page.errors == []


async def test_enter_sends_a_command_that_is_written_out() -> None:
    bot = _TinyBot()
    async with browser_page(width=400) as page, simulated_discord(bot) as demo:
        await page.open(demo.url)
        await page.enter("/tiny start")
        await page.wait_for(lambda messages: ("Bo", "nothing 2") in messages)
