"""What people do at a table that listens: at an interview they ask, in every way there is; at an open table they talk
now and then, and leave it silent in between. In the end somebody has it come to its end."""

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random
from typing import Any, Final, Literal

from tests.chaos.compare_guests import GuestSaid, QuestionPutBy
from tests.chaos.guests_writing import GuestsWriting
from tests.chaos.host_folder import NAMES
from tests.chaos.stored_tables import StoredTable, steering_of
from tests.chaos.trial_processes import Discord

# They ask in turn: what one says soon after the other is one question.
PEOPLE: Final = ("Kaija", "Lumi", "Tapio", "Vesa", "Ilona", "Eero")
# A member may say ten things a minute; what is said by them and posted again counts as well.
MOST_A_MINUTE: Final = 8
# From one question to the next, and between two parts of one, on the average, in seconds.
PAUSE_SECONDS: Final = 0.6
PART_SECONDS: Final = 0.1
# How long an open table is left silent, at most, in seconds.
SILENCE_SECONDS: Final = 1.5
# Whoever asks by the panel gives up after so many seconds: the bot has died.
PANEL_SECONDS: Final = 1.0
Ending = Literal["by itself", "wrapup", "stop", "stop with a summary"]
ENDINGS: Final[dict[str, tuple[Ending, ...]]] = {
    "interview": ("by itself", "wrapup", "wrapup", "stop with a summary", "stop"),
    "open": ("wrapup", "wrapup", "stop with a summary", "stop"),
}


class PeopleAsking:
    """`put`: questions that were put by command; what was said otherwise stands in `writing.said`. `ending`: how a
    table is to end, by its place, once `done` holds that. `ways`: how it was asked, and how often an open table was
    silent."""

    def __init__(
        self, chance: Random, discord: Discord, writing: GuestsWriting, tables: Callable[[], list[StoredTable]]
    ) -> None:
        self.put: list[QuestionPutBy] = []
        self.ending: dict[int, Ending] = {}
        self.done: set[int] = set()
        self.ways: Counter[str] = Counter()
        self._chance = chance
        self._discord = discord
        self.writing = writing
        self._tables = tables
        self._number = 0
        self._said: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)

    async def come(self) -> None:
        """Before the bot does: they are members."""
        for name in PEOPLE:
            await self._discord.order("add_member", name)

    def settle(self, channel: int, format: str) -> None:
        """Draw how this table is to end."""
        self.ending[channel] = self._chance.choice(ENDINGS[format])

    async def interview(self, channel: int, name: str, count: int) -> None:
        """Ask until so many questions are taken in, or where it is to end by itself, until it does."""
        while self._taken_in(channel) < count or self.ending[channel] == "by itself":
            if self._chance.randrange(4):
                await asyncio.sleep(self._chance.expovariate(1 / PAUSE_SECONDS))
            if self._has_ended(channel):
                break
            await self._ask(channel, name)
        if self._chance.randrange(2):  # else with questions that wait
            await self._until_heard(channel)
        self.done.add(channel)

    async def talk(self, channel: int, name: str, count: int) -> None:
        """Talk so many times, and be silent in between until the table is, and then for a while."""
        for _ in range(count):
            for _ in range(self._chance.choice((1, 1, 2, 3))):
                await self._ask(channel, name)
            if self._chance.randrange(4):  # else somebody talks on at once
                await self._until_heard(channel)
                self.ways["silences"] += 1
                await asyncio.sleep(self._chance.uniform(0, SILENCE_SECONDS))
        if self._chance.randrange(4):
            await self._until_heard(channel)
        self.done.add(channel)

    async def _ask(self, channel: int, name: str) -> None:
        while self._is_too_much(channel):  # noqa: ASYNC110 (time passes without a signal)
            await asyncio.sleep(0.5)
        ways = (self._by_message, self._by_message, self._by_proxy, self._by_command, self._by_panel, self._by_question)
        way = self._chance.choice(ways)
        self._number += 1
        await way(channel, f"Question {self._number} in {name}?")

    # --- the ways to ask ---

    def _somebody(self, channel: int) -> str:
        """Whoever has said least there of late, so that nobody is taken for a flood."""
        since = time.monotonic() - 60
        said = self._said[channel] = [(at, who) for at, who in self._said[channel] if at > since]
        often = Counter(who for _, who in said)
        who = min(PEOPLE, key=lambda each: (often[each], (PEOPLE.index(each) - self._number) % len(PEOPLE)))
        # A question may be in two messages.
        said += [(time.monotonic(), who)] * 2
        return who

    def _is_too_much(self, channel: int) -> bool:
        """Whether one more question might be left out, since everybody has said much within the last minute."""
        since = time.monotonic() - 60
        return sum(at > since for at, _ in self._said[channel]) >= MOST_A_MINUTE * len(PEOPLE)

    async def _by_message(self, channel: int, text: str) -> None:
        """To nobody in particular, to a persona by its name or as a reply; now and then in two messages."""
        who = self._somebody(channel)
        calls = f"{self._chance.choice(NAMES)}, " if self._chance.randrange(3) == 0 else ""
        await self.writing.say_plainly(channel, f"{calls}{text}", who)
        self.ways["messages"] += 1
        if self._chance.randrange(4) == 0:
            await asyncio.sleep(self._chance.expovariate(1 / PART_SECONDS))
            await self.writing.say_plainly(channel, text.replace("Question", "More on question"), who, may_reply=False)
            self.ways["in two messages"] += 1

    async def _by_proxy(self, channel: int, text: str) -> None:
        await self.writing.say_by_proxy(channel, text, self._somebody(channel))
        self.ways["by proxy"] += 1

    async def _by_command(self, channel: int, text: str) -> None:
        await self.writing.say_by_command(channel, text, self._somebody(channel))
        self.ways["by command"] += 1

    async def _by_question(self, channel: int, text: str) -> None:
        """Whoever steers puts a question to the table."""
        with contextlib.suppress(LookupError):  # the commands are not known to Discord yet
            asked = await self._discord.order("slash", channel, "Mira", "roundtable", "ask", {"question": text})
            self.put.append(QuestionPutBy(asked["id"], channel, text))
            self.ways["questions put"] += 1

    async def _by_panel(self, channel: int, text: str) -> None:
        """Press *Ask…*, choose a persona, write into the form; of that the bot may die at any time."""
        who, whom = self._somebody(channel), self._chance.choice(NAMES)
        with contextlib.suppress(LookupError, TimeoutError):
            async with asyncio.timeout(PANEL_SECONDS):
                history = await self._discord.order("channel_history", channel)
                panel, button = next(_pressable(reversed(history), ":table.whom:"), (0, ""))
                if not panel:
                    return
                pressed = await self._discord.order("click", panel, button, who)
                card, menu = await self._answered(pressed["id"], ":table.chosen:")
                chosen = await self._discord.order("click", card, menu, who, values=[whom])
                await self._form_of(chosen["id"])
                sent = await self._discord.order("submit_modal", f"interaction-{chosen['id']}", {"text": text})
                said = GuestSaid(sent["id"], channel, f"{whom}, {text}", who, by_command=True)
                self.writing.said.append(said)
                self.ways["by the panel"] += 1

    async def _answered(self, interaction: int, verb: str) -> tuple[int, str]:
        """The private card that answers an interaction, once it is there, and what is pressed on it."""
        while True:
            if found := next(_pressable((await self._look(interaction))["messages"], verb), None):
                return found
            await asyncio.sleep(0.02)

    async def _form_of(self, interaction: int) -> None:
        while True:
            if any(answer["kind"] == "modal" for answer in (await self._look(interaction))["answers"]):
                return
            await asyncio.sleep(0.02)

    async def _look(self, interaction: int) -> dict[str, Any]:
        return await self._discord.order("answers_to", f"interaction-{interaction}")

    # --- how the table stands ---

    def _taken_in(self, channel: int) -> int:
        """How much was said or put there that is a turn."""
        table = self._table(channel)
        turns = table.turns if table else []
        return sum(turn["kind"] == "guest" or steering_of(turn).get("what") == "question_put" for turn in turns)

    def _table(self, channel: int) -> StoredTable | None:
        return next((table for table in self._tables() if table.session["place_id"] == channel), None)

    def _has_ended(self, channel: int) -> bool:
        table = self._table(channel)
        return table is not None and table.session["status"] == "ended"

    async def _until_heard(self, channel: int) -> None:
        """Until what was said last is a turn, and a persona has spoken that has heard it: the table is silent, or soon
        will be. One that stays so without an answer never ends, and is found."""
        while not self._is_heard(channel):  # noqa: ASYNC110 (the database sends no signal)
            await asyncio.sleep(0.1)

    def _is_heard(self, channel: int) -> bool:
        table = self._table(channel)
        if table is None or table.session["status"] == "ended":
            return table is not None
        there = {turn["message_id"] for turn in table.turns}
        texts = [turn["text"] for turn in table.turns]
        said = [each for each in self.writing.said if each.place_id == channel and not each.by_command]
        if any(each.id not in there and each.text not in texts for each in said[-3:]):
            return False
        words = [
            turn["seq"]
            for turn in table.turns
            if (turn["kind"] == "guest" and turn["text"] and not turn["withheld"])
            or steering_of(turn).get("what") == "question_put"
        ]
        heard = max((turn["heard"] for turn in table.turns if turn["kind"] == "persona"), default=0)
        return not words or heard >= words[-1]


def _pressable(messages: Any, verb: str) -> Any:
    """The ids of messages and of what can be pressed or chosen on them, by the verb."""
    for message in messages:
        for part in _parts(message["components"]):
            if verb in (part.get("custom_id") or ""):
                yield message["id"], part["custom_id"]


def _parts(components: Any) -> Any:
    for part in components or ():
        yield part
        yield from _parts(part.get("components"))
