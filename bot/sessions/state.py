"""How a session stands: running, paused or ended, and why. The only place that writes it, here and in the database."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.discussion.model.erasure import Member, without_name
from bot.discussion.model.memory import Memory
from bot.discussion.model.record import Session
from bot.store.engine import TransientDatabaseError
from bot.store.models import Fault, Post, Status, StoredSession
from bot.store.store import Store


class SessionState:
    """One session's. `is_suspended`: it is paused by its database, which is written down nowhere."""

    def __init__(self, stored: StoredSession, store: Store, on_change: Callable[[], Awaitable[None]]) -> None:
        """`on_change` is awaited after every change that was stored."""
        self.stored = stored
        self.status = stored.status
        self.reason = stored.reason
        self.fault = stored.fault
        self.is_suspended = False
        self._before_suspension = self._suspended_as = self.status, self.reason
        self._store = store
        self._on_change = on_change

    @property
    def id(self) -> int:
        return self.stored.id

    @property
    def session(self) -> Session:
        return self.stored.session

    async def change(self, status: Status, reason: str | None = None, fault: Fault | None = None) -> None:
        """Change and store how the session stands. Raises TransientDatabaseError, with nothing changed."""
        await self._store_change(status, reason, fault, self._store.set_status(self.id, status, reason, fault))

    async def end(self, closing: Post, kept: Memory | None = None) -> None:
        """End the session with its last post and what is kept of it, all or nothing. Raises TransientDatabaseError."""
        ending = self._store.end_session(self.id, self.stored.place_id, closing, kept)
        await self._store_change(Status.ENDED, None, None, ending)

    async def _store_change(
        self, status: Status, reason: str | None, fault: Fault | None, storing: Awaitable[None]
    ) -> None:
        before = self.status, self.reason, self.fault
        # At once: whoever is about to commit a turn must find it.
        self.status, self.reason, self.fault = status, reason, fault
        try:
            await storing
        except TransientDatabaseError:
            self.fault = before[2]
            if self.is_suspended and before[:2] != self._suspended_as:
                # Suspended while this was being stored: what it was to go back to never came to be.
                self._before_suspension = before[:2]
            else:
                self.status, self.reason = before[:2]
            raise
        self.is_suspended = False
        await self._on_change()

    def suspend(self, reason: str) -> None:
        """Pause because nothing can be stored, and so without storing it."""
        self._before_suspension = self.status, self.reason
        self._suspended_as = self.status, self.reason = Status.PAUSED, reason
        self.is_suspended = True

    @property
    def is_to_run(self) -> bool:
        """Whether it runs, or will once its suspension has ended."""
        return (self._before_suspension[0] if self.is_suspended else self.status) is Status.RUNNING

    async def store_again(self) -> None:
        """Store how it stood before it was suspended. Raises TransientDatabaseError."""
        status, reason = self._before_suspension
        await self._store.set_status(self.id, status, reason, self.fault)

    def end_suspension(self) -> None:
        """Stand as before the database failed. What somebody has decided since then stands, stored already or not."""
        if self.is_suspended and (self.status, self.reason) == self._suspended_as:
            self.is_suspended = False
            self.status, self.reason = self._before_suspension

    def abandon(self) -> None:
        """End the session here only: it is about to be deleted from the database."""
        self.status = Status.ENDED

    def fade(self) -> None:
        """What the session was told of earlier tables has had its days."""
        self.stored = replace(self.stored, session=replace(self.session, earlier=""))

    def forget(self, member: Member, listen_from: int) -> None:
        """A member was taken out of the stored session: no older message is taken in again, nor are they its convener
        any more, nor named in what its prompts tell of earlier tables."""
        convener_id = 0 if self.stored.convener_id == member.id else self.stored.convener_id
        session = replace(self.session, earlier=without_name(self.session, self.session.earlier, member))
        self.stored = replace(self.stored, session=session, listen_from=listen_from, convener_id=convener_id)
