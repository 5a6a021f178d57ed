"""What is kept of a table for those that come after it: its questions, and what it came to."""

from collections.abc import Callable, Mapping
from typing import Final, Self

from pydantic import BaseModel, ConfigDict

from bot.discussion.model.erasure import guests_unnamed
from bot.discussion.model.positions import in_option_words
from bot.discussion.model.record import Record, Session, Turn
from bot.discussion.model.steerings import PositionsRevealed, PositionTaken, QuestionPut

# The kinds of turns that say what a table came to. No other is kept: what is said on the way is the record's.
SUMMARY: Final = "summary"
RESULT: Final = "result"
POSITION: Final = "position"
_KINDS: Final = (SUMMARY, RESULT, POSITION)


class KeptTurn(BaseModel):
    """A turn of which the words are kept, without the names of guests."""

    model_config = ConfigDict(frozen=True)

    seq: int
    kind: str
    speaker: str
    text: str


class Memory(BaseModel):
    """What a table is remembered by. Guests are “a guest” in all of it. `turns` in the order of the record."""

    model_config = ConfigDict(frozen=True)

    questions: tuple[str, ...]
    turns: tuple[KeptTurn, ...]

    @classmethod
    def of(cls, session: Session, record: Record) -> Self | None:
        """What is to be kept of a table as it stands; None where it came to nothing that was shown."""
        unnamed = guests_unnamed(session, record)
        # What a table was stopped before it was shown stays private for good.
        steered = record.steerings()
        revealed = any(isinstance(steering, PositionsRevealed) and not turn.withheld for turn, steering in steered)
        kept = [
            KeptTurn(seq=turn.seq, kind=turn.kind, speaker=turn.speaker, text=unnamed(text))
            for turn in record
            if turn.kind in _KINDS and not turn.withheld and (revealed or turn.kind != POSITION)
            if (text := _said(session, turn))
        ]
        put = [s.question for turn, s in record.steerings() if isinstance(s, QuestionPut) and not turn.withheld]
        questions = tuple(dict.fromkeys(map(unnamed, put or session.task.questions)))
        return cls(questions=questions, turns=tuple(kept)) if kept else None

    @property
    def summary(self) -> str:
        """The last one: a table can go on after it."""
        return next((turn.text for turn in reversed(self.turns) if turn.kind == SUMMARY), "")

    @property
    def result(self) -> str:
        """All of them, one after the other."""
        return "\n".join(turn.text for turn in self.turns if turn.kind == RESULT)

    def position_of(self, persona: str) -> str:
        """The last that a persona took, "" where it took none."""
        own = (turn.text for turn in reversed(self.turns) if turn.kind == POSITION and turn.speaker == persona)
        return next(own, "")

    @property
    def text(self) -> str:
        """All that is kept, for whatever looks for words in it."""
        return "\n".join([*self.questions, *(turn.text for turn in self.turns)])

    def rewritten(self, change: Callable[[str], str]) -> "Memory":
        """The same with each of its texts changed."""
        turns = tuple(turn.model_copy(update={"text": change(turn.text)}) for turn in self.turns)
        return Memory(questions=tuple(map(change, self.questions)), turns=turns)

    def retold(self, texts: Mapping[int, str]) -> "Memory":
        """The same with other texts for some of its turns, by number."""
        turns = tuple(turn.model_copy(update={"text": texts.get(turn.seq, turn.text)}) for turn in self.turns)
        return Memory(questions=self.questions, turns=turns)

    def without(self, seq: int) -> "Memory | None":
        """The same without a turn that nobody is to see any more; None where nothing is left."""
        turns = tuple(turn for turn in self.turns if turn.seq != seq)
        return Memory(questions=self.questions, turns=turns) if turns else None


def _said(session: Session, turn: Turn) -> str:
    """What a turn says by itself: a position with the option that it is for."""
    options, steering = session.task.options, turn.steering
    if not isinstance(steering, PositionTaken):
        return turn.text
    said = in_option_words(turn.text, options)
    if steering.choice is None or steering.choice >= len(options):
        return said
    return f"{options[steering.choice]}. {said}".rstrip()
