"""Which channels of a server everybody in it can read: what was said there is no secret in any other."""

import discord


def open_channels(guild: discord.Guild) -> frozenset[int]:
    """Those whose messages members read whatever roles they have; none that is for adults only."""
    return frozenset(channel.id for channel in guild.channels if _is_open(channel))


def _is_open(channel: discord.abc.GuildChannel) -> bool:
    may = channel.permissions_for(channel.guild.default_role)
    hears = may.connect or not isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    return may.view_channel and may.read_message_history and hears and not getattr(channel, "nsfw", False)
