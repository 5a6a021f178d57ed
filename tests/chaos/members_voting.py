"""What members vote in a round: they press the buttons of an open vote at random instants, and what they were told is
kept."""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Literal

from tests.chaos.trial_processes import Discord

VOTERS: Final = ("Mira", "Otso")
# From one look at the newest vote to the next, on the average, in seconds.
PAUSE_SECONDS: Final = 0.2
COUNTS: Final = "Your vote for "
Told = Literal["counts", "refused", "nothing"]


@dataclass(frozen=True)
class Pressed:
    """A member's vote for an option of the poll of turn `poll`. `id`: that of the interaction."""

    id: int
    member: str
    session_id: int
    poll: int
    option: int


class MembersVoting:
    """`pressed`: every vote, acknowledged or not."""

    def __init__(self, chance: Random, discord: Discord) -> None:
        self.pressed: list[Pressed] = []
        self._chance = chance
        self._discord = discord

    async def vote(self, channel: int) -> None:
        """Vote whenever there is a vote, and now and then for something else, until cancelled."""
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / PAUSE_SECONDS))
            history = await self._discord.order("channel_history", channel)
            for message in reversed(history):
                if buttons := list(_buttons(message["components"])):
                    await self._press(message["id"], self._chance.choice(buttons))
                    break

    async def _press(self, message: int, button: str) -> None:
        member = self._chance.choice(VOTERS)
        session_id, poll, option = map(int, button.split(":")[-3:])
        with contextlib.suppress(LookupError):  # the vote was closed meanwhile
            clicked = await self._discord.order("click", message, button, member)
            self.pressed.append(Pressed(clicked["id"], member, session_id, poll, option))


def told(interactions: Iterable[Mapping[str, Any]]) -> dict[int, Told]:
    """What came of each interaction, by its id: a vote counts, was refused, or the member was told nothing."""
    found: dict[int, Told] = {}
    for each in interactions:
        said = json.dumps([each["messages"], [answer["payload"] for answer in each["answers"]]], default=str)
        is_refused = "This vote is over" in said
        found[each["id"]] = "counts" if COUNTS in said else "refused" if is_refused else "nothing"
    return found


def _buttons(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for part in components:
        if ":ballot:" in (part.get("custom_id") or ""):
            yield part["custom_id"]
        yield from _buttons(part.get("components") or ())
