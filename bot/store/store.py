"""The one way to the database: sessions and their turns; what else is kept has a part of its own here.

Every method is one transaction. None of them waits for the network, so a transaction is never held across it. What
is done in the transactions stands in the modules of queries.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.discussion.model.memory import Memory
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import REMOVED_FLAG, Record, Turn
from bot.discussion.model.removal import Removal
from bot.discussion.model.task import Task
from bot.discussion.text.money import USUAL_CURRENCY
from bot.store import memory_queries, post_queries, session_queries
from bot.store.engine import Database
from bot.store.expiry import Expiry
from bot.store.fencing import Fence
from bot.store.holding import hold
from bot.store.last_choices import LastChoices
from bot.store.member_data import MemberData
from bot.store.memory_table import MemoryTable
from bot.store.models import (
    AddedTurn,
    Fault,
    Post,
    Status,
    StoredSession,
)
from bot.store.opening import open_migrated
from bot.store.overview import Overview
from bot.store.own_library import MadeTable, Makers, Portraits, SketchTable
from bot.store.postgresql import PostgresqlDatabase
from bot.store.reaction_table import ReactionTable
from bot.store.schema import now, own_personas, own_tasks
from bot.store.server_settings import Remembered, ServerSettingsTable
from bot.store.spending import Spending
from bot.store.stored_posts import StoredPosts
from bot.store.table_count import Check, check_open, count_open
from bot.store.vote_table import Poll, VoteTable, votes_in
from bot.store.webhook_table import WebhookTable

CloseWith = Callable[[Poll, Poll], tuple[Turn, Sequence[Post]]]


def _any_number(are_open: int) -> None:
    """A server may have as many tables as it likes."""


class PlaceTaken(Exception):
    """There is an open session in this place already."""


class Store:
    """The sessions of one database. Open with `Store.open`, close with `aclose()`."""

    def __init__(self, database: Database, currency: str = USUAL_CURRENCY) -> None:
        self._database = database
        self._currency = currency
        self.spending = Spending(database, currency)
        self.member_data = MemberData(database)
        self.expiry = Expiry(database)
        self.servers = ServerSettingsTable(database)
        self.remembered = Remembered(database)
        self.own_personas = MadeTable(database, own_personas, "persona", Persona)
        self.own_tasks = MadeTable(database, own_tasks, "task", Task)
        self.sketches = SketchTable(database)
        self.pictures = Portraits(database)
        self.makers = Makers(database)
        self.last_choices = LastChoices(database)
        self.posts = StoredPosts(database)
        self.votes = VoteTable(database)
        self.memories = MemoryTable(database)
        self.reactions = ReactionTable(database)
        self.webhooks = WebhookTable(database)
        self.overview = Overview(database)

    @classmethod
    async def open(cls, url: str, file: Path | None, *, currency: str = USUAL_CURRENCY) -> Self:
        """Open (or create) the database and migrate it. `file`: None if it is none. Costs are in `currency`.

        Raises DatabaseOpenError.
        """
        return cls(await open_migrated(url, file), currency)

    def behind(self, fence: Fence) -> Self:
        """The same sessions, for what is done for some shards: once these are lost, every method ends with ShardsLost.

        Only of a database on a server. It is to be closed, too.
        """
        assert isinstance(self._database, PostgresqlDatabase)
        return type(self)(self._database.behind(fence), self._currency)

    async def aclose(self) -> None:
        """Close the database once the last transaction, an event's perhaps, has ended."""
        await self.spending.flush()
        await self._database.aclose()

    async def take_a_write(self) -> None:
        """Write something that changes nothing. Raises TransientDatabaseError where nothing can be stored now."""
        await self._database.run(session_queries.write_nothing)

    # --- sessions ---

    async def add_session(
        self, stored: StoredSession, opening: Sequence[Post], *, check: Check = _any_number
    ) -> StoredSession:
        """Store a new session with its first posts. Of earlier ones in its place, which are over, no card, panel or
        vote is shown any more. Raises PlaceTaken, and what `check` of the tables that its server has open does."""

        def work(db: Connection) -> int:
            hold(db, stored.place_id)
            check_open(db, stored.guild_id, check)
            session_id = session_queries.add_session(db, stored)
            post_queries.give_up_cards(db, stored.place_id)
            post_queries.add_posts(db, session_id, stored.place_id, opening)
            return session_id

        try:
            session_id = await self._database.run(work)
        except IntegrityError as error:
            raise PlaceTaken from error
        self.spending.is_new(session_id)
        return replace(stored, id=session_id)

    async def open_tables(self, guild_id: int) -> int:
        """How many sessions of a server have not ended."""
        return await self._database.run(lambda db: count_open(db, guild_id))

    async def unfinished_sessions(self) -> list[StoredSession]:
        """Every session that has not ended, or has posts that are still to be shown; oldest first."""
        return await self._database.run(session_queries.unfinished)

    async def session(self, session_id: int) -> StoredSession | None:
        return await self._database.run(lambda db: session_queries.session(db, session_id))

    async def last_session(self, place_id: int) -> StoredSession | None:
        """The newest session of a place, ended or not."""
        return await self._database.run(lambda db: session_queries.last_session(db, place_id))

    async def last_sessions(self, guild_id: int, most: int) -> list[StoredSession]:
        """The newest sessions of a server, ended or not, newest first; so many at most."""
        return await self._database.run(lambda db: session_queries.last_sessions(db, guild_id, most))

    async def set_status(
        self, session_id: int, status: Status, reason: str | None = None, fault: Fault | None = None
    ) -> None:
        values: dict[str, Any] = {"status": status, "reason": reason, "fault": fault}
        if status is Status.ENDED:
            values["ended_at"] = now()
        await self.spending.flush_with(session_id, lambda db: session_queries.change_session(db, session_id, values))

    async def end_session(self, session_id: int, place_id: int, closing: Post, memory: Memory | None = None) -> None:
        """End a session, queue its last post and keep what later ones are told of it, all or nothing: a restart in
        between would queue it once more."""
        values = {"status": Status.ENDED, "reason": None, "fault": None, "ended_at": now()}

        def work(db: Connection) -> None:
            post_queries.add_posts(db, session_id, place_id, [closing])
            session_queries.change_session(db, session_id, values)
            if memory is not None:
                memory_queries.keep(db, session_id, memory)

        await self.spending.flush_with(session_id, work)

    async def reopen_session(
        self,
        session_id: int,
        place_id: int,
        turn: Turn,
        show: Sequence[Post],
        *,
        listen_from: int,
        check: Check = _any_number,
    ) -> None:
        """Have a place's last session, which has ended, go on with a turn and the posts that show it, all or nothing.

        Of members' messages only those after `listen_from` are taken in. Raises PlaceTaken also if it is the last one
        no more, or has not ended, and what `check` of the tables that its server has open does.
        """
        values = {"status": Status.RUNNING, "reason": None, "fault": None, "ended_at": None, "listen_from": listen_from}

        def work(db: Connection) -> None:
            hold(db, place_id)
            last = session_queries.last_session(db, place_id)
            if last is None or last.id != session_id or last.status is not Status.ENDED:
                raise PlaceTaken
            check_open(db, last.guild_id, check)
            session_queries.change_session(db, session_id, values)
            session_queries.add_turn(db, session_id, turn)
            post_queries.add_posts(db, session_id, place_id, show)

        try:
            await self.spending.flush_with(session_id, work)
        except IntegrityError as error:
            raise PlaceTaken from error

    async def record(self, session_id: int) -> Record:
        """Every turn of a session, in order."""
        return await self._database.run(lambda db: session_queries.record(db, session_id))

    async def latest_id(self, session_id: int) -> int:
        """The largest Discord id the session has seen: its start, a guest's message or a post."""
        return await self._database.run(lambda db: session_queries.latest_id(db, session_id))

    # --- turns ---

    async def add_turn(
        self, session_id: int, place_id: int, turn: Turn, show: Sequence[Post] = (), *, after_id: int = 0
    ) -> AddedTurn:
        """Store a turn together with the posts that will show it, the first of them ready to send.

        `after_id` is the largest Discord id seen in the place.
        """

        def work(db: Connection) -> AddedTurn:
            hold(db, place_id)
            if turn.message_id is not None and session_queries.is_turn(db, session_id, turn.message_id):
                return AddedTurn(is_added=False)
            session_queries.add_turn(db, session_id, turn)
            new = post_queries.without_known_votes(db, session_id, show)
            sending = post_queries.add_and_take(db, session_id, place_id, new, after_id) if new else None
            return AddedTurn(is_added=True, sending=sending)

        return await self.spending.flush_with(session_id, work)

    async def close_poll(
        self, session_id: int, place_id: int, polls: tuple[int, int], close: CloseWith, *, after_id: int = 0
    ) -> tuple[Turn, AddedTurn]:
        """Close a poll with the turn that `close` makes of its votes, and store that with the posts that show it: no
        vote counts that is not in it, and none in it is lost.

        In: `polls`, the numbers of the turns that opened it and the one that it is compared with (0: none), whose votes
        `close` is given in this order; it must do nothing but that, and may be called again.
        """

        def work(db: Connection) -> tuple[Turn, AddedTurn]:
            hold(db, place_id)
            turn, show = close(*(votes_in(db, session_id, seq) for seq in polls))
            session_queries.add_turn(db, session_id, turn)
            sending = post_queries.add_and_take(db, session_id, place_id, show, after_id) if show else None
            return turn, AddedTurn(is_added=True, sending=sending)

        return await self.spending.flush_with(session_id, work)

    async def amend_turn(self, session_id: int, turn: Turn) -> None:
        """Write what may change in an older turn: its text, what it tells, its withholding, and which message it is."""
        await self._database.run(lambda db: session_queries.amend_turn(db, session_id, turn))

    async def strike(self, session_id: int, removal: Removal) -> None:
        """Write what is left of turns that a person had taken out; what is not yet shown of them never will be."""

        def work(db: Connection) -> None:
            for turn in removal.turns:
                session_queries.amend_turn(db, session_id, turn)
                if REMOVED_FLAG in turn.flags:
                    post_queries.give_up_turn(db, session_id, turn.seq)
            memory_queries.retell(db, session_id, removal.kept)

        await self._database.run(work)


@asynccontextmanager
async def open_store(url: str, file: Path | None, *, currency: str = USUAL_CURRENCY) -> AsyncIterator[Store]:
    """A store for the length of a block. Raises DatabaseOpenError."""
    store = await Store.open(url, file, currency=currency)
    try:
        yield store
    finally:
        await store.aclose()
