"""What a format is: how a table goes from its opening to its end. Each is one module beside this one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session
from bot.discussion.model.task import Task
from bot.discussion.moderation import agenda
from bot.discussion.moderation.steps import Step
from bot.discussion.text.folding import one_line

Wish = Literal["skip", "floor", "next_question", "own_question", "wrap_up", "length"]
"""What people may want of a table that not every format can give."""
WISHES: Final[tuple[Wish, ...]] = get_args(Wish)


@dataclass(frozen=True, slots=True)
class OtherCalls:
    """How many calls of a model a table makes beside its turns: before the first, and behind the last, up to the
    summary. `told`: of how many answers before the first the later prompts tell."""

    before: int = 0
    behind: int = 0
    told: int = 0


class Format(ABC):
    """One way for a table to go. It keeps nothing: all it says follows from a session and its record."""

    name: ClassVar[str]
    """As it is chosen and stored."""
    title: ClassVar[str]
    """As the opening card calls such a table."""
    about: ClassVar[str]
    """What it is, in a few words, where one chooses it."""
    has_clock: ClassVar[bool] = True
    """Whether its turns are counted down; else it ends when people want it to."""
    last_turns: ClassVar[int | None] = None
    """How many turns wrap it up, where that is not for the dials to say."""
    tells_last_turns: ClassVar[bool] = True
    """Whether people are told when only a few turns are left."""
    needs_people: ClassVar[bool] = False
    """Whether nobody speaks at it unless people do."""
    waits_for_guests: ClassVar[bool] = True
    """Whether the next turn waits a while for a guest whom the last one asked something by name."""
    has_polls: ClassVar[bool] = False
    """Whether it has votes of its own, in the place of those on who convinced people."""
    has_one_question: ClassVar[bool] = False
    """Whether all of it is about the first question of its task."""
    takes_options: ClassVar[bool] = False
    """Whether whoever opens it may name options."""
    options_are: ClassVar[str] = "What there is to choose from"
    """What options are at such a table, where one writes or reads them."""
    without_options: ClassVar[str] = "what the table itself proposes"
    """What such a table has where nobody names any."""

    @abstractmethod
    def next_step(self, session: Session, record: Record) -> Step:
        """What happens next. The same session and record always give the same step."""

    @property
    def called(self) -> str:
        """As a sentence about such a table begins: "A council"."""
        return f"{'An' if self.title[0] in 'AEIOU' else 'A'} {self.title.lower()}"

    def rules(self, session: Session) -> list[str]:
        """What the opening card tells of it: a line each, without marks of Markdown."""
        options = session.task.options if self.takes_options else ()
        told = [f"{self.options_are}: {' · '.join(map(one_line, options))}"] if options else []
        return [f"{self.title}: {self.about}.", *told]

    def refusal(self, wish: Wish, session: Session, record: Record) -> str | None:
        """Why people can't have this of such a table now, in sentences; None: they can."""
        match wish:
            case "next_question" | "own_question" if self.has_one_question:
                return f"{self.called} is about one question. Open another table for another one."
            case "length" if not self.has_clock:
                return f"{self.called} has no number of turns. It goes on until somebody wraps it up."
            case _:
                return None

    def problem(self, task: Task, cast: Sequence[Persona]) -> str | None:
        """Why a table can't be held so, with this task and this cast, in sentences; None: it can."""
        return None

    def choices(self, session: Session) -> tuple[str, ...]:
        """What positions and votes choose between, as far as that is settled beforehand."""
        return session.task.options

    def other_calls(self, session: Session) -> OtherCalls:
        """What it asks of models beside its turns, each once: what comes of it nobody knows beforehand."""
        return OtherCalls()

    def takes_questions(self, session: Session, record: Record) -> bool:
        """Whether what the audience asks is kept until its time, so that it can put questions to the table as one."""
        return False

    def phase(self, session: Session, record: Record) -> str:
        """Where it stands, in a word or two, for the panel; empty where turns and questions say enough."""
        return ""

    def turns_in_all(self, session: Session, record: Record) -> int | None:
        """How many persona turns it has, as last changed; None: nobody knows."""
        return agenda.turns_in_all(session, record) if self.has_clock else None

    def turns_left(self, session: Session, record: Record) -> int:
        """How many persona turns come before it sums up, as far as that is known."""
        return agenda.turns_left(session, record)

    def is_wrapping_up(self, session: Session, record: Record) -> bool:
        """Whether it is on the way to its summary already, so that nobody needs to ask for that."""
        return agenda.is_wrapping_up(session, record)

    def concerns(self, session: Session, record: Record, *, heard: int) -> bool:
        """Whether a draft that has heard the record up to turn `heard` is to hear what guests have said since."""
        return True

    def result(self, session: Session, record: Record) -> str:
        """What came of the poll that the record's last turn closes, in words; empty: that is not told yet."""
        return ""

    def after_the_turns(self, session: Session, record: Record) -> str | None:
        """What comes behind the last turn, to be told of beforehand ("the table votes"); None: the summary."""
        return None
