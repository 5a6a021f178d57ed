"""Which member's message an application has posted again for them, under another name and without their tags.

The application deletes the original, before or behind that. So the repost shares its original's fate: it is the same
turn, or left out as that was. Times are those that the ids carry; how long an event was on its way says nothing.
"""

import asyncio
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from bot.discussion.model.record import Record
from bot.sessions.rate_limit import milliseconds

# PluralKit posts at once and deletes the original a second later (MessageDeletionDelay in ProxyService.cs of
# https://github.com/PluralKit/PluralKit); the rest is for a Discord that is slow.
REPOST_SECONDS: Final = 5.0
# What was deleted is forgotten for good so long after it was noted, also where nobody writes any more.
FORGET_SECONDS: Final = 15.0
# Of the turns that show a repost.
REPOSTED_FLAG: Final = "reposted"

_SPACE: Final = re.compile(r"\s+")
# An address whose preview somebody may not have is reposted in angle brackets.
_NO_PREVIEW: Final = re.compile(r"<(https?://[^\s<>]+)>")


class Fate(Enum):
    """What became of a member's message."""

    TURN = auto()  # it is a turn; a blank one, if it was deleted
    NO_TURN = auto()  # it waits to be taken in, or some of its words are the turn of a repost already
    LEFT_OUT = auto()  # it was not taken in


@dataclass(frozen=True, slots=True)
class Original:
    """A member's message that may have been reposted.

    `words` as members see them; None: they were deleted, and nobody knows them any more. `seq`: its turn's number.
    `addressed`: whom the turn with these words called on. `edited`: an id of the time it was last edited at, when
    it may have got its tags.
    """

    id: int
    author_id: int
    words: str | None
    fate: Fate
    seq: int = 0
    addressed: str | None = None
    is_deleted: bool = False
    edited: int = 0


def original_of(
    words: str, message_id: int, originals: Iterable[Original], *, known_as: Collection[int | None] = ()
) -> Original | None:
    """The message that a repost with these words repeats: one of the seconds before it that holds them.

    Of several: one by an author who is `known_as` the repost's is named; then one that was deleted, as originals are;
    then one in which they stand as between tags; then the newest.
    """
    found: list[tuple[tuple[bool, bool, bool, int, int], Original]] = []
    for original in originals:
        fit = _fit(_plain(words), original.words)
        written = max(original.id, original.edited)
        if fit is not None and is_just_before(written, message_id):
            is_known = original.author_id in known_as
            found.append(((original.words is not None, is_known, original.is_deleted, fit, original.id), original))
    return max(found, key=lambda each: each[0], default=(None, None))[1]


def is_just_before(earlier: int, message_id: int) -> bool:
    """Whether a message is older than another one by no more than REPOST_SECONDS."""
    return earlier < message_id and milliseconds(message_id) - milliseconds(earlier) <= REPOST_SECONDS * 1000


def known_as(name: str, record: Record) -> set[int | None]:
    """Who has spoken by a name that an application gave them."""
    return {turn.author_id for turn in record if REPOSTED_FLAG in turn.flags and turn.speaker == name}


def turns_before(record: Record, message_id: int) -> list[Original]:
    """The guests' turns that a repost may be of, without those that show one already."""
    found: list[Original] = []
    for turn in record:
        if turn.kind != "guest" or turn.author_id is None or REPOSTED_FLAG in turn.flags:
            continue
        if turn.message_id and is_just_before(turn.message_id, message_id):
            words, deleted = turn.text or None, not turn.text
            found.append(Original(turn.message_id, turn.author_id, words, Fate.TURN, turn.seq, turn.addressed, deleted))
    return found


class ShortMemory:
    """What the record does not hold of the last seconds: messages left out, and words that were deleted.

    In memory only. A process that ends takes it along.
    """

    def __init__(self) -> None:
        self._kept: dict[int, Original] = {}

    def keep(self, original: Original) -> None:
        """Remember a message, in the place of what was remembered of it before."""
        before = self._kept.get(original.id, original)
        self._kept[original.id] = original = replace(original, edited=max(before.edited, original.edited))
        asyncio.get_running_loop().call_later(FORGET_SECONDS, self._forget, original)

    def share(self, original: Original, words: str) -> None:
        """A repost has these of its words: what is left of them may be in another one."""
        left = _plain(original.words or "").replace(_plain(words), " ", 1)
        self.keep(replace(original, words=left, fate=Fate.NO_TURN, addressed=None))

    def deleted(self, message_id: int) -> None:
        """A message was deleted, if it is remembered."""
        if original := self._kept.get(message_id):
            self.keep(replace(original, is_deleted=True))

    def with_turns(self, turns: Sequence[Original]) -> list[Original]:
        """The `turns`, and what is remembered where they have no words."""
        known = {turn.id: turn for turn in turns if turn.words}
        return list({**{turn.id: turn for turn in turns}, **self._kept, **known}.values())

    def _forget(self, original: Original) -> None:
        if self._kept.get(original.id) is original:
            del self._kept[original.id]


def _fit(repost: str, words: str | None) -> int | None:
    """How well a repost's words stand in an original, None if they don't: 2 with signs around them, 0 with letters on
    both sides, as they stand there by chance."""
    if words is None:
        return 0
    original = _plain(words)
    if repost and repost in original:
        before, _, behind = original.partition(repost)
        sides = sum(any(character.isalnum() for character in side) for side in (before, behind))
        return 1 if repost == original else 2 - sides
    return 2 if _is_in_two(repost, original) else None


def _is_in_two(part: str, whole: str) -> bool:
    """Whether tags stand in the middle: behind a mention at the beginning, or before the `[image]` at the end."""
    for space in (match.start() for match in re.finditer(" ", part)):
        before, behind = part[:space], part[space + 1 :]
        if before.startswith("@") and whole.startswith(before) and behind in whole[space:]:
            return True
        if behind.startswith("[") and whole.endswith(behind) and before in whole[: -len(behind)]:
            return True
    return False


def _plain(words: str) -> str:
    """Words as they can be compared: in one writing, on one line."""
    return _SPACE.sub(" ", _NO_PREVIEW.sub(r"\1", unicodedata.normalize("NFC", words))).strip()
