"""Character cards told of their character: several that say "You are …" in one prompt would contradict each other.

English verbs are the same behind "you" and "they", so exchanging the pronouns is enough. A card in another language
has none of them and stays as it is.
"""

import re
from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.role_phrases import RoleKind, role_of

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
# So far back its words reach.
_LOOK_BACK: Final = 20
_END: Final = re.compile(r"\s*(?:[.,;:!?)…–—]|$)")


# Sentences that speak to the model, or of whoever wrote the card: with other pronouns they mean something else.
_UNTURNABLE: Final = re.compile(
    r"\b(?:I|I['’]\w+|[Mm]e|[Mm]y|[Mm]yself)\b"
    r"|\b(?i:as an? ai|chatgpt|language model|(?:role|persona|character) of)\b"
    r"|(?:^|[.!?…:]\s+)(?i:never|always|do not|don['’]t|please|answer|respond|reply|speak|talk|stay|remain|keep|use"
    r"|write|be|act|behave|remember|avoid|make sure|ensure|try|let|give|say|tell|ask|pretend|play|start|begin|refer"
    r"|focus|ignore|follow|limit|imagine|take|assume|adopt|role-?play|impersonate|embody|portray)\s"
)


def told_of(persona: Persona) -> str | None:
    """The card on one line and in the third person; None if it does not address its character in English, or speaks to
    the model or of its author besides, so that it can only be quoted."""
    role = role_of(persona.prompt, persona.name, persona.full_name)
    match role.kind:
        case RoleKind.NAME:
            card = persona.full_name + role.rest
        case RoleKind.DESCRIPTION:
            card = f"{persona.full_name} is {role.rest}"
        case RoleKind.NONE if re.match(r"you(?:['’]|\s+\w)", role.rest, re.IGNORECASE):
            card = role.rest
        case _:
            return None
    parts = _QUOTED.split(card)
    if any(_UNTURNABLE.search(part) for part in parts[::2]):
        return None
    return "".join(part if at % 2 else _exchanged(part) for at, part in enumerate(parts))


def _exchanged(text: str) -> str:
    def third(match: re.Match[str]) -> str:
        you = match.group()
        they = _THEIRS.get(you.lower(), "they")
        before = _BEFORE_THEM.search(text, max(0, match.start() - _LOOK_BACK), match.start())
        if they == "they" and (before or _END.match(text, match.end())):
            they = "them"
        return they.capitalize() if you[0].isupper() else they

    return _YOU.sub(third, text)
