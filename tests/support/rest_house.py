"""The real bot with discord.py's real network code against the stand-in for Discord, on a scripted endpoint."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat.bot import RoundtableBot, create_bot
from bot.chat.posting import webhooks
from bot.chat.webhook_stage import WebhookStage
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.library.catalogue import Catalogue
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.delivery import outbox
from bot.sessions.resilience import database_outage
from bot.settings import Settings
from bot.store.models import Post, PostKind, PostStatus, Status, StoredSession
from bot.store.store import Store
from tests.support.bot_host import BotHost
from tests.support.discord_stand_in import Channel, Message, StandIn, World, pointed_at, stand_in
from tests.support.endpoint_stand_in import ScriptedEndpoint, held, scripted_endpoint
from tests.support.ready_database import ready_database

CAST = tuple(
    Persona(name=name, full_name=full_name, prompt=f"You are {full_name}.")
    for name, full_name in [("Aino", "Professor Aino Virtanen"), ("Ravi", "Ravi Menon"), ("Bo", "Bo Lindqvist")]
)
FIRST, SECOND = "The miller bakes at dawn.", "Nobody bakes on Sundays, friends."
TASKS = (Task(name="bread", context="A village bakery.", questions=("Who bakes?",)),)


@dataclass
class RestHouse:
    """A server with its stand-in, a database and an endpoint; `running()` is one life of the bot's process there."""

    server: StandIn
    store: Store
    endpoint: Endpoint
    llm: ScriptedEndpoint
    cast: tuple[Persona, ...] = CAST
    pace: float = 0.0
    settings: dict[str, Any] = field(default_factory=dict)
    shards: int = 1
    bots: list[RoundtableBot] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def bot(self) -> RoundtableBot:
        return self.bots[-1]

    @asynccontextmanager
    async def running(
        self, *, message_content: bool = True, commands: bool = True, shard_ids: list[int] | None = None
    ) -> AsyncIterator[RoundtableBot]:
        """The bot, connected, with its sessions taken up, and (`commands`) its commands known to Discord.

        `settings` of the house are those that a host has set.
        """
        bot = create_bot(
            Settings(_env_file=None, discussion=Dials(pace=self.pace), **self.settings),  # type: ignore[call-arg]
            catalogue=Catalogue(self.cast, TASKS),
            store=self.store,
            endpoints=EndpointRegistry(self.endpoint),
            message_content=message_content,
            shard_count=self.shards,
            shard_ids=shard_ids,
        )
        # The library waits this long for further guilds before it says that it is ready.
        bot._connection.guild_ready_timeout = 0.02
        self.bots.append(bot)
        with pointed_at(self.server):
            connection = asyncio.create_task(bot.start(self.server.token))
            try:
                await self.world.until(lambda: connection.done() or bot.is_ready(), what="ready")
                if connection.done():
                    connection.result()
                if commands:
                    await self.world.until(lambda: self.world.commands, what="the commands")
                yield bot
            finally:
                await bot.close()
                await connection

    async def start(self, channel: Channel | str = "general", **options: object) -> StoredSession:
        """Mira opens a table; out: the session as stored."""
        asked = self.world.slash(channel, "Mira", "roundtable", "start", {"turns": 2, **options})
        answer = await asked.answered("followup")
        assert "table is open" in answer.payload["content"], answer.payload["content"]
        return (await self.store.unfinished_sessions())[-1]

    async def between_turns(self, channel: Channel | str = "general") -> tuple[StoredSession, asyncio.Event]:
        """A table whose first turn (FIRST) is shown, and what lets the second speaker say SECOND."""
        gate = asyncio.Event()
        self.llm.enqueue(FIRST, held(gate, SECOND))
        session = await self.start(channel)
        await self.world.wait_for_messages(channel, 1, containing=FIRST)
        await self.world.until(lambda: len(self.llm.prompts) == 2, what="the second speaker")
        return session, gate

    async def command(self, *words: str | dict[str, Any], channel: Channel | str = "general") -> str:
        """What Mira's `/roundtable …` is answered with."""
        answer = await self.world.slash(channel, "Mira", "roundtable", *words).answered("followup")
        return answer.payload["content"]

    def shown(self, channel: Channel | str = "general") -> list[Message]:
        """What stands in the place by now, people's messages left out."""
        return [m for m in self.world.channel_history(channel) if m.author.get("bot")]

    def turns(self, channel: Channel | str = "general") -> list[str]:
        """What the personas say in the place, each summary with all of its card."""
        history = self.world.channel_history(channel)
        return [m.words for m in history if m.webhook_id or m.words.startswith("## Summary, by ")]

    async def until_ended(self, channel: Channel | str = "general") -> None:
        """The minutes stand in the place."""
        await self.world.wait_for_messages(channel, 1, containing="The table is closed. Thank you", timeout=15)
        await self.settled()

    async def until_status(self, session: StoredSession, status: Status, *, timeout: float = 10) -> StoredSession:
        """The session once it has that status in the database."""
        async with asyncio.timeout(timeout):
            # The database sends no signal.
            while (now := await self.store.session(session.id)) is None or now.status is not status:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return now

    async def settled(self) -> None:
        """Everything that was sent is known in the database."""
        await self.server.settled()
        busy = self.bot.supervisor._runners
        await self.world.until(lambda: not any(run.is_posting for run in busy.values()), what="posting")

    async def posts(self, session: StoredSession) -> list[Post]:
        return await self.store.posts.of_session(session.id)

    async def check_each_once(self, session: StoredSession) -> None:
        """Every post of the session stands in its place exactly once, in order, and is bound to that message."""
        posts = await self.posts(session)
        posts = [p for p in posts if (p.kind, p.status) != (PostKind.PANEL, PostStatus.REMOVED)]  # it has moved on
        assert [p.status for p in posts] == [PostStatus.POSTED] * len(posts), posts
        messages = self.shown(self.world.channel(session.place_id))
        assert [m.id for m in messages] == [p.message_id for p in posts], [m.content for m in messages]
        for post, message in zip(posts, messages, strict=True):
            assert bool(message.webhook_id) is post.by_webhook
            if post.by_webhook:
                assert (message.content, message.name) == (post.content, post.username)


async def _at_once(client: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
    """Begin a session with the gateway without the library's five seconds before it."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds become hundredths; nothing else differs."""
    monkeypatch.setattr(discord.Client, "before_identify_hook", _at_once)
    monkeypatch.setattr(outbox, "SETTLE_SECONDS", 0.05)
    monkeypatch.setattr(outbox, "LONGEST_BACKOFF", 0.2)
    monkeypatch.setattr(database_outage, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(database_outage, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(webhooks, "SEND_SECONDS", 0.4)
    monkeypatch.setattr(WebhookStage, "min_pace", 0.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[RestHouse]:
    store = await Store.open(*await ready_database(tmp_path))
    async with stand_in() as server, scripted_endpoint() as llm:
        house = RestHouse(server, store, Endpoint(llm.url, retries=0, timeout=10), llm)
        yield house
        await house.endpoint.aclose()
    await house.store.aclose()


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[BotHost]:
    """A machine on which nothing runs yet."""
    async with stand_in() as server:
        yield BotHost(server, tmp_path)


@pytest.fixture
async def table(house: RestHouse) -> AsyncIterator[RestHouse]:
    """The house with its bot running."""
    async with house.running():
        yield house
