"""Many sessions at a glance: how each stands, and what it has come to so far."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, String, cast, func, select

from bot.discussion.model.record import MINORITY_FLAG
from bot.store.engine import Database
from bot.store.mappers import session_of
from bot.store.models import Status, StoredSession
from bot.store.schema import sessions, spending, turns
from bot.store.spending import Used

_TURNS: Final = (
    select(func.count())
    .where(turns.c.session_id == sessions.c.id, turns.c.kind == "persona")
    .where(cast(turns.c.flags, String).not_like(f'%"{MINORITY_FLAG}"%'))
    .correlate(sessions)
    .scalar_subquery()
)
_USED: Final = tuple(
    select(func.coalesce(func.sum(spending.c[name]), 0))
    .where(spending.c.session_id == sessions.c.id)
    .correlate(sessions)
    .scalar_subquery()
    .label(f"had_{name}")
    for name in ("tokens", "cost", "unpriced")
)
_GLANCES: Final = select(sessions, _TURNS.label("had_turns"), *_USED)


@dataclass(frozen=True, slots=True)
class SessionGlance:
    """A session, how many turns its personas have had, and what its calls have used."""

    stored: StoredSession
    turns: int
    used: Used


class Overview:
    """All sessions of a database, of every server. The store hands this out as `store.overview`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, *, with_ended: bool, most: int) -> list[SessionGlance]:
        """The newest sessions, newest first: those that have not ended, or all."""
        asked = _GLANCES.order_by(sessions.c.id.desc()).limit(most)
        return await self._read(asked if with_ended else asked.where(sessions.c.status != Status.ENDED))

    async def of(self, session_id: int) -> SessionGlance | None:
        """One session; None where there is none of this id."""
        return next(iter(await self._read(_GLANCES.where(sessions.c.id == session_id))), None)

    async def _read(self, asked: Select[Any]) -> list[SessionGlance]:
        def work(db: Connection) -> list[SessionGlance]:
            return [SessionGlance(session_of(row), row.had_turns, _used(row)) for row in db.execute(asked)]

        return await self._database.run(work)


def _used(row: Row[Any]) -> Used:
    return Used(int(row.had_tokens), int(row.had_cost), int(row.had_unpriced))
