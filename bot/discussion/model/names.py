"""Names: whom a text speaks to or names, and how a guest is shown."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.discussion.model.addressing import addressed as addressed
from bot.discussion.model.addressing import named as named
from bot.discussion.model.name_forms import is_called, name_forms
from bot.discussion.model.name_forms import name_clashes as name_clashes
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.model.record import Session, Turn
from bot.discussion.text.folding import fold_name

GUEST_NAME_LIMIT: Final = 32


def guest_name(name: str, cast: Sequence[Persona] = ()) -> str:
    """A guest's display name made safe for a line tag.

    It has no line breaks, colons, quotes, brackets or invisible characters, is not too long, and is no persona's.
    """
    seen = "".join(c for c in name if c.isspace() or not unicodedata.category(c).startswith("C"))
    name = re.sub(r"""[\s:："＂“”„‟«»()（）\[\]{}<>*_`#]+""", " ", seen).strip()[:GUEST_NAME_LIMIT].strip() or "someone"
    taken = {form for p in cast for form in name_forms(p)} | {fold_name(MODERATOR)}
    return f"{name} of the audience" if is_called(name, taken) else name


def shown_name(session: Session, turn: Turn) -> str:
    """The speaker of `turn` as prompts name them."""
    # By the cast as it was at the start: a persona who joins later must not change lines that were already sent.
    return guest_name(turn.speaker, session.cast) if turn.kind == "guest" else turn.speaker
