"""Which messages on Discord are ours: turns through our webhooks, and what the bot itself posts."""

from collections.abc import Mapping
from typing import Final

import discord

from bot.sessions.delivery.stage import OwnMessage

# What the status channel is told begins with it: a table may stand there, too, and is not shown by that.
NEWS_SIGN: Final = "🛎️"


def as_own(
    message: discord.Message, channel_id: int, *, me: discord.abc.User, owned: Mapping[int, int]
) -> OwnMessage | None:
    """A message of ours as the sessions know it, None for everybody else's, for answers to commands and for news.

    `channel_id` is the channel or, for a thread, its parent: what a webhook of ours that was moved posts elsewhere
    shows nothing there. `owned` are our webhooks, each with its channel.
    """
    if message.webhook_id and owned.get(message.webhook_id) == channel_id:
        return OwnMessage(message.id, True, message.author.name, message.content)
    if message.content.startswith(NEWS_SIGN):
        return None
    # Opening a thread leaves a message of Discord's in our name.
    if message.author.id == me.id and not (message.webhook_id or message.interaction_metadata or message.is_system()):
        return OwnMessage(message.id, False, message.author.name, message.content, message.flags.components_v2)
    return None
