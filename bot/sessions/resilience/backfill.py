"""What happened in a place while nobody listened: the bot was away or cut off, or the database took nothing."""

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.sessions.delivery import outbox
from bot.sessions.delivery.stage import OutcomeUnknown, PostRejected
from bot.sessions.interruptible import Interruptible
from bot.sessions.privacy.session_erasure import apply_missed_edits
from bot.store.models import Status

if TYPE_CHECKING:
    from bot.sessions.state import Standing

log = logging.getLogger(__name__)


class Absence:
    """One session's. `begin()` says that something may be missed from now on, `end()` makes up for it.

    Until then a guest's message that is heard waits (`defers()`) and is taken in by `end()`, from the history and in
    its turn: were it stored at once and the process killed, the next one would look for what came after it only.
    """

    def __init__(self, run: "Standing") -> None:
        self._run = run
        self._since: tuple[int, int] | None = None
        self._begun = 0
        self._waiting: set[int] = set()
        self._unreadable = False
        self._ending = asyncio.Lock()
        self._wait = Interruptible()
        self._closing = False

    def hurry(self) -> None:
        """Discord is back: try at once what would wait a while longer."""
        self._wait.interrupt()

    def close(self) -> None:
        """The process ends: leave what is still missing to the next start."""
        self._closing = True
        self._wait.interrupt()

    def begin(self) -> None:
        """From now on something may be missed. Before anything else is heard: that would hide what came before it."""
        self._begun += 1
        self._unreadable = False
        if self._since is None:
            run = self._run
            # From the last guest's message taken in, not from the last message seen: a post of ours may be newer than
            # one that was not taken in.
            heard = max((turn.message_id or 0 for turn in run.record), default=0) or run.stored.anchor_id
            self._since = run.poster.latest, heard

    def defers(self, message_id: int) -> bool:
        """Whether a guest's message that was just heard is to be left to `end()`, which finds it in the history."""
        if self._since is None or self._unreadable:
            return False
        self._waiting.add(message_id)
        return True

    async def end(self) -> None:
        """Take late copies of our posts away, guests' messages in, and back what they deleted or edited.

        Tries until Discord answers. What the bot may not read now it reads the next time.
        """
        backoff = outbox.SETTLE_SECONDS
        async with self._ending:
            while self._since is not None and self._run.status is not Status.ENDED and not self._closing:
                begun, waiting = self._begun, set(self._waiting)
                try:
                    await self._make_up(*self._since)
                except OutcomeUnknown as problem:
                    log.warning("session %s: what was missed can't be read yet: %s", self._run.stored.id, problem)
                    self._run.poster.waiting = True
                    await self._wait.sleep(backoff)
                    self._run.poster.waiting = False
                    backoff = min(backoff * 2, outbox.LONGEST_BACKOFF)
                    continue
                except PostRejected as problem:
                    log.warning("session %s: could not read what was missed: %s", self._run.stored.id, problem)
                    # It may take people days to mend that: whoever writes meanwhile is heard.
                    self._unreadable = True
                    return
                if self._begun != begun:
                    return  # away once more: whoever ends that reads on
                self._waiting -= waiting
                if not self._waiting:
                    self._since = None

    async def _make_up(self, shown: int, heard: int) -> None:
        await self._run.poster.look_back(shown)
        await apply_missed_edits(self._run, upto=heard)
        for message in await self._run.stage.heard_since(heard):
            await self._run.guest_said(message)
