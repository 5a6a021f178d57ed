"""A debate to test with: a record that grows as a debate's does, with the votes that a test gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.discussion.model.polls import counted, moved, poll_of
from bot.discussion.model.record import Record, Session, Turn, moderator_turn
from bot.discussion.model.steerings import BallotCast, PollClosed, PositionTaken
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.steps import Close, ClosePoll, Gather, Say, Speak, Step
from tests.support.recorded_table import RecordedTable, Words, plain_words

MOTION = "Should cats have a curfew?"
Votes = Mapping[int, int]


@dataclass
class RecordedDebate(RecordedTable):
    """`before` and `after`: how members vote, by their ids; `views` and `ballots`: how personas do, by name, at which
    the others are for."""

    options: tuple[str, ...] = ()
    before: Votes = field(default_factory=dict[int, int])
    after: Votes = field(default_factory=dict[int, int])
    views: Mapping[str, int | None] = field(default_factory=dict[str, int | None])
    ballots: Mapping[str, int | None] = field(default_factory=dict[str, int | None])

    @property
    def session(self) -> Session:
        task = Task(name="cats", questions=(MOTION,), options=self.options)
        return Session(task, self.cast, self.dials, self.seed)

    def take(self, step: Step, words: Words = plain_words) -> None:
        seq = self.record.last_seq + 1
        match step:
            case Say(steering, text):
                self.record.append(moderator_turn(self.record, steering, text))
            case Gather(kind="position", among=among):
                for at, persona in enumerate(among):
                    taken = PositionTaken(choice=self.views.get(persona.name, 0))
                    self.record.append(Turn(seq + at, "position", persona.name, "A private view.", steering=taken))
            case Gather(among=among, poll=poll):
                for at, persona in enumerate(among):
                    choice = self.ballots.get(persona.name, 0)
                    cast = BallotCast(poll=poll, ranking=() if choice is None else (choice,))
                    self.record.append(Turn(seq + at, "ballot", persona.name, "", steering=cast))
            case ClosePoll(seq_of_poll, compared):
                self._close(seq_of_poll, compared)
            case _:
                super().take(step, words)

    def _close(self, seq: int, compared: int) -> None:
        poll = poll_of(self.record, seq)
        assert poll is not None
        votes = self.after if compared else self.before
        closed = PollClosed(
            poll=seq,
            people=counted(poll.opened, votes.values()),
            compared=compared,
            moved=moved(self.before, votes) if compared else (),
        )
        turn = Turn(self.record.last_seq + 1, "result", "Moderator", "", steering=closed)
        told = format_of(self.session).result(self.session, Record([*self.record, turn]))
        self.record.append(Turn(turn.seq, "result", "Moderator", told, steering=closed))

    def play_until(self, is_reached: Callable[[Step], bool]) -> Step:
        """Go on until it is time for such a step, or over. Out: that step."""
        while not isinstance(step := self.step, Close) and not is_reached(step):
            self.take(step)
        return step

    def speak(self, turns: int = 1) -> list[str]:
        """Go on until so many more persona turns were taken. Out: by whom."""
        until = len(self.spoken()) + turns
        self.play_until(lambda step: len(self.spoken()) == until)
        return self.spoken()[-turns:]

    @property
    def next_note(self) -> str:
        """What the next speaker is told."""
        step = self.play_until(lambda step: isinstance(step, Speak))
        assert isinstance(step, Speak), step
        return step.cue.note

    @property
    def result(self) -> str:
        """What the table is told of the last vote."""
        return next(turn.text for turn in reversed(self.record.turns) if turn.kind == "result")

    def told(self) -> list[str]:
        """What the moderator has said."""
        return [turn.text for turn in self.record if turn.kind == "moderator" and turn.text]
