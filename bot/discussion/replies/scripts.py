"""Whether a text is written in a script that the table reads: a model may fall into another language's."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from bot.discussion.model.record import Record, Session
from bot.discussion.replies.language_names import scripts_named
from bot.discussion.text.text_caches import caches_turn_texts

# Texts in Japanese and Korean mix these, and so may an answer to one of them.
_EAST_ASIAN: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
# Stands on a turn whose answer was in a script that is foreign to the table.
WRONG_SCRIPT_FLAG: Final = "wrong_script"
# So many turns that were answered in a script that nobody knows of are no slips.
_MEANT: Final = 2
# So much of a text tells its scripts, whatever its length.
_LOOK: Final = 5000


def is_foreign(text: str, session: Session, record: Record) -> bool:
    """Whether `text` has letters, and not one of them in a script of the task, the cards or what was said.

    None that people have asked for, by the name of a language, nor one in which the table has been answered so often
    that it must be meant, is foreign.
    """
    seen = scripts(text)
    if not seen:
        return False
    task = session.task
    told = (task.context, task.discuss, task.language, *task.questions, *(p.prompt + p.full_name for p in session.cast))
    if seen & _of_all(scripts, (*told, *(turn.text for turn in record if not turn.withheld))):
        return False
    asked = (turn.text for turn in record if turn.kind in ("guest", "moderator") and not turn.withheld)
    if seen & _of_all(scripts_named, (*told, task.summarize, *asked)):
        return False
    refused = (turn.raw for turn in record.persona_turns() if turn.raw and WRONG_SCRIPT_FLAG in turn.flags)
    return sum(bool(seen & scripts(raw)) for raw in refused) < _MEANT


@caches_turn_texts(maxsize=256)
def scripts(text: str) -> frozenset[str]:
    """The scripts of a text's letters, as the first word of their Unicode names (LATIN, GREEK, …)."""
    found = {unicodedata.name(c, "").partition(" ")[0] for c in set(text[:_LOOK]) if c.isalpha()} - {""}
    return frozenset("EAST ASIAN" if script in _EAST_ASIAN else script for script in found)


def _of_all(read: Callable[[str], frozenset[str]], texts: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(read, texts))
