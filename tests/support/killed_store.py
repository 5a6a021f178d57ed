"""A store whose process is killed before one of its transactions."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from bot.store.store import Store

T = TypeVar("T")


class Killed(BaseException):
    """Stands for a SIGKILL: nothing of the process comes after it."""


class KilledStore:
    """Lets so many more transactions of a store begin, then kills."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, transactions: int) -> None:
        self._run, self.left = store._database.run, transactions
        monkeypatch.setattr(store._database, "run", self.run)

    async def run(self, work: Callable[[Connection], T], **options: Any) -> T:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return await self._run(work, **options)
