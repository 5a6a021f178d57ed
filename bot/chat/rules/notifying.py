"""Which of our messages notify members, where the server notifies them of every message: a table by setting."""

from collections.abc import Mapping
from typing import Final

from bot.settings import Notify
from bot.store.models import PostKind

# A table may say two hundred things, and only its opening is news to who is not there. What a member says by command
# always notifies: it is theirs, and so does whatever they write.
_NOTIFYING: Final[Mapping[Notify, frozenset[PostKind]]] = {
    "all": frozenset(PostKind),
    "card": frozenset({PostKind.CARD}),
    "none": frozenset(),
}


def is_silent(kind: PostKind, notify: Notify) -> bool:
    """Whether a post is sent with its notifications suppressed."""
    return kind is not PostKind.WORDS and kind not in _NOTIFYING[notify]
