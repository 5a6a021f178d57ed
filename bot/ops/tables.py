"""What a host can see and do of all tables, by their numbers: those of the running bot, or as the database has them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, get_args

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, question_on_table, seats
from bot.discussion.model.steerings import SeatAdded
from bot.discussion.moderation.formats.table import format_of
from bot.errors import RoundtableError
from bot.minutes.account import PlaceNames, title_of
from bot.minutes.as_markdown import as_markdown
from bot.ops.control_protocol import NotHere
from bot.sessions.delivery.minutes import minutes_files, told_of
from bot.sessions.supervisor import Supervisor
from bot.store.models import Fault, Post, PostKind, Status, StoredSession
from bot.store.overview import SessionGlance
from bot.store.store import Store

Form = Literal["md", "html", "jsonl"]
FORMS: Final[tuple[str, ...]] = get_args(Form)
# So many tables are told of at once.
MOST: Final = 1000
PAUSED, RESUMED, ENDED = "⏸ The host paused the table.", "▶ The host resumed the table.", "⏹ The host ended the table."
SUMMED_UP: Final = "⏹ The host asks for the summary."

Faces = Callable[[list[Persona]], Awaitable[Mapping[str, bytes]]]


class TableError(RoundtableError):
    """What was asked of a table can't be done."""


async def _no_faces(personas: list[Persona]) -> Mapping[str, bytes]:
    return {}


class StoredTables:
    """The tables as the database has them, where no bot runs. Every method raises RoundtableError."""

    def __init__(self, store: Store, faces: Faces = _no_faces) -> None:
        """`faces` gives the pictures of personas, by name, for the minutes' page."""
        self._store = store
        self._faces = faces

    def names(self, stored: StoredSession) -> PlaceNames:
        """What its server and channel are called, as far as that is known here."""
        return PlaceNames()

    async def listed(self, *, with_ended: bool = False) -> list[dict[str, Any]]:
        """The newest tables, newest first: those that are open, or all."""
        return [self._told(glance) for glance in await self._store.overview.newest(with_ended=with_ended, most=MOST)]

    async def shown(self, number: int) -> dict[str, Any]:
        """All about one table."""
        glance = await self._glance(number)
        record = await self._store.record(number)
        session = glance.stored.session
        return self._told(glance) | {
            "turns_in_all": format_of(session).turns_in_all(session, record),
            "question": question_on_table(record),
            "cast": [persona.full_name for persona in seats(session, record)],
            "guests": len({turn.author_id or turn.speaker for turn in record if turn.kind == "guest"}),
            "dials": session.dials.model_dump(mode="json"),
            "seed": session.seed,
        }

    async def minutes(self, number: int, form: Form) -> tuple[str, bytes]:
        """The minutes in a form, and what their file may be called."""
        stored, record = await self._of(number)
        joined = [steering.persona for _, steering in record.steerings() if isinstance(steering, SeatAdded)]
        faces = await self._faces([*stored.session.cast, *joined]) if form == "html" else {}
        files = await minutes_files(self._store, number, names=self.names(stored), faces=faces)
        return next(file for file in files if file[0].endswith(f".{form}"))

    async def pause(self, number: int) -> str:
        """Have a table stay paused until a person resumes it. Out: what to tell the host."""
        stored = (await self._open(number)).stored
        if stored.status is Status.PAUSED and stored.fault in (None, Fault.ERROR):
            raise TableError(f"Table {number} is paused already.")
        await self._store.set_status(number, Status.PAUSED)
        await self._say(stored, PAUSED)
        return f"Table {number} is paused: it stays so when the bot starts, until somebody resumes it."

    async def resume(self, number: int) -> str:
        stored = (await self._open(number)).stored
        if stored.status is Status.RUNNING:
            raise TableError(f"Table {number} is not paused.")
        await self._store.set_status(number, Status.RUNNING)
        await self._say(stored, RESUMED)
        return f"Table {number} is resumed: it goes on when the bot starts."

    async def stop(self, number: int, *, summary: bool) -> str:
        """End a table; with `summary` only a running bot can."""
        stored = (await self._open(number)).stored
        if summary:
            raise TableError("A summary is written by the model: start the bot, then stop the table with --summary.")
        record = await self._store.record(number)
        tallies = await self._store.votes.tallies(number)
        cost = await self._store.spending.cost_of(number)
        minutes = told_of(stored, record, self.names(stored), tallies, cost=cost, is_over=True)
        await self._store.end_session(
            number, stored.place_id, Post(PostKind.MINUTES, ENDED, attachment=as_markdown(minutes))
        )
        return f"Table {number} is ended; its channel is told, and gets the minutes, when the bot starts."

    async def _say(self, stored: StoredSession, sentence: str) -> None:
        # Shown by the next start, which sends what is queued.
        await self._store.posts.add(stored.id, stored.place_id, Post(PostKind.NOTICE, sentence))

    async def _of(self, number: int) -> tuple[StoredSession, Record]:
        stored = (await self._glance(number)).stored
        return stored, await self._store.record(number)

    async def _open(self, number: int) -> SessionGlance:
        glance = await self._glance(number)
        if glance.stored.status is Status.ENDED:
            raise TableError(f"Table {number} has ended already.")
        return glance

    async def _glance(self, number: int) -> SessionGlance:
        glance = await self._store.overview.of(number)
        if glance is None:
            raise TableError(f"There is no table {number}. `roundtable sessions list --all` shows which there are.")
        return glance

    def _told(self, glance: SessionGlance) -> dict[str, Any]:
        stored = glance.stored
        names = self.names(stored)
        return {
            "id": stored.id,
            "title": title_of(stored.session),
            "status": stored.status,
            "fault": stored.fault,
            "reason": stored.reason,
            "server_id": stored.guild_id,
            "server": names.server,
            "place_id": stored.place_id,
            "place": names.channel,
            "turns": glance.turns,
            "tokens": glance.used.tokens,
            "cost": self._store.spending.cost(glance.used).in_words,
            "opened": stored.created_at.isoformat(timespec="seconds"),
            "ended": stored.ended_at.isoformat(timespec="seconds") if stored.ended_at else None,
        }


class RunningTables(StoredTables):
    """The tables of the bot that runs in this process."""

    def __init__(self, store: Store, supervisor: Supervisor, faces: Faces = _no_faces) -> None:
        super().__init__(store, faces)
        self._supervisor = supervisor

    def names(self, stored: StoredSession) -> PlaceNames:
        return self._supervisor.names_in(stored)

    async def pause(self, number: int) -> str:
        place_id = await self._place(number)
        await self._supervisor.pause(place_id)
        await self._supervisor.open_at(place_id).say(PAUSED)
        return f"Table {number} is paused until somebody resumes it."

    async def resume(self, number: int) -> str:
        place_id = await self._place(number)
        await self._supervisor.resume(place_id)
        await self._supervisor.open_at(place_id).say(RESUMED)
        return f"Table {number} goes on."

    async def stop(self, number: int, *, summary: bool) -> str:
        place_id = await self._place(number)
        runner = self._supervisor.open_at(place_id)
        summary = summary and bool(runner.record.persona_turns())  # with nothing said there is nothing to sum up
        await runner.say(SUMMED_UP if summary else ENDED)
        await self._supervisor.stop(place_id, summary=summary)
        return f"Table {number} closes with a summary." if summary else f"Table {number} is closed."

    async def _place(self, number: int) -> int:
        stored = (await self._open(number)).stored
        if self._supervisor.holding(number) is None:
            raise NotHere(f"Table {number} is not among those of this process.")
        return stored.place_id


def deeds_of(tables: StoredTables) -> dict[str, Callable[..., Awaitable[Any]]]:
    """What can be asked of them, by the words of `roundtable sessions`; each gives what JSON can hold."""

    async def export(number: int, form: Form) -> list[str]:
        name, text = await tables.minutes(number, form)
        return [name, text.decode()]

    return {
        "list": tables.listed,
        "show": tables.shown,
        "export": export,
        "pause": tables.pause,
        "resume": tables.resume,
        "stop": tables.stop,
    }
