"""Which of the permissions that the bot needs are missing in a place, in words that a member can read."""

from typing import Final

import discord

from bot.discussion.text.enumeration import enumerated

# What the bot needs in a place, by the names that Discord's settings show.
NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
    "manage_webhooks": "Manage Webhooks",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
}
VIEW_CHANNEL: Final = NEEDED["view_channel"]
READ_HISTORY: Final = NEEDED["read_message_history"]
# In the chats of voice and stage channels: https://discord.com/developers/docs/resources/message#get-channel-messages
CONNECT: Final = "Connect"
# Without these nobody says what members write in a place.
TO_HEAR: Final = frozenset({VIEW_CHANNEL, CONNECT})
# Private threads are read by their members, and by who has Manage Threads in the channel, which is more than the bot
# needs: https://discord.com/developers/docs/topics/threads#permissions
NOT_IN_THREAD: Final = "I am not in this private thread. Please mention me in it: that takes me in."


def missing(permissions: discord.Permissions, *, in_thread: bool, in_voice: bool = False) -> list[str]:
    """The permissions that the bot needs and lacks, by the names people know. `in_voice`: a voice or stage channel."""
    skip = {"send_messages" if in_thread else "send_messages_in_threads"}
    if not permissions.view_channel:
        return [VIEW_CHANNEL]  # the library takes all the others for missing then
    if not (permissions.send_messages_in_threads if in_thread else permissions.send_messages):
        skip |= {"embed_links", "attach_files"}  # and these
    lacking = [name for flag, name in NEEDED.items() if flag not in skip and not getattr(permissions, flag)]
    return [*([CONNECT] if in_voice and not permissions.connect else []), *lacking]


def in_words(names: list[str]) -> str:
    quoted = [f"**{name}**" for name in names]
    return enumerated(quoted)


def please_grant(lacking: list[str]) -> str:
    """What is missing, and what would help. `lacking` empty: Discord did not say which permission it is."""
    what = in_words(lacking) if lacking else "a permission"
    them = "them" if len(lacking) > 1 else "it"
    return f"I am missing {what} in this channel. Please have an admin grant {them} to me."
