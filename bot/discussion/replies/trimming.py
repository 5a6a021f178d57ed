"""What is taken out of a reply before it is judged: sentences that were said before, are recited, or are another's."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot.discussion.model.claims import speaks_as_other
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, seats
from bot.discussion.prompts.prompt import preamble
from bot.discussion.replies.quotation import PAIRS
from bot.discussion.replies.reply import Reply
from bot.discussion.replies.sentence_trimming import balanced
from bot.discussion.text.markup import Mark, quotes, spans
from bot.discussion.text.segmentation import sentences, words
from bot.discussion.text.text_caches import caches_turn_texts
from bot.discussion.text.text_metrics import gram_hashes, grams

REPEATED: Final = "trimmed:repeated"
RECITED: Final = "trimmed:recited"
FOR_OTHERS: Final = "trimmed:others"

# A sentence of fewer words may come back: "I agree with you, Ben."
_LEAST_WORDS: Final = 6
# From so many words on, a sentence is a near copy if it has no word that an earlier turn has not, and so many of its
# word 3-grams stand there: another number or a "not" is another sentence.
_LEAST_WORDS_OF_COPY: Final = 8
_COPY_SHARE: Final = 0.8
# So many of a sentence's 3-grams stand in what the model was told: it is recited, though with other pronouns.
_RECITED_SHARE: Final = 0.6
_QUESTION: Final = re.compile(r"[?？؟;][\s\"'”’»」*_)]*\Z")
_NUMBERS: Final = re.compile(r"[\W_]*(?:\d{1,3}[.)、][\W_]*)+")
_SPACE_BEHIND: Final = re.compile(r"\s*\Z")

# "Well, …", "Yes: …", "You see, Ravi, …": with or without it a sentence is the same.
_SHORT_OPENING: Final = re.compile(
    r"[\W_]*(?:[^\W\d_][\w'’-]*+[^\S\n]+){0,2}[^\W\d_][\w'’-]*+[^\S\n]*[,:;!…–—、，：][^\S\n]*"
)

_Words = tuple[str, ...]


def trimmed(reply: Reply, session: Session, record: Record, speaker: Persona, *, cue: str = "") -> Reply:
    """`reply` without the sentences that no turn needs, each reason as a flag; what is left keeps order and spacing.

    In: the reply, cleaned, and the tail of the prompt (`cue`). Code and quotations stay. From a sentence on in which
    the speaker claims to be somebody else, nothing does. What the guards turned off would find stays as well.
    """
    pieces = sentences(reply.text)
    found = [""] * len(pieces)
    if session.dials.guards_against("others"):
        table = seats(session, record)
        if speaks_as_other(reply.text, speaker, table):  # hardly any does
            voice = next((n for n, piece in enumerate(pieces) if speaks_as_other(piece, speaker, table)), len(pieces))
            found[voice:] = [FOR_OTHERS] * (len(pieces) - voice)
    if session.dials.guards_against("repeat"):
        heard = told(gram_hashes(reply.text, 3), session, cue)
        for number in _prose(reply.text, pieces):
            found[number] = found[number] or _reason(pieces[number], record, heard, is_last=number == len(pieces) - 1)
    if not any(found):
        return reply
    _leave_no_lead_in(pieces, found)
    text = balanced(_joined(pieces, found))
    return replace(reply, text=text, flags=tuple(dict.fromkeys([*reply.flags, *filter(None, found)])))


def new_pairs(text: str, record: Record) -> int:
    """How many pairs of neighbouring words a text has that no earlier turn has: how much is new in it."""
    own = {hash(pair) for pair in grams(text, 2) if len(pair) == 2}
    return len(own.difference(*(gram_hashes(turn.text, 2) for turn in record if turn.text)))


def behind_opening(text: str) -> str:
    """`text` without the one to three words before a comma or colon that it may begin with."""
    found = _SHORT_OPENING.match(text)
    return text[found.end() :] if found else text


def _reason(piece: str, record: Record, heard: frozenset[int], *, is_last: bool) -> str:
    """Why a sentence goes; "" if it stays."""
    said = _words_said(piece)
    if len(said) < _LEAST_WORDS:
        return ""
    behind = behind_opening(piece)
    forms = {said, *(form for text in (behind, behind_opening(behind)) if len(form := words(text)) >= _LEAST_WORDS)}
    runs = {form: frozenset(hash(form[i : i + 3]) for i in range(len(form) - 2)) for form in forms}
    # Who takes up a question that somebody asked answers it next.
    is_taken_up = not is_last and bool(_QUESTION.search(piece))
    for turn in record:
        may_say = turn.text and not (is_taken_up and turn.kind != "persona")
        if may_say and any(_says(turn, form, runs[form]) for form in forms):
            return REPEATED
    own = gram_hashes(piece, 3)
    if len(said) >= _LEAST_WORDS_OF_COPY and not is_taken_up and _share(own, heard) >= _RECITED_SHARE:
        return RECITED
    return ""


def _says(turn: Turn, said: _Words, runs: frozenset[int]) -> bool:
    """Whether a turn has a sentence in it, word for word or nearly so. `runs`: the sentence's 3-grams, as hashes."""
    # First by what is kept of every turn: hardly any comes further.
    if len(runs.intersection(gram_hashes(turn.text, 3))) < _COPY_SHARE * len(runs):
        return False
    if any(said == _words_said(piece) for piece in sentences(turn.text)):
        return True
    return len(said) >= _LEAST_WORDS_OF_COPY and set(words(turn.text)).issuperset(said)


def _prose(text: str, pieces: list[str]) -> Iterator[int]:
    """The numbers of the sentences that are neither code nor quoted."""
    kept = [*quotes(text), *(span for span in spans(text) if span.mark is Mark.FENCE)]
    at = 0
    for number, piece in enumerate(pieces):
        end = at + len(piece)
        first = piece.lstrip("*_ \t")[:1]
        is_quoted = first in PAIRS and (len(pieces) > 1)
        if not is_quoted and not any(span.start < end and at < span.end for span in kept):
            yield number
        at = end


def _leave_no_lead_in(pieces: list[str], found: list[str]) -> None:
    """Take out at the end what only announced what has been taken out behind it: "Here is what I think:"."""
    for number in range(len(pieces) - 1, -1, -1):
        if found[number]:
            continue
        if number == len(pieces) - 1 or not pieces[number].rstrip(" \n*_").endswith((":", "：")):
            return
        found[number] = found[number + 1]


def _joined(pieces: list[str], found: list[str]) -> str:
    """The sentences for which no reason was found. Where one goes that ended its line, the line ends before it."""
    kept: list[str] = []
    for piece, reason in zip(pieces, found, strict=True):
        if not reason:
            kept.append(piece)
        elif kept and "\n" in _space_behind(piece) and "\n" not in _space_behind(kept[-1]):
            kept[-1] = kept[-1].rstrip() + _space_behind(piece)
    return "".join(kept).strip()


def _space_behind(piece: str) -> str:
    match = _SPACE_BEHIND.search(piece)
    return match.group() if match else ""


def _share(own: Collection[int], other: frozenset[int]) -> float:
    return sum(gram in other for gram in own) / len(own) if own else 0.0


def _words_said(piece: str) -> _Words:
    """A sentence's words, without the number that it may have as an item of a list."""
    return words(piece[found.end() :] if (found := _NUMBERS.match(piece)) else piece)


def told(runs: Iterable[int], session: Session, cue: str) -> frozenset[int]:
    """Those of the 3-grams of a text that stand in what the model was told: context, rules, cards, and the cue."""
    own = frozenset(runs)
    return (own & _told_before(preamble(session))) | own.intersection(gram_hashes(cue, 3))


# Hashes, since the 3-grams of a preamble themselves would take some 300 kB. What earlier tables said is among them.
@caches_turn_texts(maxsize=64)
def _told_before(told: str) -> frozenset[int]:
    return frozenset(map(hash, grams(told, 3)))
