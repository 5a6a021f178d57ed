"""What the ops server answers, with the parts of a real bot behind it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import RoundtableError
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.ops import readiness as readiness_module
from bot.ops.endpoint_watch import try_endpoint
from bot.ops.gateway import GatewayState
from bot.ops.ops_server import OpsServer, serving
from bot.ops.readiness import Part, Readiness
from bot.ops.watch import open_watch
from bot.settings import Settings
from bot.store.engine import Outcome
from bot.store.models import Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import fails, held, scripted_endpoint
from tests.support.session_house import open_house, until

CONNECTED = GatewayState({0: 0.05, 1: 0.0}, is_ready=True, servers=3)
WELL = {"ready": True, "state": "answers"}


async def get(port: int, path: str) -> tuple[int, Any]:
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await (answer.json() if is_json else answer.text())


class Ops:
    """The server on loopback, at any free port."""

    def __init__(self) -> None:
        self.readiness = Readiness()
        self.server = OpsServer(self.readiness)
        self.port = 0

    async def ready(self) -> tuple[bool, dict[str, dict[str, Any]]]:
        status, told = await get(self.port, "/readyz")
        assert told["ready"] is (status == 200)
        return told["ready"], told["parts"]


@pytest.fixture
async def ops() -> AsyncIterator[Ops]:
    ops = Ops()
    runner = web.AppRunner(ops.server.application(), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ops.port = runner.addresses[0][1]
    yield ops
    await runner.cleanup()


async def test_before_anything_is_there_the_bot_is_alive_and_not_ready(ops: Ops) -> None:
    status, told = await get(ops.port, "/healthz")
    assert (status, told["alive"]) == (200, True)
    is_ready, parts = await ops.ready()
    assert not is_ready
    assert {name: part["state"] for name, part in parts.items()} == dict.fromkeys(
        ("database", "endpoints", "gateway"), "not begun yet"
    )
    assert "/metrics" in (await get(ops.port, "/"))[1]


async def test_each_part_is_named_with_how_it_stands(ops: Ops, store: Store) -> None:
    """An endpoint that is known to be in trouble keeps nobody from being ready: its tables are paused."""
    connection = [CONNECTED]
    async with scripted_endpoint() as llm:
        endpoints = EndpointRegistry(
            Endpoint(llm.url, retries=0), {"fast": Endpoint(llm.url, settings="ENDPOINT_FAST", retries=0)}
        )
        ops.readiness.needs_database(store)
        ops.readiness.needs_endpoints(endpoints)
        ops.readiness.needs_gateway(lambda: connection[0])
        is_ready, parts = await ops.ready()
        assert not is_ready
        assert parts["endpoint fast"] == {"ready": False, "state": "is being asked for the first time"}

        llm.enqueue("Yes.", fails(401))
        for name, endpoint in endpoints.by_name.items():
            await try_endpoint(name, endpoint)
        is_ready, parts = await ops.ready()
        assert is_ready
        assert parts.pop("endpoint fast")["state"].startswith(
            "tables that need it are paused: The LLM endpoint at 127."
        )
        assert parts == {
            "database": {"ready": True, "state": "takes what is written"},
            "endpoint default": WELL,
            "gateway": {"ready": True, "state": "connected to Discord, 3 servers"},
        }

        for connection[0], state in (
            (GatewayState({0: 0.05, 1: None}, True, 3), "without connection to Discord: shard 1"),
            (GatewayState({0: 0.05}, False, 0), "not connected to Discord yet"),
            (GatewayState({}, True, 0), "not connected to Discord yet"),
        ):
            assert (await ops.ready())[1]["gateway"] == {"ready": False, "state": state}
        await endpoints.aclose()


async def test_a_database_that_can_only_be_read_is_not_ready(ops: Ops, store: Store, tmp_path: Path) -> None:
    ops.readiness.needs_database(store)
    await store._database.run_on_driver(lambda raw: raw.execute("PRAGMA query_only = ON"))
    state = (await ops.ready())[1]["database"]
    assert state == {"ready": False, "state": "The bot's database can't be used: it can only be read."}


async def test_a_part_that_can_not_be_given_up_is_asked_once_and_holds_up_nobody(
    ops: Ops, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a database whose server does not answer: what was handed to it is waited for, whoever is cancelled."""
    monkeypatch.setattr(readiness_module, "ANSWER_SECONDS", 0.05)
    answers = [Outcome[Part](), Outcome[Part]()]
    asked: list[Outcome[Part]] = []

    async def ask() -> Part:
        asked.append(answers[len(asked)])
        return await asked[-1]

    ops.readiness._asks = {"database": ask}
    async with asyncio.timeout(10):
        for _ in range(2):
            assert (await ops.ready())[1]["database"]["state"] == "no answer within 0.05 s"
    assert len(asked) == 1
    answers[1].set_result(Part(True, "is back"))
    answers[0].set_result(Part(False, "was away"))
    await ops.readiness._asked["database"]
    assert (await ops.ready())[1]["database"] == {"ready": True, "state": "is back"}


@pytest.mark.logs_errors
async def test_a_part_that_hangs_or_fails_is_told_as_such(ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness_module, "ANSWER_SECONDS", 0.05)
    ops.readiness._asks["database"] = asyncio.Event().wait  # type: ignore[assignment]
    ops.readiness.needs_gateway(lambda: 1 / 0)  # type: ignore[arg-type]
    _, parts = await ops.ready()
    assert parts["database"]["state"] == "no answer within 0.05 s"
    assert parts["gateway"]["state"] == "can't be asked; the log tells why"


async def test_the_metrics_tell_of_tables(store: Store) -> None:
    gate = asyncio.Event()
    settings = Settings(_env_file=None, ops_bind="none")  # type: ignore[call-arg]
    async with open_house(store) as house, open_watch(settings) as watch:
        house.server.enqueue(held(gate))
        watch.over_bot(lambda: CONNECTED, house.supervisor)
        table = await house.start()
        told = await metrics_of(watch.server)
        assert told["roundtable_tables", "running", ""] == 1
        assert told["roundtable_gateway_up", "0"] == told["roundtable_gateway_up", "1"] == 1
        assert told["roundtable_servers",] == 3
        house.server.answer = lambda _: fails(401)
        gate.set()
        await until(lambda: table.status is Status.PAUSED)
        told = await metrics_of(watch.server)
        assert told["roundtable_tables", "paused", "endpoint"] == 1
        assert told["roundtable_tables", "running", ""] == 0
        assert house.server.host not in str(told)


async def metrics_of(server: OpsServer) -> dict[tuple[str, ...], float]:
    """By name and the labels' values."""
    text = (await server._metrics(None)).body.decode()  # type: ignore[arg-type, union-attr]
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(s.name, *(value for _, value in sorted(s.labels.items(), reverse=True))): s.value for s in samples}


async def test_a_port_that_is_taken(ops: Ops, caplog: pytest.LogCaptureFixture) -> None:
    """Where nobody asked for it the bot goes on and says so; where it is set that ends the start."""
    caplog.set_level(logging.WARNING)
    async with serving(OpsServer(Readiness()), ("127.0.0.1", ops.port), is_wanted=False):
        pass
    sentence = f"The ops server can't listen on OPS_BIND 127.0.0.1:{ops.port} (Address already in use)"
    assert sentence in caplog.text
    assert "The bot goes on without it" in caplog.text
    settings = Settings(_env_file=None, ops_bind=f"127.0.0.1:{ops.port}")  # type: ignore[call-arg]
    with pytest.raises(RoundtableError) as told:
        async with open_watch(settings):
            pass
    assert str(told.value).startswith(sentence)
    assert str(told.value).endswith("Set OPS_BIND to another address, or to none.")
