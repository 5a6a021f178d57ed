"""What is said in a session's place, as it is said or read up later: guests' messages, and what becomes of them."""

from datetime import datetime

from bot.discussion.model.erasure import Member
from bot.discussion.model.record import Record
from bot.discussion.moderation.asked_guest import has_missed_answer
from bot.discussion.moderation.moderator import concerns
from bot.sessions.composing.draft import AbandonReason, DraftInProgress
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown, Stage
from bot.sessions.guest_turns import GuestTurns, Heard
from bot.sessions.resilience.backfill import Backfill
from bot.sessions.state import SessionState
from bot.sessions.turn_log import TurnLog
from bot.store.engine import TransientDatabaseError
from bot.store.models import PostKind
from bot.store.store import Store


class Hearing:
    """One session's. A draft that has not heard what is new, or has read what was changed, is given up."""

    def __init__(
        self,
        state: SessionState,
        record: Record,
        *,
        log: TurnLog,
        store: Store,
        draft: DraftInProgress,
        stage: Stage,
        outbox: Outbox,
    ) -> None:
        self.guests = GuestTurns(state, record, log=log, store=store, outbox=outbox)
        self._state = state
        self._log = log
        self._store = store
        self._record = record
        self._draft = draft
        self.backfill = Backfill(
            state,
            record,
            stage=stage,
            outbox=outbox,
            hear=self._take_in,
            guest_changed=self._change,
            said_by_command=self._said_by_command,
        )

    async def hear(self, message: GuestMessage) -> Heard:
        """As `SessionRunner.hear` tells it. Raises TransientDatabaseError."""
        if message.posts:  # said by command: nothing would bring it again
            return await self._take_in(message) if await self.backfill.make_way() else Heard.TOO_LATE
        if self.backfill.should_defer(message):
            self.guests.expect(message)
            await self.backfill.catch_up()
            return self._became_of(message)
        try:
            return await self._take_in(message)
        except TransientDatabaseError:
            self.backfill.mark_gap()
            raise
        except OutcomeUnknown:  # whether its author may chime in can't be asked now
            self.backfill.mark_gap()
            self.backfill.should_defer(message)
            await self.backfill.catch_up()
            return self._became_of(message)

    def _why(self) -> AbandonReason:
        """What a guest's word means to a draft that has not heard it."""
        session, heard = self._state.session, self._draft.heard
        if not concerns(session, self._record, heard=heard):
            return AbandonReason.OTHER_QUESTION
        answered = has_missed_answer(session, self._record, heard=heard)
        return AbandonReason.GUEST_ANSWERED if answered else AbandonReason.GUEST_SPOKE

    async def _said_by_command(self) -> list[int]:
        """The messages that show what guests said by command."""
        posts = await self._store.posts.of_session(self._state.id, PostKind.WORDS)
        return [post.message_id for post in posts if post.message_id and post.content]

    async def _take_in(self, message: GuestMessage) -> Heard:
        revision = self._record.revision
        heard = await self.guests.hear(message)
        if heard is Heard.TAKEN:
            self._draft.abandon(self._why())
        self._words_changed(revision)
        return heard

    def _became_of(self, message: GuestMessage) -> Heard:
        if self.guests.has_heard(message.id):
            return Heard.TAKEN
        if message.is_for_table and not message.is_repost and self.guests.is_over_rate(message.author_id, message.id):
            return Heard.FLOODED
        return Heard.DEFERRED if self.backfill.has_gap else Heard.IGNORED

    async def guest_changed(self, message_id: int, text: str, at: int = 0) -> bool:
        """A guest edited (or, with empty text, deleted) a message. Out: whether it was a turn.

        Raises TransientDatabaseError; then it is looked up when the session goes on.
        """
        was_turn = await self._change(message_id, text, at)
        if text and not was_turn and self.backfill.has_gap:
            # It may be about to be taken in, as it was before.
            await self.backfill.catch_up()
            was_turn = await self._change(message_id, text, at)
        return was_turn

    async def _change(self, message_id: int, text: str, at: int = 0) -> bool:
        revision = self._record.revision
        try:
            was_turn = await self.guests.changed(message_id, text, at)
        except TransientDatabaseError:
            self.backfill.mark_gap()
            raise
        self._words_changed(revision)
        return was_turn

    async def forget(self, member: Member, listen_from: int) -> None:
        """Take a member out of the record; guests' messages before the id `listen_from` are not taken in again."""
        self.guests.forget(member.id, listen_from)
        if await self._log.forget(member, listen_from):
            # What is being composed has read it, and may be asked for once more.
            self._draft.abandon(AbandonReason.WANTED_OTHERWISE)

    async def fade(self, upto: int, at: datetime) -> None:
        """Forget what was said up to turn `upto`, which is what is older than a time."""
        revision = self._record.revision
        await self._log.fade(upto, at)
        self._words_changed(revision)

    async def strike(self, *seqs: int) -> None:
        """Take turns out of every later prompt; a draft that has read one is given up."""
        revision = self._record.revision
        await self._log.strike(*seqs)
        self._words_changed(revision)

    def _words_changed(self, revision: int) -> None:
        """Give up a draft that has read a turn which was changed since that revision of the record."""
        # One that could not be given up for every guest who spoke may not have: it stands.
        if self._draft.has_read(self._record.changed[revision:]):
            self._draft.abandon(AbandonReason.WORDS_CHANGED)
