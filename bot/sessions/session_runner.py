"""One session under way: its parts, the task that runs its loop, and what the rest of the bot may ask of it.

The runner owns the parts and is known to none of them: state (status), turn log (record), outbox (posts), the draft in
the making, the loop, and what helps them over faults. Each is given those that it needs.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot import metrics
from bot.discussion.model.erasure import Member
from bot.discussion.model.record import Record, Session, Turn, moderator_turn
from bot.discussion.model.steerings import QuestionPut, Steering, TurnsChanged
from bot.discussion.moderation.agenda import has_ended, is_to_sum_up
from bot.errors import Remedy, UserError
from bot.llm.endpoint_registry import EndpointRegistry
from bot.logs import log_about
from bot.sessions.composing.budget import Budget
from bot.sessions.composing.compose import Composer
from bot.sessions.composing.draft import AbandonReason, DraftInProgress
from bot.sessions.composing.limits import USUAL, Limits
from bot.sessions.composing.pace import Pace
from bot.sessions.composing.typing_sign import TypingSign
from bot.sessions.delivery.announcer import Announcer
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.panel_follower import PanelFollower
from bot.sessions.delivery.stage import GuestMessage, OwnMessage, Stage, StatusReport
from bot.sessions.delivery.status import status_report
from bot.sessions.guest_turns import Heard
from bot.sessions.hearing import Hearing
from bot.sessions.lifecycle import Lifecycle
from bot.sessions.resilience.database_outage import DatabaseOutage
from bot.sessions.room_reading import RoomReading
from bot.sessions.state import SessionState
from bot.sessions.table_memory import TableMemory
from bot.sessions.turn_log import TurnLog
from bot.sessions.turn_loop import TurnLoop
from bot.store.models import Fault, Status, StoredSession
from bot.store.store import Store


class SessionRunner:
    """A session that is (or can be) under way. One task at a time runs its loop."""

    def __init__(
        self,
        stored: StoredSession,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        endpoints: EndpointRegistry,
        max_tokens: int,
        latest: int,
        limits: Limits = USUAL,
        memory: TableMemory | None = None,
        reads_room: bool = True,
        on_turn: Callable[[Turn], None] = lambda turn: None,
    ) -> None:
        """`latest`: the largest message id the session has seen. `max_tokens`: of a turn. `limits`: what its calls of a
        model may cost. `memory`: keeps what it comes to; None: nothing is kept. `reads_room`: whether personas are told
        what the audience makes of them. `on_turn` is told of each committed turn."""
        self.record = record
        self._stage = stage
        self._state = SessionState(stored, store, self._changed)
        self._outbox = Outbox(
            store,
            stage,
            session_id=stored.id,
            place_id=stored.place_id,
            latest=latest,
            on_withheld=lambda seq, withheld: self._log.withhold(seq, withheld=withheld),
        )
        self._log = TurnLog(self._state, record, store=store, stage=stage, outbox=self._outbox, on_turn=on_turn)
        self._announcer = announcer = Announcer(
            stored, store=store, stage=stage, outbox=self._outbox, place_gone=lambda reason: self.place_gone(reason)
        )
        self._lifecycle = Lifecycle(
            self._state, record, store=store, stage=stage, outbox=self._outbox, announcer=announcer, memory=memory
        )
        self._outage = DatabaseOutage(self._state, record, store=store, stage=stage)
        pace = Pace(stored.session, record, lambda: stage.min_pace)
        self._draft = DraftInProgress(pace)
        self._hearing = Hearing(
            self._state, record, log=self._log, store=store, draft=self._draft, stage=stage, outbox=self._outbox
        )
        self._guests = self._hearing.guests
        self._backfill = self._hearing.backfill
        self._budget = Budget(store, stored, limits.of_table(stored.session))
        composer = Composer(
            lambda: self._state.session,
            record,
            endpoints=endpoints,
            budget=self._budget,
            max_tokens=max_tokens,
            compact=lambda compaction: self._log.steer(compaction, ""),
            withhold=lambda seqs: self._log.withhold(*seqs),
        )
        self._caller = composer.caller
        self.panel = PanelFollower(
            self._state, self.status_report, store=store, stage=stage, outbox=self._outbox, announcer=announcer
        )
        self.room = RoomReading(self._state, record, log=self._log, store=store, is_on=reads_room)
        self._loop = TurnLoop(
            self._state,
            record,
            log=self._log,
            outbox=self._outbox,
            composer=composer,
            draft=self._draft,
            lifecycle=self._lifecycle,
            announcer=announcer,
            outage=self._outage,
            backfill=self._backfill,
            typing=TypingSign(pace, stage.show_typing),
            panel=self.panel,
            room=self.room,
        )

    async def run(self, *, first: Callable[[], Awaitable[None]] | None = None) -> None:
        """Hold the session, after what is to be done first, until it is paused or has ended."""
        await self._loop.run(first=first)

    async def take_turns(self) -> None:
        """Take turns until the session is paused or has ended. Raises TransientDatabaseError."""
        await self._loop.take_turns()

    # --- how it stands ---

    @property
    def id(self) -> int:
        return self._state.id

    @property
    def stored(self) -> StoredSession:
        """As it was stored; how it stands now is told by `status`, `reason` and `fault`."""
        return self._state.stored

    @property
    def session(self) -> Session:
        return self._state.session

    @property
    def status(self) -> Status:
        return self._state.status

    @property
    def reason(self) -> str | None:
        return self._state.reason

    @property
    def fault(self) -> Fault | None:
        return self._state.fault

    @property
    def is_suspended(self) -> bool:
        """Whether it stands still because nothing can be stored."""
        return self._state.is_suspended

    @property
    def is_posting(self) -> bool:
        """Whether something is on its way to the place."""
        return self._outbox.is_busy

    def status_report(self) -> StatusReport:
        """How the session stands, for people."""
        return status_report(self._state, self.record, self._outbox, self._budget, self._caller)

    async def _changed(self) -> None:
        self._outage.wake()
        self._backfill.hurry()
        if self.status is not Status.RUNNING:
            self._draft.abandon(AbandonReason.WANTED_OTHERWISE)
        await self.panel.refresh()

    # --- what is heard in the place ---

    async def hear(self, message: GuestMessage) -> Heard:
        """The only way in for what a guest says: from the gateway, by command and, by the backfill, from the history.

        While something is still missing the message waits for that; DEFERRED: it still does. Raises
        TransientDatabaseError; then the message is taken in when the session goes on.
        """
        with log_about(session=self.id, server=self.stored.guild_id):
            heard = await self._hearing.hear(message)
        metrics.GUESTS.labels(heard.name.lower()).inc()
        if heard is Heard.TAKEN:  # who is next may be another
            await self.panel.refresh()
        return heard

    async def guest_changed(self, message_id: int, text: str, at: int = 0) -> bool:
        """A guest edited (or, with empty text, deleted) one, `at` an id of that time. Out: whether it was a turn."""
        return await self._hearing.guest_changed(message_id, text, at)

    async def speak_for(self, message: GuestMessage) -> tuple[Heard, str | None]:
        """Take in what a guest says by command, and show it. Out: what became of it, and what keeps it from being shown
        now, as far as that is known. Raises TransientDatabaseError, with nothing taken in."""
        heard = await self.hear(message)
        return heard, await self._announcer.deliver_quietly() if heard is Heard.TAKEN else None

    async def strike(self, *seqs: int) -> None:
        """Take turns out of every later prompt, and what shows them out of the place."""
        await self._hearing.strike(*seqs)
        await self._announcer.deliver_quietly()

    def has_heard(self, message_id: int) -> bool:
        """Whether a guest's message is a turn, or may be about to be one."""
        return self._guests.has_heard(message_id) or self._guests.is_coming(message_id) or self._backfill.has_gap

    async def own_message_seen(self, message: OwnMessage) -> None:
        """A message of ours appeared."""
        await self._outbox.seen(message)

    # --- what people do ---

    async def steer(self, steering: Steering, text: str) -> None:
        """Commit a moderator turn; `text` is what the place sees of it. A turn in the making is given up."""
        await self._log.steer(steering, text)
        self._draft.abandon(AbandonReason.WANTED_OTHERWISE)
        if isinstance(steering, QuestionPut):
            self.panel.expect()
        if text:
            await self._announcer.deliver_quietly()
        await self.panel.settle()

    async def sum_up(self) -> None:
        """Have the summary come next. Nothing changes where it was given meanwhile, or where somebody has asked for it
        before, so that what is being written is not given up."""

        def unless_asked_for() -> Turn | None:
            if has_ended(self.record) or is_to_sum_up(self.record):
                return None
            return moderator_turn(self.record, TurnsChanged(turns=len(self.record.persona_turns())), "")

        if await self._log.commit(unless_asked_for):
            self._draft.abandon(AbandonReason.WANTED_OTHERWISE)
            await self.panel.settle()

    async def say(self, what: str) -> None:
        """Tell the place what somebody did."""
        await self._announcer.say(what)

    async def pause(self) -> None:
        """Pause until a person resumes it; a turn in the making is given up. Raises UserError."""
        state = self._state
        if state.status is Status.PAUSED and state.fault in (None, Fault.ERROR) and not state.is_suspended:
            raise UserError("The table is paused already.", Remedy.RESUME)
        await self._lifecycle.pause()

    async def resume(self) -> None:
        """Go on after a pause, once the loop runs. Raises UserError."""
        if self.status is Status.RUNNING:
            raise UserError("The table is not paused.")
        await self._lifecycle.resume()

    async def close(self) -> None:
        """End the session and hand out the minutes."""
        await self._lifecycle.close("a person has closed it")

    async def forget(self, member: Member, listen_from: int) -> None:
        """Take a member out of the session: the next prompt no longer holds them.

        Guests' messages before the id `listen_from` are not taken in again.
        """
        await self._hearing.forget(member, listen_from)
        await self._announcer.deliver_quietly()  # what it said for them goes
        await self.panel.refresh()

    async def fade(self, upto: int, at: datetime) -> None:
        """Forget what was said up to turn `upto`, which is what is older than a time."""
        await self._hearing.fade(upto, at)
        await self.panel.refresh()

    # --- faults, and what mends them ---

    async def hold(self, reason: str, fault: Fault) -> None:
        """Pause because of a fault, and say so."""
        await self._lifecycle.hold(reason, fault)

    async def go_on(self) -> None:
        """The fault that paused the session seems to be gone."""
        await self._lifecycle.go_on()

    async def can_post(self) -> bool:
        """Whether what is queued can be shown now."""
        return await self._lifecycle.can_post()

    async def has_tokens_today(self) -> bool:
        """Whether the tokens of the day, the server's and those of all, suffice for a call like the last one."""
        return await self._budget.has_tokens_today()

    async def place_gone(self, reason: str) -> None:
        """The channel or thread no longer exists: end the session, keep its record."""
        await self._lifecycle.place_gone(reason)

    def abandon(self) -> None:
        """End the session here: it is about to be deleted from the database."""
        self._state.abandon()

    # --- gaps, start and end of the process ---

    def mark_gap(self, since: int | None = None) -> None:
        """From now on, or since a message id, something may be missed that is said in the place."""
        self._backfill.mark_gap(since)

    async def catch_up(self) -> None:
        """Make up for what was missed."""
        await self._backfill.catch_up()

    async def reconnect(self) -> None:
        """The place is back: try at once what would wait a while longer."""
        self._outbox.hurry()
        self._backfill.hurry()
        await self._backfill.catch_up()

    async def open(self) -> None:
        """A new session, before its loop runs."""
        await self._lifecycle.begin()
        self._stage.expect(self.status_report())

    async def restore(self) -> None:
        """A session of an earlier process, before anything is heard: what was under way may be shown or not."""
        await self._lifecycle.restore()
        await self._budget.load()
        self._stage.expect(self.status_report())
        self._backfill.mark_gap()

    async def take_up(self, connected: Callable[[], Awaitable[object]] | None = None) -> None:
        """The same once `connected()` returns: find what was missed."""
        if connected is not None:
            await connected()
        if self.status is not Status.ENDED:
            await self.panel.settle()
            await self._backfill.catch_up()

    def stop_waiting(self) -> None:
        """The process ends: what is still missing is left to the next one."""
        self._backfill.close()

    async def finish_sending(self, timeout: float) -> None:
        """Give what is on its way so many seconds, then leave it to the next start."""
        await self._outbox.close(timeout)
