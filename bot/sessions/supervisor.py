"""Owns the sessions: starts, pauses, resumes and stops them, one task each, and takes them up again after a restart."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Final

from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import open_poll
from bot.discussion.model.record import Record, Session
from bot.discussion.model.steerings import PollCut
from bot.discussion.model.task import Task
from bot.discussion.moderation.agenda import has_ended
from bot.discussion.moderation.formats.table import format_of
from bot.errors import Remedy, UserError
from bot.llm.endpoint_registry import EndpointRegistry
from bot.logs import log_about
from bot.minutes.account import PlaceNames
from bot.sessions.composing.foresight import expected_turns
from bot.sessions.composing.limits import USUAL, Limits
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import OwnMessage, Stage
from bot.sessions.forgetting import forget_member, forget_message, forget_old_words
from bot.sessions.new_session import OpeningPlace as OpeningPlace
from bot.sessions.new_session import check_cast, check_number, new_session
from bot.sessions.reopening import MORE, check_can_go_on, reopen
from bot.sessions.resilience.recovery import Recovery
from bot.sessions.session_runner import SessionRunner
from bot.sessions.standing_questions import StandingQuestions
from bot.sessions.table_memory import TableMemory
from bot.store.models import Fault, Post, PostKind, Status, StoredSession
from bot.store.store import PlaceTaken, Store

# On shutdown, how long sends in flight may take before they are left to the next start, in seconds.
SHUTDOWN_SECONDS: Final = 3.0


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
        has_memory: bool = True,
        reads_room: bool = True,
    ) -> None:
        """`has_memory`: tables are told what earlier ones of their server came to, where that wants it. `max_tokens`,
        `limits` and `reads_room` as `SessionRunner` has them."""
        self._store = store
        self._endpoints = endpoints
        self._make_stage = make_stage
        self._max_tokens = max_tokens
        self._limits = limits
        self._memory = TableMemory(store, is_wanted=has_memory)
        self._reads_room = reads_room
        self.under_way = Counter[int]()
        """How many sessions are under way, by channel; those in its threads are among them."""
        self._recovery = Recovery(endpoints, self._go_on)
        self._questions = StandingQuestions(store.servers, self.open_sessions)
        self._opening = asyncio.Lock()
        self._runners: dict[int, SessionRunner] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._closing = False

    def find(self, place_id: int) -> SessionRunner | None:
        """The open session of a place."""
        runner = self._runners.get(place_id)
        return runner if runner is not None and runner.status is not Status.ENDED else None

    def holding(self, session_id: int) -> SessionRunner | None:
        """The runner of a session, which may have ended with something still to be shown."""
        return next((runner for runner in self._runners.values() if runner.id == session_id), None)

    def open_at(self, place_id: int) -> SessionRunner:
        """The open session of a place. Raises UserError when there is none."""
        runner = self.find(place_id)
        if runner is None:
            raise UserError("There is no table in this channel.", Remedy.OPEN)
        return runner

    def running_at(self, place_id: int) -> SessionRunner:
        """The session under way in a place. Raises UserError when there is none or it is paused."""
        runner = self.open_at(place_id)
        if runner.status is not Status.RUNNING:
            raise UserError("The table is paused.", Remedy.RESUME)
        return runner

    def open_sessions(self, guild_id: int | None = None) -> list[SessionRunner]:
        """Every open session, or those of one server."""
        return [
            runner
            for runner in self._runners.values()
            if runner.status is not Status.ENDED and guild_id in (None, runner.stored.guild_id)
        ]

    def names_in(self, stored: StoredSession) -> PlaceNames:
        """What the place of a session is called."""
        return self._make_stage(stored).names()

    def expected_turns(self, session: Session) -> int | None:
        """How many turns a table will probably have had when a limit of a table ends it; None: all of them."""
        limits = self._limits.of_table(session)
        return expected_turns(limits, session, self._endpoints, max_tokens=self._max_tokens)

    # --- what is heard in a place ---

    async def message_seen(self, place_id: int, message: OwnMessage) -> None:
        """A message of ours appeared."""
        if runner := self._runners.get(place_id):
            await runner.own_message_seen(message)
        elif message.by_webhook and (stored := await self._store.last_session(place_id)):
            # A late copy may also come when the table is closed.
            stage = self._make_stage(stored)
            await Outbox(self._store, stage, session_id=stored.id, place_id=place_id, latest=0).seen(message)

    async def listen_again(self, runners: Iterable[SessionRunner]) -> None:
        """The connection to the places of these sessions is back: make up for what was missed meanwhile."""
        runners = list(runners)
        for runner in runners:
            if runner.fault is Fault.PLACE:
                self._recovery.watch(runner)
        await asyncio.gather(*(runner.reconnect() for runner in runners))

    async def place_gone(self, place_id: int) -> None:
        """A channel or thread was deleted, and a channel's threads with it."""
        for runner in self.open_sessions():
            if place_id in (runner.stored.place_id, runner.stored.channel_id):
                await runner.place_gone("The channel is gone.")
        # Its messages were deleted with it, those of earlier tables too.
        await self._store.member_data.forget_place(place_id)

    async def message_gone(self, place_id: int, message_id: int) -> None:
        """Any message was deleted: a guest's turn is blanked, a post of ours is not sent again."""
        await forget_message(self._store, self._runners.get(place_id), self.names_in, message_id)

    # --- what is kept ---

    async def forget(self, guild_id: int, member: Member, *, listen_from: int) -> None:
        """Take a member out of every session of a server; no message before the id `listen_from` is taken in again."""
        await forget_member(self._store, self._runners.values(), self._make_stage, guild_id, member, listen_from)

    async def fade(self, at: datetime, keep_days: int | None) -> int:
        """Forget what has had its days at tables that stand, and so never end. Out: at how many there was anything."""
        return await forget_old_words(self._store, self.open_sessions(), at, keep_days)

    def drop_server(self, guild_id: int) -> None:
        """End every loop of a server whose sessions are about to be deleted."""
        for place_id, runner in list(self._runners.items()):
            if runner.stored.guild_id == guild_id:
                runner.abandon()
                if task := self._tasks.pop(place_id, None):
                    task.cancel()
                del self._runners[place_id]

    # --- from start to end ---

    async def check_opening(self, guild_id: int, cast: tuple[Persona, ...], most: int | None = None) -> None:
        """Raise UserError if a server may have no table with this cast now, in a place that is still to be made.

        `most`: so many tables at once the server has set itself.
        """
        check_cast(cast)
        check_number(await self._store.open_tables(guild_id), self._limits.sessions, most)

    async def start(
        self,
        where: OpeningPlace,
        *,
        task: Task,
        cast: tuple[Persona, ...],
        dials: Dials,
        seed: int | None = None,
        chimers: int | None = None,
    ) -> SessionRunner:
        """Open a table. Raises UserError if there is one already, too many are open or the cast can't sit together."""
        session = Session(task, cast, dials, secrets.randbits(32) if seed is None else seed)
        async with self._opening:
            self._check_place(where.place_id)
            stored, check = new_session(where, session, chimers), self._is_one_too_many(where.most)
            stored = await self._memory.told(stored, where.open_channels)
            # Else a panel comes behind the first question.
            shown = [PostKind.CARD, PostKind.PANEL] if format_of(session).needs_people else [PostKind.CARD]
            try:
                stored = await self._store.add_session(stored, list(map(Post, shown)), check=check)
            except PlaceTaken:
                raise UserError("There is a table in this channel already.", Remedy.STOP) from None
            runner = self._open(stored, Record(), stored.anchor_id)
            try:
                await runner.open()
            finally:
                self._launch(runner)
        return runner

    async def pause(self, place_id: int) -> None:
        """Pause a table until a person resumes it; a turn in the making is given up. Raises UserError."""
        runner = self.open_at(place_id)
        self._recovery.forget(runner)
        await runner.pause()

    async def resume(self, place_id: int) -> None:
        """Go on with a paused table. Raises UserError."""
        runner = self.open_at(place_id)
        # First: whoever resumes while it goes on by itself must not keep that from having the loop run.
        await runner.resume()
        self._recovery.forget(runner)
        self._launch(runner)

    async def stop(self, place_id: int, *, summary: bool = False) -> None:
        """End a table: at once, or (`summary`) after the one who spoke most has summed up. Raises UserError."""
        runner = self.open_at(place_id)
        if not summary or not runner.record.persona_turns() or has_ended(runner.record):
            await runner.close()
            return
        await runner.sum_up()
        if open_poll(runner.record):
            await runner.steer(PollCut(), "")
        if runner.status is Status.PAUSED:
            await self.resume(place_id)

    async def reopen(
        self, place_id: int, session_id: int, more: int = MORE, *, at: int, by: str | None = None
    ) -> SessionRunner:
        """Have a place's last table, which has ended, go on for so many more turns. Raises UserError.

        In: `at`, the id of what asks for it, of which messages written while the table was closed are older; `by`: who
        asks, for the line the table sees.
        """
        async with self._opening:
            self._check_place(place_id)
            stored = await check_can_go_on(self._store, self._limits, place_id, session_id)
            check = self._is_one_too_many((await self._store.servers.of(stored.guild_id)).most_tables)
            stage = self._make_stage(stored)
            stored, record = await reopen(self._store, stage, stored, more=more, at=at, by=by, check=check)
            runner = self._open(stored, record, at)
            try:
                await runner.restore()
            finally:
                self._launch(runner, first=runner.take_up)
        return runner

    # --- from stop to start ---

    async def resume_all(
        self,
        connected: Callable[[int], Awaitable[object]] | None = None,
        owns: Callable[[int], bool] = lambda guild_id: True,
    ) -> None:
        """Take up every unfinished session of the database, each in a task of its own, once `connected()` returns,
        which is given its server's id. Those of servers that this process does not `owns` are another's.

        Called before anything is heard, so that a click right after the start finds its table.
        """
        # Open sessions first: what an ended one in the same place has left over is sent by the open one's outbox.
        for stored in sorted(await self._store.unfinished_sessions(), key=lambda s: s.status is Status.ENDED):
            if stored.place_id in self._runners or not owns(stored.guild_id):
                continue
            record = await self._store.record(stored.id)
            runner = self._open(stored, record, await self._store.latest_id(stored.id))
            await runner.restore()
            there = partial(connected, stored.guild_id) if connected else None
            self._launch(runner, first=partial(runner.take_up, there))

    async def shutdown(self) -> None:
        """End every loop without ending the sessions; sends in flight get a little time."""
        self._closing = True
        for runner in self._runners.values():
            runner.stop_waiting()
        await self._recovery.aclose()
        await self._questions.aclose()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await asyncio.gather(*(runner.finish_sending(SHUTDOWN_SECONDS) for runner in self._runners.values()))

    # --- inside ---

    def _is_one_too_many(self, most: int | None) -> Callable[[int], None]:
        """Told how many tables a server has open, raises UserError if it may have no further one."""
        return lambda are_open: check_number(are_open, self._limits.sessions, most)

    def _check_place(self, place_id: int) -> None:
        """Raise UserError if there is a table, or still a message of the last one on its way."""
        if self.find(place_id):
            raise UserError("There is a table in this channel already.", Remedy.STOP)
        if (last := self._runners.get(place_id)) and last.is_posting:
            raise UserError("The last table's messages are still on their way. Try again in a moment.")

    def _open(self, stored: StoredSession, record: Record, latest: int) -> SessionRunner:
        # The loop of a session that has ended may still be resting; it must not hold up this one's.
        if old := self._tasks.pop(stored.place_id, None):
            old.cancel()
        runner = SessionRunner(
            stored,
            record,
            store=self._store,
            stage=self._make_stage(stored),
            endpoints=self._endpoints,
            max_tokens=self._max_tokens,
            limits=self._limits,
            memory=self._memory,
            reads_room=self._reads_room,
            latest=latest,
        )
        self._runners[stored.place_id] = runner
        return runner

    async def _go_on(self, runner: SessionRunner) -> None:
        await runner.go_on()
        self._launch(runner)

    def _launch(self, runner: SessionRunner, first: Callable[[], Awaitable[None]] | None = None) -> None:
        """Have the session's loop run in a task, unless it does, or nothing is to run any more: then the next start
        takes it up."""
        if self._closing:
            return
        task = self._tasks.get(runner.stored.place_id)
        if task is None or task.done():
            self._tasks[runner.stored.place_id] = asyncio.create_task(
                self._keep(runner, first), name=f"session {runner.id}"
            )
        self._questions.look()

    async def _keep(self, runner: SessionRunner, first: Callable[[], Awaitable[None]] | None) -> None:
        with log_about(session=runner.id, server=runner.stored.guild_id):
            await self._kept(runner, first)

    async def _kept(self, runner: SessionRunner, first: Callable[[], Awaitable[None]] | None) -> None:
        self.under_way[runner.stored.channel_id] += 1
        try:
            await runner.run(first=first)
        finally:
            self.under_way[runner.stored.channel_id] -= 1
            if not self._closing:
                self._recovery.watch(runner)
            is_over = runner.status is Status.ENDED and not runner.is_posting
            if is_over and self._runners.get(runner.stored.place_id) is runner:
                del self._runners[runner.stored.place_id]
