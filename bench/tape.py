"""What one discussion asks of the libraries below the engine, and what they answer: taken down, and played back.

Played to the engine, it shows what the engine costs without the libraries; asked of the libraries, what they cost
without the engine.
"""

from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench.fakes import MODEL, WINDOW
from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from bot.store import driver_thread, spending, store

T = TypeVar("T")


@dataclass(frozen=True)
class TapedAnswer:
    """What became of a statement, as much of it as the store looks at."""

    rows: Sequence[Any]
    rowcount: int
    inserted_primary_key: Any

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def first(self) -> Any:
        return self.rows[0] if self.rows else None

    one_or_none = first


@dataclass
class Tape:
    """Statements with parameters and answers, by transaction, and requests of the endpoint with answers."""

    transactions: list[list[tuple[Any, Any, TapedAnswer]]] = field(
        default_factory=list[list[tuple[Any, Any, TapedAnswer]]]
    )
    calls: list[tuple[dict[str, Any], Completion]] = field(default_factory=list[tuple[dict[str, Any], Completion]])


class _Connection:
    """Stands in for a Connection, as far as the store uses it in a session."""

    def execute(self, statement: Any, parameters: Any = None) -> TapedAnswer:
        raise NotImplementedError

    def scalar(self, statement: Any, parameters: Any = None) -> Any:
        row = self.execute(statement, parameters).first()
        return row[0] if row else None


class _Recording(_Connection):
    def __init__(self, real: Connection, onto: list[tuple[Any, Any, TapedAnswer]]) -> None:
        self._real = real
        self._onto = onto

    def execute(self, statement: Any, parameters: Any = None) -> TapedAnswer:
        found = cast(Any, self._real.execute(statement, parameters))
        key = found.inserted_primary_key if found.context.isinsert else None
        answer = TapedAnswer(found.all() if found.returns_rows else (), found.rowcount, key)
        self._onto.append((statement, parameters, answer))
        return answer


class _Playing(_Connection):
    def __init__(self, player: "Player") -> None:
        self._player = player
        self._answers: Iterator[TapedAnswer] | None = None

    def execute(self, statement: Any, parameters: Any = None) -> TapedAnswer:
        if self._answers is None:
            self._answers = self._player.transaction(statement)
        return next(self._answers)


class _AsyncPlaying:
    """The same for those transactions that are no trip."""

    def __init__(self, player: "Player") -> None:
        self._playing = _Playing(player)

    async def execute(self, statement: Any, parameters: Any = None) -> TapedAnswer:
        return self._playing.execute(statement, parameters)


class _AsyncRecording:
    def __init__(self, real: AsyncConnection, onto: list[tuple[Any, Any, TapedAnswer]]) -> None:
        self._real = real
        self._onto = onto

    async def execute(self, statement: Any, parameters: Any = None) -> TapedAnswer:
        return await self._real.run_sync(lambda db: _Recording(db, self._onto).execute(statement, parameters))


class Recorder:
    """A database engine whose transactions go on a tape."""

    def __init__(self, real: AsyncEngine, tape: Tape) -> None:
        self._real = real
        self._tape = tape

    def _next(self) -> list[tuple[Any, Any, TapedAnswer]]:
        self._tape.transactions.append([])
        return self._tape.transactions[-1]

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[_AsyncRecording]:
        async with self._real.begin() as connection:
            yield _AsyncRecording(connection, self._next())

    async def trip(self, work: Callable[[Any], T]) -> T:
        return await driver_thread.in_one_trip(self._real, lambda db: work(_Recording(db, self._next())))


class Player:
    """A database engine that answers at once what the tape says, transaction by transaction.

    Those of statements that are built once are found by their first one, so that what goes on side by side may come in
    another order; all others come in the tape's.
    """

    def __init__(self, tape: Tape) -> None:
        begun = Counter(id(t[0][0]) for t in tape.transactions)
        self._by_first: defaultdict[int, deque[list[TapedAnswer]]] = defaultdict(deque)
        for transaction in tape.transactions:
            first = id(transaction[0][0])
            self._by_first[first if begun[first] > 1 else 0].append([answer for _, _, answer in transaction])

    def transaction(self, statement: Any) -> Iterator[TapedAnswer]:
        """The answers of the next transaction that begins with a statement."""
        return iter((self._by_first.get(id(statement)) or self._by_first[0]).popleft())

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[_AsyncPlaying]:
        yield _AsyncPlaying(self)

    async def trip(self, work: Callable[[Any], T]) -> T:
        return work(_Playing(self))


@contextmanager
def with_tapes() -> Iterator[None]:
    """Within this, the store takes recorders and players for engines."""

    async def in_one_trip(engine: Any, work: Callable[[Any], T]) -> T:
        if isinstance(engine, Recorder | Player):
            return await engine.trip(work)
        return await driver_thread.in_one_trip(engine, work)

    for module in (store, spending):
        setattr(module, "in_one_trip", in_one_trip)  # noqa: B010 (a module, to the type checker, has no such)
    try:
        yield
    finally:
        for module in (store, spending):
            setattr(module, "in_one_trip", driver_thread.in_one_trip)  # noqa: B010


class RecordingEndpoint(Endpoint):
    """The real endpoint; what it is asked and answers goes on a tape."""

    tape: Tape

    async def complete(self, prompt: str, **options: Any) -> Completion:
        completion = await super().complete(prompt, **options)
        request: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": prompt}]} | options
        self.tape.calls.append((request, completion))
        return completion


class PlayingEndpoint(Endpoint):
    """An endpoint that answers at once what the tape says, call by call."""

    def __init__(self, tape: Tape) -> None:
        super().__init__("http://127.0.0.1:9/v1", model=MODEL, context=WINDOW)
        self._answers = iter([completion for _, completion in tape.calls])

    async def discover(self) -> str:
        return MODEL

    async def complete(self, prompt: str, **options: Any) -> Completion:
        completion = next(self._answers)
        return self.profile.learn_answer(prompt, completion)
