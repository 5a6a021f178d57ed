"""What a debate moved: the votes before it set against those after it, and which side has won by that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.discussion.model.polls import Poll, moved
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import Moved, PositionTaken

# The options of both votes, in this order: the two sides, and neither.
OPTIONS: Final = ("For", "Against", "Undecided")
SIDES: Final = (0, 1)
Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Swing:
    """How some people voted before and after, as `polls.moved` counts it. Only who voted both times was moved, or was
    not: of anybody else one end of the way is not known."""

    rows: tuple[Moved, ...]

    @property
    def twice(self) -> int:
        """How many voted both times."""
        return sum(row.members for row in self._both)

    @property
    def before(self) -> Counts:
        """The votes before, of those who voted both times."""
        return _counted((row.before, row.members) for row in self._both)

    @property
    def after(self) -> Counts:
        """The votes after, of those who voted both times."""
        return _counted((row.after, row.members) for row in self._both)

    @property
    def all_after(self) -> Counts:
        """All votes after."""
        return _counted((row.after, row.members) for row in self.rows)

    @property
    def gains(self) -> Counts:
        """By how many votes each option has grown; of one that lost some a negative number."""
        return tuple(after - before for before, after in zip(self.before, self.after, strict=True))

    @property
    def is_told(self) -> bool:
        """Whether anybody voted after: else it says nothing of how the debate went."""
        return any(self.all_after)

    @property
    def winner(self) -> int | None:
        """The side that gained more; where nobody voted both times, the one with more votes after. None: a tie."""
        measure = self.gains if self.twice else self.all_after
        one, other = (measure[side] for side in SIDES)
        return None if one == other else SIDES[one < other]

    @property
    def _both(self) -> tuple[Moved, ...]:
        return tuple(row for row in self.rows if row.before is not None and row.after is not None)


def of_people(poll: Poll) -> Swing:
    """The members' swing, from the poll after the debate once it is closed."""
    rows = poll.closed.moved if poll.closed else ()
    if poll.closed and not rows:
        # There was no vote before: all of them are new.
        rows = tuple(Moved(before=None, after=at, members=n) for at, n in enumerate(poll.closed.people) if n)
    return Swing(rows)


def of_personas(record: Record, poll: Poll) -> Swing:
    """The personas' swing: from the views that they wrote down before to their ballots in the poll after the debate."""
    return Swing(moved(views(record), _ballots(poll)))


def changed_minds(record: Record, poll: Poll) -> Mapping[str, tuple[int, int]]:
    """Which personas changed their minds: from which option to which, by name."""
    before, after = views(record), _ballots(poll)
    return {name: (before[name], after[name]) for name in before if after.get(name, before[name]) != before[name]}


def views(record: Record) -> dict[str, int]:
    """What each persona was for before the debate, by name."""
    taken = {turn.speaker: turn.steering.choice for turn in record if isinstance(turn.steering, PositionTaken)}
    return {name: choice for name, choice in taken.items() if choice is not None}


def _ballots(poll: Poll) -> dict[str, int]:
    return {name: ranking[0] for name, ranking in poll.ballots.items() if ranking}


def _counted(votes: Iterable[tuple[int | None, int]]) -> Counts:
    counted = [0] * len(OPTIONS)
    for option, members in votes:
        if option is not None and option < len(counted):
            counted[option] += members
    return tuple(counted)
