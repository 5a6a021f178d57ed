"""How a session stands (running, paused, ended, and why), and how its place is told of it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from bot.discussion.model.record import Record, Turn
from bot.sessions.composing.budget import Budget
from bot.sessions.composing.limits import Limits
from bot.sessions.delivery.minutes import minutes
from bot.sessions.delivery.notices import BACK, CLOSING, paused
from bot.sessions.delivery.outbox import PlaceGone, PostingBlocked
from bot.sessions.delivery.stage import Overview, Stage
from bot.sessions.delivery.status import overview
from bot.sessions.resilience.backfill import Absence
from bot.sessions.resilience.database_outage import Standstill
from bot.sessions.turn_log import Keeper
from bot.store.engine import TransientDatabaseError
from bot.store.models import Fault, Post, PostKind, PostStatus, Status, StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)

# How long a person waits for what they did to be shown, in seconds: a table must stop also while Discord is down.
PATIENCE: Final = 3.0


class Standing(Keeper):
    """A session with its status. Whoever runs it is told through `interrupt()` that this has changed."""

    def __init__(
        self,
        stored: StoredSession,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        latest: int,
        limits: Limits,
        on_turn: Callable[[Turn], None],
    ) -> None:
        """As Keeper has it; `limits`: what its model calls may cost."""
        super().__init__(stored, record, store=store, stage=stage, latest=latest, on_turn=on_turn)
        self.status = stored.status
        self.reason = stored.reason
        self.fault = stored.fault
        self._recovering: Fault | None = None
        self.budget = Budget(store, stored, limits)
        self.absence = Absence(self)
        self.standstill = Standstill(self, store)

    def interrupt(self) -> None:
        """Give up what is in the making: people have asked for something else."""

    async def set_status(
        self, status: Status, reason: str | None = None, fault: Fault | None = None, *, closing: Post | None = None
    ) -> None:
        """Change and store the status; a turn in the making is given up unless the session runs.

        `closing` is the last post of a session that ends.
        """
        before = self.status, self.reason, self.fault
        self.status, self.reason, self.fault, self._recovering = status, reason, fault, None
        try:
            if closing is not None:
                await self._store.end_session(self.stored.id, self.stored.place_id, closing)
            else:
                await self._store.set_status(self.stored.id, status, reason, fault)
        except TransientDatabaseError:
            self.status, self.reason, self.fault = before
            raise
        self.standstill.leave()
        self.absence.hurry()
        if status is not Status.RUNNING:
            self.interrupt()
        await self.refresh()

    async def hold(self, reason: str, fault: Fault) -> None:
        """Pause because of a fault, and say so in the place, or to the convener where the bot can't post."""
        if self.status is Status.ENDED:  # only some of its posts are left over; the next start tries them again
            log.warning("session %s: not everything could be shown: %s", self.stored.id, reason)
            return
        log.warning("session %s paused (%s): %s", self.stored.id, fault, reason)
        # Said once: neither after a try to go on that came to nothing, nor at the next start.
        is_known = self._recovering is fault or (self.status is Status.PAUSED and self.reason == reason)
        # What a person paused waits for a person.
        fault_or_person = self.fault if self.status is Status.PAUSED else fault
        await self.set_status(Status.PAUSED, reason, fault_or_person)
        text = paused(reason, fault_or_person)
        if is_known:
            return
        if fault is Fault.PLACE:
            await self.stage.tell_convener(text)
        else:
            await self.announce(Post(PostKind.NOTICE, text))

    async def go_on(self) -> None:
        """The fault that paused the session seems to be gone. The place is told once that has proved true."""
        fault = self.fault
        await self.set_status(Status.RUNNING)
        self._recovering = fault

    async def say_that_it_goes_on(self) -> None:
        fault, self._recovering = self._recovering, None
        if fault is not None and fault is not Fault.PLACE:  # there the notice was the proof
            await self.announce(Post(PostKind.NOTICE, BACK[fault]))

    async def can_post(self) -> bool:
        """Whether what is queued can be shown now, and behind it the notice that the table goes on."""
        notice = Post(PostKind.NOTICE, BACK[Fault.PLACE])
        waiting = (PostStatus.QUEUED, PostStatus.SENDING)
        notices = await self._store.session_posts(self.stored.id, PostKind.NOTICE)
        if not any(n.content == notice.content and n.status in waiting for n in notices):
            await self._store.add_post(self.stored.id, self.stored.place_id, notice)
        try:
            await self.poster.deliver()
        except PostingBlocked as problem:
            log.info("session %s still can't post: %s", self.stored.id, problem)
            return False
        except PlaceGone as problem:
            await self.place_gone(str(problem))
            return False
        return True

    async def place_gone(self, reason: str) -> None:
        """The channel or thread no longer exists: end the session, keep its record."""
        await self._store.give_up_place(self.stored.place_id)
        await self.set_status(Status.ENDED, reason)

    async def close(self) -> None:
        """End the session and hand out the minutes."""
        closing = Post(PostKind.MINUTES, CLOSING, attachment=minutes(self.session, self.record))
        await self.set_status(Status.ENDED, closing=closing)
        await self.deliver_quietly()

    async def say(self, text: str) -> None:
        """Tell the place what somebody did."""
        await self._store.add_post(self.stored.id, self.stored.place_id, Post(PostKind.NOTICE, f"-# {text}"))
        await self.deliver_quietly()

    async def deliver_quietly(self) -> None:
        """Send what is queued on behalf of a person. A fault waits for the loop, which meets it and pauses."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.poster.deliver()
        except TimeoutError:
            log.warning("session %s: Discord is slow; what is queued will be shown later", self.stored.id)
        except (PostingBlocked, PlaceGone) as problem:
            log.warning("session %s: not shown yet: %s", self.stored.id, problem)

    async def announce(self, post: Post) -> None:
        """Say something in the place as the bot; if that can't be done, tell the convener instead."""
        post_id = await self._store.add_post(self.stored.id, self.stored.place_id, post)
        try:
            await self.poster.deliver()
        except PlaceGone as problem:
            await self.place_gone(str(problem))
        except PostingBlocked as problem:
            log.warning("session %s: notice not shown: %s", self.stored.id, problem)
            await self._store.give_up_post(post_id)
            await self.stage.tell_convener(post.content)

    async def refresh(self) -> None:
        try:
            await self.stage.refresh(self.overview())
        except TransientDatabaseError as trouble:  # a courtesy: it must keep no loop from starting
            log.warning("session %s: the panel is not up to date: %s", self.stored.id, trouble)

    def overview(self) -> Overview:
        """How the session stands."""
        return overview(self)
