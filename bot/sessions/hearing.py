"""What is said in a session's place, as it is said or read up later: guests' messages, and what becomes of them."""

from bot.discussion.model.record import Record
from bot.sessions.composing.draft import AbandonReason, DraftInProgress
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import GuestMessage, Stage
from bot.sessions.resilience.backfill import Backfill
from bot.sessions.state import SessionState
from bot.sessions.turn_log import Heard, TurnLog
from bot.store.engine import TransientDatabaseError


class Hearing:
    """One session's. A draft that has not heard what is new, or has read what was changed, is given up."""

    def __init__(
        self,
        state: SessionState,
        record: Record,
        *,
        log: TurnLog,
        draft: DraftInProgress,
        stage: Stage,
        outbox: Outbox,
    ) -> None:
        self._record = record
        self._log = log
        self._draft = draft
        self.backfill = Backfill(
            state, record, stage=stage, outbox=outbox, hear=self._take_in, guest_changed=self.guest_changed
        )

    async def hear(self, message: GuestMessage) -> Heard:
        """As `SessionRunner.hear` tells it. Raises TransientDatabaseError."""
        if self.backfill.should_defer(message):
            await self.backfill.catch_up()
            return self._became_of(message)
        try:
            return await self._take_in(message)
        except TransientDatabaseError:
            self.backfill.mark_gap()
            raise

    async def _take_in(self, message: GuestMessage) -> Heard:
        heard = await self._log.hear(message)
        if heard is Heard.TAKEN:
            self._draft.abandon(AbandonReason.GUEST_SPOKE)
        return heard

    def _became_of(self, message: GuestMessage) -> Heard:
        if self._log.has_heard(message.id):
            return Heard.TAKEN
        if self._log.is_over_rate(message.author_id, message.id):
            return Heard.FLOODED
        return Heard.DEFERRED if self.backfill.has_gap else Heard.IGNORED

    async def guest_changed(self, message_id: int, text: str) -> bool:
        """A guest edited (or, with empty text, deleted) a message. Out: whether it was a turn."""
        revision = self._record.revision
        was_turn = await self._log.guest_changed(message_id, text)
        if revision != self._record.revision:
            self._draft.abandon(AbandonReason.WORDS_CHANGED)
        return was_turn
