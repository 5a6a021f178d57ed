"""Keeps a session's record alike in memory and in the database: the only one to write it, one turn at a time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot import metrics
from bot.discussion.model.ballots import current_ballot
from bot.discussion.model.erasure import Member
from bot.discussion.model.fading import faded
from bot.discussion.model.polls import counted, moved, poll_of
from bot.discussion.model.record import PRIVATE_KINDS, Record, Turn, moderator_turn, seats
from bot.discussion.model.removal import removal
from bot.discussion.model.steerings import PollClosed, QuestionPut, Steering
from bot.discussion.moderation.agenda import last_call
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.speaker_selection import summariser
from bot.discussion.moderation.steps import ClosePoll
from bot.sessions.delivery.notices import LastCall
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import Stage
from bot.sessions.privacy.session_erasure import erase_member
from bot.sessions.state import SessionState
from bot.store.models import AddedTurn, Post, PostKind
from bot.store.store import Store


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
        self._lock = asyncio.Lock()

    # --- what is added ---

    async def commit(self, next_turn: Callable[[], Turn | None], show: Sequence[Post] = ()) -> bool:
        """Add the turn that `next_turn` gives once nobody else is adding one, with the posts that will show it.

        `show`: a guest's, who said it by command; other guests' turns are shown already.
        Out: False if that gave None, or if its message is a turn already.
        """
        # Shielded: a turn that is in the database must also get into the record, whoever is cancelled in between. The
        # store finishes what it was given, but whoever waits for it and is cancelled does not get what came of it.
        return await asyncio.shield(asyncio.ensure_future(self._commit(next_turn, show)))

    async def _commit(self, next_turn: Callable[[], Turn | None], show: Sequence[Post]) -> bool:
        async with self._lock:
            turn = next_turn()
            return turn is not None and await self._add(replace(turn, seq=self.record.last_seq + 1), show)

    async def steer(self, steering: Steering, text: str) -> None:
        """Commit a moderator's turn; `text` is what the place sees of it (empty: nothing)."""
        await self.commit(lambda: moderator_turn(self.record, steering, text))

    async def close_poll(self, step: ClosePoll) -> bool:
        """Close a poll with the votes that it has, and tell its result. Out: False if it is closed already."""
        return await asyncio.shield(asyncio.ensure_future(self._close_poll(step)))

    async def _close_poll(self, step: ClosePoll) -> bool:
        async with self._lock:
            poll = poll_of(self.record, step.poll)
            if poll is None or poll.closed is not None:
                return False
            session, stored = self._state.session, self._state.stored

            def close(votes: Mapping[int, int], before: Mapping[int, int]) -> tuple[Turn, Sequence[Post]]:
                people = counted(poll.opened, votes.values())
                shifts = moved(before, votes) if step.compared else ()
                steering = PollClosed(poll=poll.seq, people=people, compared=step.compared, moved=shifts)
                turn = replace(moderator_turn(self.record, steering, ""), kind="result")
                told = format_of(session).result(session, Record([*self.record, turn]))
                turn = replace(turn, text=told)
                return turn, self._stage.split(turn, None) if told else ()

            polls = (step.poll, step.compared)
            turn, added = await self._store.close_poll(
                stored.id, stored.place_id, polls, close, after_id=self._outbox.latest
            )
            self._is_added(turn, added)
            return True

    async def _add(self, turn: Turn, show: Sequence[Post]) -> bool:
        if turn.kind == "guest":
            show = [replace(post, turn_seq=turn.seq) for post in show]
        elif turn.text and turn.kind not in PRIVATE_KINDS:
            persona = next((p for p in seats(self._state.session, self.record) if p.name == turn.speaker), None)
            show = self._stage.split(turn, persona)
        if isinstance(turn.steering, QuestionPut) and (ballot := current_ballot(self._state.session, self.record)):
            # The one before it is voted on as soon as it is put, whoever puts it: both are stored, or neither.
            show = [Post(PostKind.VOTE, turn_seq=ballot.question_seq), *show]
        show = [*show, *self._last_call(turn)]
        stored = self._state.stored
        added = await self._store.add_turn(stored.id, stored.place_id, turn, show, after_id=self._outbox.latest)
        if added.is_added:
            self._is_added(turn, added)
        return added.is_added

    def _is_added(self, turn: Turn, added: AddedTurn) -> None:
        self.record.append(turn)
        metrics.TURNS.labels(turn.kind).inc()
        self._outbox.next_is(added.sending)
        self._on_turn(turn)

    def _last_call(self, turn: Turn) -> list[Post]:
        """What tells the place that the end comes near: stored with the turn that brings it there, so exactly once."""
        session = self._state.session
        form = format_of(session)
        left = last_call(session, self.record, turn) if form.tells_last_turns else None
        if left is None:
            return []
        after = Record([*self.record, turn])
        persona = summariser(session, after)
        notice = LastCall(left, persona.name if persona else None, form.after_the_turns(session, after))
        return [Post(PostKind.NOTICE, self._stage.sentence(notice))]

    async def put_to_the_vote(self) -> bool:
        """Have the audience vote on the question on the table, once. Out: whether that is to be shown now."""
        ballot = current_ballot(self._state.session, self.record)
        stored = self._state.stored
        return ballot is not None and await self._store.posts.add_vote(stored.id, stored.place_id, ballot.question_seq)

    # --- what is changed, or taken back ---

    async def change(self, changed: Callable[[], Turn | None]) -> bool:
        """Put the turn that `changed` gives, once nobody else is writing, in the place of the one of its number.

        In one transaction. Out: False if that gave None.
        """
        # Shielded as a commit is: what stands here and what stands in the database must not part.
        return await asyncio.shield(asyncio.ensure_future(self._change(changed)))

    async def _change(self, changed: Callable[[], Turn | None]) -> bool:
        async with self._lock:
            turn = changed()
            if turn is not None:
                await self._store.amend_turn(self._state.id, turn)
                self.record.put(turn)
            return turn is not None

    async def withhold(self, *seqs: int, withheld: bool = True) -> None:
        """The place will not show turns, or the model's server not read them: they stand in no prompt. `withheld`
        False: they will be shown after all."""
        await asyncio.shield(asyncio.ensure_future(self._withhold(seqs, withheld)))

    async def _withhold(self, seqs: Iterable[int], withheld: bool) -> None:
        for seq in seqs:
            await self._store.amend_turn(self._state.id, self.record.amend(seq, withheld=withheld))

    async def strike(self, *seqs: int) -> None:
        """Have turns stand in no prompt any more, since a person wants it so. What was struck is not shown again."""
        await asyncio.shield(asyncio.ensure_future(self._strike(seqs)))

    async def _strike(self, seqs: Sequence[int]) -> None:
        async with self._lock:
            left = removal(self._state.session, self.record, seqs)
            await self._store.strike(self._state.id, left)
            for turn in left.turns:
                self.record.put(turn)
        self._outbox.read_anew()
        self._outbox.withdrawals.are_due = True

    async def fade(self, upto: int, at: datetime) -> None:
        """Forget what was said up to turn `upto`, which is what is older than a time."""
        await asyncio.shield(asyncio.ensure_future(self._fade(upto, at)))

    async def _fade(self, upto: int, at: datetime) -> None:
        async with self._lock:
            changed = faded(self._state.session, self.record, upto)
            await self._store.expiry.fade(self._state.id, changed, upto, at)
            self._state.fade()
            for turn in changed:
                self.record.put(turn)

    async def forget(self, member: Member, listen_from: int) -> bool:
        """Take a member out of the record, the stored one and this one. Out: whether anything in it changed.

        Guests' messages before the id `listen_from` are not taken in again.
        """
        async with self._lock:
            gone = {turn.message_id for turn in self.record if turn.author_id == member.id}
            changed = await erase_member(
                self._store, self._state.stored, self.record, member, listen_from, self._stage.names()
            )
            for turn in changed:
                self.record.put(turn)
            self._state.forget(member, listen_from)
            self._outbox.unsee(gone)
        self._outbox.withdrawals.are_due = True
        return bool(changed)
