"""What a server has set for itself, and what the bot remembers: `store.servers`, `store.remembered`."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from bot.discussion.model.dials import Dials
from bot.store.engine import Database, upsert
from bot.store.holding import hold
from bot.store.models import Status
from bot.store.schema import remembered, server_settings, sessions

# The name under which the id of the application is remembered whose database it is.
APPLICATION: Final = "application"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`opener_role_id`: the role that may open tables (None: everyone who may use the command).
    `hears_proxies`: whether what an application reposts for a member is taken for what they said.
    `steerer_role_id`: the role that may steer any table, `maker_role_id`: the one that makes personas and tasks, each
    beside those who may anyway. `channels`: where tables may be (None: everywhere). `task`, `cast` (names with commas),
    `turns`, `pace`, `language`, `vote`, `format`, `chimers` (as StoredSession.chimers): what a table has where nobody
    says otherwise. `most_tables` at once; `keep_days` after its end a table is deleted. None: what the host has set.
    `time_zone`: by its name at IANA, such as Europe/Helsinki (None: UTC).
    `memory`: whether later tables are told what earlier ones came to. `reactions`: whether personas are told what the
    audience makes of their turns."""

    opener_role_id: int | None = None
    hears_proxies: bool = True
    steerer_role_id: int | None = None
    maker_role_id: int | None = None
    channels: tuple[int, ...] | None = None
    task: str | None = None
    cast: str | None = None
    turns: int | None = None
    pace: float | None = None
    language: str | None = None
    vote: bool | None = None
    chimers: int | None = None
    most_tables: int | None = None
    keep_days: int | None = None
    format: str | None = None
    time_zone: str | None = None
    memory: bool = True
    reactions: bool = True

    def votes(self, host: Dials) -> bool:
        """Whether the audience votes at a table where nobody says otherwise. In: what the host has set."""
        return host.vote if self.vote is None else self.vote


class ServerSettingsTable:
    """By server; one transaction a method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, guild_id: int) -> ServerSettings:
        """A server's settings, the defaults where it has none."""
        return await self._database.run(lambda db: _read(db, guild_id))

    async def change(self, guild_id: int, **changes: Any) -> ServerSettings:
        """Set some of a server's settings. In: fields of ServerSettings. Out: how they all stand now."""

        def work(db: Connection) -> ServerSettings:
            hold(db, guild_id)
            now = replace(_read(db, guild_id), **changes)
            new = upsert(db.dialect.name, server_settings).values(guild_id=guild_id, **asdict(now))
            db.execute(new.on_conflict_do_update(index_elements=["guild_id"], set_=asdict(now)))
            return now

        return await self._database.run(work)

    async def delete_ended_sooner(self, at: datetime) -> int:
        """Delete sessions of servers that keep them for so many days only, if by a time they have ended for longer.

        Out: how many.
        """
        own = select(server_settings.c.guild_id, server_settings.c.keep_days)

        def work(db: Connection) -> int:
            count = 0
            for guild_id, days in db.execute(own.where(server_settings.c.keep_days.is_not(None))).all():
                old = (sessions.c.guild_id == guild_id, sessions.c.ended_at < at - timedelta(days=days))
                count += db.execute(delete(sessions).where(sessions.c.status == Status.ENDED, *old)).rowcount
            return count

        return await self._database.run(work)


class Remembered:
    """One value a name; one transaction a method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        return await self._database.run(
            lambda db: db.scalar(select(remembered.c.value).where(remembered.c.name == name))
        )

    async def names(self, start: str) -> set[str]:
        """What begins with something, without that beginning."""
        named = select(remembered.c.name).where(remembered.c.name.startswith(start, autoescape=True))
        return await self._database.run(lambda db: {name.removeprefix(start) for name in db.scalars(named)})

    async def put(self, name: str, value: str | None) -> None:
        """Remember a value; None: forget it."""

        def work(db: Connection) -> None:
            if value is None:
                db.execute(delete(remembered).where(remembered.c.name == name))
                return
            new = upsert(db.dialect.name, remembered).values(name=name, value=value)
            db.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

        await self._database.run(work)


def _read(db: Connection, guild_id: int) -> ServerSettings:
    this = server_settings.c.guild_id == guild_id
    row = db.execute(select(server_settings).where(this)).one_or_none()
    if row is None:
        return ServerSettings()
    values: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(ServerSettings)}
    if row.channels is not None:
        values["channels"] = tuple(row.channels)
    return ServerSettings(**values)
