"""Names as the other rooms need them: whom a text speaks to, which names clash, and how a guest is shown."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.discussion.model.addressing import addressed as addressed
from bot.discussion.model.name_forms import is_called, name_forms
from bot.discussion.model.name_forms import name_clashes as name_clashes
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.model.record import Session, Turn
from bot.discussion.text.folding import fold_name
from bot.discussion.text.invisible import without_invisible
from bot.discussion.text.segmentation import clipped

# Discord's limit for the names of members: https://discord.com/developers/docs/resources/user#usernames-and-nicknames
GUEST_NAME_LIMIT: Final = 32
_NO_TEXT: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def guest_name(name: str, cast: Sequence[Persona] = ()) -> str:
    """A guest's display name made safe for a line tag.

    It has no line breaks, colons, quotes, brackets or invisible characters, is not too long, and is no persona's.
    """
    # Of what formats, only what is seen is left by now.
    seen = "".join(c for c in without_invisible(name) if c.isspace() or unicodedata.category(c) not in _NO_TEXT)
    plain = re.sub(r"""[\s:："＂“”„‟«»()（）\[\]{}<>*_`#]+""", " ", seen).strip()
    name = clipped(plain, GUEST_NAME_LIMIT, end="") or "someone"
    taken = {form for p in cast for form in name_forms(p)} | {fold_name(MODERATOR)}
    return f"{name} of the audience" if is_called(name, taken) else name


def shown_name(session: Session, turn: Turn) -> str:
    """The speaker of `turn` as prompts name them."""
    # By the cast as it was at the start: a persona who joins later must not change lines that were already sent.
    return guest_name(turn.speaker, session.cast) if turn.kind == "guest" else turn.speaker
