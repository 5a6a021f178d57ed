"""A store whose process is killed before one of its transactions."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bot.store.store import Store


class Killed(BaseException):
    """Stands for a SIGKILL: nothing of the process comes after it."""


class KilledStore:
    """Lets so many more transactions of a store begin, then kills."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, transactions: int) -> None:
        self._engine, self.left = store._engine, transactions
        for part in (store, store.spending):
            monkeypatch.setattr(part, "_engine", self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def begin(self) -> AbstractAsyncContextManager[Any]:
        self._count()
        return self._engine.begin()

    def connect(self) -> AbstractAsyncContextManager[Any]:
        self._count()
        return self._engine.connect()

    def _count(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1
