"""A session whose database takes nothing (disk full, locked, read-only) stands still until it does, and goes on."""

import logging
from typing import TYPE_CHECKING, Final

from bot.sessions.interruptible import Interruptible
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind, Status
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.sessions.state import Standing

log = logging.getLogger(__name__)

# Between two tries to store something, in seconds: at first, and at most.
FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 300.0


class Standstill:
    """One session's. The pause stands in no database: should the process end meanwhile, the next one goes on."""

    def __init__(self, run: "Standing", store: Store) -> None:
        self._run = run
        self._store = store
        self._stands = False
        self._turns = -1
        self._wait = FIRST_WAIT
        self._nap = Interruptible()

    @property
    def stands(self) -> bool:
        """Whether it stands still now: paused by the database, and by nobody else."""
        return self._stands

    def leave(self) -> None:
        """How the session stands has just been changed and stored."""
        self._stands = False
        self._nap.interrupt()

    async def wait(self, trouble: TransientDatabaseError) -> None:
        """Pause until something can be stored again, or until somebody changed how the session stands."""
        run = self._run
        log.error("session %s stands still: %s", run.stored.id, trouble)
        if run.status is Status.ENDED:  # what it was still to show is tried again at the next start
            return
        if len(run.record) > self._turns:
            self._wait, self._turns = FIRST_WAIT, len(run.record)
        former = run.status, run.reason
        stood = run.status, run.reason = Status.PAUSED, f"{trouble} The table goes on as soon as that is mended."
        self._stands = True
        while self._stands:
            await self._nap.sleep(self._wait)
            # Without a turn in between longer and longer: each try may cost a model call.
            self._wait = min(self._wait * 2, LONGEST_WAIT)
            if not self._stands or not await self._is_over(*former, str(trouble)):
                continue
            # What somebody decided while the database was asked stands, also if it is not stored yet.
            if self._stands and (run.status, run.reason) == stood:
                self._stands = False
                run.status, run.reason = former

    async def _is_over(self, status: Status, reason: str | None, cause: str) -> bool:
        run = self._run
        try:
            if status is Status.RUNNING:
                notice = Post(PostKind.NOTICE, f"▶ The table goes on. It stood still: {cause[:1].lower()}{cause[1:]}")
                await self._store.add_post(run.stored.id, run.stored.place_id, notice)
            else:
                await self._store.set_status(run.stored.id, status, reason, run.fault)
        except TransientDatabaseError:
            return False
        return True
