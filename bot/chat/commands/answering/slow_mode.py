"""A channel's slow mode, kept for what members say through the bot: for its own messages Discord knows none."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

import discord

from bot.discussion.model.record import Turn
from bot.errors import UserError
from bot.llm.waits import in_words

# Whoever has one of these may write as fast as they like. Since 23 February 2026 Discord says that only Bypass Slowmode
# counts, before that it was the two others (https://github.com/discord/discord-api-docs/pull/8001, …/pull/8194). All
# three do here: to hold a moderator up because a role was not given the new one helps nobody.
_EXEMPT: Final = ("bypass_slowmode", "manage_messages", "manage_channels")


class OneAtATime:
    """Has a member say one thing after the other: what is still on its way counts for what comes next."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def of(self, member_id: int) -> asyncio.Lock:
        """To be held from looking whether the member may say something until that is in the record."""
        return self._locks.setdefault(member_id, asyncio.Lock())


def require_pause(interaction: discord.Interaction, record: Iterable[Turn]) -> None:
    """Raise UserError for a member whose last words at this table are younger than the slow mode of the place."""
    delay: int = getattr(interaction.channel, "slowmode_delay", 0)  # a thread has one of its own
    if not delay or any(getattr(interaction.permissions, name) for name in _EXEMPT):
        return
    mine = [turn.message_id or 0 for turn in record if turn.kind == "guest" and turn.author_id == interaction.user.id]
    wait = seconds_left(delay, max(mine, default=0), interaction.id)
    if wait:
        raise UserError(f"This channel is in slow mode. Wait {in_words(wait)}, then say it again.")


def seconds_left(delay: int, last_id: int, now_id: int) -> int:
    """How many seconds, rounded up, `delay` seconds have still to run since a message. Ids tell the times of both."""
    passed = discord.utils.snowflake_time(now_id) - discord.utils.snowflake_time(last_id)
    left = timedelta(seconds=delay) - passed
    # What was said at the same time may stand there with a later id.
    return min(delay, max(0, -(-left // timedelta(seconds=1))))
