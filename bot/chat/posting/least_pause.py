"""How often a table may speak on Discord: a channel takes so many messages a minute, from all its tables together."""

from bot.settings import DISCORD_MIN_PACE, DISCORD_POST_PACE


def least_pause(tables: int, messages: int) -> float:
    """Seconds between a turn of so many messages and the next of its table, where so many tables are under way.

    If each waits for as long as all of them would take for such a turn, together they keep to what a channel takes.
    What the bot posts as itself is little beside that, and is not counted.
    """
    return max(DISCORD_MIN_PACE, DISCORD_POST_PACE * tables * messages)
