"""One round of the trial: tables are started, the bot is killed again and again, and in the last life they end."""

import asyncio
import contextlib
import json
import re
import signal
import sqlite3
import time
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.chaos import kills_hit
from tests.chaos.compare import compare, shown
from tests.chaos.compare_guests import GuestSaid, promised
from tests.chaos.convening import Convening
from tests.chaos.crew import Crew
from tests.chaos.findings import Findings
from tests.chaos.guests_writing import GuestsWriting
from tests.chaos.host_folder import lay_table
from tests.chaos.members_voting import MembersVoting, told
from tests.chaos.patience import Patience
from tests.chaos.people_asking import PeopleAsking
from tests.chaos.round_faults import GATEWAY_FAULTS, Model, PlannedFault, count_met, plan
from tests.chaos.round_outcome import Outcome, RoundSize
from tests.chaos.stored_tables import StoredTable, read_tables
from tests.chaos.trial_processes import Discord, Launcher
from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint

# A life of the bot ends at an instant drawn evenly from this many seconds. All of its tables end in about as many.
LIFE_SECONDS: Final = 1.6
# One life in so many is to end while one of these is under way, so many seconds after that is seen at most.
ONE_AIMED_IN: Final = 2
AIMS: Final = {kills_hit.AN_OPEN_VOTE: 0.4, kills_hit.POSITIONS: 0.1}
# The last lives but one of a round, so many of them, are to end while ballots are cast, which is at the end of a table:
# as soon as that is seen, and so many seconds after the bot hears at most.
LIVES_UNTIL_BALLOTS: Final = 3
BALLOTS_SECONDS: Final = 8.0
# A bot hears within so many seconds of its start, at most.
START_SECONDS: Final = 10.0
# From a kill to the next start, at most, in seconds; guests write meanwhile.
DEAD_SECONDS: Final = 0.15
# A round in which nothing was stored for this many seconds, though not all of its tables have ended, is stuck.
LAST_LIFE_SECONDS: Final = 60.0
# Of so many lives one is measured from its start, so that kills hit that as well; the others from when the bot hears.
ONE_FROM_START_IN: Final = 3
# For what is on its way after the end: late events, copies that are being taken away. In seconds.
SETTLE_SECONDS: Final = 5.0
# From being told to end to having ended, as the bot promises.
PROMISE_SECONDS: Final = 8.0


class Round:
    """One round. `seed` decides its plan: instants, faults, texts. (How the processes interleave, it can't.)"""

    patience = LAST_LIFE_SECONDS

    def __init__(self, seed: str, size: RoundSize, folder: Path, launcher: Launcher | Crew) -> None:
        self.outcome = Outcome()
        self._seed = seed
        self._chance = Random(seed)
        self._size = size
        self._folder = folder
        self._bot = launcher
        self._model = Model(Random(f"{seed} model"), size.faults)
        self._channels: dict[int, str] = {}
        self._planned: list[PlannedFault] = []
        self._remembered: dict[tuple[int, int], str] = {}
        self._read_from = 0
        self._writing: GuestsWriting
        self._voting: MembersVoting
        self._asking: PeopleAsking
        self._convening: Convening
        self._discord: Discord
        self._llm: ScriptedEndpoint

    async def hold(self) -> Outcome:
        """Hold the round. Everything it leaves behind is in its folder."""
        began = time.monotonic()
        lay_table(self._folder)
        async with Discord.running() as self._discord, scripted_endpoint() as self._llm:
            self._llm.answer = self._model.answer
            self._writing = GuestsWriting(self._chance, self._discord)
            self._voting = MembersVoting(Random(f"{self._seed} votes"), self._discord)
            asking = Random(f"{self._seed} questions")
            self._asking = PeopleAsking(asking, self._discord, GuestsWriting(asking, self._discord), self._tables)
            await self._asking.come()
            for n in range(self._size.channels):
                channel = await self._add_channel(n)
                self._channels[channel["id"]] = channel["name"]
            self._convening = Convening(
                self._seed, self._size, self._channels, self._discord, self._asking, self._tables
            )
            if self._size.faults:
                lives = self._size.kills + 1
                self._planned = plan(self._chance, self._channels, turns=self._size.turns, lives=lives)
                for each in self._planned:
                    await self._discord.order("fault", **each.order)
            people = [asyncio.create_task(self._convening.convene(channel)) for channel in self._channels]
            people += [asyncio.create_task(self._guests(channel)) for channel in self._channels]
            polling = filter(self._convening.polls, self._channels)
            people += [asyncio.create_task(self._voting.vote(channel)) for channel in polling]
            weather = asyncio.create_task(self._weather())
            try:
                await self._kills()
                await self._last_life()
            finally:
                for task in (*people, weather):
                    task.cancel()
                ends = await asyncio.gather(*people, weather, return_exceptions=True)
                await self._bot.end(signal.SIGKILL)
            for problem in ends:
                if isinstance(problem, Exception):
                    raise problem
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    async def _add_channel(self, number: int) -> dict[str, Any]:
        return await self._discord.order("add_channel", f"table-{number}")

    # --- the bot's lives ---

    @property
    def _settings(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self._discord.token,
            "DISCORD_API_URL": self._discord.api_url,
            "LLM_BASE_URL": self._llm.url,
            "LLM_MODEL": "scripted",
            "LLM_TIMEOUT": "0.6",
            "LLM_RETRIES": "1",
            "LLM_CONCURRENCY": str(self._size.channels),
            "DISCUSSION_PACE": "0",
            "DISCUSSION_VOTE_SECONDS": "0.5",
            "DISCUSSION_TURNS": str(self._size.turns),
            "LOG_LEVEL": "INFO",
        }

    async def _start(self) -> None:
        self._read_from = self._log.stat().st_size if self._log.exists() else 0
        await self._bot.start(self._folder, self._settings, self._log)

    def _is_ready(self) -> bool:
        """Whether this life has come so far as to hear and to end in order."""
        if not self._log.exists():  # the first one has only just begun
            return False
        with self._log.open("rb") as log:
            log.seek(self._read_from)
            return b" connected as " in log.read()

    async def _kills(self) -> None:
        while self.outcome.kills < self._size.kills:
            await self._start()
            await self._live()
            if await self._bot.is_alive() and self._all_ended():
                return
            asked = self._llm.in_flight
            await self._bot.end(signal.SIGKILL)
            self.outcome.kills += 1
            self._look_at_the_dead(asked)
            await asyncio.sleep(self._chance.uniform(0, DEAD_SECONDS))

    async def _live(self) -> None:
        """For as long as this life lasts."""
        aim = self._aim()
        if aim or self._chance.randrange(ONE_FROM_START_IN):
            await self._until_ready()
        await (self._until_under_way(aim) if aim else asyncio.sleep(self._chance.uniform(0, LIFE_SECONDS)))

    def _aim(self) -> str | None:
        """What is to be under way at the next kill, if it is to be anything in particular."""
        if not any(map(self._convening.polls, self._channels)):
            return None
        if self.outcome.kills >= self._size.kills - LIVES_UNTIL_BALLOTS:
            return kills_hit.BALLOTS
        if self._chance.randrange(ONE_AIMED_IN):
            return None
        return self._chance.choice(list(AIMS))

    async def _until_under_way(self, aim: str) -> None:
        """Until that is under way, or a life is over, and then a moment longer."""
        later = self._chance.uniform(0, AIMS.get(aim, 0.0))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BALLOTS_SECONDS if aim is kills_hit.BALLOTS else LIFE_SECONDS):
                # Neither the database nor the log sends a signal.
                while aim not in kills_hit.under_way(self._tables()) and not self._all_ended():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                await asyncio.sleep(later)

    async def _until_ready(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                while not self._is_ready():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    def _look_at_the_dead(self, asked: int) -> None:
        """Note where the kill hit and which texts are stored."""
        tables = self._tables()
        self.outcome.states.update(kills_hit.states(tables, asked))
        for table in tables:
            for turn in table.turns:
                if turn["kind"] in ("persona", "summary"):
                    self._remembered.setdefault((turn["session_id"], turn["seq"]), turn["text"])

    async def _last_life(self) -> None:
        """The bot lives, or is started for the last time, until every table has ended."""
        if not await self._bot.is_alive():
            await self._start()
        patience = Patience(self.patience)
        while await self._bot.is_alive() and not (self._is_ready() and self._all_ended()):
            if patience.is_over(self._tables()):
                break
            await asyncio.sleep(0.1)
        await self._discord.order("release")
        deadline = time.monotonic() + SETTLE_SECONDS
        findings, places = await self._compare()
        while findings.sentences and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            findings, places = await self._compare()
        began = time.monotonic()
        code = await self._bot.end(signal.SIGTERM)
        if code != 0 or time.monotonic() - began > PROMISE_SECONDS:
            findings.not_finished.append(f"told to end: exit code {code} after {time.monotonic() - began:.1f} s")
        await self._write_down(findings, places)

    # --- the people, and the weather ---

    async def _guests(self, channel: int) -> None:
        """They write at random instants once there is a table, whether the bot lives or not."""
        while not any(t.session["place_id"] == channel for t in self._tables(turns=False)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        name, number = self._channels[channel], self._size.guests
        match self._convening.format(channel):
            case "interview":
                await self._asking.interview(channel, name, number)
            case "open":
                await self._asking.talk(channel, name, number)
            case _:
                await self._writing.write(channel, name, number)

    async def _weather(self) -> None:
        """Lets go what hangs, again and again; now and then the gateway has its moods."""
        while True:
            await asyncio.sleep(self._chance.uniform(0.3, 1.0))
            await self._discord.order("release")
            if self._size.faults and self._chance.randrange(4) == 0:
                mood = self._chance.choice(GATEWAY_FAULTS)
                await self._discord.order(mood)
                self.outcome.faults[f"gateway: {mood}"] += 1

    # --- looking ---

    @property
    def _database(self) -> Path:
        return self._folder / "data" / "roundtable.db"

    @property
    def _log(self) -> Path:
        return self._folder / "bot.logs"

    @property
    def _logs(self) -> list[Path]:
        return [self._log]

    def _tables(self, *, turns: bool = True) -> list[StoredTable]:
        try:
            return read_tables(self._database, whole=turns)
        except sqlite3.OperationalError:  # there is none yet, or it is being made
            return []

    def _all_ended(self) -> bool:
        tables = self._tables()
        there = {table.session["place_id"] for table in tables}
        under_way = any(p["status"] in ("queued", "sending") for table in tables for p in table.posts)
        return (
            there == set(self._channels)
            and not self._convening.to_keep_going
            and not under_way
            and all(t.session["status"] == "ended" for t in tables)
        )

    async def _compare(self) -> tuple[Findings, dict[int, Any]]:
        with contextlib.suppress(LookupError):
            await self._discord.order("settled")
        places = {channel: await self._discord.order("channel_history", channel) for channel in self._channels}
        messages = {channel: [shown(m) for m in history] for channel, history in places.items()}
        asked = await self._discord.order("look", at="interactions")
        return compare(
            self._tables(),
            messages,
            self._said,
            self._remembered,
            promised(asked),
            self._voting.pressed,
            told(asked),
            self._asking.put,
        ), places

    @property
    def _said(self) -> list[GuestSaid]:
        return [*self._writing.said, *self._asking.writing.said]

    async def _write_down(self, findings: Findings, places: dict[int, Any]) -> None:
        requests = await self._discord.order("look", at="requests")
        outcome = self.outcome
        outcome.findings = findings
        outcome.count(self._tables())
        outcome.messages = sum(map(len, places.values()))
        writing = (self._writing, self._asking.writing)
        outcome.guests, outcome.proxied = len(self._said), sum(each.proxied for each in writing)
        outcome.by_command = sum(each.said_by_command for each in writing)
        outcome.ways = self._asking.ways
        outcome.votes = len(self._voting.pressed)
        outcome.faults += count_met(self._planned, requests) + self._model.met
        # An error that nobody has thought of: the table was paused, and Mira has had it go on.
        lines = [line for log in self._logs for line in log.read_text(errors="replace").splitlines()]
        findings.failed_inside += [line for line in lines if re.search(r": session \d+ failed \(error ", line)]
        for name, content in (("channels", places), ("requests", requests), ("findings", findings.sentences)):
            (self._folder / f"{name}.json").write_text(json.dumps(content, indent=1, default=str))
