"""Fixtures: the real bot on a simulated Discord, a real database file, a scripted endpoint on loopback."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_asyncio
from simcord import Env

from bot.chat.bot import RoundtableBot
from bot.discussion.model.dials import Dials
from bot.llm.endpoint import Endpoint
from bot.settings import Settings
from bot.store.store import open_store
from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint
from tests.support.ready_database import ready_database
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import PACE, SimulatedPlace, harmless, settle_fast

SEED = 3


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
    url, file = await ready_database(tmp_path)
    settings = Settings(_env_file=None, database_url=url, discussion=Dials(pace=PACE))  # type: ignore[call-arg]
    async with open_store(url, file) as store:
        endpoint = Endpoint(llm.url, retries=0, timeout=10)
        yield Parts(settings, store, endpoint, message_content=message_content)
        await endpoint.aclose()


@pytest.fixture
def simcord_bot(parts: Parts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> RoundtableBot:
    """Every session is started with the same seed, so that each run of a test sees the same order of speakers."""
    monkeypatch.setattr("bot.sessions.supervisor.secrets", SimpleNamespace(randbits=lambda bits: SEED))
    # As long as simcord waits for the bot to settle: a table that listens to a guest would never seem to, nor would a
    # clock that only tests move let a guest's burst end.
    monkeypatch.setattr("bot.sessions.composing.pace.QUIET_SECONDS", 0.0)
    settle_fast(monkeypatch)
    caplog.set_level(logging.INFO)
    return parts.make()


@pytest_asyncio.fixture
async def env(
    simcord_env: Env, parts: Parts, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Env]:
    """The simulated Discord. After each test: whatever the bot sent, it could not have pinged anybody; no secret is in
    the log, and no error where none is expected."""
    yield simcord_env
    assert [sent.json for sent in simcord_env.http_requests if not harmless(sent)] == []
    for bot in parts.made:
        await bot.close()
    records = caplog.get_records("call")
    assert not [r.getMessage() for r in records if "simcord_webhook_" in r.getMessage()]
    if request.node.get_closest_marker("logs_errors") is None:
        assert not [r.getMessage() for r in records if r.levelno >= logging.ERROR]


@pytest.fixture
def place(env: Env, parts: Parts) -> SimulatedPlace:
    """A server with a channel, its convener Mira, and the members Otto and Lena."""
    return SimulatedPlace(env, parts.store)
