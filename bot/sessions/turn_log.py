"""Keeps a session's record alike in memory and in the database: one turn at a time, guests' words as they stand now."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum, auto
from typing import Final

from bot.discussion.model.erasure import Member
from bot.discussion.model.names import addressed, guest_name
from bot.discussion.model.record import Record, Steering, Turn, moderator_turn, question_on_table, seats
from bot.discussion.text.markup import in_words
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import GuestMessage, Stage
from bot.sessions.privacy.session_erasure import erase_member
from bot.sessions.rate_limit import EDITS, is_over_rate
from bot.sessions.state import SessionState
from bot.store.store import Store

# More than anybody deletes while a history is taken in.
_RETRACTED: Final = 1000


class Heard(Enum):
    """What became of a guest's message."""

    TAKEN = auto()  # it is a turn now
    DEFERRED = auto()  # it will be taken in, in its turn, once what was missed before it has been
    FLOODED = auto()  # one too many from that member within a minute
    IGNORED = auto()  # a turn already, forgotten, or by somebody who wants to be left out


class TurnLog:
    """The record of one session, and the only one to write it."""

    def __init__(
        self,
        state: SessionState,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        outbox: Outbox,
        on_turn: Callable[[Turn], None] = lambda turn: None,
    ) -> None:
        """`on_turn` is told of each committed turn."""
        self.record = record
        self._state = state
        self._store = store
        self._stage = stage
        self._outbox = outbox
        self._on_turn = on_turn
        self._edits: Counter[int] = Counter()
        self._lock = asyncio.Lock()
        self._hearing = asyncio.Lock()
        # Guests' messages on their way in: what becomes of one meanwhile waits until it is a turn.
        self._coming: Counter[int] = Counter()
        # Messages that were deleted without being a turn: one may still come out of a history that was read before.
        self._retracted: deque[int] = deque(maxlen=_RETRACTED)

    # --- what is added ---

    async def commit(self, next_turn: Callable[[], Turn | None]) -> bool:
        """Add the turn that `next_turn` gives once nobody else is adding one, with the posts that will show it.

        Out: False if that gave None, or if its message is a turn already.
        """
        # Shielded: a turn that is in the database must also get into the record, whoever is cancelled in between. The
        # store finishes what it was given, but whoever waits for it and is cancelled does not get what came of it.
        return await asyncio.shield(asyncio.ensure_future(self._commit(next_turn)))

    async def _commit(self, next_turn: Callable[[], Turn | None]) -> bool:
        async with self._lock:
            turn = next_turn()
            return turn is not None and await self._add(replace(turn, seq=self.record.last_seq + 1))

    async def steer(self, steering: Steering, text: str) -> None:
        """Commit a moderator's turn; `text` is what the place sees of it (empty: nothing)."""
        await self.commit(lambda: moderator_turn(self.record, steering, text))

    async def _add(self, turn: Turn) -> bool:
        persona = next((p for p in seats(self._state.session, self.record) if p.name == turn.speaker), None)
        show = [] if turn.kind == "guest" or not turn.text else self._stage.split(turn, persona)
        stored = self._state.stored
        added = await self._store.add_turn(stored.id, stored.place_id, turn, show, after_id=self._outbox.latest)
        if added.is_added:
            self.record.append(turn)
            self._outbox.next_is(added.sending)
            self._on_turn(turn)
        return added.is_added

    # --- guests ---

    async def hear(self, message: GuestMessage) -> Heard:
        """Take a guest's message in: TAKEN, FLOODED or IGNORED. Raises TransientDatabaseError."""
        self._outbox.note(message.id)
        self._coming[message.id] += 1
        try:
            # One after the other, as they came: after a crash, what is missing is looked for behind the last one
            # stored.
            async with self._hearing:
                return await self._hear(message)
        finally:
            self._coming.subtract([message.id])
            if not self._coming[message.id]:
                del self._coming[message.id]

    async def _hear(self, message: GuestMessage) -> Heard:
        member_data, stored = self._store.member_data, self._state.stored
        # Older than what a member had forgotten, or by one who wants to be left out.
        if message.id <= stored.listen_from or await member_data.is_kept_out(stored.guild_id, message.author_id):
            return Heard.IGNORED
        if self.has_heard(message.id) or message.id in self._retracted:
            return Heard.IGNORED
        # Before anything is fetched for it.
        if self.is_over_rate(message.author_id, message.id):
            return Heard.FLOODED
        text, to = self._read(await message.words())
        if not text:
            return Heard.IGNORED
        to = await self._replied_to(message) or to
        turn = Turn(
            seq=0,
            kind="guest",
            speaker=message.name,
            text=text,
            question=question_on_table(self.record),
            addressed=to,
            message_id=message.id,
            author_id=message.author_id,
        )

        def unless_forgotten() -> Turn | None:  # since it was looked at
            return turn if message.id > self._state.stored.listen_from else None

        return Heard.TAKEN if await self.commit(unless_forgotten) else Heard.IGNORED

    def is_over_rate(self, author_id: int, message_id: int) -> bool:
        """Whether this member has said as much as may be said within a minute; `message_id` tells the time."""
        return is_over_rate(self.record, author_id, message_id)

    def has_heard(self, message_id: int) -> bool:
        """Whether a guest's message is a turn."""
        return any(t.message_id == message_id for t in self.record)

    def is_coming(self, message_id: int) -> bool:
        """Whether a guest's message is being taken in."""
        return self._coming[message_id] > 0

    async def guest_changed(self, message_id: int, text: str) -> bool:
        """A guest edited (or, with empty text, deleted) a message: so does its turn. Out: whether it had one."""
        if self.is_coming(message_id):
            async with self._hearing:
                pass  # until it is a turn: whoever takes it in was here first
        async with self._lock:
            text, to = self._read(text)
            turn = next((t for t in self.record if t.message_id == message_id), None)
            if turn is None:
                if not text:
                    self._retracted.append(message_id)
                return False
            if turn.text == text:
                return True
            if text:
                self._edits[message_id] += 1
                if self._edits[message_id] > EDITS:
                    text, to = "", None  # not the old words either: nobody may be quoted with what they took back
                    if not turn.text:
                        return True
            if turn.addressed and turn.addressed != self._read(turn.text)[1]:
                to = turn.addressed  # by a reply, which no edit changes
            await self._store.amend_turn(self._state.id, replace(turn, text=text, addressed=to))
            self.record.amend(turn.seq, text=text, addressed=to)
            return True

    def _read(self, text: str) -> tuple[str, str | None]:
        """What a guest's turn says in words, and whom it calls on; a mention of a member calls no persona."""
        session = self._state.session
        to = addressed(text, seats(session, self.record), speaker="", guest=True)
        return in_words(text, named=lambda name: guest_name(name, session.cast)), to

    async def _replied_to(self, message: GuestMessage) -> str | None:
        found = await self._store.post_of_message(message.reply_to) if message.reply_to else None
        if found is None or found[0] != self._state.id or found[1].turn_seq is None:
            return None
        turn = self.record.turns[found[1].turn_seq - 1]
        return turn.speaker if turn.kind in ("persona", "summary") else None

    # --- what is taken back ---

    async def withhold(self, *seqs: int) -> None:
        """The place will not show turns, or the model's server not read them: they stand in no prompt."""
        # Shielded as a commit is: what stands here and what stands in the database must not part.
        await asyncio.shield(asyncio.ensure_future(self._withhold(seqs)))

    async def _withhold(self, seqs: Iterable[int]) -> None:
        for seq in seqs:
            await self._store.amend_turn(self._state.id, self.record.amend(seq, withheld=True))

    async def forget(self, member: Member, listen_from: int) -> bool:
        """Take a member out of the record, the stored one and this one. Out: whether anything in it changed.

        Guests' messages before the id `listen_from` are not taken in again.
        """
        async with self._lock:
            gone = {turn.message_id for turn in self.record if turn.author_id == member.id}
            changed = await erase_member(self._store, self._state.stored, self.record, member, listen_from)
            for turn in changed:
                self.record.put(turn)
            self._state.forget(member.id, listen_from)
            self._outbox.unsee(gone)
        return bool(changed)
