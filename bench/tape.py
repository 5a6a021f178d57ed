"""What one discussion asks of the libraries below the engine, and what they answer: taken down, and played back.

Played to the engine, it shows what the engine costs without the libraries; asked of the libraries, what they cost
without the engine.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from bench.fakes import MODEL, WINDOW
from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from bot.store.engine import Database

T = TypeVar("T")


@dataclass(frozen=True)
class TapedAnswer:
    """What became of a statement, as much of it as the store looks at."""

    rows: Sequence[Any]
    rowcount: int
    inserted_primary_key: Any

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def all(self) -> Any:
        return self.rows

    def first(self) -> Any:
        return self.rows[0] if self.rows else None

    one = one_or_none = first


@dataclass
class Tape:
    """Statements with parameters and answers, by transaction, and requests of the endpoint with answers."""

    transactions: list[list[tuple[Any, Any, TapedAnswer]]] = field(
        default_factory=list[list[tuple[Any, Any, TapedAnswer]]]
    )
    calls: list[tuple[dict[str, Any], Completion]] = field(default_factory=list[tuple[dict[str, Any], Completion]])


class _Connection:
    """Stands in for a Connection, as far as the store uses it in a session."""

    dialect = sqlite.dialect()

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


class Recorder:
    """A database whose transactions go on a tape."""

    def __init__(self, real: Database, tape: Tape) -> None:
        self._real = real
        self._tape = tape

    async def run(self, work: Callable[[Any], T], **options: Any) -> T:
        transaction: list[tuple[Any, Any, TapedAnswer]] = []
        self._tape.transactions.append(transaction)
        return await self._real.run(lambda db: work(_Recording(db, transaction)), **options)


class Player:
    """A database that answers at once what the tape says, transaction by transaction.

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

    async def run(self, work: Callable[[Any], T], **_: Any) -> T:
        return work(_Playing(self))


class RecordingEndpoint(Endpoint):
    """The real endpoint; what it is asked and answers goes on a tape."""

    tape: Tape

    async def complete(self, prompt: str, *, preamble: str = "", form: Any = None, **options: Any) -> Completion:
        completion = await super().complete(prompt, preamble=preamble, form=form, **options)
        request: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": prompt}]} | options
        self.tape.calls.append((request, completion))
        return completion


class PlayingEndpoint(Endpoint):
    """An endpoint that answers at once what the tape says, call by call."""

    def __init__(self, tape: Tape, wait: float) -> None:
        """`wait`: seconds before each answer."""
        self._wait = wait
        super().__init__("http://127.0.0.1:9/v1", model=MODEL, context=WINDOW)
        self._tape = tape
        self.rewind()

    def rewind(self) -> None:
        """Begin anew. To make an endpoint takes longer than many turns: it reads the system's certificates."""
        self._answers = iter([completion for _, completion in self._tape.calls])

    async def discover(self) -> str:
        return MODEL

    async def complete(self, prompt: str, **options: Any) -> Completion:
        if self._wait:
            await asyncio.sleep(self._wait)
        completion = next(self._answers)
        return self.profile.learn_answer(prompt, completion)
