"""The contestants of `bench/overhead.py`: each holds the same discussion of so many turns at the same endpoint."""

import asyncio
import functools
import itertools
import json
import math
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self, cast

from openai import AsyncOpenAI
from sqlalchemy import Connection

from bench.fakes import MODEL
from bench.peers.venv import peers_python
from bench.processes import REPOSITORY
from bench.tape import Player, PlayingEndpoint, Recorder, RecordingEndpoint, Tape
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.library.files import read_personas, read_task
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.limits import Limits
from bot.sessions.supervisor import OpeningPlace, Supervisor
from bot.store.engine import Database
from bot.store.models import Post, PostKind, Status
from bot.store.schema import metadata
from bot.store.store import Store, open_store
from bot.terminal import TerminalStage

TASK_FOLDER: Final = REPOSITORY / "tasks" / "growing-server"
PERSONAS_FOLDER: Final = REPOSITORY / "personas"
SEATS: Final = 4
MAX_TOKENS: Final = 300
# About what an answer of the bench's endpoint takes, in seconds.
_WAIT: Final = 0.0015
# The peer's process has just begun: connections and lazy imports are behind it after so many turns.
_WARM_UP: Final = 5


@dataclass
class Lap:
    """One discussion: seconds of wall clock and of CPU in all, and milliseconds of both for each turn."""

    wall_s: float
    cpu_s: float
    walls: list[float] = field(default_factory=list[float])
    cpus: list[float] = field(default_factory=list[float])


class Watch:
    """Measures a lap of this process: all its threads, none of its children."""

    def __init__(self) -> None:
        self._began = self._before = self._now()
        self._turns: list[tuple[float, float]] = []

    def turn(self) -> None:
        """A turn is done."""
        now = self._now()
        self._turns.append((now[0] - self._before[0], now[1] - self._before[1]))
        self._before = now

    def lap(self) -> Lap:
        now = self._now()
        walls, cpus = ([round(t[n] * 1000, 4) for t in self._turns] for n in (0, 1))
        return Lap(now[0] - self._began[0], now[1] - self._began[1], walls, cpus)

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


class TimedStage(TerminalStage):
    """A stage on which showing takes no time. It tells the watch of each turn."""

    # As on Discord, no two messages anywhere have the same id.
    _ids = itertools.count(1)

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    async def send(self, post: Post) -> int:
        if post.kind is PostKind.TURN:
            self._watch.turn()
        return next(self._ids)


class Ours:
    """The whole engine: supervisor, loop, record, budget, posting, a database file, the endpoint over HTTP."""

    def __init__(self, store: Store, endpoint: Endpoint) -> None:
        self._store = store
        self._endpoint = endpoint
        self._places = itertools.count(1)

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, folder: Path) -> AsyncIterator[Self]:
        async with open_database(folder / "ours.db") as store:
            endpoint = Endpoint(url)
            try:
                yield cls(store, endpoint)
            finally:
                await endpoint.aclose()

    async def hold(self, turns: int) -> Lap:
        place, (task, cast) = next(self._places), table()
        watch = Watch()
        supervisor = Supervisor(
            self._store,
            EndpointRegistry(self._endpoint),
            lambda _: TimedStage(watch),
            max_tokens=MAX_TOKENS,
            limits=Limits(session_tokens=0, day_tokens=0, day_tokens_all=0),
        )
        run = await supervisor.start(
            OpeningPlace(1, place, place, 1, 0), task=task, cast=cast, dials=Dials(turns=turns, pace=0), seed=place
        )
        await supervisor._tasks[place]  # pyright: ignore[reportPrivateUsage]
        lap = watch.lap()
        await supervisor.shutdown()
        if run.status is not Status.ENDED or run.reason or len(run.record.persona_turns()) != turns:
            raise RuntimeError(f"the discussion was not held to its end: {run.reason}")
        return lap


async def record(url: str, folder: Path, turns: int) -> Tape:
    """Hold one discussion on a database of its own, and take down what it asks of the libraries."""
    tape = Tape()
    async with open_database(folder / "tape.db") as store:
        endpoint = RecordingEndpoint(url)
        endpoint.tape = tape
        await Ours(Store(cast(Database, Recorder(database_of(store), tape))), endpoint).hold(turns)
        await endpoint.aclose()
    return tape


class Engine:
    """The engine alone: endpoint and database are played back from a tape. `waits`: the endpoint's answer is not there
    at once, as in the whole, so that the machine does something else meanwhile."""

    def __init__(self, tape: Tape, endpoint: PlayingEndpoint) -> None:
        self._tape = tape
        self._endpoint = endpoint

    @classmethod
    @asynccontextmanager
    async def at(cls, tape: Tape, *, waits: bool = False) -> AsyncIterator[Self]:
        endpoint = PlayingEndpoint(tape, wait=_WAIT if waits else 0.0)
        try:
            yield cls(tape, endpoint)
        finally:
            await endpoint.aclose()

    async def hold(self, turns: int) -> Lap:
        self._endpoint.rewind()
        return await Ours(Store(cast(Database, Player(self._tape))), self._endpoint).hold(turns)


class Sdk:
    """The SDK alone, as one finds it, with the requests of a tape."""

    def __init__(self, client: AsyncOpenAI, tape: Tape) -> None:
        self._client = client
        self._tape = tape

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, tape: Tape) -> AsyncIterator[Self]:
        async with AsyncOpenAI(base_url=url, api_key="none") as client:
            yield cls(client, tape)

    async def hold(self, turns: int) -> Lap:
        watch = Watch()
        for request, _ in self._tape.calls:
            await self._client.chat.completions.create(**request)
            watch.turn()
        return watch.lap()


class Client:
    """Our client of endpoints alone, with the requests of a tape."""

    def __init__(self, endpoint: Endpoint, tape: Tape) -> None:
        self._endpoint = endpoint
        self._tape = tape

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, tape: Tape) -> AsyncIterator[Self]:
        endpoint = Endpoint(url)
        try:
            yield cls(endpoint, tape)
        finally:
            await endpoint.aclose()

    async def hold(self, turns: int) -> Lap:
        watch = Watch()
        for request, _ in self._tape.calls:
            options = {name: value for name, value in request.items() if name not in ("model", "messages")}
            await self._endpoint.complete(request["messages"][0]["content"], **options)
            watch.turn()
        return watch.lap()


class Replay:
    """SQLAlchemy and the driver alone, with the transactions of a tape."""

    def __init__(self, database: Database, tape: Tape) -> None:
        self._database = database
        self._tape = tape

    @classmethod
    @asynccontextmanager
    async def at(cls, folder: Path, tape: Tape) -> AsyncIterator[Self]:
        async with open_database(folder / "replay.db") as store:
            yield cls(database_of(store), tape)

    async def hold(self, turns: int) -> Lap:
        await self._database.run(_empty)
        watch = Watch()
        for statements in self._tape.transactions:
            await self._database.run(functools.partial(_make, statements))
        return watch.lap()


def _empty(db: Connection) -> None:
    for each in reversed(metadata.sorted_tables):  # the ids begin anew
        db.execute(each.delete())


def _make(statements: Sequence[tuple[Any, Any, Any]], db: Connection) -> None:
    for statement, parameters, _ in statements:
        db.execute(statement, parameters)


class AutoGen:
    """AutoGen's round robin, in a process of its own on a Python of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    @staticmethod
    def is_there() -> bool:
        return peers_python() is not None

    async def hold(self, turns: int) -> Lap:
        _, cast = table()
        options = {
            "base-url": self._url,
            "model": MODEL,
            "personas": PERSONAS_FOLDER,
            "cast": ",".join(p.name for p in cast),
            "task": TASK_FOLDER,
            "turns": turns,
            "max-tokens": MAX_TOKENS,
            "warm-up": _WARM_UP,
        }
        process = await asyncio.create_subprocess_exec(
            str(peers_python()),
            str(REPOSITORY / "bench" / "peers" / "autogen_chat.py"),
            *(f"--{name}={value}" for name, value in options.items()),
            stdout=asyncio.subprocess.PIPE,
        )
        answer = json.loads((await process.communicate())[0])
        if answer["error"]:
            raise RuntimeError(f"AutoGen's chat was not held to its end: {answer['error']}")
        walls, cpus = ([turn[name] for turn in answer["turns"]] for name in ("wall_ms", "cpu_ms"))
        return Lap(answer["wall_s"], answer["cpu_s"], walls, cpus)


@functools.cache
def table() -> tuple[Task, tuple[Persona, ...]]:
    """What is discussed, and by whom."""
    task, _ = read_task(TASK_FOLDER)
    personas, _ = read_personas(PERSONAS_FOLDER)
    assert task is not None
    return task, tuple(personas[:SEATS])


def open_database(file: Path) -> Any:
    """A store on a new database file, for the length of a block."""
    return open_store(f"sqlite+aiosqlite:///{file}", file)


def database_of(store: Store) -> Database:
    return store._database  # pyright: ignore[reportPrivateUsage]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]
