"""Takes a member out of a record: their lines are blanked, and where the table named them it now says “someone”."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from bot.discussion.model.gist import gist
from bot.discussion.model.names import aliases, guest_name
from bot.discussion.model.persona import MODERATOR
from bot.discussion.model.record import Compaction, QuestionPut, Record, Session, Turn
from bot.discussion.text.folding import fold

SOMEONE: Final = "someone"
# A shorter name is too likely to be an ordinary word of what personas say ("I", "Al", "Bo").
_SHORTEST: Final = 3


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
    taken = {form for persona in session.cast for form in aliases(persona)} | {fold(MODERATOR)}
    names = {*member.names, *(guest_name(name, session.cast) for name in member.names)}
    return without([n for n in names if len(n) >= _SHORTEST and fold(n) not in taken], text)


def without_actor(line: str, member: Member) -> str:
    """A line about what somebody did ("Otto skips Aino this time.") without the member's name."""
    return without(member.names, line, count=1)


def without(names: Iterable[str], text: str, *, count: int = 0) -> str:
    """`text` with each name, as a whole word, replaced; at most `count` times (0: everywhere)."""
    # A name in a line of the moderator has backslashes before characters that would be taken for markup.
    forms = ["".join(r"\\?" + re.escape(c) for c in name) for name in sorted(names, key=len, reverse=True) if name]
    if not forms:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", SOMEONE, text, count=count)


def _forgotten(session: Session, turn: Turn, member: Member, *, took_part: bool) -> Turn:
    if turn.author_id == member.id:
        return replace(turn, speaker=SOMEONE, text="", raw=None, message_id=None, author_id=None)
    if turn.kind == "moderator" and not isinstance(turn.steering, QuestionPut):
        return replace(turn, text=without_actor(turn.text, member))
    if turn.kind in ("persona", "summary") and took_part:
        # The raw answer may quote the member, and nothing needs it.
        return replace(turn, text=without_name(session, turn.text, member), raw=None)
    return turn
