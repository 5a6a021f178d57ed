"""What pauses a session, what has it go on, and how it ends; and that its place is told of it, once."""

import logging
from typing import Final

from bot import metrics
from bot.discussion.model.record import Record
from bot.discussion.moderation.formats.table import format_of
from bot.logs import log_about
from bot.minutes.as_markdown import as_markdown
from bot.sessions.delivery.announcer import Announcer
from bot.sessions.delivery.minutes import told_of
from bot.sessions.delivery.notices import GoesOn, NotShown, Paused, SessionClosed
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import Stage
from bot.sessions.state import SessionState
from bot.sessions.table_memory import TableMemory
from bot.store.engine import TransientDatabaseError
from bot.store.models import Fault, Post, PostKind, Status
from bot.store.store import Store

log = logging.getLogger(__name__)

# Waits behind whatever can't be posted, to be withdrawn when people want otherwise.
_CAN_POST: Final = GoesOn(Fault.PLACE)


class Lifecycle:
    """One session's."""

    def __init__(
        self,
        state: SessionState,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        outbox: Outbox,
        announcer: Announcer,
        memory: TableMemory | None = None,
    ) -> None:
        self._state = state
        self._record = record
        self._store = store
        self._stage = stage
        self._outbox = outbox
        self._announcer = announcer
        self._memory = memory
        self._recovering: Fault | None = None  # went on by itself, and has not yet proved that it can

    async def begin(self) -> None:
        """A new session: what the last one in its place has left under way is not taken for its own."""
        session = self._state.session
        metrics.TABLES_OPENED.inc()
        turns = format_of(session).turns_in_all(session, self._record)
        coming = f"{turns} turns to come" if turns is not None else "no end set"
        self._log("table opened: %d at it, %s", len(session.cast), coming)
        await self._outbox.recover()

    async def restore(self) -> None:
        """In a new process: what was under way may be shown or not; whether the table can go on is found out anew."""
        if self._state.status is not Status.ENDED:  # else it only has something left to show
            turns = len(self._record.persona_turns())
            self._log("table taken up again: %s, %d turns so far", self._state.status, turns)
        await self._outbox.recover()
        await self._announcer.withdraw(_CAN_POST)

    async def pause(self) -> None:
        """By a person: until a person resumes it."""
        self._recovering = None
        await self._announcer.withdraw(_CAN_POST)
        await self._state.change(Status.PAUSED)
        self._log("table paused by a person")

    async def resume(self) -> None:
        """By a person."""
        self._recovering = None
        await self._state.change(Status.RUNNING)
        self._log("table goes on: a person has resumed it")

    async def hold(self, reason: str, fault: Fault) -> None:
        """Pause because of a fault, and say so in the place, or to the convener where the bot can't post."""
        state = self._state
        if state.status is Status.ENDED:  # only some of its posts are left over; the next start tries them again
            log.warning("session %s: not everything could be shown: %s", state.id, reason)
            return
        log.warning("session %s paused (%s): %s", state.id, fault, reason)
        # Said once: neither after a try to go on that came to nothing, nor at the next start.
        is_known = self._recovering is fault or (state.status is Status.PAUSED and state.reason == reason)
        # What a person paused waits for a person.
        fault_or_person = state.fault if state.status is Status.PAUSED else fault
        self._recovering = None
        await state.change(Status.PAUSED, reason, fault_or_person)
        if is_known:
            return
        notice = Paused(reason, fault_or_person)
        if fault is Fault.PLACE:
            await self._announcer.tell_convener(notice)
        else:
            await self._announcer.announce(notice)

    async def go_on(self) -> None:
        """The fault that paused the session seems to be gone. The place is told once that has proved true."""
        fault, self._recovering = self._state.fault, None
        await self._state.change(Status.RUNNING)
        self._recovering = fault
        self._log("table goes on: what had paused it seems to be over (%s)", fault)

    async def tell_that_it_goes_on(self) -> None:
        """What had paused the session is proved to be over."""
        fault, self._recovering = self._recovering, None
        if fault is not None and fault is not Fault.PLACE:  # there the notice was the proof
            await self._announcer.announce(GoesOn(fault))

    async def can_post(self) -> bool:
        """Whether what is queued can be shown now, and behind it the notice that the table goes on."""
        return await self._announcer.try_with(_CAN_POST)

    async def place_gone(self, reason: str) -> None:
        """The channel or thread no longer exists: end the session, keep its record."""
        await self._store.posts.give_up_place(self._state.stored.place_id)
        self._outbox.read_anew()
        self._recovering = None
        await self._state.change(Status.ENDED, reason)
        await self._has_ended(reason)

    async def close(self, why: str) -> None:
        """End the session, hand out the minutes and keep what later tables are told. `why`: for the log."""
        await self._announcer.withdraw(_CAN_POST)
        refused = await self._store.posts.refused_turns(self._state.id)
        tallies = await self._store.votes.tallies(self._state.id)
        cost = await self._store.spending.cost_of(self._state.id)
        minutes = told_of(self._state.stored, self._record, self._stage.names(), tallies, cost=cost, is_over=True)
        closing = Post(PostKind.MINUTES, self._stage.sentence(SessionClosed(refused)), attachment=as_markdown(minutes))
        kept = await self._memory.of(self._state.stored, self._record) if self._memory else None
        if self._state.status is Status.ENDED:
            return  # by somebody else meanwhile
        self._recovering = None
        await self._state.end(closing, kept)
        await self._has_ended(why)
        if unshown := await self._announcer.deliver_quietly():
            await self._announcer.tell_convener(NotShown(PostKind.MINUTES, unshown))

    async def _has_ended(self, why: str) -> None:
        metrics.TABLES_ENDED.inc()
        try:
            cost = await self._store.spending.cost_of(self._state.id)
            used = f"{cost.tokens:,} tokens" + (f" for {cost.in_words}" if cost.is_known else "")
        except TransientDatabaseError:  # it has ended, and that is what counts
            used = "tokens not known"
        self._log("table ended after %d turns, %s: %s", len(self._record.persona_turns()), used, why)

    def _log(self, message: str, *about: object) -> None:
        with log_about(session=self._state.id, server=self._state.stored.guild_id):
            log.info(message, *about)
