"""Mentions as they come from Discord, by id, made to tell whom they name without calling a persona of that name."""

import re
from collections.abc import Iterable
from typing import Final

import discord

from bot.discussion.text.markup import mention

# https://discord.com/developers/docs/reference#message-formatting
_BY_ID: Final = re.compile(r"<(?P<sigil>@[!&]?|#)(?P<id>[0-9]{1,20})>")
_EVERYBODY: Final = re.compile(r"@(?=everyone|here)")


def with_names(text: str, guild: discord.Guild | None, users: Iterable[discord.abc.User] = ()) -> str:
    """`text` with each member, role and channel mentioned by name, as `markup.mention` writes it.

    `users`: those whom a message is known to mention; the library keeps but a few members of a server. One that is
    known to nobody stays as it is, and is read out as somebody without a name. A mention of everybody is none any more.
    """
    known = {user.id: user.display_name for user in users}

    def by_name(match: re.Match[str]) -> str:
        sigil, number = match["sigil"], int(match["id"])
        name = known.get(number) if sigil in ("@", "@!") else None
        if name is None and guild is not None:
            name = _name_in(guild, sigil, number)
        return mention(sigil[0], name) if name else match.group()

    return _EVERYBODY.sub("@\u200b", _BY_ID.sub(by_name, text))


def _name_in(guild: discord.Guild, sigil: str, number: int) -> str | None:
    if sigil == "#":
        channel = guild.get_channel_or_thread(number)
        return channel.name if channel else None
    if sigil == "@&":
        role = guild.get_role(number)
        return role.name if role else None
    member = guild.get_member(number)
    return member.display_name if member else None
