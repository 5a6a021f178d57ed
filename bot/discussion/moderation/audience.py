"""What the audience made of a persona's turn: noted once a turn, and told to whoever speaks next in one clause."""

from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.reactions import Counts
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import AudienceReacted
from bot.discussion.text.markup import in_words
from bot.discussion.text.quoting import inside_quotes
from bot.discussion.text.segmentation import clipped

# So many characters of a turn tell which it is. It stands whole in the transcript.
_WORDS: Final = 80
# So many times as many on one side: they are not divided.
_CLEARLY: Final = 2


def to_be_noted(record: Record, counts: Counts) -> AudienceReacted | None:
    """What is to be told next of what people made of turns; None where there is nothing, or something waits to be told.

    Of the turns that nobody was told of, that to which most people reacted; of several the newest.
    """
    if waiting(record):
        return None
    noted = {s.seq for _, s in record.steerings() if isinstance(s, AudienceReacted)}
    found = [(sum(count), seq) for seq, count in counts.items() if seq not in noted and _can_be_told(record, seq)]
    most, seq = max(found, default=(0, 0))
    return AudienceReacted(seq=seq, liked=counts[seq][0], disliked=counts[seq][1]) if most else None


def waiting(record: Record) -> AudienceReacted | None:
    """What was noted and told to nobody yet: no persona has had a turn since."""
    for turn in reversed(record.turns):
        if turn.kind == "persona":
            return None
        if isinstance(turn.steering, AudienceReacted) and _can_be_told(record, turn.steering.seq):
            return turn.steering
    return None


def clause(record: Record, speaker: Persona) -> str | None:
    """What the next speaker is told of the audience: a sentence with a few words of the turn, as a quotation."""
    reacted = waiting(record)
    if reacted is None:
        return None
    turn = record.turns[reacted.seq - 1]
    whose = "your" if turn.speaker == speaker.name else f"{turn.speaker}'s"
    return f'{_made_of_it(reacted)} {whose} point "{clipped(inside_quotes(in_words(turn.text)), _WORDS)}".'


def _made_of_it(reacted: AudienceReacted) -> str:
    liked, disliked = reacted.liked, reacted.disliked
    who = "Somebody in the audience" if liked + disliked == 1 else "The audience"
    if liked >= disliked * _CLEARLY:
        return f"{who} liked"
    return f"{who} did not like" if disliked >= liked * _CLEARLY else f"{who} is divided over"


def _can_be_told(record: Record, seq: int) -> bool:
    """Whether a turn is a persona's that stands in prompts."""
    compaction = record.compaction()
    if not (compaction.upto if compaction else 0) < seq <= len(record):
        return False
    turn = record.turns[seq - 1]
    return turn.kind == "persona" and bool(turn.text) and not turn.withheld
