"""What whoever hosts the bot allows it: on which servers it is (ALLOWED_SERVERS), where adults are by themselves."""

import logging
from typing import Final

import aiohttp
import discord

from bot.chat.rules.api_errors import kind_of
from bot.settings import Settings
from bot.store.models import StoredSession

log = logging.getLogger(__name__)

NOT_HERE: Final = (
    "Whoever hosts me chooses the servers I am on, and this is not one of them. I am leaving; no table is opened here."
)
NOT_FOR_ADULTS: Final = (
    "What is said at my tables may be for adults only, so they stand only in channels that are marked as "
    "age-restricted. Whoever may manage this channel can mark it: Edit Channel → Overview → Age-Restricted Channel."
)


class HostRules:
    """The rules of the settings; nobody on Discord can change them."""

    def __init__(self, settings: Settings) -> None:
        self._servers = settings.allowed_servers
        self._adults_only = settings.age_restricted
        self._told: set[int] = set()

    @property
    def chooses_servers(self) -> bool:
        return self._servers is not None

    def allows_server(self, guild_id: int) -> bool:
        return self._servers is None or guild_id in self._servers

    def against(self, guild: discord.Guild, channel_id: int) -> str | None:
        """Why no table may stand in a channel, None if it may. `channel_id`: for a thread its parent's."""
        if not self.allows_server(guild.id):
            return NOT_HERE
        channel = guild.get_channel(channel_id)
        # One that is not known is out of reach, which others notice; a thread is what its parent is.
        if self._adults_only and channel is not None and not getattr(channel, "nsfw", False):
            return NOT_FOR_ADULTS
        return None

    def against_table(self, client: discord.Client, stored: StoredSession) -> str | None:
        """The same for a table that is open. A server that is not known is out of reach, which others notice."""
        guild = client.get_guild(stored.guild_id)
        return self.against(guild, stored.channel_id) if guild is not None else None

    async def leave(self, guild: discord.Guild) -> None:
        """Leave a server, with a sentence where the bot may write one, also if it is tried again.

        What is kept of the server goes as that of any that was left. Raises what Discord answers: HTTPException.
        """
        if guild.id not in self._told:
            self._told.add(guild.id)
            log.warning("leaving the server %r (%s): it is not among ALLOWED_SERVERS", guild.name, guild.id)
            await _tell(guild)
        try:
            await guild.leave()
        except discord.NotFound:
            log.debug("server %s was left already", guild.id)  # the last answer was lost
        self._told.discard(guild.id)


async def _tell(guild: discord.Guild) -> None:
    channel = _channel_to_write_in(guild)
    if channel is None:
        log.info("server %s has no channel to say so in", guild.id)
        return
    try:
        await channel.send(NOT_HERE, allowed_mentions=discord.AllowedMentions.none())
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("server %s was not told (%s)", guild.id, kind_of(error))


def _channel_to_write_in(guild: discord.Guild) -> discord.TextChannel | None:
    """The channel of system messages, else the first text channel, in which the bot may write."""
    by_place = sorted(guild.text_channels, key=lambda channel: channel.position)
    for channel in filter(None, [guild.system_channel, *by_place]):
        may = channel.permissions_for(guild.me)
        if may.view_channel and may.send_messages:
            return channel
    return None
