"""How a table ends: the summary as a card of its own, and what can be done next."""

import re
from datetime import timedelta
from typing import Final

from discord.utils import escape_markdown

from bot.chat.cards import components as c
from bot.chat.text.sentences import small
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.model.task import SUMMARY_SIGNS
from bot.discussion.text.segmentation import clipped

MINUTES: Final = "end.minutes"
KEEP_GOING: Final = "end.more"
AGAIN: Final = "end.again"
MORE_TURNS: Final = 6

# Of the 4000 characters of a card: what one holds of a summary, its headings aside.
SUMMARY_LIMIT: Final = 3000
_RESULT_LIMIT: Final = 500
_NAME_LIMIT: Final = 80
_HEADINGS: Final = ("Agreed", "Still disputed", "Open question")
# A sign may come without the character that asks for it in colour.
_PLAIN_SIGNS: Final = [sign.rstrip("\ufe0f") for sign in SUMMARY_SIGNS]
_SIGN: Final = re.compile("|".join(_PLAIN_SIGNS))
# What stands around a sign: marks of lists, headings and bold type.
_MARKS: Final = "\ufe0f \t\n*_#>-–—•:"
# A label of a few words at the beginning of a paragraph, in bold type or before a colon, of any language.
_LABEL: Final = re.compile(
    r"[\ufe0f\s>#*•-]*"
    r"(?:\*\*(?P<bold>[^*\n]{1,40})\*\*[:：]?|(?P<plain>[^\s*:：.!?]+(?: [^\s*:：.!?]+){0,2})\*{0,2}[:：]\*{0,2})\s*"
)


def summary_card(
    text: str, name: str, face: str | None, figures: str | None = None, result: str | None = None
) -> c.Layout:
    """A summary, or a piece of a long one, by whoever gave it. `face`: the address of their picture. `figures`: how
    much was said. `result`: what came of the table's vote, whatever the summary says of it."""
    heading = f"## Summary, by {clipped(name, _NAME_LIMIT)}"
    first, *others = (f"**{label}**\n{part}" if label else part for label, part in summary_parts(text))
    first = f"{heading}\n{first}"
    return c.card(
        c.with_face(first, face, name) if face else c.text(first),
        *map(c.text, others),
        c.text(f"**Vote**\n{escape_markdown(clipped(result, _RESULT_LIMIT))}") if result else None,
        c.line() if figures else None,
        c.text(small(figures)) if figures else None,
    )


def figures(record: Record, lasted: timedelta) -> str:
    """How much was said at a table, in how much time."""
    put = {steering.question for _, steering in record.steerings() if isinstance(steering, QuestionPut)}
    guests = {turn.author_id or turn.speaker for turn in record if turn.kind == "guest"}
    counted = [(len(record.persona_turns()), "turn"), (len(put), "question"), (len(guests), "guest"), _lasted(lasted)]
    return " · ".join(f"{number} {thing}{'' if number == 1 else 's'}" for number, thing in counted if number)


def _lasted(time: timedelta) -> tuple[int, str]:
    """A time in the largest unit of which it has two."""
    minutes = round(time / timedelta(minutes=1))
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if minutes >= 2 * size:
            return minutes // size, unit
    return minutes, "minute"


def summary_parts(text: str) -> list[tuple[str, str]]:
    """What was agreed, what is disputed, what stays open, each with its heading; if that can't be told, the whole
    text with none."""
    return _by_signs(text) or _by_labels(text) or [("", text.strip())]


def _by_signs(text: str) -> list[tuple[str, str]]:
    """Parts that begin with the signs that were asked for, with a label of the speaker's own or ours."""
    before, *pieces = _SIGN.split(text)
    if _SIGN.findall(text) != _PLAIN_SIGNS or before.strip(_MARKS):
        return []
    parts: list[tuple[str, str]] = []
    for sign, heading, piece in zip(SUMMARY_SIGNS, _HEADINGS, pieces, strict=True):
        label, part = _labelled(piece) or (heading, piece)
        parts.append((f"{sign} {label}", part.lstrip(_MARKS).rstrip(" \t\n*_#>-")))
    return parts if all(part for _, part in parts) else []


def _by_labels(text: str) -> list[tuple[str, str]]:
    """Three paragraphs with a label each."""
    paragraphs = [paragraph for paragraph in text.splitlines() if paragraph.strip()]
    parts = [_labelled(paragraph) for paragraph in paragraphs]
    return [part for part in parts if part] if len(parts) == len(_HEADINGS) and all(parts) else []


def _labelled(paragraph: str) -> tuple[str, str] | None:
    """A paragraph's label and what follows it; None if it has none."""
    label = _LABEL.match(paragraph)
    if label is None or not (rest := paragraph[label.end() :].strip(" \t\n*")):
        return None
    return (label["bold"] or label["plain"]).strip(" :："), rest


def closing_row(session_id: int, start_url: str | None, *, has_clock: bool = True) -> c.Buttons:
    """What can be done with a table that is closed. `start_url`: where its opening card is; `has_clock`: whether its
    turns are counted."""
    return c.below(
        c.button("Minutes", MINUTES, session_id, emoji="📄"),
        c.button(f"Keep going (+{MORE_TURNS})" if has_clock else "Keep going", KEEP_GOING, session_id, emoji="▶️"),
        c.button("Same table, new question", AGAIN, session_id, emoji="🔁"),
        *([c.link("Jump to start", start_url)] if start_url else []),
    )
