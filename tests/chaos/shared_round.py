"""A round with several processes on PostgreSQL: killed, stopped past their leases, and cut off from the database."""

import asyncio
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.chaos.compare import StoredTable
from tests.chaos.crew import Crew, go_on, stop
from tests.chaos.round import Outcome, Round, RoundSize
from tests.chaos.server_tables import ServerTables
from tests.support.postgresql_server import PostgresqlServer

# What happens next, drawn by these weights.
EVENTS: Final = {"killed": 6, "stopped past its lease": 1, "connections ended": 2}


@dataclass
class SharedOutcome(Outcome):
    """`take_overs`: after how many seconds a table went on whose process had been killed or stopped."""

    take_overs: list[float] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        super().add(other)
        if isinstance(other, SharedOutcome):
            self.take_overs += other.take_overs


class SharedRound(Round):
    """All tables are on one server of Discord's, and so on one shard: it goes from process to process."""

    def __init__(
        self, seed: str, size: RoundSize, folder: Path, crew: Crew, server: PostgresqlServer, lease_seconds: float
    ) -> None:
        super().__init__(seed, size, folder, crew)
        self.outcome: SharedOutcome = SharedOutcome()
        self._crew = crew
        self._server = server
        self._lease = lease_seconds
        self._watched: ServerTables
        self._interrupted: list[datetime] = []

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

    async def _kills(self) -> None:
        await self._start()
        while self.outcome.kills < self._size.kills:
            await asyncio.sleep(self._chance.uniform(0, 1.5 * self._lease))
            await self._watched.look()
            if await self._crew.is_alive() and self._all_ended():
                return
            (event,) = self._chance.choices(list(EVENTS), list(EVENTS.values()))
            self.outcome.states[event] += 1
            if event == "connections ended":
                await self._watched.end_connections(self._chance.choice((0.3, 1.0)))
                continue
            await self._interrupt(stops=event != "killed")

    async def _interrupt(self, *, stops: bool) -> None:
        """Kill a process, or have it stand still for longer than its lease; more often than not the tables' own."""
        victim = self._chance.choice(self._crew.members)
        if self._chance.randrange(3):
            victim = self._of_tables() or victim
        asked, owns_tables = self._llm.in_flight, victim is self._of_tables()
        if owns_tables:
            self.outcome.states["the tables' own process"] += 1
            self._interrupted.append(datetime.now(UTC))
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

    def _of_tables(self) -> Any:
        """The process that has the tables' shard, as far as the database says."""
        for table in self._watched.tables:
            shard = (table.session["guild_id"] >> 22) % len(self._crew.members)
            owner, _ = self._watched.owners.get(shard, (None, 0))
            for member in self._crew.members:
                if owner and member.pid is not None and owner.startswith(f"{member.pid}-"):
                    return member
        return None

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
        stored = sorted(turn["created_at"] for table in self._tables() for turn in table.turns)
        spoken = [datetime.fromisoformat(at).replace(tzinfo=UTC) for at in stored]
        for number, at in enumerate(self._interrupted):
            later = next((instant for instant in spoken if instant > at), None)
            # Where the next interruption came before anything was said, that one counts.
            if later and not any(at < other < later for other in self._interrupted[number + 1 :]):
                self.outcome.take_overs.append((later - at).total_seconds())
