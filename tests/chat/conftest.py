"""The real bot on a simulated Discord: a small cast, a real database file, a scripted endpoint on loopback."""

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_asyncio
from simcord import Env

from bot.chat.bot import RoundtableBot, create_bot
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.library.catalogue import Catalogue
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.settings import Settings
from bot.store.store import Store, open_store
from tests.chat.place import PACE, Place, harmless, settle_fast
from tests.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint

CAST = tuple(
    Persona(name=name, full_name=full_name, prompt=f"You are {full_name}.", intro=f"{name} at the table.")
    for name, full_name in [("Aino", "Professor Aino Virtanen"), ("Ravi", "Ravi Menon"), ("Bo", "Bo Lindqvist")]
)
FULL_NAMES = {persona.name: persona.full_name for persona in CAST}
TASKS = (
    Task(name="bread", context="A village bakery.", questions=("Who bakes?", "Who pays?", "Who eats?")),
    Task(name="boats", context="A harbour.", questions=("Sail or row?",)),
)
CATALOGUE = Catalogue(CAST, TASKS)
SEED = 3


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_errors: the bot is expected to log an error in this test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """simcord must take the pause between two turns for rest: its limit stays well under PACE."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.simcord(settle_timeout=2.0))


@dataclass
class Parts:
    """What a bot is made of; `make()` makes another one on the same database, as a restart does."""

    settings: Settings
    store: Store
    endpoint: Endpoint
    catalogue: Catalogue = CATALOGUE
    message_content: bool = True
    made: list[RoundtableBot] = field(default_factory=list)

    def make(self) -> RoundtableBot:
        bot = create_bot(
            self.settings,
            catalogue=self.catalogue,
            store=self.store,
            endpoints=EndpointRegistry(self.endpoint),
            message_content=self.message_content,
        )
        self.made.append(bot)
        return bot


@pytest.fixture
def message_content(request: pytest.FixtureRequest) -> bool:
    """Whether the Message Content intent is enabled; a test may say otherwise with an indirect parameter."""
    return getattr(request, "param", True)


@pytest_asyncio.fixture
async def llm() -> AsyncIterator[ScriptedEndpoint]:
    """The endpoint: says what a test enqueues, else fresh sentences that address nobody; remembers every prompt."""
    async with scripted_endpoint() as server:
        yield server


@pytest_asyncio.fixture
async def parts(tmp_path: Path, llm: ScriptedEndpoint, message_content: bool) -> AsyncIterator[Parts]:
    file = tmp_path / "roundtable.db"
    url = f"sqlite+aiosqlite:///{file}"
    settings = Settings(_env_file=None, database_url=url, discussion=Dials(pace=PACE))  # type: ignore[call-arg]
    async with open_store(url, file) as store:
        endpoint = Endpoint(llm.url, retries=0, timeout=10)
        yield Parts(settings, store, endpoint, message_content=message_content)
        await endpoint.aclose()


@pytest.fixture
def simcord_bot(parts: Parts) -> RoundtableBot:
    return parts.make()


@pytest_asyncio.fixture
async def env(simcord_env: Env, parts: Parts) -> AsyncIterator[Env]:
    """The simulated Discord. After each test: whatever the bot sent, it could not have pinged anybody."""
    yield simcord_env
    assert [request.json for request in simcord_env.http_requests if not harmless(request)] == []
    for bot in parts.made:
        await bot.close()


@pytest.fixture
def place(env: Env, parts: Parts) -> Place:
    """A server with a channel, its convener Mira, and the members Otto and Lena."""
    return Place(env, parts.store)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    settle_fast(monkeypatch)


@pytest.fixture(autouse=True)
def _one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every session is started with the same seed, so that each run of a test sees the same order of speakers."""
    monkeypatch.setattr("bot.sessions.supervisor.secrets", SimpleNamespace(randbits=lambda bits: SEED))


@pytest.fixture(autouse=True)
def _quiet_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No secret reaches the log in any test, and no error where none is expected."""
    caplog.set_level(logging.INFO)
    yield
    records = caplog.get_records("call")
    assert not [r.getMessage() for r in records if "simcord_webhook_" in r.getMessage()]
    if request.node.get_closest_marker("logs_errors") is None:
        assert not [r.getMessage() for r in records if r.levelno >= logging.ERROR]
