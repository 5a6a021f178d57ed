"""Keeps a session's panel near the end of its place: shown anew behind each question and after some messages."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

from bot.errors import UserError
from bot.sessions.delivery.announcer import Announcer
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import Stage, StatusReport
from bot.sessions.state import SessionState
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind, PostStatus, Status
from bot.store.store import Store

log = logging.getLogger(__name__)

# After so many messages of anybody the panel is out of sight.
MESSAGES: Final = 10
# Seconds between two panels that people ask for.
APART: Final = 5.0
_WAITING: Final = (PostStatus.QUEUED, PostStatus.SENDING)


class PanelFollower:
    """One session's. Of the panels that were shown only the newest stays, once it certainly is shown: what is to go the
    database tells, also after a crash."""

    def __init__(
        self,
        state: SessionState,
        report: Callable[[], StatusReport],
        *,
        store: Store,
        stage: Stage,
        outbox: Outbox,
        announcer: Announcer,
    ) -> None:
        """`report` tells how the session stands now."""
        self._state = state
        self._store = store
        self._stage = stage
        self._outbox = outbox
        self._announcer = announcer
        self._report = report
        self._is_settled = False  # what an earlier process has left is not known
        self._seen: deque[int] = deque(maxlen=MESSAGES)
        self._shown = 0
        self._asked_at = -APART

    @property
    def is_out_of_sight(self) -> bool:
        """Whether there were many messages since it was shown."""
        return len(self._seen) == MESSAGES and self._seen[0] > self._shown

    async def refresh(self) -> None:
        """Have the panel say how the session stands."""
        try:
            await self._stage.refresh(self._report())
        except TransientDatabaseError as problem:  # a courtesy: it must keep no loop from starting
            log.warning("session %s: the panel is not up to date: %s", self._state.id, problem)

    def expect(self) -> None:
        """A new panel was queued, behind a question: it is to say how the session stands now."""
        self._is_settled = False
        self._stage.expect(self._report())

    async def settle(self) -> None:
        """What was queued may be shown by now: then the newest panel is the one, and older ones go."""
        try:
            if not self._is_settled:
                await self._settle()
        except Exception as problem:  # noqa: BLE001 (it is looked up again after the next turn, and no turn waits for it)
            log.warning("the panel of session %s was not looked up: %r", self._state.id, problem)
        await self.refresh()

    async def _settle(self) -> None:
        panels = await self._store.posts.of_session(self._state.id, PostKind.PANEL)
        shown = [panel.message_id for panel in panels if panel.status is PostStatus.POSTED and panel.message_id]
        if shown:
            *old, self._shown = shown
            self._stage.adopt_panel(self._shown, instead_of=old)
        self._is_settled = not any(panel.status in _WAITING for panel in panels)

    async def follow(self) -> None:
        """Behind a turn: show the panel anew where it is out of sight. Raises PostingBlocked or PlaceGone."""
        if self.is_out_of_sight:
            await self._queue()
            await self._outbox.deliver()
        await self.settle()

    async def message_seen(self, message_id: int) -> None:
        """Somebody wrote something. While nobody takes turns, the panel follows at once."""
        self._seen.append(message_id)
        state = self._state
        if self.is_out_of_sight and state.status is Status.PAUSED and state.fault is None and not state.is_suspended:
            self._seen.clear()
            await self._show()

    async def ask(self) -> str | None:
        """Show the panel anew because somebody wants it. Out: what keeps it from being shown, as far as that is known.

        Raises UserError if that was done a moment ago.
        """
        now = asyncio.get_running_loop().time()
        if now - self._asked_at < APART:
            raise UserError("The panel was shown a moment ago: look a little further up.")
        self._asked_at = now
        return await self._show()

    async def _show(self) -> str | None:
        await self._queue()
        why = await self._announcer.deliver_quietly()
        await self.settle()
        return why

    async def _queue(self) -> None:
        panels = await self._store.posts.of_session(self._state.id, PostKind.PANEL)
        if any(panel.status in _WAITING for panel in panels):
            return  # for a place that takes nothing now: one is enough
        await self._store.posts.add(self._state.id, self._state.stored.place_id, Post(PostKind.PANEL))
        self.expect()
