"""Keeps a session's record alike in memory and in the database: one turn at a time, guests' words as they stand now."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from bot.discussion.model.names import addressed
from bot.discussion.model.record import Record, Turn, seats
from bot.discussion.moderation import agenda
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import GuestMessage, Stage
from bot.sessions.rate_limit import EDITS, is_over_rate
from bot.store.models import StoredSession
from bot.store.store import Store


class Keeper:
    """The record of one session, with the poster that shows it."""

    def __init__(
        self,
        stored: StoredSession,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        latest: int,
        on_turn: Callable[[Turn], None],
    ) -> None:
        """`latest`: the largest Discord id the session has seen. `on_turn` is told of each committed turn."""
        self.stored = stored
        self.session = stored.session
        self.record = record
        self.stage = stage
        self.poster = Outbox(
            store,
            stage,
            session_id=stored.id,
            place_id=stored.place_id,
            latest=latest,
            on_withheld=self._withheld,
        )
        self._store = store
        self._on_turn = on_turn
        self._edits: Counter[int] = Counter()
        self._lock = asyncio.Lock()
        self._hearing = asyncio.Lock()

    async def _add(self, next_turn: Callable[[], Turn | None]) -> bool:
        """Add the turn that `next_turn` gives once nobody else is adding one (None: nothing after all)."""
        # Shielded: a turn that is in the database must also get into the record, whoever is cancelled in between.
        return await asyncio.shield(asyncio.ensure_future(self._store_turn(next_turn)))

    async def _store_turn(self, next_turn: Callable[[], Turn | None]) -> bool:
        async with self._lock:
            turn = next_turn()
            if turn is None:
                return False
            turn = replace(turn, seq=self.record.last_seq + 1)
            persona = next((p for p in seats(self.session, self.record) if p.name == turn.speaker), None)
            show = [] if turn.kind == "guest" or not turn.text else self.stage.split(turn, persona)
            added = await self._store.add_turn(
                self.stored.id, self.stored.place_id, turn, show, after_id=self.poster.latest
            )
            if added.is_added:
                self.record.append(turn)
                self._on_turn(turn)
            return added.is_added

    async def guest_said(self, message: GuestMessage) -> bool:
        """Commit a guest's turn. Out: False if that message is a turn already, or one too many from that member."""
        self.poster.latest = max(self.poster.latest, message.id)
        # One after the other, as they came: after a crash, what is missing is looked for behind the last one stored.
        async with self._hearing:
            return await self._hear(message)

    async def _hear(self, message: GuestMessage) -> bool:
        privacy, stored = self._store.privacy, self.stored
        # Older than what a member had forgotten, or by one who wants to be left out.
        if message.id <= stored.listen_from or await privacy.is_kept_out(stored.guild_id, message.author_id):
            return False
        to = await self._replied_to(message)
        to = to or addressed(message.text, seats(self.session, self.record), speaker="", guest=True)
        turn = Turn(
            seq=0,
            kind="guest",
            speaker=message.name,
            text=message.text,
            question=agenda.question_on_table(self.record),
            addressed=to,
            message_id=message.id,
            author_id=message.author_id,
        )
        return await self._add(lambda: None if self.is_over_rate_by(message.author_id, message.id) else turn)

    def is_over_rate_by(self, author_id: int, message_id: int) -> bool:
        """Whether this member has said as much as may be said within a minute; `message_id` tells the time."""
        return is_over_rate(self.record, author_id, message_id)

    def has_heard(self, message_id: int) -> bool:
        """Whether a guest's message is a turn."""
        return any(t.message_id == message_id for t in self.record)

    async def guest_changed(self, message_id: int, text: str) -> bool:
        """A guest edited (or, with empty text, deleted) a message: so does its turn. Out: whether it had one."""
        async with self._lock:
            turn = next((t for t in self.record if t.message_id == message_id), None)
            if turn is None or turn.text == text:
                return turn is not None
            if text:
                self._edits[message_id] += 1
                if self._edits[message_id] > EDITS:
                    text = ""  # not the old words either: nobody may be quoted with what they took back
                    if not turn.text:
                        return True
            to = addressed(text, seats(self.session, self.record), speaker="", guest=True) or turn.addressed
            await self._store.amend_turn(self.stored.id, replace(turn, text=text, addressed=to))
            self.record.amend(turn.seq, text=text, addressed=to)
            return True

    async def _replied_to(self, message: GuestMessage) -> str | None:
        found = await self._store.post_of_message(message.reply_to) if message.reply_to else None
        if found is None or found[0] != self.stored.id or found[1].turn_seq is None:
            return None
        turn = self.record.turns[found[1].turn_seq - 1]
        return turn.speaker if turn.kind in ("persona", "summary") else None

    async def _withheld(self, seq: int) -> None:
        turn = self.record.amend(seq, withheld=True)
        await self._store.amend_turn(self.stored.id, turn)
