"""Puts the questions with which standing tables begin a day or a week: one task for all tables of the process.

What was put when is told by the records alone, so that no restart puts one twice.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.discussion.model.record import Record, Session
from bot.discussion.model.starter import question_due, starter_of
from bot.discussion.model.steerings import QuestionPut, Steering
from bot.discussion.moderation.formats.table import format_of
from bot.sessions.interruptible import Interruptible
from bot.store.engine import TransientDatabaseError
from bot.store.models import Status, StoredSession
from bot.store.schema import now
from bot.store.server_settings import ServerSettings

log = logging.getLogger(__name__)

# It is looked at the clock at least so often: the machine's, or a server's time zone, may be another by then.
LONGEST_NAP: Final = timedelta(minutes=30)


class Standing(Protocol):
    """What is needed of a session."""

    @property
    def id(self) -> int: ...

    @property
    def stored(self) -> StoredSession: ...

    @property
    def session(self) -> Session: ...

    @property
    def record(self) -> Record: ...

    @property
    def status(self) -> Status: ...

    async def steer(self, steering: Steering, text: str) -> None:
        """Commit a moderator's turn; `text` is what the place sees of it."""
        ...


class Servers(Protocol):
    """What is needed of the settings of servers."""

    async def of(self, guild_id: int) -> ServerSettings: ...


class StandingQuestions:
    """Those of the process. `tables` gives the open sessions."""

    def __init__(
        self, servers: Servers, tables: Callable[[], Iterable[Standing]], clock: Callable[[], datetime] = now
    ) -> None:
        self._servers = servers
        self._tables = tables
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._nap = Interruptible()
        self._has_news = False

    def look(self) -> None:
        """A table was opened, taken up or goes on: it may have a question to put, now or later."""
        self._has_news = True
        self._nap.interrupt()
        if (self._task is None or self._task.done()) and any(map(_puts_questions, self._tables())):
            self._task = asyncio.create_task(self._run(), name="questions of standing tables")

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while tables := [table for table in self._tables() if _puts_questions(table)]:
            self._has_news = False
            naps = [await self._seen_to(table) for table in tables]
            if not self._has_news:
                await self._nap.sleep(max(0.0, min(naps).total_seconds()))

    async def _seen_to(self, table: Standing) -> timedelta:
        """Put a table's question if it is time to. Out: until when it need not be looked at again."""
        try:
            return await self.put_if_due(table)
        except TransientDatabaseError as trouble:
            log.warning("session %s: its question can't be put yet: %s", table.id, trouble)
        except Exception:
            log.exception("session %s: its question could not be put", table.id)
        return timedelta(minutes=1)

    async def put_if_due(self, table: Standing) -> timedelta:
        """The same. Raises TransientDatabaseError."""
        starter = starter_of(table.session)
        assert starter is not None
        settings = await self._servers.of(table.stored.guild_id)
        here = self._clock().astimezone(_zone(settings))
        put = question_due(table.session, table.record, here, table.stored.created_at)
        if put is not None and table.status is Status.RUNNING:
            await self._put(table, put)
        left = starter.after(here).timestamp() - self._clock().timestamp()
        return min(LONGEST_NAP, timedelta(seconds=left))

    async def _put(self, table: Standing, put: QuestionPut) -> None:
        log.info("session %s: its question of %s is put", table.id, put.day)
        await table.steer(put, put.question)


def _puts_questions(table: Standing) -> bool:
    return bool(table.session.task.starter) and not format_of(table.session).has_clock


def _zone(settings: ServerSettings) -> tzinfo:
    """A server's time zone; UTC where it has set none, or one that this machine does not know."""
    name: str | None = getattr(settings, "time_zone", None)
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("server: the time zone %s is not known here; UTC counts in its place", name)
        return UTC
