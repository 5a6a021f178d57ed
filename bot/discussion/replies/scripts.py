"""Whether a text is written in a script that the table reads: a model may fall into another language's."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from bot.discussion.model.record import Record, Session
from bot.discussion.text.text_caches import caches_turn_texts

# Texts in Japanese and Korean mix these, and so may an answer to one of them.
_EAST_ASIAN: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
# So much of a text tells its scripts, whatever its length.
_LOOK: Final = 5000


def is_foreign(text: str, session: Session, record: Record) -> bool:
    """Whether `text` has letters, and not one of them in a script of the task, the cards or what was said."""
    seen = scripts(text)
    if not seen:
        return False
    task = session.task
    known = _of_all((task.context, task.discuss, *task.questions, *(p.prompt + p.full_name for p in session.cast)))
    return not seen & known and not seen & _of_all(turn.text for turn in record if not turn.withheld)


@caches_turn_texts(maxsize=256)
def scripts(text: str) -> frozenset[str]:
    """The scripts of a text's letters, as the first word of their Unicode names (LATIN, GREEK, …)."""
    found = {unicodedata.name(c, "").partition(" ")[0] for c in set(text[:_LOOK]) if c.isalpha()} - {""}
    return frozenset("EAST ASIAN" if script in _EAST_ASIAN else script for script in found)


def _of_all(texts: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(scripts, texts))
