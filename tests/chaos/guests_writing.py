"""What guests do in a round: say something plainly, with tags that an application posts again by another name, by
command; react."""

import asyncio
import contextlib
from random import Random
from typing import Any, Final

from tests.chaos.compare import PLURALKIT
from tests.chaos.compare_guests import GUEST_NAME, GuestSaid
from tests.chaos.trial_processes import Discord

# From one message to the next, on the average, in seconds.
PAUSE_SECONDS: Final = 0.8
# From a guest's message to its repost, and from that to its deletion, at most, in seconds.
PROXY_SECONDS: Final = 0.4


class GuestsWriting:
    """`said`: what stands in the channels in the end, or was said by command; `proxied` of it was posted again by an
    application."""

    def __init__(self, chance: Random, discord: Discord) -> None:
        self.said: list[GuestSaid] = []
        self.proxied = 0
        self.said_by_command = 0
        self._chance = chance
        self._discord = discord

    async def write(self, channel: int, name: str, count: int) -> None:
        """Say so many things at random instants; now and then the next at once."""
        ways = (self.say_plainly, self.say_by_proxy, self.say_by_command)
        for number in range(count):
            if self._chance.randrange(4):
                await asyncio.sleep(self._chance.expovariate(1 / PAUSE_SECONDS))
            await ways[number % len(ways)](channel, f"Guest's note {number} in {name}.")

    async def say_plainly(self, channel: int, text: str, who: str = GUEST_NAME, *, may_reply: bool = True) -> None:
        """One in three answers a persona's message; as often somebody reacts to one."""
        more: dict[str, Any] = {}
        does = self._chance.randrange(3)
        if does < 2 and may_reply:
            history = await self._discord.order("channel_history", channel)
            turns = [m["id"] for m in history if m["webhook_id"] and m["application_id"] != PLURALKIT]
            chosen = self._chance.choice(turns) if turns else None
            if chosen and does == 0:
                more = {"reply_to": chosen}
            elif chosen:
                await self._discord.order("react", chosen, who, self._chance.choice(("👍", "👎", "❤️")))
        message = await self._discord.order("member_says", channel, who, text, **more)
        self.said.append(GuestSaid(message["id"], channel, text, who))

    async def say_by_proxy(self, channel: int, text: str, who: str = GUEST_NAME) -> None:
        """The application deletes the original before or behind its repost."""
        hooks = await self._discord.order("look", at="webhooks")
        mine = [hook["id"] for hook in hooks if hook["name"] == f"Proxy {channel}"]
        if not mine:
            hook = await self._discord.order("add_webhook", channel, f"Proxy {channel}", application_id=PLURALKIT)
            mine = [hook["id"]]
        original = await self._discord.order("member_says", channel, who, f"[{text}]")
        await self._moment()
        deletes_first = self._chance.randrange(3) == 0
        if deletes_first:
            await self._discord.order("delete_message", original["id"])
            await self._moment()
        repost = await self._discord.order("webhook_says", mine[0], text, username="Luna")
        self.said.append(GuestSaid(repost["id"], channel, text, "Luna"))
        self.proxied += 1
        if not deletes_first:
            await self._moment()
            await self._discord.order("delete_message", original["id"])

    async def say_by_command(self, channel: int, text: str, who: str = GUEST_NAME) -> None:
        """One in six is about as long as it may be."""
        text += " Well." * (0 if self._chance.randrange(6) else 240)
        with contextlib.suppress(LookupError):  # the commands are not known to Discord yet
            said = await self._discord.order("slash", channel, who, "roundtable", "say", {"text": text})
            self.said.append(GuestSaid(said["id"], channel, text, who, by_command=True))
            self.said_by_command += 1

    async def _moment(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, PROXY_SECONDS))
