"""A session whose database takes nothing (disk full, locked, read-only) stands still until it does, and goes on."""

import logging
from typing import Final

from bot.discussion.model.record import Record
from bot.sessions.delivery.notices import OutageOver
from bot.sessions.delivery.stage import Stage
from bot.sessions.interruptible import Interruptible
from bot.sessions.state import SessionState
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind, Status
from bot.store.store import Store

log = logging.getLogger(__name__)

# Between two tries to store something, in seconds: at first, and at most.
FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 300.0


class DatabaseOutage:
    """One session's. The pause stands in no database: should the process end meanwhile, the next one goes on."""

    def __init__(self, state: SessionState, record: Record, *, store: Store, stage: Stage) -> None:
        self._state = state
        self._record = record
        self._store = store
        self._stage = stage
        self._turns = -1
        self._wait = FIRST_WAIT
        self._nap = Interruptible()

    def wake(self) -> None:
        """How the session stands has just been changed and stored."""
        self._nap.interrupt()

    async def wait(self, problem: TransientDatabaseError) -> None:
        """Pause until something can be stored again, or until somebody changed how the session stands."""
        state = self._state
        log.error("session %s stands still: %s", state.id, problem)
        if state.status is Status.ENDED:  # what it was still to show is tried again at the next start
            return
        if len(self._record) > self._turns:
            self._wait, self._turns = FIRST_WAIT, len(self._record)
        state.suspend(f"{problem} The table goes on as soon as that is mended.")
        while state.is_suspended:
            await self._nap.sleep(self._wait)
            # Without a turn in between longer and longer: each try may cost a model call.
            self._wait = min(self._wait * 2, LONGEST_WAIT)
            if state.is_suspended and await self._is_over(str(problem)):
                state.end_suspension()

    async def _is_over(self, cause: str) -> bool:
        state = self._state
        try:
            if state.is_to_run:
                notice = Post(PostKind.NOTICE, self._stage.sentence(OutageOver(cause)))
                await self._store.posts.add(state.id, state.stored.place_id, notice)
            else:
                await state.store_again()
        except TransientDatabaseError:
            return False
        return True
