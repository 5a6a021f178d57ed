"""Keeps a process from writing, and so from sending, for a shard that is another's by now.

A process that was stopped, swapped out or cut off does not know that its time is over. So what it writes counts only if
its shards' rows are still its own, at the epochs at which it got them: each transaction that has written looks at that
last, and keeps the rows from changing hands until it is committed. Whatever reads alone costs nothing more. And as
nothing is sent but right after a transaction, none is begun or told of once the process's own clock says that the lease
is running out.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

# Goes on while the machine sleeps, which `time.monotonic` does not on Linux.
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", None)

SEAL: Final = text(
    """
    SELECT CAST(pg_current_xact_id_if_assigned() AS text) AS number, ARRAY(
        SELECT id || ':' || epoch FROM shards
        WHERE pg_current_xact_id_if_assigned() IS NOT NULL AND owner = :owner
        FOR KEY SHARE
    ) AS held
    """
)
"""The number of a transaction, None if it has written nothing; and what its owner has, if it has. Meanwhile a lease is
renewed all the same (that changes no key), but taken over only once no such transaction is under way."""


class ShardsLost(asyncio.CancelledError):
    """A shard is this process's no more. What was being done for it ends as if it were cancelled: without a word."""


def clock() -> float:
    """Seconds that also pass while the process is stopped."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


@dataclass(slots=True)
class Fence:
    """`leases`: the shards that something is done for, with their epochs. `safe_until` tells the instant of `clock()`
    from which on nothing may be done for them; `on_loss` hears that they are lost.

    `is_lost`: one of them has been another's, and maybe still is. It stays so, whatever the process gets later: what
    was begun before knows nothing of what the other has done meanwhile, and must not even decide by what it reads.
    """

    owner: str
    leases: Mapping[int, int]
    safe_until: Callable[[], float]
    on_loss: Callable[[], None]
    is_lost: bool = False

    def check_clock(self) -> None:
        """Raise ShardsLost if the time is over."""
        if self.is_lost or clock() >= self.safe_until():
            self._lose()

    def check(self, held: Any) -> None:
        """Raise ShardsLost unless all of the shards are among those that the database says are held."""
        if not {f"{shard}:{epoch}" for shard, epoch in self.leases.items()} <= set(held):
            self._lose()

    def _lose(self) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.on_loss()
        raise ShardsLost
