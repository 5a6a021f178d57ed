"""What Discord takes as a speaker's name, what the transcript does, and a name near enough where one is refused."""

import re
from typing import Final

from bot.discussion.model.persona import MODERATOR, NAME_LENGTH
from bot.discussion.text.folding import fold, fold_name
from bot.discussion.text.segmentation import clipped

# Discord's rules for a webhook's name: https://discord.com/developers/docs/resources/webhook#create-webhook
# and https://discord.com/developers/docs/resources/user#usernames-and-nicknames
FORBIDDEN: Final = ("discord", "clyde")
RESERVED: Final = ("everyone", "here")

# What separates names in a list: the commas and semicolons of keyboards in use, and lines.
SEPARATORS: Final = ",，､、﹐﹑،;；؛\n"

# Breaks a word unseen.
_HAIR_SPACE: Final = "\u200a"


def name_problem(name: str) -> str | None:
    """Why `name` can't be a speaker's name, as a sentence, or None."""
    folded = fold(name)
    for word in FORBIDDEN:
        if word in folded:
            return f'"{name}" holds "{word}", which Discord refuses in a name.'
    if folded in RESERVED:
        return f'"{name}" is a name that Discord keeps for itself.'
    if fold_name(name) == fold_name(MODERATOR):
        return f'"{name}" is what the moderator is called at the table.'
    if not any(character.isalnum() for character in folded):
        return f"{name!r} holds no letter or digit, so nobody could be called by it."
    if re.search(r"[:\x00-\x1f\x7f-\x9f\u2028\u2029]", folded):
        return f"{name!r} holds a colon, a tab or a line break, which would confuse the transcript."
    return None


def safe_name(name: str) -> str:
    """A name that Discord takes: forbidden words broken by a hair space, never empty, at most 80 characters."""
    name = re.sub(r"(?i)(disc)(ord)|(cly)(de)|^(every)(one)$|^(he)(re)$", _broken, re.sub(r"[@#:`]", "", name))
    return clipped(name.strip(), NAME_LENGTH, end="") or "Speaker"


def _broken(match: re.Match[str]) -> str:
    return _HAIR_SPACE.join(group for group in match.groups() if group)
