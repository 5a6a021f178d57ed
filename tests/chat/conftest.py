"""The real bot on a simulated Discord: a small cast, a real database file, the embedded dummy as its endpoint."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from simcord import Env

from bot.chat.client import RoundtableBot, create_bot
from bot.discussion.dials import Dials
from bot.discussion.persona import Persona
from bot.discussion.task import Task
from bot.library.catalogue import Catalogue
from bot.llm.dummy import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.settings import Settings
from bot.store.store import Store

# Above simcord's settle timeout, so that a table between two turns counts as settled.
PACE = 30.0

CAST = tuple(
    Persona(name=name, full_name=full_name, prompt=f"You are {full_name}.", intro=f"{name} at the table.")
    for name, full_name in [("Aino", "Professor Aino Virtanen"), ("Ravi", "Ravi Menon"), ("Bo", "Bo Lindqvist")]
)
TASKS = (
    Task(name="bread", context="A village bakery.", questions=("Who bakes?", "Who pays?", "Who eats?")),
    Task(name="boats", context="A harbour.", questions=("Sail or row?",)),
)
CATALOGUE = Catalogue(CAST, TASKS)


@dataclass
class Parts:
    """What a bot is made of; `make()` makes another one on the same database, as a restart does."""

    settings: Settings
    store: Store
    endpoint: Endpoint
    message_content: bool = True

    def make(self) -> RoundtableBot:
        return create_bot(
            self.settings,
            catalogue=CATALOGUE,
            store=self.store,
            endpoint=self.endpoint,
            message_content=self.message_content,
        )


@pytest.fixture
def message_content() -> bool:
    """Whether the Message Content intent is enabled; a test module may override it."""
    return True


@pytest_asyncio.fixture
async def parts(tmp_path: Path, message_content: bool) -> AsyncIterator[Parts]:
    file = tmp_path / "roundtable.db"
    url = f"sqlite+aiosqlite:///{file}"
    settings = Settings(_env_file=None, database_url=url, discussion=Dials(pace=PACE))  # type: ignore[call-arg]
    store = await Store.open(url, file)
    async with serve_dummy() as base_url:
        endpoint = Endpoint(base_url, retries=0, timeout=10)
        yield Parts(settings, store, endpoint, message_content)
        await endpoint.aclose()
    await store.aclose()


@pytest.fixture
def simcord_bot(parts: Parts) -> RoundtableBot:
    return parts.make()


@pytest_asyncio.fixture
async def env(simcord_env: Env) -> AsyncIterator[Env]:
    yield simcord_env
    await simcord_env.bot.close()


class Channel:
    """A server with a channel, its convener and two guests, and what one sees there."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self.guild = env.create_guild("Bakers")
        self.channel = self.guild.create_text_channel("general")
        self.mira = self.guild.add_member(env.create_user("mira"))
        self.otto = self.guild.add_member(env.create_user("otto"))
        self.lena = self.guild.add_member(env.create_user("lena"))

    @property
    def bot(self) -> RoundtableBot:
        return self.env.bot  # type: ignore[return-value]
