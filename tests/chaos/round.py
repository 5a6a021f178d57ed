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

from tests.chaos.compare import compare, shown
from tests.chaos.crew import Crew
from tests.chaos.findings import Findings
from tests.chaos.guests_writing import GuestsWriting
from tests.chaos.members_voting import MembersVoting, told
from tests.chaos.round_faults import GATEWAY_FAULTS, Model, PlannedFault, count_met, plan
from tests.chaos.round_outcome import Outcome, RoundSize
from tests.chaos.stored_tables import StoredTable, read_tables
from tests.chaos.trial_processes import Discord, Launcher
from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint

NAMES: Final = ("Aino", "Ravi", "Bo", "Nadia")
QUESTIONS: Final = ("Who bakes the bread?", "What does it cost?")
# A life of the bot ends at an instant drawn evenly from this many seconds. All of its tables end in about as many.
LIFE_SECONDS: Final = 1.6
# From a kill to the next start, at most, in seconds; guests write meanwhile.
DEAD_SECONDS: Final = 0.15
# A table that has not ended this many seconds after the last start is stuck.
LAST_LIFE_SECONDS: Final = 60.0
# For what is on its way after the end: late events, copies that are being taken away. In seconds.
SETTLE_SECONDS: Final = 5.0
# Mira asks again if there is no table this many seconds after she asked for one.
ASK_AGAIN_SECONDS: Final = 1.0
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
        self._to_keep_going: set[int] = set()
        self._planned: list[PlannedFault] = []
        self._remembered: dict[tuple[int, int], str] = {}
        self._read_from = 0
        self._writing: GuestsWriting
        self._voting: MembersVoting
        self._discord: Discord
        self._llm: ScriptedEndpoint

    async def hold(self) -> Outcome:
        """Hold the round. Everything it leaves behind is in its folder."""
        began = time.monotonic()
        _lay_table(self._folder)
        async with Discord.running() as self._discord, scripted_endpoint() as self._llm:
            self._llm.answer = self._model.answer
            self._writing = GuestsWriting(self._chance, self._discord)
            self._voting = MembersVoting(Random(f"{self._seed} votes"), self._discord)
            for n in range(self._size.channels):
                channel = await self._add_channel(n)
                self._channels[channel["id"]] = channel["name"]
            self._to_keep_going = set(
                [c for c in self._channels if self._format(c) == "roundtable"][: self._size.kept_going]
            )
            if self._size.faults:
                lives = self._size.kills + 1
                self._planned = plan(self._chance, self._channels, turns=self._size.turns, lives=lives)
                for each in self._planned:
                    await self._discord.order("fault", **each.order)
            people = [asyncio.create_task(self._mira(channel)) for channel in self._channels]
            people += [asyncio.create_task(self._guests(channel)) for channel in self._channels]
            people += [
                asyncio.create_task(self._voting.vote(channel)) for channel in self._channels if self._polls(channel)
            ]
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
        with self._log.open("rb") as log:
            log.seek(self._read_from)
            return b" connected as " in log.read()

    async def _kills(self) -> None:
        while self.outcome.kills < self._size.kills:
            await self._start()
            await asyncio.sleep(self._chance.uniform(0, LIFE_SECONDS))
            if await self._bot.is_alive() and self._all_ended():
                return
            asked = self._llm.in_flight
            await self._bot.end(signal.SIGKILL)
            self.outcome.kills += 1
            self._look_at_the_dead(asked)
            await asyncio.sleep(self._chance.uniform(0, DEAD_SECONDS))

    def _look_at_the_dead(self, asked: int) -> None:
        """Note where the kill hit and which texts are stored."""
        tables = self._tables()
        sending = sum(p["status"] == "sending" for table in tables for p in table.posts)
        states = self.outcome.states
        states["while no table was there yet"] += not tables
        states["with a message under way"] += sending > 0
        states["messages under way at kills"] += sending
        states["model calls under way at kills"] += asked
        for table in tables:
            for turn in table.turns:
                if turn["kind"] in ("persona", "summary"):
                    self._remembered.setdefault((turn["session_id"], turn["seq"]), turn["text"])

    async def _last_life(self) -> None:
        """The bot lives, or is started for the last time, until every table has ended."""
        if not await self._bot.is_alive():
            await self._start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                # Neither the database nor the log sends a signal.
                while await self._bot.is_alive() and not (self._is_ready() and self._all_ended()):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
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

    async def _mira(self, channel: int) -> None:
        """Starts the table, asking again while there is none, and resumes it whenever a fault has paused it."""
        while True:
            mine = [t.session["status"] for t in self._tables(turns=False) if t.session["place_id"] == channel]
            has_ended = mine and all(status == "ended" for status in mine)
            if has_ended and channel not in self._to_keep_going:
                return
            with contextlib.suppress(LookupError):  # the commands are not known to Discord yet
                if has_ended:
                    if not self._was_kept_going(channel):
                        await self._discord.order("slash", channel, "Mira", "roundtable", "resume")
                        await asyncio.sleep(0.5)
                    if self._was_kept_going(channel):
                        self._to_keep_going.discard(channel)
                elif not mine:
                    await self._discord.order("slash", channel, "Mira", "roundtable", "start", self._wanted(channel))
                    await self._until_there(channel)
                elif "paused" in mine:
                    await self._discord.order("slash", channel, "Mira", "roundtable", "resume")
                    await asyncio.sleep(0.3)
            await asyncio.sleep(0.1)

    def _format(self, channel: int) -> str:
        return self._size.formats[list(self._channels).index(channel) % len(self._size.formats)]

    def _polls(self, channel: int) -> bool:
        return self._format(channel) in ("council", "debate")

    def _wanted(self, channel: int) -> dict[str, Any]:
        """What Mira asks for. Of councils every other one has options; the others vote on their proposals."""
        format = self._format(channel)
        if format == "roundtable":
            return {"vote": bool(list(self._channels).index(channel) % 2)}
        has_options = format == "council" and Random(f"{self._seed} {channel}").random() < 0.5
        return {"format": format} | ({"options": "yes | no | it depends"} if has_options else {})

    def _was_kept_going(self, channel: int) -> bool:
        here = [table for table in self._tables() if table.session["place_id"] == channel]
        return any('"goes_on": true' in (turn["steering"] or "") for table in here for turn in table.turns)

    async def _until_there(self, channel: int) -> None:
        deadline = time.monotonic() + ASK_AGAIN_SECONDS
        while time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            if any(t.session["place_id"] == channel for t in self._tables(turns=False)):
                return

    async def _guests(self, channel: int) -> None:
        """They write at random instants once there is a table, whether the bot lives or not."""
        while not any(t.session["place_id"] == channel for t in self._tables(turns=False)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await self._writing.write(channel, self._channels[channel], self._size.guests)

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
            and not self._to_keep_going
            and not under_way
            and all(t.session["status"] == "ended" for t in tables)
        )

    async def _compare(self) -> tuple[Findings, dict[int, Any]]:
        with contextlib.suppress(LookupError):
            await self._discord.order("settled")
        places = {channel: await self._discord.order("channel_history", channel) for channel in self._channels}
        messages = {channel: [shown(m) for m in history] for channel, history in places.items()}
        asked = await self._discord.order("look", at="interactions")
        # Nothing is left of the answer to what everybody sees.
        promised = {each["id"] for each in asked if any(answer["kind"] == "delete" for answer in each["answers"])}
        return compare(
            self._tables(), messages, self._writing.said, self._remembered, promised, self._voting.pressed, told(asked)
        ), places

    async def _write_down(self, findings: Findings, places: dict[int, Any]) -> None:
        requests = await self._discord.order("look", at="requests")
        outcome, tables = self.outcome, self._tables()
        outcome.findings = findings
        outcome.tables = len(tables)
        outcome.turns = sum(t["kind"] in ("persona", "summary") for table in tables for t in table.turns)
        outcome.messages = sum(map(len, places.values()))
        outcome.guests, outcome.proxied = len(self._writing.said), self._writing.proxied
        outcome.by_command = self._writing.by_command
        outcome.votes = len(self._voting.pressed)
        outcome.faults += count_met(self._planned, requests) + self._model.met
        # An error that nobody has thought of: the table was paused, and Mira has had it go on.
        lines = [line for log in self._logs for line in log.read_text(errors="replace").splitlines()]
        findings.failed_inside += [line for line in lines if re.search(r": session \d+ failed \(error ", line)]
        for name, content in (("channels", places), ("requests", requests), ("findings", findings.sentences)):
            (self._folder / f"{name}.json").write_text(json.dumps(content, indent=1, default=str))


def _lay_table(folder: Path) -> None:
    """A folder as a host has it: four personas without portraits, and a task."""
    for part in ("personas", "tasks/bread", "data"):
        (folder / part).mkdir(parents=True)
    for name in NAMES:
        persona = {"name": name, "full_name": f"{name} of the Bench", "prompt": f"You are {name}."}
        (folder / "personas" / f"{name.lower()}.json").write_text(json.dumps(persona))
    (folder / "tasks" / "bread" / "questions.txt").write_text("\n".join(QUESTIONS))
