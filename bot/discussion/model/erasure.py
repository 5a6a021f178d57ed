"""Takes members out of a record: their lines are blanked, and where the table named them it now says “someone”."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from bot.discussion.model.gist import gist
from bot.discussion.model.mentions import NameFinder
from bot.discussion.model.name_forms import guest_forms, name_forms
from bot.discussion.model.name_or_word import is_only_word
from bot.discussion.model.names import guest_name
from bot.discussion.model.persona import MODERATOR
from bot.discussion.model.reading import Reading
from bot.discussion.model.record import Kind, Record, Session, Turn
from bot.discussion.model.steerings import Compaction, PollOpened, PositionsRevealed, QuestionPut
from bot.discussion.text.folding import fold_name, spellings

SOMEONE: Final = "someone"
# What a persona has said, or the moderator in a persona's words.
_OF_PERSONAS: Final[frozenset[Kind]] = frozenset({"persona", "summary", "position", "ballot", "result"})
A_GUEST: Final = "a guest"
# A shorter name is too likely to be an ordinary word of what personas say ("I", "Al", "Bo"). In Han and Hangul two
# characters make a whole name.
_SHORTEST: Final = 3
_SHORTEST_OF_IDEOGRAPHS: Final = 2
_FIRST_IDEOGRAPH: Final = "\u2e80"
_MARKED: Final = re.compile(rf"{A_GUEST} \((?:guest|{A_GUEST})\)")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a server: their id, and every name they are known to have had there."""

    id: int
    names: tuple[str, ...]

    def is_named_in(self, line: str) -> bool:
        return without(self.names, line) != line


def forget(session: Session, record: Record, member: Member) -> list[Turn]:
    """The turns that change when `member` is forgotten, as they are after that. The record itself stays as it is.

    What personas said stays, but for the member's name. What other guests wrote stays.
    """
    took_part = any(turn.author_id == member.id for turn in record)
    after = [_forgotten(session, turn, member, took_part=took_part) for turn in record]
    for at, turn in enumerate(after):
        if isinstance(turn.steering, Compaction):
            # Made anew by the same rule, from a record in which the member has said nothing.
            short = gist(session, Record(after), turn.steering.upto, limit=len(turn.steering.gist))
            after[at] = replace(turn, steering=turn.steering.model_copy(update={"gist": short}))
    return [new for new, old in zip(after, record, strict=True) if new != old]


def without_name(session: Session, text: str, member: Member) -> str:
    """`text` by a persona without the member's name, as that is shown in prompts or as it is."""
    return _without({form for form in _guest_forms(session, member.names) if _is_long_enough(form)}, text)


def guests_unnamed(session: Session, record: Record) -> Callable[[str], str]:
    """What takes the names of all of a record's guests out of a text that outlives it: each is “a guest” there.

    A short name goes as well where it is written as its guest writes it: better a word too much than a name.
    """
    shown = {turn.speaker for turn in record if turn.kind == "guest"} - {SOMEONE}
    forms = {form for form in _guest_forms(session, shown) if len(form) > 1 or form >= _FIRST_IDEOGRAPH}
    as_written = {word for name in shown for word in (name, *name.split())}
    return lambda text: _MARKED.sub(A_GUEST, _without(forms, text, by=A_GUEST, short_ones=as_written))


def _guest_forms(session: Session, names: Collection[str]) -> set[str]:
    """How guests of these names may be called, but for what calls a persona."""
    taken = {form for persona in session.cast for form in name_forms(persona)} | {fold_name(MODERATOR)}
    names = {*names, *(guest_name(name, session.cast) for name in names)}
    return {form for name in names for form in guest_forms(name)} - taken


def without_actor(line: str, member: Member) -> str:
    """A line about what somebody did ("Otto skips Aino this time.") without the member's name."""
    return without(member.names, line, count=1)


def without(names: Iterable[str], text: str, *, count: int | None = None) -> str:
    """`text` with each name, as a whole word in whatever writing, replaced; at most `count` times."""
    return _without({fold_name(name) for name in names} - {""}, text, count=count)


def _without(
    forms: Iterable[str],
    text: str,
    *,
    count: int | None = None,
    by: str = SOMEONE,
    short_ones: Collection[str] | None = None,
) -> str:
    """`short_ones`: as which a name is to be written that is too short to be told from a word (None: as anything)."""
    called = {spelling: by for form in forms for spelling in spellings(form)}
    if not called:
        return text
    # In code and links a name is a name, too.
    reading = Reading(text, NameFinder(called, in_compounds=True), is_prose=False)
    # Where it can't be told whether it is the name or a word ("May said"), it is taken for the name.
    found = [occurrence.mention.at for occurrence in reading.occurrences if not is_only_word(occurrence, reading)][
        :count
    ]
    parts: list[str] = []
    end = 0
    for at in found:
        start, behind = reading.folded.source(*at)
        is_long = _is_long_enough(reading.folded.folded[slice(*at)])
        if is_long or short_ones is None or text[start:behind] in short_ones:
            parts += [text[end:start], by]
            end = behind
    return "".join([*parts, text[end:]])


def _is_long_enough(form: str) -> bool:
    return len(form) >= (_SHORTEST_OF_IDEOGRAPHS if form >= _FIRST_IDEOGRAPH else _SHORTEST)


def _forgotten(session: Session, turn: Turn, member: Member, *, took_part: bool) -> Turn:
    if turn.author_id == member.id:
        return replace(turn, speaker=SOMEONE, text="", raw=None, message_id=None, author_id=None)
    if turn.kind in _OF_PERSONAS or isinstance(turn.steering, PositionsRevealed | PollOpened):
        # The raw answer may quote the member, and nothing needs it.
        return replace(_without_name_in(session, turn, member), raw=None) if took_part else turn
    if turn.kind == "moderator" and not isinstance(turn.steering, QuestionPut):
        return replace(turn, text=without_actor(turn.text, member))
    return turn


def _without_name_in(session: Session, turn: Turn, member: Member) -> Turn:
    """A turn that has words of personas in it, their proposals among them."""
    steering = turn.steering
    if isinstance(steering, PollOpened) and steering.by:
        options = tuple(without_name(session, option, member) for option in steering.options)
        steering = steering.model_copy(update={"options": options})
    return replace(turn, text=without_name(session, turn.text, member), steering=steering)
