"""What members have made on Discord: personas and tasks by server, sketches of them, and portraits by their content.

The store hands these out as `store.own_personas`, `store.own_tasks`, `store.sketches` and `store.pictures`. One
transaction a method.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection, Table, Text, cast, delete, func, insert, select, union_all, update
from sqlalchemy.exc import IntegrityError

from bot.discussion.text.folding import fold_name
from bot.store.engine import Database, upsert
from bot.store.holding import PICTURES, hold
from bot.store.schema import own_personas, own_tasks, pictures, sessions, sketches, turns

Thing = TypeVar("Thing", bound=BaseModel)
Craft = Literal["persona", "task"]

# How a persona's avatar names a portrait of the database: before its digest.
PICTURE: Final = "picture:"
_KEY_LENGTH: Final = 120
# Of one member on one server; an older one goes.
_SKETCHES: Final = 5
_NAMING_PICTURES: Final = union_all(
    *(
        select(as_text := cast(column, Text)).where(as_text.contains(PICTURE))
        for column in (own_personas.c.persona, sketches.c.content, sessions.c.cast, turns.c.steering)
    )
)
_NAMED: Final = re.compile(re.escape(PICTURE) + r"([0-9a-f]{64})")


class NameTaken(Exception):
    """There is one of that name on the server already."""


class TooManyMade(Exception):
    """The server has as many as it may."""


@dataclass(frozen=True, slots=True)
class MadeThing(Generic[Thing]):
    """A persona or task, who made it (0: nobody who is known) and when."""

    id: int
    thing: Thing
    made_by: int
    made_at: datetime


class MadeTable(Generic[Thing]):
    """The personas, or the tasks, that were made on servers."""

    def __init__(self, database: Database, table: Table, column: str, model: type[Thing]) -> None:
        self._database = database
        self._table = table
        self._thing = table.c[column]
        self._model = model

    async def of(self, guild_id: int) -> list[MadeThing[Thing]]:
        """All of a server, in the order they were made."""
        here = select(self._table).where(self._table.c.guild_id == guild_id).order_by(self._table.c.id)
        rows = await self._database.run(lambda db: db.execute(here).all())
        return [self._read(row) for row in rows]

    async def one(self, guild_id: int, made_id: int) -> MadeThing[Thing] | None:
        """None also for one of another server."""
        query = select(self._table).where(*self._this(guild_id, made_id))
        row = await self._database.run(lambda db: db.execute(query).one_or_none())
        return self._read(row) if row is not None else None

    async def add(self, guild_id: int, thing: Thing, *, made_by: int, most: int, sketch_id: int) -> None:
        """Keep a new one in the place of its sketch. `most`: so many a server may have.

        Raises NameTaken, TooManyMade.
        """

        def work(db: Connection) -> None:
            hold(db, guild_id)
            count = db.scalar(select(func.count()).where(self._table.c.guild_id == guild_id)) or 0
            if count >= most:
                raise TooManyMade
            db.execute(insert(self._table).values(guild_id=guild_id, made_by=made_by, **self._values(thing)))
            db.execute(delete(sketches).where(sketches.c.id == sketch_id))

        await self._write(work)

    async def replace(self, guild_id: int, made_id: int, thing: Thing, *, sketch_id: int) -> bool:
        """Keep another version, in the place of its sketch. Out: False if there is none any more. Raises NameTaken."""

        def work(db: Connection) -> bool:
            changed = update(self._table).where(*self._this(guild_id, made_id)).values(**self._values(thing))
            is_there = db.execute(changed).rowcount > 0
            if is_there:
                db.execute(delete(sketches).where(sketches.c.id == sketch_id))
            return is_there

        return await self._write(work)

    async def remove(self, guild_id: int, made_id: int) -> bool:
        """Out: whether it was there."""
        gone = delete(self._table).where(*self._this(guild_id, made_id))
        return await self._database.run(lambda db: db.execute(gone).rowcount > 0)

    async def _write(self, work: Any) -> Any:
        try:
            return await self._database.run(work)
        except IntegrityError as error:
            raise NameTaken from error

    def _this(self, guild_id: int, made_id: int) -> tuple[Any, Any]:
        return self._table.c.guild_id == guild_id, self._table.c.id == made_id

    def _values(self, thing: Thing) -> dict[str, Any]:
        key = fold_name(getattr(thing, "name"))[:_KEY_LENGTH]  # noqa: B009 (both kinds have one)
        return {"key": key, self._thing.name: thing.model_dump(mode="json")}

    def _read(self, row: Any) -> MadeThing[Thing]:
        thing = self._model.model_validate(getattr(row, self._thing.name))
        return MadeThing(row.id, thing, row.made_by, row.made_at)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a member is about to make, until they save it; in `content`, JSON, is what the maker's form knows of it."""

    id: int
    guild_id: int
    member_id: int
    craft: Craft
    content: dict[str, Any]


class SketchTable:
    """Of all servers. They go after a day, or when a member begins a sixth."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        guild_id: int,
        member_id: int,
        craft: Craft,
        content: dict[str, Any],
        picture: tuple[str, bytes] | None = None,
    ) -> Sketch:
        """`picture`: the digest and the PNG of one that `content` names."""
        values = {"guild_id": guild_id, "member_id": member_id, "craft": craft, "content": content}
        mine = (sketches.c.guild_id == guild_id, sketches.c.member_id == member_id)

        def work(db: Connection) -> int:
            if picture is not None:
                _add_picture(db, *picture)
            result: Any = db.execute(insert(sketches).values(values))
            newest = select(sketches.c.id).where(*mine).order_by(sketches.c.id.desc()).limit(_SKETCHES)
            db.execute(delete(sketches).where(*mine, sketches.c.id.not_in(newest)))
            return result.inserted_primary_key[0]

        return Sketch(await self._database.run(work), guild_id, member_id, craft, content)

    async def one(self, sketch_id: int) -> Sketch | None:
        query = select(sketches).where(sketches.c.id == sketch_id)
        row = await self._database.run(lambda db: db.execute(query).one_or_none())
        return Sketch(row.id, row.guild_id, row.member_id, row.craft, row.content) if row is not None else None

    async def change(self, sketch_id: int, content: dict[str, Any], picture: tuple[str, bytes] | None = None) -> None:
        """Keep what it is now. `picture`: the digest and the PNG of one that `content` names from now on."""

        def work(db: Connection) -> None:
            if picture is not None:
                _add_picture(db, *picture)
            db.execute(update(sketches).where(sketches.c.id == sketch_id).values(content=content))

        await self._database.run(work)

    async def remove(self, sketch_id: int) -> None:
        await self._database.run(lambda db: db.execute(delete(sketches).where(sketches.c.id == sketch_id)))

    async def delete_old(self, before: datetime) -> int:
        """Out: how many sketches that were begun before a time are gone now."""
        old = delete(sketches).where(sketches.c.made_at < before)
        return await self._database.run(lambda db: db.execute(old).rowcount)


class Portraits:
    """Portraits, each a PNG, by the SHA-256 of its content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def png(self, digest: str) -> bytes | None:
        return await self._database.run(lambda db: db.scalar(select(pictures.c.png).where(pictures.c.digest == digest)))

    async def in_use(self) -> list[str]:
        """The digests of all that are kept."""
        return await self._database.run(lambda db: list(db.scalars(select(pictures.c.digest))))

    async def free(self) -> list[str]:
        """Delete those that no persona, sketch or table names any more. Out: their digests."""

        def work(db: Connection) -> list[str]:
            hold(db, PICTURES)
            unused = set(db.scalars(select(pictures.c.digest)))
            if unused:
                # In one statement: what goes from a sketch to a persona meanwhile is seen in one of them.
                for text in db.scalars(_NAMING_PICTURES):
                    unused.difference_update(_NAMED.findall(text))
            db.execute(delete(pictures).where(pictures.c.digest.in_(unused)))
            return sorted(unused)

        return await self._database.run(work)


class Makers:
    """Who made what, for members who want to know, or to be forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def made_by(self, guild_id: int, member_id: int) -> tuple[int, int]:
        """How many personas and how many tasks of a server a member made."""

        def count(db: Connection, table: Table) -> int:
            return (
                db.scalar(select(func.count()).where(table.c.guild_id == guild_id, table.c.made_by == member_id)) or 0
            )

        return await self._database.run(lambda db: (count(db, own_personas), count(db, own_tasks)))

    async def forget(self, guild_id: int, member_id: int) -> None:
        """What a member made stays the server's, but nothing tells who made it; what they have not saved goes."""

        def work(db: Connection) -> None:
            for table in (own_personas, own_tasks):
                theirs = (table.c.guild_id == guild_id, table.c.made_by == member_id)
                db.execute(update(table).where(*theirs).values(made_by=0))
            db.execute(delete(sketches).where(sketches.c.guild_id == guild_id, sketches.c.member_id == member_id))

        await self._database.run(work)


def _add_picture(db: Connection, digest: str, png: bytes) -> None:
    hold(db, PICTURES)
    new = upsert(db.dialect.name, pictures).values(digest=digest, png=png)
    db.execute(new.on_conflict_do_nothing())


def made_rows(guild_id: int, member_id: int) -> Sequence[Any]:
    """The SELECTs of what a member made on a server, personas and tasks, for a copy of their data."""
    return [
        select(thing.label("thing"), table.c.made_at).where(table.c.guild_id == guild_id, table.c.made_by == member_id)
        for table, thing in ((own_personas, own_personas.c.persona), (own_tasks, own_tasks.c.task))
    ]
