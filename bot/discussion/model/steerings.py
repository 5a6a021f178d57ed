"""The typed turns with which the moderator steers, and what personas' private turns come to: payloads of the record."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.discussion.model.persona import Persona


class _Steering(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    is_note: ClassVar[bool] = False
    """Whether it only notes something that nobody has asked for and nobody is shown: what was in the making goes on."""


class QuestionPut(_Steering):
    """A question is on the table from here on; `again`: it was there before. `day`: the day in whose beginning a
    standing table puts it, where nobody did."""

    what: Literal["question_put"] = "question_put"
    question: str
    again: bool = False
    day: date | None = None


class FloorGiven(_Steering):
    """This persona speaks next."""

    what: Literal["floor_given"] = "floor_given"
    name: str


class FloorChosen(_Steering):
    """The model picked this persona to speak next (None: its answer named nobody), which any person overrules."""

    is_note: ClassVar[bool] = True
    what: Literal["floor_chosen"] = "floor_chosen"
    name: str | None


class TurnSkipped(_Steering):
    """This persona's turn is passed over: it leaves the pool, the clock stands still."""

    what: Literal["turn_skipped"] = "turn_skipped"
    name: str


class WrapUpCalled(_Steering):
    """Only the wrap-up turns are left, then the summary."""

    what: Literal["wrap_up_called"] = "wrap_up_called"


class TurnsChanged(_Steering):
    """The discussion now has this many persona turns in all; `goes_on`: it had ended before."""

    what: Literal["turns_changed"] = "turns_changed"
    turns: int = Field(ge=0)
    goes_on: bool = False


class SeatAdded(_Steering):
    """A persona joins the table."""

    what: Literal["seat_added"] = "seat_added"
    persona: Persona


class SeatRemoved(_Steering):
    """A persona leaves the table for good."""

    what: Literal["seat_removed"] = "seat_removed"
    name: str


class Muted(_Steering):
    """A persona stays at the table but gets no turns, or gets them again."""

    what: Literal["muted"] = "muted"
    name: str
    muted: bool = True


class Compaction(_Steering):
    """In prompts, `gist` stands for every turn up to and with number `upto`. The record itself keeps them."""

    is_note: ClassVar[bool] = True
    what: Literal["compaction"] = "compaction"
    upto: int
    gist: str


class AudienceReacted(_Steering):
    """So many of the audience liked the persona's turn number `seq`, and so many did not, when the next was begun."""

    is_note: ClassVar[bool] = True
    what: Literal["audience_reacted"] = "audience_reacted"
    seq: int
    liked: int
    disliked: int


class PositionTaken(_Steering):
    """What a persona is for before the discussion: an option of those it was given, by its number (None: it named none,
    or there are none). The turn's text says why, or what it proposes."""

    what: Literal["position_taken"] = "position_taken"
    choice: int | None = None


class PositionsRevealed(_Steering):
    """Everybody's position is shown, all together; the turn's text has them."""

    what: Literal["positions_revealed"] = "positions_revealed"


class PollOpened(_Steering):
    """A vote begins. `name` says which of its format's votes it is. `by`: whose proposals the options are, if they are
    anybody's. `ranked`: personas put the options in order instead of choosing one."""

    what: Literal["poll_opened"] = "poll_opened"
    name: str
    question: str
    options: tuple[str, ...]
    by: tuple[str, ...] = ()
    ranked: bool = False


class BallotCast(_Steering):
    """A persona's vote in the poll of turn `poll`: options by their numbers, the preferred one first; none: it
    abstains."""

    what: Literal["ballot_cast"] = "ballot_cast"
    poll: int
    ranking: tuple[int, ...] = ()


class PollCut(_Steering):
    """Somebody wants the vote that is open to be closed now."""

    what: Literal["poll_cut"] = "poll_cut"


class Moved(BaseModel):
    """So many members voted for one option (by its number; None: they did not vote) and then for another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: int | None
    after: int | None
    members: int


class PollClosed(_Steering):
    """The poll of turn `poll` is closed. `people`: how many members voted for each of its options. `compared`: the turn
    of the earlier poll it is set against (0: none), and `moved` how those who voted in either voted in both."""

    what: Literal["poll_closed"] = "poll_closed"
    poll: int
    people: tuple[int, ...]
    compared: int = 0
    moved: tuple[Moved, ...] = ()


class SidesDrawn(_Steering):
    """Who speaks for a motion and who against it, by name, from here on; the turn's text tells the table."""

    what: Literal["sides_drawn"] = "sides_drawn"
    supporters: tuple[str, ...]
    opponents: tuple[str, ...]


class PhaseBegun(_Steering):
    """Another part of the format begins, by the name that the format has for it; the turn's text tells the table."""

    what: Literal["phase_begun"] = "phase_begun"
    name: str


class QuestionTaken(_Steering):
    """The question that a guest asked in turn `question` is to be answered now."""

    what: Literal["question_taken"] = "question_taken"
    question: int


Steering = (
    QuestionPut
    | FloorGiven
    | FloorChosen
    | TurnSkipped
    | WrapUpCalled
    | TurnsChanged
    | SeatAdded
    | SeatRemoved
    | Muted
    | Compaction
    | AudienceReacted
    | PositionTaken
    | PositionsRevealed
    | PollOpened
    | BallotCast
    | PollCut
    | PollClosed
    | SidesDrawn
    | PhaseBegun
    | QuestionTaken
)
STEERING: TypeAdapter[Steering] = TypeAdapter(Annotated[Steering, Field(discriminator="what")])
