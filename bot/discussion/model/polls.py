"""The polls of a record: what is voted on, how the personas voted, and what came of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from bot.discussion.model.record import Record
from bot.discussion.model.steerings import BallotCast, Moved, PollClosed, PollCut, PollOpened, TurnsChanged

# As many options as a convener may name, and fewer than there are letters or buttons.
MOST_OPTIONS: Final = 10
LEAST_OPTIONS: Final = 2
OPTION_LENGTH: Final = 100
_LETTERS: Final = "ABCDEFGHIJ"
Voter = TypeVar("Voter", int, str)


@dataclass(frozen=True, slots=True)
class Poll:
    """The poll of turn `seq`. `ballots`: the personas' votes so far, each with the preferred option first, by its
    number; nothing: abstains. `people`: how many members voted for each option, None while it is open."""

    seq: int
    opened: PollOpened
    ballots: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    is_cut: bool = False
    closed: PollClosed | None = None

    @property
    def options(self) -> tuple[str, ...]:
        return self.opened.options

    @property
    def personas(self) -> tuple[int, ...]:
        """How many personas prefer each option."""
        first = Counter(ranking[0] for ranking in self.ballots.values() if ranking)
        return tuple(first[number] for number in range(len(self.options)))

    @property
    def people(self) -> tuple[int, ...]:
        """How many members voted for each option; nobody while it is open."""
        return self.closed.people if self.closed else (0,) * len(self.options)

    @property
    def together(self) -> tuple[int, ...]:
        """Votes of personas and people, each as one."""
        return tuple(map(sum, zip(self.personas, self.people, strict=True)))

    @property
    def points(self) -> tuple[int, ...]:
        """Borda's count of ranked ballots: of n options the first gets n - 1 points, the last none; a member's vote
        counts as a first place (https://en.wikipedia.org/wiki/Borda_count)."""
        most = len(self.options) - 1
        counted = [*self.points_of_people]
        for ranking in self.ballots.values():
            for place, number in enumerate(ranking):
                counted[number] += most - place
        return tuple(counted)

    @property
    def points_of_people(self) -> tuple[int, ...]:
        """Those of them that come from members."""
        return tuple((len(self.options) - 1) * votes for votes in self.people)

    @property
    def abstained(self) -> tuple[str, ...]:
        return tuple(name for name, ranking in self.ballots.items() if not ranking)

    @property
    def winners(self) -> tuple[int, ...]:
        """The options with most votes, or points where they were ranked: several at a tie, none where nobody voted."""
        counted = self.points if self.opened.ranked else self.together
        most = max(counted, default=0)
        return tuple(number for number, votes in enumerate(counted) if votes == most) if most else ()


def letter(number: int) -> str:
    """By what an option is named."""
    return _LETTERS[number]


def option_named(said: str, among: int) -> int | None:
    """The number of the option that has this letter, of so many; None: it is none of theirs."""
    at = _LETTERS.find(said.upper()) if len(said) == 1 else -1
    return at if 0 <= at < among else None


def polls(record: Record) -> list[Poll]:
    """All of them, in order."""
    found: dict[int, Poll] = {}
    newest = 0
    for turn, steering in record.steerings():
        match steering:
            case PollOpened():
                newest = turn.seq
                found[newest] = Poll(newest, steering)
            case BallotCast(poll=seq, ranking=ranking) if seq in found:
                found[seq] = replace(found[seq], ballots={**found[seq].ballots, turn.speaker: ranking})
            case PollCut() if newest:
                found[newest] = replace(found[newest], is_cut=True)
            case PollClosed(poll=seq) if seq in found:
                found[seq] = replace(found[seq], closed=steering)
            case _:
                pass
    return list(found.values())


def poll_named(record: Record, name: str) -> Poll | None:
    """The newest poll that its format calls so."""
    return next((poll for poll in reversed(polls(record)) if poll.opened.name == name), None)


def poll_of(record: Record, seq: int) -> Poll | None:
    """The poll that was opened in this turn."""
    return next((poll for poll in polls(record) if poll.seq == seq), None)


def open_poll(record: Record) -> Poll | None:
    """The poll that members can vote in now: the newest, unless it is closed, or the table ended meanwhile."""
    last = next(reversed(polls(record)), None)
    return last if last and last.closed is None and last.seq > went_on(record) else None


def went_on(record: Record) -> int:
    """The turn with which the discussion went on after its end, the last time; 0: it never did."""
    return max((t.seq for t, s in record.steerings() if isinstance(s, TurnsChanged) and s.goes_on), default=0)


def counted(poll: PollOpened, votes: Iterable[int]) -> tuple[int, ...]:
    """How many of these votes each option has; of an option that is not there, none."""
    found = Counter(votes)
    return tuple(found[number] for number in range(len(poll.options)))


def moved(before: Mapping[Voter, int], after: Mapping[Voter, int]) -> tuple[Moved, ...]:
    """How those who voted in one of two polls voted in both. In: their votes, by their ids or names, none of which
    comes out."""
    members: Collection[Voter] = before.keys() | after.keys()
    found = Counter((before.get(member), after.get(member)) for member in members)
    rows = (Moved(before=one, after=other, members=number) for (one, other), number in found.items())
    return tuple(sorted(rows, key=lambda row: (row.before is None, row.before or 0, row.after is None, row.after or 0)))
