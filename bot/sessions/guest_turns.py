"""Guests' words as turns of the record, as they stand now: taken in as they came, changed and blanked."""

import asyncio
from collections import Counter
from dataclasses import replace
from enum import Enum, auto
from typing import Final

from bot.discussion.model.bursts import GOES_ON_FLAG
from bot.discussion.model.names import addressed, guest_name
from bot.discussion.model.record import Record, Turn, question_on_table, seats
from bot.discussion.moderation.formats.debate_floor import QUESTION_FLAG
from bot.discussion.text.markup import in_words
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import BY_COMMAND_FLAG, GuestMessage
from bot.sessions.rate_limit import EDITS, goes_on_from, is_over_rate
from bot.sessions.reposts import REPOSTED_FLAG, Fate, Original, ShortMemory, known_as, original_of, turns_before
from bot.sessions.state import SessionState
from bot.sessions.turn_log import TurnLog
from bot.store.models import PostKind, Status
from bot.store.store import Store

# More than anybody deletes, or is left out with, from one message taken in to the next.
_PASSED_OVER: Final = 1000


class Heard(Enum):
    """What became of a guest's message."""

    TAKEN = auto()  # it is a turn now
    BOUND = auto()  # it is a turn that was there before: that of the message which it reposts
    DEFERRED = auto()  # it will be taken in, in its turn, once what was missed before it has been
    TOO_LATE = auto()  # said by command as the process ends: nobody has taken it in
    FLOODED = auto()  # one too many from that member within a minute
    IGNORED = auto()  # a turn already, forgotten, not for the table, or by somebody who wants to be left out


class GuestTurns:
    """One session's."""

    def __init__(self, state: SessionState, record: Record, *, log: TurnLog, store: Store, outbox: Outbox) -> None:
        self._state = state
        self._record = record
        self._log = log
        self._store = store
        self._outbox = outbox
        self._edits: Counter[int] = Counter()
        self._hearing = asyncio.Lock()
        # Guests' messages on their way in: what becomes of one meanwhile waits until it is a turn.
        self._coming: Counter[int] = Counter()
        # Messages that were deleted, left out or reposted. A history or the gateway may bring one once more, when
        # nobody knows any more what it was a repost of, or its author is left out no longer.
        # The oldest first; no deque, of which an empty one takes half a kilobyte.
        self._passed_over: dict[int, None] = {}
        self._memory = ShortMemory()

    def _pass_over(self, message_id: int) -> None:
        self._passed_over[message_id] = None
        if len(self._passed_over) > _PASSED_OVER:
            del self._passed_over[next(iter(self._passed_over))]

    def is_over_rate(self, author_id: int, message_id: int) -> bool:
        """Whether this member has said as much as may be said within a minute; `message_id` tells the time."""
        return is_over_rate(self._record, author_id, message_id)

    def has_heard(self, message_id: int) -> bool:
        """Whether a guest's message is a turn."""
        return any(t.message_id == message_id for t in self._record)

    def is_coming(self, message_id: int) -> bool:
        """Whether a guest's message is being taken in."""
        return self._coming[message_id] > 0

    async def hear(self, message: GuestMessage) -> Heard:
        """Take a guest's message in. Out: anything but DEFERRED.

        Raises TransientDatabaseError, and OutcomeUnknown where it can't be told whether its author may chime in.
        """
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

    def expect(self, message: GuestMessage) -> None:
        """A message will be taken in later: it may be deleted by then, and there is only its repost."""
        if not message.is_repost:
            fate = Fate.NO_TURN if message.is_for_table else Fate.LEFT_OUT
            self._memory.keep(Original(message.id, message.author_id, self._read(message.text)[0], fate))

    async def _hear(self, message: GuestMessage) -> Heard:
        listen_from = self._state.stored.listen_from
        if self.has_heard(message.id) or message.id in self._passed_over or message.id <= listen_from:
            return Heard.IGNORED
        heard = await (self._hear_repost(message) if message.is_repost else self._hear_original(message))
        if heard in (Heard.IGNORED, Heard.FLOODED):
            self._pass_over(message.id)
            if not message.is_repost:  # so that it is not taken in by another name
                words, _ = self._read(message.text)
                self._memory.keep(Original(message.id, message.author_id, words, Fate.LEFT_OUT))
        return heard

    async def _hear_original(self, message: GuestMessage) -> Heard:
        guild_id = self._state.stored.guild_id
        if not message.is_for_table or await self._store.member_data.is_kept_out(guild_id, message.author_id):
            return Heard.IGNORED
        # Before anything is fetched for it.
        if self.is_over_rate(message.author_id, message.id):
            return Heard.FLOODED
        if not await message.is_welcome():
            return Heard.IGNORED
        text, to = self._read(await message.words())
        return await self._take_in(message, text, to) if text else Heard.IGNORED

    async def _take_in(self, message: GuestMessage, text: str, to: str | None) -> Heard:
        turn = Turn(
            seq=0,
            kind="guest",
            speaker=await self._name_of(message),
            text=text,
            question=question_on_table(self._record),
            addressed=await self._replied_to(message) or to,
            flags=_flags(message),
            message_id=message.id,
            author_id=message.author_id,
        )

        def unless_forgotten() -> Turn | None:  # since it was looked at
            # What is said by command nobody has seen yet: at a table that has ended nobody is to.
            is_too_late = bool(message.posts) and self._state.status is Status.ENDED
            if is_too_late or message.id <= self._state.stored.listen_from:
                return None
            goes_on = goes_on_from(self._record, turn)
            return replace(turn, flags=(*turn.flags, GOES_ON_FLAG)) if goes_on else turn

        return Heard.TAKEN if await self._log.commit(unless_forgotten, message.posts) else Heard.IGNORED

    # --- what is reposted ---

    async def _hear_repost(self, message: GuestMessage) -> Heard:
        """It is the turn of its original from now on, or left out as that was."""
        settings = await self._store.servers.of(self._state.stored.guild_id)
        text, to = self._read(await message.words()) if settings.hears_proxies else ("", None)
        if not text:
            return Heard.IGNORED
        turns = turns_before(self._record, message.id)
        by = known_as(message.name, self._record)
        original = original_of(text, message.id, self._memory.with_turns(turns), known_as=by)
        if original is not None and original.fate is Fate.TURN:
            return await self._bind(original, message, text, to)
        if not message.is_for_table or await self._may_be_left_out(message, original):
            return Heard.IGNORED
        if original is not None:
            message = replace(message, author_id=original.author_id)
        if self.is_over_rate(message.author_id, message.id):
            return Heard.FLOODED
        heard = await self._take_in(message, text, to)
        if original is not None and heard is Heard.TAKEN:
            self._memory.share(original, text)
        return heard

    async def _may_be_left_out(self, message: GuestMessage, original: Original | None) -> bool:
        """Whether a repost is of what was left out; where nobody has heard that: whether it answers another member, or
        may be by one who wants to be left out, or may not chime in."""
        member_data, guild_id = self._store.member_data, self._state.stored.guild_id
        if original is not None:
            return original.fate is Fate.LEFT_OUT or await member_data.is_kept_out(guild_id, original.author_id)
        if message.reply_to and await self._store.posts.of_message(message.reply_to) is None:
            return True
        return self._state.stored.chimers is not None or await member_data.keeps_anybody_out(guild_id)

    async def _bind(self, original: Original, message: GuestMessage, text: str, to: str | None) -> Heard:
        """Have a turn show a repost from now on. Its author stays, and so does whom it called on by a reply."""

        def bound() -> Turn | None:
            turn = self._record.turns[original.seq - 1]
            if turn.author_id is None:  # forgotten meanwhile
                return None
            calls = replace(turn, text=original.words or "", addressed=original.addressed)
            shows = replace(self._reworded(calls, text, to), speaker=message.name, message_id=message.id)
            if not message.is_for_table:
                shows = replace(shows, text="", addressed=None)
            return replace(shows, flags=(*turn.flags, REPOSTED_FLAG))

        if not await self._log.change(bound):
            return Heard.IGNORED
        self._pass_over(original.id)
        self._memory.share(original, text)
        return Heard.BOUND

    # --- what becomes of it ---

    async def changed(self, message_id: int, text: str, at: int = 0) -> bool:
        """A guest edited (or, with empty text, deleted) a message: so does its turn. Out: whether it had one.

        `at`: an id of that time, if it is known.
        """
        if self.is_coming(message_id):
            async with self._hearing:
                pass  # until it is a turn: whoever takes it in was here first
        shown, message_id = message_id, await self._came_by(message_id)
        was_turn = False

        def changed() -> Turn | None:
            nonlocal was_turn
            turn = next((t for t in self._record if t.message_id == message_id), None)
            was_turn = turn is not None
            return self._edited(turn, *self._read(text), at) if turn else None

        await self._log.change(changed)
        if was_turn and not text and shown != message_id:
            await self._store.posts.message_gone(shown)  # its post holds the words as well
        if not was_turn and not text:
            self._pass_over(message_id)
            self._memory.deleted(message_id)
        return was_turn

    async def _came_by(self, message_id: int) -> int:
        """By what the turn came that this message shows: a command, where it was said by one; else the message."""
        if not self.has_heard(message_id) and (found := await self._store.posts.of_message(message_id)):
            session_id, post = found
            if session_id == self._state.id and post.kind is PostKind.WORDS and post.turn_seq:
                return self._record.turns[post.turn_seq - 1].message_id or message_id
        return message_id

    def _edited(self, turn: Turn, text: str, to: str | None, at: int) -> Turn | None:
        """What a turn is when its message says this (nothing: it was deleted), None for what it was."""
        if turn.text == text:
            return None
        assert turn.message_id is not None
        if text:
            self._edits[turn.message_id] += 1
            if self._edits[turn.message_id] > EDITS:
                text, to = "", None  # not the old words either: nobody may be quoted with what they took back
                if not turn.text:
                    return None
        now = self._reworded(turn, text, to)
        if turn.author_id is not None and REPOSTED_FLAG not in turn.flags:
            # Its repost may be on its way: of the tags that it was just given, too, or of what was just deleted.
            said = now if text else turn
            original = Original(turn.message_id, turn.author_id, said.text, Fate.TURN, turn.seq, said.addressed)
            self._memory.keep(replace(original, is_deleted=not text, edited=at))
        return now

    def forget(self, author_id: int, at: int) -> None:
        """A member is about to be taken out of the record, at the time that the id `at` carries: what is reposted of it
        in the next seconds is not to be taken in."""
        for original in self._memory.with_turns(turns_before(self._record, at)):
            if original.author_id == author_id:
                self._memory.keep(replace(original, fate=Fate.LEFT_OUT))

    # --- reading ---

    def _read(self, text: str) -> tuple[str, str | None]:
        """What a guest's turn says in words, and whom it calls on; a mention of a member calls no persona."""
        session = self._state.session
        to = addressed(text, seats(session, self._record), speaker="", guest=True)
        return in_words(text, named=lambda name: guest_name(name, session.cast)), to

    def _reworded(self, turn: Turn, text: str, to: str | None) -> Turn:
        by_reply = turn.addressed and turn.addressed != self._read(turn.text)[1]  # which no edit changes
        return replace(turn, text=text, addressed=turn.addressed if by_reply else to)

    async def _name_of(self, message: GuestMessage) -> str:
        """The author's name: where the message does not surely tell it, the one that the record has."""
        if message.look_up_name is None:
            return message.name
        theirs = (turn for turn in reversed(self._record.turns) if turn.author_id == message.author_id)
        known = next((turn.speaker for turn in theirs if REPOSTED_FLAG not in turn.flags), None)
        return known or await message.look_up_name()

    async def _replied_to(self, message: GuestMessage) -> str | None:
        found = await self._store.posts.of_message(message.reply_to) if message.reply_to else None
        if found is None or found[0] != self._state.id or found[1].turn_seq is None:
            return None
        turn = self._record.turns[found[1].turn_seq - 1]
        return turn.speaker if turn.kind in ("persona", "summary") else None


def _flags(message: GuestMessage) -> tuple[str, ...]:
    flags = {REPOSTED_FLAG: message.is_repost, BY_COMMAND_FLAG: bool(message.posts), QUESTION_FLAG: message.asks}
    return tuple(flag for flag, is_so in flags.items() if is_so)
