"""Reads the room: counts how members react to personas' messages, and has the record note what comes of it."""

import asyncio
from contextlib import suppress

from bot.discussion.model.record import Record
from bot.discussion.moderation.audience import to_be_noted, waiting
from bot.sessions.state import SessionState
from bot.sessions.turn_log import TurnLog
from bot.store.engine import TransientDatabaseError
from bot.store.models import PostKind
from bot.store.store import Store


class RoomReading:
    """One session's. It is noted when the next turn is begun, not with each reaction; a reaction that the database does
    not take is lost, and so is whatever is done while nobody listens."""

    def __init__(self, state: SessionState, record: Record, *, log: TurnLog, store: Store, is_on: bool) -> None:
        """`is_on`: whether the host wants it; the server is asked each time."""
        self._state = state
        self._record = record
        self._log = log
        self._store = store
        self._is_on = is_on
        # Somebody may have reacted since it was last looked at, perhaps to what an earlier process has shown.
        self._is_due = bool(record.persona_turns())
        # What is added and taken back in one breath must not overtake each other.
        self._one_at_a_time = asyncio.Lock()

    async def reacted(self, message_id: int, member_id: int, emoji: str, *, liked: bool) -> None:
        """A member who may chime in reacted to a message of the place."""
        with suppress(TransientDatabaseError):
            async with self._one_at_a_time:
                seq = await self._turn_shown_by(message_id)
                if seq is not None and await self._is_wanted() and not await self._is_kept_out(member_id):
                    await self._store.reactions.add(
                        self._state.id, message_id, member_id, emoji, turn_seq=seq, liked=liked
                    )
                    self._is_due = True

    async def taken_back(self, message_id: int, *, member_id: int | None = None, emoji: str | None = None) -> None:
        """A reaction is there no more: a member's or (None) everybody's, with an emoji or (None) with any."""
        with suppress(TransientDatabaseError):
            async with self._one_at_a_time:
                await self._store.reactions.remove(self._state.id, message_id, member_id=member_id, emoji=emoji)

    async def heed(self) -> bool:
        """Have the record note what the audience made of a turn, if the next speaker is to be told of one.

        Out: whether it was noted: the step may be another one by that. Raises TransientDatabaseError.
        """
        if not self._is_due or waiting(self._record):
            return False
        async with self._one_at_a_time:
            counts = await self._store.reactions.counts(self._state.id) if await self._is_wanted() else {}
            noted = to_be_noted(self._record, counts)
            if noted is not None:
                await self._log.steer(noted, "")
            # Others may have to wait for their turn.
            self._is_due = noted is not None
        return noted is not None

    async def _turn_shown_by(self, message_id: int) -> int | None:
        found = await self._store.posts.of_message(message_id)
        is_ours = found is not None and found[0] == self._state.id and found[1].kind is PostKind.TURN
        return found[1].turn_seq if found and is_ours else None

    async def _is_wanted(self) -> bool:
        return self._is_on and (await self._store.servers.of(self._state.stored.guild_id)).reactions

    async def _is_kept_out(self, member_id: int) -> bool:
        return await self._store.member_data.is_kept_out(self._state.stored.guild_id, member_id)
