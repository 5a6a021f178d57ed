"""A table to test with: a cast, a task, and a record that grows as a session's does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.discussion.model.bursts import GOES_ON_FLAG
from bot.discussion.model.dials import Dials
from bot.discussion.model.names import addressed
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import counted, poll_of
from bot.discussion.model.record import ANSWERS_FLAG, Record, Session, Turn, moderator_turn, seats
from bot.discussion.model.steerings import (
    BallotCast,
    FloorChosen,
    PollClosed,
    PositionTaken,
    QuestionPut,
    Steering,
    WrapUpCalled,
)
from bot.discussion.model.task import Task
from bot.discussion.moderation.dissent import DISSENT_FLAG
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import (
    Choose,
    Close,
    ClosePoll,
    Gather,
    Open,
    Say,
    Speak,
    Step,
    Summarise,
    WrapUp,
)

QUESTIONS = tuple(f"Question {n}?" for n in range(1, 6))


def persona(name: str, full_name: str | None = None, **fields: object) -> Persona:
    return Persona.model_validate(
        {"name": name, "full_name": full_name or name, "prompt": f"You like {name}."} | fields
    )


AINO = persona("Aino", "Professor Aino Virtanen", prompt="You are Professor Aino Virtanen, who counts ice floes.")
RAVI = persona("Ravi", "Ravi Menon")
MIRA = persona("Mira", "Dr. Mira Kessler")
TOMAS = persona("Tomás", "Tomás Okafor")
CAST = (AINO, RAVI, MIRA, TOMAS)

Words = Callable[[Speak, int], str]


def plain_words(step: Speak, number: int) -> str:
    """What a persona says when it does not matter: addresses nobody, repeats nothing."""
    return f"Point {number} of {step.persona.name}."


@dataclass
class RecordedTable:
    """A session with its record. Every method adds turns; nothing is ever taken away."""

    cast: tuple[Persona, ...] = CAST
    seed: int = 1
    questions: tuple[str, ...] = QUESTIONS
    context: str = "A village hall."
    dials: Dials = field(default_factory=Dials)
    options: tuple[str, ...] = ()
    record: Record = field(default_factory=Record)

    @property
    def session(self) -> Session:
        task = Task(name="hall", context=self.context, questions=self.questions, options=self.options)
        return Session(task, self.cast, self.dials, self.seed)

    @property
    def step(self) -> Step:
        return next_step(self.session, self.record)

    @property
    def speaker(self) -> str:
        """Who speaks next, once a question is on the table."""
        step = self.step
        if isinstance(step, Open):
            self.steer(QuestionPut(question=step.question))
            step = self.step
        assert isinstance(step, Speak), step
        return step.persona.name

    def say(
        self,
        name: str,
        text: str | None = None,
        *,
        heard: int | None = None,
        withheld: bool = False,
        dissent: bool = False,
        answers: int = 0,
    ) -> Turn:
        """A persona's turn; empty text is a pass."""
        seq = self.record.last_seq + 1
        text = f"Point {seq} of {name}." if text is None else text
        to = addressed(text, seats(self.session, self.record), speaker=name)
        heard = seq - 1 if heard is None else heard
        flags = (*[DISSENT_FLAG] * dissent, *[f"{ANSWERS_FLAG}{answers}"] * bool(answers))
        turn = Turn(seq, "persona", name, text, addressed=to, heard=heard, withheld=withheld, flags=flags)
        self.record.append(turn)
        return turn

    def guest(self, text: str, *, name: str = "Zoe", reply_to: str | None = None, goes_on: bool = False) -> Turn:
        """A guest's turn, or a reply to a persona's message."""
        to = reply_to or addressed(text, seats(self.session, self.record), speaker="", guest=True)
        flags = (GOES_ON_FLAG,) if goes_on else ()
        turn = Turn(
            self.record.last_seq + 1, "guest", name, text, addressed=to, flags=flags, author_id=sum(name.encode())
        )
        self.record.append(turn)
        return turn

    def steer(self, *steerings: Steering) -> None:
        for steering in steerings:
            self.record.append(moderator_turn(self.record, steering, ""))

    def take(self, step: Step, words: Words = plain_words) -> None:
        """Do what the moderator says."""
        match step:
            case Open(question):
                self.steer(QuestionPut(question=question))
            case WrapUp():
                self.steer(WrapUpCalled())
            case Choose(among):
                self.steer(FloorChosen(name=among[-1].name))
            case Speak(speaker, cue):
                said = words(step, self.record.last_seq + 1)
                turn = self.say(speaker.name, said, dissent=cue.dissent, answers=cue.answers)
                if cue.flag:
                    self.record.put(replace(turn, flags=(*turn.flags, cue.flag)))
            case Say(steering, text):
                self.record.append(moderator_turn(self.record, steering, text))
            case Gather(among=(first, *_)):
                self.answer(step, first.name, f"{first.name} proposes a thing.", 0 if step.options else None)
            case ClosePoll():
                self.close_poll(step)
            case Summarise(speaker):
                seq = self.record.last_seq + 1
                self.record.append(Turn(seq, "summary", speaker.name, "That was it.", heard=seq - 1))
            case Close():
                pass

    def answer(self, step: Gather, name: str, text: str = "", *ranking: int | None) -> Turn:
        """A persona's position (with the number of its option, None for none), or its ballot (none: it abstains)."""
        ballot = BallotCast(poll=step.poll, ranking=tuple(at for at in ranking if at is not None))
        steering = PositionTaken(choice=next(iter(ranking), None)) if step.kind == "position" else ballot
        turn = Turn(self.record.last_seq + 1, step.kind, name, text, heard=self.record.last_seq, steering=steering)
        self.record.append(turn)
        return turn

    def close_poll(self, step: ClosePoll, *votes: int) -> Turn:
        """Close a poll in which people have voted for these options."""
        poll = poll_of(self.record, step.poll)
        assert poll is not None
        steering = PollClosed(poll=step.poll, people=counted(poll.opened, votes))
        turn = replace(moderator_turn(self.record, steering, ""), kind="result")
        told = format_of(self.session).result(self.session, Record([*self.record, turn]))
        self.record.append(replace(turn, text=told))
        return self.record.turns[-1]

    def play(self, words: Words = plain_words) -> list[Step]:
        """Go on until the discussion is over. Out: the steps that were taken."""
        taken: list[Step] = []
        while not isinstance(step := self.step, Close):
            self.take(step, words)
            taken.append(step)
        return taken

    def spoken(self) -> list[str]:
        return [turn.speaker for turn in self.record.persona_turns()]


def table_of(*names: str, seed: int = 1, **dials: Any) -> RecordedTable:
    """A table at which these sit, with a question put already."""
    table = RecordedTable(
        tuple(persona(name) for name in names), seed, dials=Dials.model_validate({"turns": 200} | dials)
    )
    table.steer(QuestionPut(question=QUESTIONS[0]))
    return table


def names(steps: Iterable[Step]) -> list[str]:
    return [step.persona.name for step in steps if isinstance(step, Speak)]
