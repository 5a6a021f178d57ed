"""Character cards told of their character: several that say "You are …" in one prompt would contradict each other.

English verbs are the same behind "you" and "they", so exchanging the pronouns is enough. A card in another language
has none of them and stays as it is.
"""

import re
from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.text.folding import one_line

_ROLE: Final = re.compile(
    r"^You,? as an AI(?: assistant)?,? (?:will )?(?:take|play) (?:on )?the role of ", re.IGNORECASE
)
_YOU: Final = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
# What stands in quotation marks is what the character says.
_QUOTED: Final = re.compile(r"(“[^”]*”|\"[^\"]*\")")
_THEIRS: Final = {"your": "their", "yours": "theirs", "yourself": "themself"}
# Where "you" is no subject: behind these, or with nothing behind it.
_BEFORE_THEM: Final = re.compile(
    r"\b(?:to|of|for|with|from|by|at|about|against|around|behind|beside|between|beyond|into|near|on|over|towards?|under"
    r"|upon|without|lets?|makes?|made|gives?|gave|tells?|told|calls?|called|keeps?|kept|asks?|asked|helps?|helped|taught"
    r"|teach(?:es)?|leaves?|left)\s$",
    re.IGNORECASE,
)
_END: Final = re.compile(r"\s*(?:[.,;:!?)…–—]|$)")


def told_of(persona: Persona) -> str | None:
    """The card on one line and in the third person; None if it does not begin by addressing its character in English,
    so that it can only be quoted."""
    card = _ROLE.sub("You are ", one_line(persona.prompt))
    if not re.match(r"you\b", card, re.IGNORECASE):
        return None
    full_name, name = re.escape(persona.full_name), re.escape(persona.name)
    card, named = re.subn(rf"^You are (?:{full_name}|{name})\b(?!['’])", persona.full_name, card, flags=re.IGNORECASE)
    if not named:
        card = re.sub(r"^You are\b", f"{persona.full_name} is", card, flags=re.IGNORECASE)
    return "".join(part if at % 2 else _exchanged(part) for at, part in enumerate(_QUOTED.split(card)))


def _exchanged(text: str) -> str:
    def third(match: re.Match[str]) -> str:
        you = match.group()
        they = _THEIRS.get(you.lower(), "they")
        if they == "they" and (_BEFORE_THEM.search(text, 0, match.start()) or _END.match(text, match.end())):
            they = "them"
        return they.capitalize() if you[0].isupper() else they

    return _YOU.sub(third, text)
