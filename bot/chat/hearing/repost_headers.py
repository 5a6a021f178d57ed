"""What a repost of a member's message answers: webhooks can't reply, so each application shows it in its own manner."""

import re
from typing import Final

import discord

# As the client copies the address of a message.
_HOST: Final = r"https://(?:(?:www|ptb|canary)\.)?discord(?:app)?\.com"
_ADDRESS: Final = rf"{_HOST}/channels/\d+/(?P<channel>\d+)/(?P<message>\d+)"
# PluralKit's embed begins so ("**[Reply to:](…)** what it said", or "*[(click to see attachment)](…)*":
# CreateReplyEmbed in ProxyService.cs of https://github.com/PluralKit/PluralKit).
_IN_EMBED: Final = re.compile(rf"[*_\s]*\[[^\]\n]*\]\(<?{_ADDRESS}>?\)")
# Others put it into the text, as quoted or small lines above what is said.
_LINE: Final = re.compile(r"[^\S\n]*(?:>|-#)[^\n]*(?:\n|\Z)")
_LINK: Final = re.compile(_ADDRESS)


def reply_of_repost(message: discord.Message) -> tuple[int | None, str]:
    """The message of the same channel that a repost answers (None: no other one), and its content without that."""
    content = message.content
    for embed in message.embeds:
        found = _IN_EMBED.match(embed.description or "")
        if found and int(found["channel"]) == message.channel.id:
            return int(found["message"]), content
    at = 0
    while at < len(content) and (line := _LINE.match(content, at)):
        at = line.end()
    found = _LINK.search(content, 0, at)
    if found and int(found["channel"]) == message.channel.id and content[at:].strip():
        return int(found["message"]), content[at:]
    return None, content
