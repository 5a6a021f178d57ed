"""What a format is: how a table goes from its opening to its end. Each is one module beside this one."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar

from bot.discussion.model.record import Record, Session
from bot.discussion.moderation import agenda
from bot.discussion.moderation.steps import Step


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
    has_polls: ClassVar[bool] = False
    """Whether it has votes of its own, in the place of those on who convinced people."""
    has_one_question: ClassVar[bool] = False
    """Whether all of it is about the first question of its task."""

    @abstractmethod
    def next_step(self, session: Session, record: Record) -> Step:
        """What happens next. The same session and record always give the same step."""

    def agenda_of(self, session: Session) -> Session:
        """The session as its agenda has it: with its first question alone, where all of it is about that."""
        if not self.has_one_question:
            return session
        return replace(session, task=session.task.model_copy(update={"questions": session.task.questions[:1]}))

    def rules(self, session: Session) -> list[str]:
        """What the opening card tells of it: a line each."""
        return []

    def phase(self, session: Session, record: Record) -> str:
        """Where it stands, in a word or two, for the panel; empty where turns and questions say enough."""
        return ""

    def turns_in_all(self, session: Session, record: Record) -> int | None:
        """How many persona turns it has, as last changed; None: nobody knows."""
        return agenda.turns_in_all(session, record) if self.has_clock else None

    def result(self, session: Session, record: Record) -> str:
        """What came of the poll that the record's last turn closes, in words; empty: that is not told yet."""
        return ""

    def talk_is_over(self, session: Session, record: Record) -> bool:
        """Whether what follows the last turn has begun, and nobody can have another turn."""
        return False

    def after_the_turns(self, session: Session, record: Record) -> str | None:
        """What comes behind the last turn, to be told of beforehand ("the table votes"); None: the summary."""
        return None
