"""What is done with the leases of shards: plain functions of a connection to PostgreSQL, for use in a transaction."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, or_, select, text, update

from bot.store.engine import upsert
from bot.store.schema import processes, shards

LEASE_SECONDS: Final = 20
_AT_ONCE: Final = text("SELECT pg_advisory_xact_lock(:key)")
_COUNTING: Final = 0x526F756E64746164
_UNTIL: Final = func.now() + timedelta(seconds=LEASE_SECONDS)


class OtherCount(Exception):
    """Other processes run with another number of shards; `str` of it is that number."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """The shards a process has, with their epochs, and how many it may have. `free_in`: after how many seconds the
    first lease of another's runs out, unless it is prolonged; None: there is none."""

    held: dict[int, int]
    fair: int
    free_in: float | None = field(default=None, compare=False)


def set_count(db: Connection, owner: str, count: int) -> None:
    """Have there be so many shards, and a process that runs with them. Raises OtherCount while others run with another
    number."""
    db.execute(_AT_ONCE, {"key": _COUNTING})
    # In the same transaction: whoever asks next with another number sees that this one is there.
    _be_present(db, owner)
    known = set(db.scalars(select(shards.c.id)))
    if known == set(range(count)):
        return
    live = select(processes.c.owner).where(processes.c.until >= func.now(), processes.c.owner != owner)
    if known and db.execute(live.limit(1)).first():
        raise OtherCount(str(len(known)))
    # A process that is stopped just now finds its rows gone, or with another epoch.
    newest = db.scalar(select(func.coalesce(func.max(shards.c.epoch), 0)))
    db.execute(delete(shards))
    db.execute(insert(shards), [{"id": number, "epoch": newest} for number in range(count)])


def renew(db: Connection, owner: str, *, claims: bool) -> Renewed:
    """Prolong what a process has, and with `claims` take what is free or has run out, up to its fair share."""
    _be_present(db, owner)
    db.execute(delete(processes).where(processes.c.until < func.now()))
    mine = update(shards).where(shards.c.owner == owner).values(until=_UNTIL).returning(shards.c.id, shards.c.epoch)
    held = {row.id: row.epoch for row in db.execute(mine)}
    number = db.scalar(select(func.count()).select_from(processes)) or 1
    fair = -(-(db.scalar(select(func.count()).select_from(shards)) or 0) // number)
    if claims and len(held) < fair:
        free = select(shards.c.id).where(or_(shards.c.owner.is_(None), shards.c.until < func.now()))
        free = free.order_by(shards.c.id).limit(fair - len(held)).with_for_update(skip_locked=True)
        ids = list(db.scalars(free))
        claim = update(shards).where(shards.c.id.in_(ids)).values(owner=owner, epoch=shards.c.epoch + 1, until=_UNTIL)
        held |= {row.id: row.epoch for row in db.execute(claim.returning(shards.c.id, shards.c.epoch))}
    others = select(func.min(shards.c.until), func.now()).where(shards.c.owner != owner, shards.c.until >= func.now())
    soonest, present = db.execute(others).one()
    return Renewed(held, fair, None if soonest is None else (soonest - present).total_seconds())


def _be_present(db: Connection, owner: str) -> None:
    present: Any = upsert(db.dialect.name, processes).values(owner=owner, until=_UNTIL)
    db.execute(present.on_conflict_do_update(index_elements=["owner"], set_={"until": _UNTIL}))


def release(db: Connection, owner: str, ids: list[int]) -> None:
    """Give shards back."""
    given = (shards.c.owner == owner, shards.c.id.in_(ids))
    db.execute(update(shards).where(*given).values(owner=None, until=None))


def leave(db: Connection, owner: str) -> None:
    """The process ends: all that it has is free at once."""
    db.execute(update(shards).where(shards.c.owner == owner).values(owner=None, until=None))
    db.execute(delete(processes).where(processes.c.owner == owner))
