"""Who may chime in, as an option: everyone, nobody, or a role by its name."""

import re
from typing import Final

import discord
from discord.app_commands import Choice

from bot.chat.commands.answering.suggestions import CHOICE_LENGTH, CHOICES
from bot.chat.rules.table_choices import EVERYONE, NOBODY
from bot.discussion.text.folding import bare, fold_name
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError

_WORDS: Final = {"everyone": EVERYONE, "nobody": NOBODY}
_MENTION: Final = re.compile(r"<@&(\d+)>|(\d{15,20})")


def chimers_of(text: str, guild: discord.Guild) -> int:
    """What is meant: EVERYONE, NOBODY, or a role's id. Raises UserError for what is none of it."""
    asked = text.strip()
    if found := _MENTION.fullmatch(asked):
        role = guild.get_role(int(found[1] or found[2]))
        roles = [role] if role else []
    else:
        if (word := _WORDS.get(_folded(asked).removeprefix("@"))) is not None:
            return word
        roles = [role for role in guild.roles if _folded(role.name) == _folded(asked.removeprefix("@"))]
    if not roles:
        raise UserError(
            f"There is no role called “{clipped(asked, CHOICE_LENGTH)}” here. "
            "Say who may chime in: everyone, nobody, or a role's name."
        )
    if len(roles) > 1:
        raise UserError(f"There are {len(roles)} roles called “{asked}”. Pick one of those that Discord suggests.")
    return EVERYONE if roles[0].is_default() else roles[0].id


def suggested_guests(current: str, guild: discord.Guild | None) -> list[Choice[str]]:
    """Everyone, nobody and the server's roles, the highest first, as far as they fit what was typed."""
    offered = [Choice(name=word, value=word) for word in _WORDS]
    roles = [role for role in reversed(guild.roles) if not role.is_default()] if guild else []
    offered += [Choice(name=f"only {role.name}", value=str(role.id)) for role in roles]
    return [each for each in offered if _folded(current) in _folded(each.name)][:CHOICES]


def _folded(text: str) -> str:
    return bare(fold_name(text))
