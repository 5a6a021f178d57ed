"""When a standing table puts a question by itself: every day, or on one day of the week, at an hour of its server's."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Self

from bot.discussion.model.record import Record, Session
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.text.segmentation import clipped

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# A bot that was away at the hour still puts the question so long after it, and not any later.
LATE: Final = timedelta(hours=6)
HOW: Final = "Write daily 09:00, or weekly Monday 09:00."
# So much of what somebody wrote is told back to them.
_TOLD: Final = 40
_DAILY: Final = re.compile(r"(?:daily|every day)(?: at)? (\S+)")
_WEEKLY: Final = re.compile(r"(?:weekly|every)(?: on)? ([a-z]{3,9})(?: at)? (\S+)")
_HOUR: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Starter:
    """`weekday`: from 0, Monday; None: every day."""

    at: time
    weekday: int | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """What "daily 09:00" or "weekly Mon 09:00" means. Raises ValueError with a sentence about what is wrong."""
        words = " ".join(text.lower().split())
        if match := _DAILY.fullmatch(words):
            return cls(_hour(match[1]))
        if match := _WEEKLY.fullmatch(words):
            days = [number for number, name in enumerate(WEEKDAYS) if name.startswith(match[1])]
            if len(days) != 1:
                raise ValueError(f"“{match[1]}” is no day of the week.")
            return cls(_hour(match[2]), days[0])
        raise ValueError(f"“{clipped(words, _TOLD)}” does not say when.")

    def __str__(self) -> str:
        day = "daily" if self.weekday is None else f"weekly {WEEKDAYS[self.weekday].title()}"
        return f"{day} {self.at:%H:%M}"

    def before(self, now: datetime) -> datetime:
        """The last time that was, or is just now. In and out: in the server's time zone."""
        days = 0 if self.weekday is None else (now.weekday() - self.weekday) % 7
        step = 1 if self.weekday is None else 7
        moment = self._on(now, now.date() - timedelta(days=days))
        return moment if moment <= now else self._on(now, moment.date() - timedelta(days=step))

    def after(self, now: datetime) -> datetime:
        """The next time that comes."""
        return self._on(now, self.before(now).date() + timedelta(days=1 if self.weekday is None else 7))

    def _on(self, now: datetime, day: date) -> datetime:
        # An hour that the clock leaves out is the one behind it, and one that comes twice the first of them.
        return datetime.combine(day, self.at, tzinfo=now.tzinfo)


def starter_of(session: Session) -> Starter | None:
    """When a session's table puts a question by itself."""
    return Starter.read(session.task.starter) if session.task.starter else None


def question_due(session: Session, record: Record, now: datetime, opened: datetime) -> QuestionPut | None:
    """The question that a table is to put now by itself, if it is: once for each time, late rather than not, but not
    hours later; the task's in their order, and then again from the first.

    In: `now`, in the server's time zone; `opened`, when the table was.
    """
    starter = starter_of(session)
    if starter is None:
        return None
    moment = starter.before(now)
    put = [s for _, s in record.steerings() if isinstance(s, QuestionPut) and s.day is not None]
    is_done = bool(put) and put[-1].day is not None and put[-1].day >= moment.date()
    # Compared as moments, not as the clock on the wall shows them.
    if (
        is_done
        or now.timestamp() - moment.timestamp() > LATE.total_seconds()
        or moment.timestamp() < opened.timestamp()
    ):
        return None
    questions = session.task.questions
    question = questions[len(put) % len(questions)]
    again = any(isinstance(s, QuestionPut) and s.question == question for _, s in record.steerings())
    return QuestionPut(question=question, again=again, day=moment.date())


def _hour(text: str) -> time:
    match = _HOUR.fullmatch(text)
    if match is None:
        raise ValueError(f"“{clipped(text, _TOLD)}” is no time of the day.")
    return time(int(match[1]), int(match[2]))
