"""Whether the bot may read a thread: of a private one its parent's permissions tell only half."""

import discord

from bot.chat.rules.api_errors import MISSING_ACCESS


def is_shut_out(thread: discord.Thread) -> bool:
    """Whether the bot is no member of a private thread and may not look into it either, as far as the library knows."""
    if not thread.is_private() or thread.me is not None:
        return False
    return thread.parent is None or not thread.parent.permissions_for(thread.guild.me).manage_threads


async def can_read(client: discord.Client, thread_id: int, known: discord.Thread | None) -> bool:
    """Whether the bot may read a thread. `known`: what the library knows of it.

    Discord is asked where that is not enough: archived threads are not known, nor is always who is a member. Raises
    discord.HTTPException, NotFound if the thread is gone.
    """
    if known is not None and not is_shut_out(known):
        return True
    try:
        found = await client.fetch_channel(thread_id)
    except discord.NotFound:
        if known is None:
            raise
        return False  # it is there: nobody has told of its end
    except discord.Forbidden as error:
        if error.code != MISSING_ACCESS:
            raise
        return False
    return not isinstance(found, discord.Thread) or not is_shut_out(found)
