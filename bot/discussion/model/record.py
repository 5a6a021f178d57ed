"""A session's turns in order, and what is read off them: who sits at the table, what is on it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeVar

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.model.steerings import Compaction, Muted, QuestionPut, SeatAdded, SeatRemoved, Steering
from bot.discussion.model.task import Task
from bot.discussion.text.text_caches import forget_turn_texts

Kind = Literal["persona", "guest", "moderator", "summary", "position", "ballot", "result"]
N = TypeVar("N", int, float)
# What a persona writes for itself alone: it is neither shown nor in anybody's prompt.
PRIVATE_KINDS: Final[frozenset[Kind]] = frozenset({"position", "ballot"})
# Marks a persona's turn that a format has behind the last one of its clock: why it was outvoted.
MINORITY_FLAG: Final = "minority_report"
# Marks a turn that a person had taken out: it is withheld, and nobody's fault.
REMOVED_FLAG: Final = "removed"
# Stands wherever the table was told words that a person then had taken out.
TAKEN_OUT: Final = "(taken out)"
# Stands on a persona turn before the number of the turn in which that was asked which it is to answer.
ANSWERS_FLAG: Final = "answers:"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a turn cost. Tokens as the endpoint counted them (None: it did not say); latency in milliseconds."""

    finish_reason: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    latency_ms: float | None = None

    def plus(self, later: "Usage") -> "Usage":
        """What both calls cost together; how it finished is told by the later one."""
        return Usage(
            finish_reason=later.finish_reason,
            prompt_tokens=_sum(self.prompt_tokens, later.prompt_tokens),
            cached_tokens=_sum(self.cached_tokens, later.cached_tokens),
            completion_tokens=_sum(self.completion_tokens, later.completion_tokens),
            latency_ms=_sum(self.latency_ms, later.latency_ms),
        )


def _sum(one: N | None, other: N | None) -> N | None:
    # What one call does not say does not make the other's count disappear.
    return other if one is None else one if other is None else one + other


@dataclass(frozen=True, slots=True)
class Turn:
    """One contribution.

    `seq` counts from 1 in record order. A persona turn with empty text is a pass. `heard` is the last turn that the
    prompt of a persona turn held. `addressed` names the persona this turn gives the floor to. `withheld` turns were
    refused where they were to be shown or read, and stand in no prompt. A guest turn whose text is empty was deleted by
    its author. A `position` and a `ballot` are a persona's own, and a `result` is the moderator's word on a poll.
    """

    seq: int
    kind: Kind
    speaker: str
    text: str
    question: str | None = None
    addressed: str | None = None
    heard: int = 0
    steering: Steering | None = None
    raw: str | None = None
    flags: tuple[str, ...] = ()
    usage: Usage | None = None
    message_id: int | None = None
    author_id: int | None = None
    withheld: bool = False

    @property
    def is_pass(self) -> bool:
        return self.kind == "persona" and not self.text

    @property
    def is_note(self) -> bool:
        """Whether the moderator only notes something here: it is in no transcript, and nobody's wish."""
        return self.steering is not None and self.steering.is_note


@dataclass(frozen=True, slots=True)
class Session:
    """What a discussion was started with. What happened since stands in its Record. `earlier`: what its prompts tell of
    earlier tables, which nothing changes but a member who is forgotten."""

    task: Task
    cast: tuple[Persona, ...]
    dials: Dials
    seed: int
    earlier: str = ""


@dataclass(slots=True)
class Record:
    """The turns so far. Grows at the end; only a guest's edit or deletion and a withheld post change an older turn."""

    turns: list[Turn] = field(default_factory=list[Turn])
    # The numbers of older turns that were changed, one a change, so that a draft that had read one can be told.
    changed: list[int] = field(default_factory=list[int], init=False, repr=False, compare=False)
    # The moderator asks for these many times a turn; they are looked through once.
    _of_personas: list[Turn] = field(default_factory=list[Turn], init=False, repr=False, compare=False)
    _steered: list[Turn] = field(default_factory=list[Turn], init=False, repr=False, compare=False)
    _looked_at: tuple[int, int] = field(default=(0, 0), init=False, repr=False, compare=False)

    def __iter__(self) -> Iterator[Turn]:
        return iter(self.turns)

    def __len__(self) -> int:
        return len(self.turns)

    @property
    def revision(self) -> int:
        """Counts the changes to older turns."""
        return len(self.changed)

    @property
    def last_seq(self) -> int:
        return self.turns[-1].seq if self.turns else 0

    def append(self, turn: Turn) -> None:
        """Add the next turn. Raises ValueError when its number does not follow."""
        if turn.seq != self.last_seq + 1:
            raise ValueError(f"turn {turn.seq} does not follow turn {self.last_seq}")
        self.turns.append(turn)

    def without(self, seqs: Collection[int]) -> "Record":
        """A copy in which these turns stand in no prompt."""
        gone = frozenset(seqs)
        return Record([replace(turn, withheld=True) if turn.seq in gone else turn for turn in self.turns])

    def lately(self, most: int) -> "Record":
        """A copy of the newest turns, so many, behind what was steered before them: for who compares texts alone, since
        a turn's number does not tell its place in it. The record itself where it has no more."""
        if len(self.turns) <= most:
            return self
        first = self.turns[-most].seq
        return Record([*(turn for turn, _ in self.steerings() if turn.seq < first), *self.turns[-most:]])

    def amend(self, seq: int, **changes: object) -> Turn:
        """Change an older turn (a guest's edit, a withheld post) and count the revision."""
        turn = replace(self.turns[seq - 1], **changes)  # type: ignore[arg-type]
        self.put(turn)
        return turn

    def put(self, turn: Turn) -> None:
        """Have what is left of an older turn stand in its place, and count the revision."""
        self.turns[turn.seq - 1] = turn
        self.changed.append(turn.seq)
        # What was deleted must not live on in a cache of texts, nor in what was looked through before.
        forget_turn_texts()
        self._look()

    def persona_turns(self) -> Sequence[Turn]:
        """Turns that used the clock, passes and withheld ones among them; a minority report uses none."""
        self._look()
        return self._of_personas

    def after(self, seq: int) -> Iterable[Turn]:
        return self.turns[seq:]

    def steerings(self) -> Iterator[tuple[Turn, Steering]]:
        self._look()
        return ((t, t.steering) for t in self._steered if t.steering is not None)

    def compaction(self) -> Compaction | None:
        """The newest compaction, if there is one."""
        self._look()
        return next((t.steering for t in reversed(self._steered) if isinstance(t.steering, Compaction)), None)

    def _look(self) -> None:
        if self._looked_at != (now := (len(self.turns), self.revision)):
            self._looked_at = now
            self._of_personas = [t for t in self.turns if t.kind == "persona" and MINORITY_FLAG not in t.flags]
            self._steered = [t for t in self.turns if t.steering is not None]


def moderator_turn(record: Record, steering: Steering, text: str) -> Turn:
    """The record's next turn, by the moderator: `text` is what the table sees of it (empty: nothing)."""
    return Turn(record.last_seq + 1, "moderator", MODERATOR, text, steering=steering)


def answers(turn: Turn) -> int:
    """The number of the turn that asked what this one is to answer; 0: none in particular."""
    numbers = (flag.removeprefix(ANSWERS_FLAG) for flag in turn.flags if flag.startswith(ANSWERS_FLAG))
    return next((int(number) for number in numbers), 0)


def struck(turn: Turn) -> Turn:
    """What is left of a turn that a person had taken out: it used the clock, and stands in no prompt."""
    return replace(turn, withheld=True, flags=tuple(dict.fromkeys([*turn.flags, REMOVED_FLAG])))


def seats(session: Session, record: Record) -> tuple[Persona, ...]:
    """Who is at the table now, in seating order."""
    table = {p.name: p for p in session.cast}
    for _, steering in record.steerings():
        if isinstance(steering, SeatAdded):
            table[steering.persona.name] = steering.persona
        elif isinstance(steering, SeatRemoved):
            table.pop(steering.name, None)
    return tuple(table.values())


def speakers(session: Session, record: Record) -> tuple[Persona, ...]:
    """Who at the table may get a turn: the seats less the muted."""
    muted: dict[str, bool] = {s.name: s.muted for _, s in record.steerings() if isinstance(s, Muted)}
    return tuple(p for p in seats(session, record) if not muted.get(p.name, False))


def question_on_table(record: Record) -> str | None:
    """The question under discussion, None before the first."""
    return next((s.question for _, s in reversed(list(record.steerings())) if isinstance(s, QuestionPut)), None)
