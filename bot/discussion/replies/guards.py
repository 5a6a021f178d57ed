"""Guards on what a model wrote: why it can't be a turn, and what to say when it is asked once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.discussion.model.claims import speaks_as_other as speaks_as_other
from bot.discussion.model.dials import Guard
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, seats
from bot.discussion.replies import trimming
from bot.discussion.replies.reply import Reply
from bot.discussion.replies.scripts import WRONG_SCRIPT_FLAG, is_foreign
from bot.discussion.text.segmentation import words
from bot.discussion.text.text_metrics import gram_hashes

# The share of a reply's word 3-grams that may stand in one earlier turn (or in what the model was told about the
# table) before it counts as a copy of it.
COPY_SHARE: Final = 0.5
# With fewer 3-grams than this, half of them is chance ("I think so"): there only a whole repeat counts.
_FEW_GRAMS: Final = 4
# Fewer words than this, left of a reply that had more, are no turn if another can be had: "Well."
_LEAST_LEFT: Final = 3
# A turn with so many new word 3-grams, a sentence of six words, says enough, whatever else is in it.
_ENOUGH: Final = 4
# With fewer than this one word may turn the meaning: it is a copy only if it has no word that the other has not.
_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a reply can't be a turn: the guard that says so, the flag to store, and the note for the second try.

    `is_fatal`: nothing of it may be shown. What is otherwise of little use may stand if nothing better comes.
    """

    guard: Guard
    flag: str
    note: str
    is_fatal: bool = True


_EMPTY: Final = Objection("empty", "empty", "It was empty: say one or two sentences.")
_FOREIGN: Final = Objection("empty", WRONG_SCRIPT_FLAG, "It was in another language than the table's.")
_REPEATED: Final = Objection(
    "repeat", "repeated", "It had been said before: say something new, in other words.", is_fatal=False
)
_RECITED: Final = Objection(
    "repeat",
    "recited",
    "It recited what is written above: answer the question in words of your own.",
    is_fatal=False,
)
_FOR_OTHERS: Final = Objection(
    "others", "spoke_as_other", "It spoke for somebody else: say only your own view, beginning with the word “I”."
)
# What to say of a reply of which little or nothing is left, by what was taken out of it.
_TRIMMED: Final = (
    (trimming.FOR_OTHERS, _FOR_OTHERS),
    (trimming.REPEATED, _REPEATED),
    (trimming.RECITED, _RECITED),
)


def objection(
    reply: Reply, session: Session, record: Record, speaker: Persona, *, cue: str = "", summary: bool
) -> Objection | None:
    """Why `reply` can't be `speaker`'s next turn; None if it can, or if the guard in question is turned off.

    `cue`: the tail of the prompt. A summary may repeat what was said and may go from one speaker to the next.
    """
    found = _objection(reply, session, record, speaker, cue=cue, summary=summary)
    return found if found and session.dials.guards_against(found.guard) else None


def _objection(
    reply: Reply, session: Session, record: Record, speaker: Persona, *, cue: str, summary: bool
) -> Objection | None:
    if not reply.text:
        return _FOR_OTHERS if "spoke_for_others" in reply.flags else _trimmed(reply) or _EMPTY
    if is_foreign(reply.text, session, record):
        return _FOREIGN
    if summary:
        return None
    if len(words(reply.text)) < _LEAST_LEFT and (found := _trimmed(reply)):
        return found
    if speaks_as_other(reply.text, speaker, seats(session, record)):
        return _FOR_OTHERS
    if _new_grams(reply.text, session, record, cue) >= _ENOUGH:
        return None
    if is_copy(reply.text, record):
        return _REPEATED
    return _RECITED if recites(reply.text, session, cue) else None


def _new_grams(text: str, session: Session, record: Record, cue: str) -> int:
    """How many word 3-grams of a text stand neither in an earlier turn nor in what the model was told."""
    own = frozenset(gram_hashes(text, 3))
    own -= trimming.told(own, session, cue)
    return len(own.difference(*(gram_hashes(turn.text, 3) for turn in record if turn.text)))


def _trimmed(reply: Reply) -> Objection | None:
    return next((found for flag, found in _TRIMMED if flag in reply.flags), None)


def is_copy(text: str, record: Record) -> bool:
    """Whether `text` nearly repeats an earlier turn: half of its word 3-grams stand in it, or all of its few words."""
    own, said = frozenset(gram_hashes(text, 3)), frozenset(words(trimming.behind_opening(text)))
    return any(
        _is_mostly_in(own, gram_hashes(turn.text, 3)) and (len(own) > _SHORT or said.issubset(words(turn.text)))
        for turn in record
        if turn.text
    )


def recites(text: str, session: Session, cue: str = "") -> bool:
    """Whether half of `text` stands word for word in what the model was told: context, rules, cards, or the cue."""
    own = frozenset(gram_hashes(text, 3))
    return _is_mostly_in(own, trimming.told(own, session, cue))


def _is_mostly_in(own: frozenset[int], other: Iterable[int]) -> bool:
    share = COPY_SHARE if len(own) >= _FEW_GRAMS else 1
    return bool(own) and len(own.intersection(other)) / len(own) >= share
