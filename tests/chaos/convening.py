"""What Mira does in a round, who convenes all of its tables: starts them, has them go on, and some of them end."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from random import Random
from typing import Any, Final, Protocol

from tests.chaos.people_asking import Ending, PeopleAsking
from tests.chaos.round_outcome import RoundSize
from tests.chaos.stored_tables import StoredTable, of_what
from tests.chaos.trial_processes import Discord

# Mira asks again if there is no table this many seconds after she asked for one.
ASK_AGAIN_SECONDS: Final = 1.0
# How she has a table end that listens: words of the command, and its options.
COMMANDS: Final[Mapping[Ending, tuple[Any, ...]]] = {
    "wrapup": ("wrapup",),
    "stop": ("stop",),
    "stop with a summary": ("stop", {"summary": True}),
}


class Tables(Protocol):
    """What is stored of the round's tables now; without their turns and posts if not `turns`."""

    def __call__(self, *, turns: bool = True) -> list[StoredTable]: ...


class Convening:
    """`to_keep_going`: the places of the tables that are still to go on after their end."""

    def __init__(
        self,
        seed: str,
        size: RoundSize,
        channels: Mapping[int, str],
        discord: Discord,
        asking: PeopleAsking,
        tables: Tables,
    ) -> None:
        self._seed = seed
        self._size = size
        self._channels = list(channels)
        self._discord = discord
        self._asking = asking
        self._tables = tables
        usual = [channel for channel in self._channels if self.format(channel) == "roundtable"]
        self.to_keep_going = set(usual[: size.kept_going])
        for channel in self._channels:
            if self.format(channel) in ("interview", "open"):
                asking.settle(channel, self.format(channel))

    def format(self, channel: int) -> str:
        return self._size.formats[self._channels.index(channel) % len(self._size.formats)]

    def polls(self, channel: int) -> bool:
        return self.format(channel) in ("council", "debate")

    async def convene(self, channel: int) -> None:
        """Start the table, asking again while there is none, resume it whenever a fault has paused it, and end it where
        that is for people to do."""
        while True:
            mine = [t.session["status"] for t in self._tables(turns=False) if t.session["place_id"] == channel]
            has_ended = mine and all(status == "ended" for status in mine)
            if has_ended and channel not in self.to_keep_going:
                return
            with contextlib.suppress(LookupError):  # the commands are not known to Discord yet
                if has_ended:
                    if not self._was_kept_going(channel):
                        await self._type(channel, "resume")
                        await asyncio.sleep(0.5)
                    if self._was_kept_going(channel):
                        self.to_keep_going.discard(channel)
                elif not mine:
                    await self._type(channel, "start", self._wanted(channel))
                    await self._until_there(channel)
                elif "paused" in mine:
                    await self._type(channel, "resume")
                    await asyncio.sleep(0.3)
                elif channel in self._asking.done and (command := COMMANDS.get(self._asking.ending[channel])):
                    await self._type(channel, *command)
                    await asyncio.sleep(0.4)
            await asyncio.sleep(0.1)

    async def _type(self, channel: int, *command: Any) -> None:
        await self._discord.order("slash", channel, "Mira", "roundtable", *command)

    def _wanted(self, channel: int) -> dict[str, Any]:
        """What Mira asks for. Of councils every other one has options; the others vote on their proposals."""
        format = self.format(channel)
        if format == "roundtable":
            return {"vote": bool(self._channels.index(channel) % 2)}
        has_options = format == "council" and Random(f"{self._seed} {channel}").random() < 0.5
        return {"format": format} | ({"options": "yes | no | it depends"} if has_options else {})

    def _was_kept_going(self, channel: int) -> bool:
        here = [table for table in self._tables() if table.session["place_id"] == channel]
        return any(told["goes_on"] for table in here for _, told in of_what(table.turns, "turns_changed"))

    async def _until_there(self, channel: int) -> None:
        deadline = time.monotonic() + ASK_AGAIN_SECONDS
        while time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            if any(table.session["place_id"] == channel for table in self._tables(turns=False)):
                return
