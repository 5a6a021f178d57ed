"""Owns the sessions: starts, pauses, resumes and stops them, one task each, and takes them up again after a restart."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.model.names import name_clashes
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, TurnsChanged
from bot.discussion.model.task import Task
from bot.errors import Remedy, UserError
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.limits import USUAL, Limits
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import OwnMessage, Stage
from bot.sessions.privacy.session_erasure import erase_member, renew_minutes
from bot.sessions.resilience.recovery import Recovery
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Fault, Post, PostKind, Status, StoredSession
from bot.store.schema import now
from bot.store.store import PlaceTaken, Store

log = logging.getLogger(__name__)

# On shutdown, how long sends in flight may take before they are left to the next start, in seconds.
SHUTDOWN_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a new session and who convenes it; all of them Discord ids."""

    guild_id: int
    place_id: int
    channel_id: int
    convener_id: int
    anchor_id: int


class Supervisor:
    """All sessions of the process, by place."""

    def __init__(
        self,
        store: Store,
        endpoints: EndpointRegistry,
        make_stage: Callable[[StoredSession], Stage],
        *,
        max_tokens: int,
        limits: Limits = USUAL,
    ) -> None:
        self._store = store
        self._endpoints = endpoints
        self._make_stage = make_stage
        self._max_tokens = max_tokens
        self._limits = limits
        self._recovery = Recovery(endpoints, self._go_on)
        self._opening = asyncio.Lock()
        self._runs: dict[int, SessionRunner] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._closing = False

    def run_at(self, place_id: int) -> SessionRunner | None:
        """The open session of a place."""
        run = self._runs.get(place_id)
        return run if run is not None and run.status is not Status.ENDED else None

    def table_at(self, place_id: int) -> SessionRunner:
        """The open session of a place. Raises UserError when there is none."""
        run = self.run_at(place_id)
        if run is None:
            raise UserError("There is no table in this channel.", Remedy.OPEN)
        return run

    def running_at(self, place_id: int) -> SessionRunner:
        """The session under way in a place. Raises UserError when there is none or it is paused."""
        run = self.table_at(place_id)
        if run.status is not Status.RUNNING:
            raise UserError("The table is paused.", Remedy.RESUME)
        return run

    def open_runs(self, guild_id: int | None = None) -> list[SessionRunner]:
        """Every open session, or those of one server."""
        return [
            run
            for run in self._runs.values()
            if run.status is not Status.ENDED and guild_id in (None, run.stored.guild_id)
        ]

    # --- what is heard in a place ---

    async def message_seen(self, place_id: int, message: OwnMessage) -> None:
        """A message of ours appeared."""
        if run := self._runs.get(place_id):
            await run.own_message_seen(message)
        elif message.by_webhook and (stored := await self._store.last_session(place_id)):
            # A late copy may also come when the table is closed.
            stage = self._make_stage(stored)
            await Outbox(self._store, stage, session_id=stored.id, place_id=place_id, latest=0).seen(message)

    async def listen_again(self, guild_id: int | None = None) -> None:
        """The connection to Discord (or to one server) is back: make up for what was missed meanwhile."""
        runs = self.open_runs(guild_id)
        for run in runs:
            if run.fault is Fault.PLACE:
                self._recovery.watch(run)
        await asyncio.gather(*(run.reconnect() for run in runs))

    async def place_gone(self, place_id: int) -> None:
        """A channel or thread was deleted, and a channel's threads with it."""
        for run in self.open_runs():
            if place_id in (run.stored.place_id, run.stored.channel_id):
                await run.place_gone("The channel is gone.")
        # Its messages were deleted with it, those of earlier tables too.
        await self._store.privacy.forget_place(place_id)

    async def message_gone(self, place_id: int, message_id: int) -> None:
        """Any message was deleted: a guest's turn is blanked, a post of ours is not sent again."""
        run = self._runs.get(place_id)
        if run is None or not await run.guest_changed(message_id, ""):
            await self._store.message_gone(message_id)
        for session_id in await self._store.privacy.sessions_of_message(message_id):
            await renew_minutes(self._store, session_id)

    # --- what is kept ---

    async def forget(self, guild_id: int, member: Member, *, listen_from: int) -> None:
        """Take a member out of every session of a server, those under way included.

        No message before the id `listen_from` is taken in again.
        """
        runs = {run.id: run for run in self._runs.values() if run.stored.guild_id == guild_id}
        for session_id in sorted({*runs, *await self._store.privacy.sessions_with(guild_id, member)}):
            if session_id in runs:
                await runs[session_id].forget(member, listen_from)
            elif stored := await self._store.session(session_id):
                record = await self._store.record(session_id)
                await erase_member(self._store, stored, record, member, listen_from)
        await self._store.privacy.scrub()

    def drop_server(self, guild_id: int) -> None:
        """End every loop of a server whose sessions are about to be deleted."""
        for place_id, run in list(self._runs.items()):
            if run.stored.guild_id == guild_id:
                run.abandon()
                if task := self._tasks.pop(place_id, None):
                    task.cancel()
                del self._runs[place_id]

    # --- from start to end ---

    async def start(
        self, where: Where, *, task: Task, cast: tuple[Persona, ...], dials: Dials, seed: int | None = None
    ) -> SessionRunner:
        """Open a table. Raises UserError if there is one already, too many are open or the cast can't sit together."""
        async with self._opening:
            return await self._start(where, Session(task, cast, dials, secrets.randbits(32) if seed is None else seed))

    async def _start(self, where: Where, session: Session) -> SessionRunner:
        if self.run_at(where.place_id):
            raise UserError("There is a table in this channel already.", Remedy.STOP)
        if self._is_busy(where.place_id):
            raise UserError("The last table's messages are still on their way. Try again in a moment.")
        if clashes := name_clashes(session.cast):
            raise UserError(
                "These personas can't sit at one table: "
                + " ".join(
                    f'"{c.name}" is also the name in {session.cast[c.earlier].full_name}. Rename one of the two.'
                    for c in clashes
                )
            )
        if self._limits.sessions and len(self.open_runs(where.guild_id)) >= self._limits.sessions:
            many = f"There are {self._limits.sessions} open tables on this server, as many as it may have."
            raise UserError(many, Remedy.STOP_ANOTHER)
        stored = StoredSession(
            id=0,
            guild_id=where.guild_id,
            place_id=where.place_id,
            channel_id=where.channel_id,
            convener_id=where.convener_id,
            anchor_id=where.anchor_id,
            status=Status.RUNNING,
            reason=None,
            session=session,
            created_at=now(),
        )
        try:
            stored = await self._store.add_session(stored, [Post(PostKind.CARD), Post(PostKind.PANEL)])
        except PlaceTaken:
            raise UserError("There is a table in this channel already.", Remedy.STOP) from None
        # The loop of a session that has ended may still be resting; it must not hold up this one's.
        if old := self._tasks.pop(where.place_id, None):
            old.cancel()
        run = self._open(stored, Record(), stored.anchor_id)
        try:
            await run.open()
        finally:
            self._launch(run)
        return run

    async def pause(self, place_id: int) -> None:
        """Pause a table until a person resumes it; a turn in the making is given up. Raises UserError."""
        run = self.table_at(place_id)
        self._recovery.forget(run)
        await run.pause()

    async def resume(self, place_id: int) -> None:
        """Go on with a paused table. Raises UserError."""
        run = self.table_at(place_id)
        self._recovery.forget(run)
        await run.resume()
        self._launch(run)

    async def stop(self, place_id: int, *, summary: bool = False) -> None:
        """End a table: at once, or (`summary`) after the one who spoke most has summed up. Raises UserError."""
        run = self.table_at(place_id)
        spoken = len(run.record.persona_turns())
        if not summary or not spoken:
            await run.close()
            return
        await run.steer(TurnsChanged(turns=spoken), "")
        if run.status is Status.PAUSED:
            await self.resume(place_id)

    # --- from stop to start ---

    async def resume_all(self, connected: Callable[[], Awaitable[object]] | None = None) -> None:
        """Take up every unfinished session of the database, each in a task of its own, once `connected()` returns.

        Called before anything is heard, so that a click right after the start finds its table.
        """
        # Open sessions first: what an ended one in the same place has left over is sent by the open one's poster.
        for stored in sorted(await self._store.unfinished_sessions(), key=lambda s: s.status is Status.ENDED):
            if stored.place_id in self._runs:
                continue
            record = await self._store.record(stored.id)
            run = self._open(stored, record, await self._store.latest_id(stored.id))
            await run.restore()
            self._launch(run, first=partial(run.take_up, connected))

    async def shutdown(self) -> None:
        """End every loop without ending the sessions; sends in flight get a little time."""
        self._closing = True
        for run in self._runs.values():
            run.stop_waiting()
        await self._recovery.aclose()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await asyncio.gather(*(run.finish_sending(SHUTDOWN_SECONDS) for run in self._runs.values()))

    # --- inside ---

    def _open(self, stored: StoredSession, record: Record, latest: int) -> SessionRunner:
        run = SessionRunner(
            stored,
            record,
            store=self._store,
            stage=self._make_stage(stored),
            endpoints=self._endpoints,
            max_tokens=self._max_tokens,
            limits=self._limits,
            latest=latest,
        )
        self._runs[stored.place_id] = run
        return run

    async def _go_on(self, run: SessionRunner) -> None:
        await run.go_on()
        self._launch(run)

    def _is_busy(self, place_id: int) -> bool:
        run = self._runs.get(place_id)
        return run is not None and run.is_posting

    def _launch(self, run: SessionRunner, first: Callable[[], Awaitable[None]] | None = None) -> None:
        """Have the session's loop run in a task, unless it does."""
        task = self._tasks.get(run.stored.place_id)
        if task is None or task.done():
            self._tasks[run.stored.place_id] = asyncio.create_task(self._keep(run, first), name=f"session {run.id}")

    async def _keep(self, run: SessionRunner, first: Callable[[], Awaitable[None]] | None) -> None:
        try:
            await run.run(first=first)
        finally:
            if not self._closing:
                self._recovery.watch(run)
            if run.status is Status.ENDED and self._runs.get(run.stored.place_id) is run and not run.is_posting:
                del self._runs[run.stored.place_id]
