"""A round with several processes on PostgreSQL: killed, stopped past their leases, and cut off from the database."""

import asyncio
import contextlib
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.chaos import kills_hit
from tests.chaos.crew import Crew, go_on, stop
from tests.chaos.round import LAST_LIFE_SECONDS, LIFE_SECONDS, Round
from tests.chaos.round_outcome import Outcome, RoundSize
from tests.chaos.server_tables import ServerTables
from tests.chaos.stored_tables import StoredTable
from tests.chaos.trial_processes import Launcher
from tests.support.postgresql_server import PostgresqlServer

# What happens next, drawn by these weights.
EVENTS: Final = {"killed": 6, "stopped past its lease": 1, "connections ended": 2}


@dataclass
class SharedOutcome(Outcome):
    """`take_overs`: after how many seconds something was said on a shard again whose process was killed or stopped."""

    take_overs: list[float] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        super().add(other)
        if isinstance(other, SharedOutcome):
            self.take_overs += other.take_overs


class SharedRound(Round):
    """Each table is on a server of its own, and these are on all shards, which go from process to process."""

    # On a busy machine a process may lose its shards for being slow, and its tables are another's for a while.
    patience = 3 * LAST_LIFE_SECONDS

    def __init__(
        self, seed: str, size: RoundSize, folder: Path, crew: Crew, server: PostgresqlServer, lease_seconds: float
    ) -> None:
        super().__init__(seed, size, folder, crew)
        self.outcome: SharedOutcome = SharedOutcome()
        self._crew = crew
        self._server = server
        self._lease = lease_seconds
        self._watched: ServerTables
        self._interrupted: list[tuple[datetime, set[int]]] = []

    async def hold(self) -> Outcome:
        self._url = await self._server.new_database()
        async with ServerTables.watching(str(self._server.folder), self._server.name_of(self._url)) as self._watched:
            try:
                return await super().hold()
            finally:
                for member in self._crew.members:
                    go_on(member)

    @property
    def _settings(self) -> dict[str, str]:
        return super()._settings | {
            "DATABASE_URL": self._url,
            "SHARD_COUNT": str(len(self._crew.members)),
            "OPS_BIND": "none",
            "TRIAL_LEASE_SECONDS": str(self._lease),
        }

    @property
    def _logs(self) -> list[Path]:
        return sorted(self._folder.glob("bot-*.logs"))

    def _tables(self, *, turns: bool = True) -> list[StoredTable]:
        return self._watched.tables

    def _is_ready(self) -> bool:
        there = {int(owner.partition("-")[0]) for owner in self._watched.present}
        return all(member.pid in there for member in self._crew.members)

    async def _add_channel(self, number: int) -> dict[str, Any]:
        shards = len(self._crew.members)
        return await self._discord.order("add_server", f"table-{number}", shard=number % shards, shards=shards)

    async def _kills(self) -> None:
        await self._start()
        while self.outcome.kills < self._size.kills:
            # Mostly once each table is somebody's, and now and then in the middle of a take-over.
            if self._chance.randrange(4):
                await self._until_all_are_owned()
            aim = self._aim()
            await (self._until_under_way(aim) if aim else asyncio.sleep(self._chance.uniform(0, LIFE_SECONDS)))
            await self._watched.look()
            if await self._crew.is_alive() and self._all_ended():
                return
            (event,) = self._chance.choices(list(EVENTS), list(EVENTS.values()))
            self.outcome.states[event] += 1
            if event == "connections ended":
                await self._watched.end_connections(self._chance.choice((0.3, 1.0)))
                continue
            await self._interrupt(aim, stops=event != "killed")

    async def _until_all_are_owned(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.5 * self._lease):
                while not all(self._owner_of(shard) for shard in range(len(self._crew.members))):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

    async def _interrupt(self, aim: str | None, *, stops: bool) -> None:
        """Kill a process, or have it stand still for longer than its lease; more often than not one with tables, or one
        with a table where what was aimed at is under way."""
        victim = self._chance.choice(self._crew.members)
        aimed_at = kills_hit.with_a(aim, self._watched.tables) if aim else []
        if aimed_at or self._chance.randrange(3):
            tables = aimed_at or self._open_tables()
            shard = self._chance.choice([self._shard_of(table) for table in tables] or [0])
            victim = self._owner_of(shard) or victim
        asked, its = self._llm.in_flight, {s for s in range(len(self._crew.members)) if self._owner_of(s) is victim}
        if any(self._shard_of(table) in its for table in self._open_tables()):
            self.outcome.states["a process with tables"] += 1
            self._interrupted.append((datetime.now(UTC), its))
        if stops:
            stop(victim)
            await asyncio.sleep(self._chance.uniform(1.0, 2.0) * self._lease)
            go_on(victim)
            return
        await victim.end(signal.SIGKILL)
        self.outcome.kills += 1
        await self._watched.look()
        self._look_at_the_dead(asked)
        await asyncio.sleep(self._chance.uniform(0, self._lease))
        await self._start()

    def _open_tables(self) -> list[StoredTable]:
        return [table for table in self._watched.tables if table.session["status"] != "ended"]

    def _shard_of(self, table: StoredTable) -> int:
        return (table.session["guild_id"] >> 22) % len(self._crew.members)

    def _owner_of(self, shard: int) -> Launcher | None:
        """The living process that has a shard, as far as the database says."""
        owner, _ = self._watched.owners.get(shard, (None, 0))
        pid = int(owner.partition("-")[0]) if owner else None
        return next((member for member in self._crew.members if pid is not None and member.pid == pid), None)

    async def _guests(self, channel: int) -> None:
        # The driver sees a table sooner here than its own process does: nobody writes before its card is there.
        while not self._has_card(channel):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await super()._guests(channel)

    def _has_card(self, channel: int) -> bool:
        here = [table for table in self._tables() if table.session["place_id"] == channel]
        return any(post["kind"] == "card" and post["status"] == "posted" for table in here for post in table.posts)

    async def _compare(self) -> Any:
        await self._watched.look()
        return await super()._compare()

    async def _write_down(self, findings: Any, places: Any) -> None:
        await super()._write_down(findings, places)
        for number, (at, shards) in enumerate(self._interrupted):
            for shard in shards:
                later = next((instant for instant in self._spoken(shard) if instant > at), None)
                again = (when for when, others in self._interrupted[number + 1 :] if shard in others)
                # Where the next interruption came before anything was said, that one counts.
                if later and not any(when < later for when in again):
                    self.outcome.take_overs.append((later - at).total_seconds())

    def _spoken(self, shard: int) -> list[datetime]:
        """When turns were stored of the tables on a shard."""
        of_it = (table for table in self._tables() if self._shard_of(table) == shard)
        stored = sorted(turn["created_at"] for table in of_it for turn in table.turns)
        return [datetime.fromisoformat(at).replace(tzinfo=UTC) for at in stored]
