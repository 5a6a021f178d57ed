"""The gist of a record's earlier turns: what stands for them in prompts once they no longer fit."""

from typing import Final

from bot.discussion.model.lasting import what_lasts
from bot.discussion.model.names import shown_name
from bot.discussion.model.record import Record, Session
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.text.quoting import inside_quotes

_NOTHING: Final = "The discussion began earlier."


def gist(session: Session, record: Record, upto: int, *, limit: int = 2000) -> str:
    """Who spoke on which question up to turn `upto`, and what stays true of it: made by rule, so that it costs no model
    call.

    Where that takes more than `limit` characters, the oldest questions are left out.
    """
    lasts = what_lasts(session, record, upto, limit=limit - len(_NOTHING) - 1)
    spoken = _who_spoke(session, record, upto, limit=limit - len(lasts) - 1 if lasts else limit)
    return " ".join(filter(None, [spoken, lasts]))


def _who_spoke(session: Session, record: Record, upto: int, *, limit: int) -> str:
    spoken: dict[str, dict[str, int]] = {}
    question = ""
    for turn in record.turns[:upto]:
        if isinstance(turn.steering, QuestionPut):
            question = inside_quotes(turn.steering.question)
        elif turn.kind in ("persona", "guest") and turn.text and not turn.withheld:
            name = shown_name(session, turn) + (" (guest)" if turn.kind == "guest" else "")
            on_it = spoken.setdefault(question, {})
            on_it[name] = on_it.get(name, 0) + 1
    parts = [
        (f"on “{question}” spoke " if question else "there spoke ")
        + ", ".join(f"{name} {n} times" if n > 1 else name for name, n in who.items())
        for question, who in spoken.items()
    ]
    for first in range(len(parts)):
        whole = "Earlier in the discussion " + "; ".join(parts[first:]) + "."
        if len(whole) <= limit:
            return whole
    return _NOTHING
