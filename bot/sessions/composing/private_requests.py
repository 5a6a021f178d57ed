"""What personas are asked in private: for a position before the discussion, for a ballot after it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bot.discussion.model.polls import letter
from bot.discussion.model.record import Record, Turn, Usage
from bot.discussion.model.steerings import BallotCast, PositionTaken
from bot.discussion.moderation.seeded_random import seeded_random
from bot.discussion.moderation.steps import Gather, Speak
from bot.discussion.prompts import private_prompts
from bot.discussion.prompts.prompt import Cue, Prompt
from bot.discussion.replies.guards import Objection
from bot.discussion.replies.layout import storable
from bot.discussion.replies.reasoning import without_reasoning
from bot.discussion.replies.reply import Reply
from bot.llm.completion import Completion
from bot.sessions.composing.candidates import Candidate
from bot.sessions.composing.requests import RAW_LIMIT, PersonaRequest

# Stands on a ballot, or a position, that nobody was asked for: there were no tokens left.
LIMIT_FLAG: Final = "limit"
_NO_CHOICE: Final = Objection(
    "empty",
    "no_choice",
    "It named no option: end with a line of its own, “Choice:” and the letter.",
    is_fatal=False,
)
_NO_REASON: Final = Objection("empty", "no_reason", "It said only the choice: say in two sentences why.")


class _PrivateRequest(PersonaRequest):
    """One persona's part of a gathering. Who writes is not seen to be typing."""

    def __init__(self, step: Gather, at: int, *rest: Any) -> None:
        self._step = step
        super().__init__(Speak(step.among[at], Cue(step.question)), *rest)
        self.speaker = None

    def again(self, prompt: Prompt, problem: Objection) -> Prompt:
        return self._asking(self._record, problem.note)

    def _prompt(self, record: Record) -> Prompt:
        return self._asking(record)

    def _asking(self, record: Record, problem: str = "") -> Prompt:
        """The prompt; `problem`: why a first answer was of no use."""
        raise NotImplementedError

    def worth(self, reply: Reply) -> int:
        return len(reply.text)


class PositionRequest(_PrivateRequest):
    """What a persona is for before anybody has spoken: cleaned as a turn is. If it says all but its choice it is asked
    for that alone; and a choice stays, if it was first said without a reason."""

    kind = "position"
    may_repeat = True

    def __init__(self, *rest: Any) -> None:
        super().__init__(*rest)
        self._lacks_choice: Candidate | None = None
        self._chosen: int | None = None

    def again(self, prompt: Prompt, problem: Objection) -> Prompt:
        if self._lacks_choice is None:
            return super().again(prompt, problem)
        step, said = self._step, self._lacks_choice.reply.text
        return private_prompts.choice_prompt(
            self._session, self._record, self._persona, step.question, step.options, said=said
        )

    def _prompt(self, record: Record) -> Prompt:
        self._lacks_choice = self._chosen = None
        return super()._prompt(record)

    def _asking(self, record: Record, problem: str = "") -> Prompt:
        step, note = self._step, f"{self._step.note} {problem}".strip()
        return private_prompts.position_prompt(
            self._session, record, self._persona, step.question, step.options, shown=step.is_shown, note=note
        )

    def judged(self, completion: Completion, prompt: Prompt) -> tuple[Reply, Objection | None]:
        if first := self._lacks_choice:
            self._chosen = private_prompts.read_choice(_aloud(completion), self._step.options)
            return first.reply, _NO_CHOICE if self._chosen is None else None
        said, choice = self._read(completion)
        self._chosen = choice if choice is not None else self._chosen
        if choice is not None and not said:
            return Reply("", ()), _NO_REASON
        # The line of the choice first: to whoever cleans an answer it may look like another speaker's.
        reply, problem = super().judged(replace(completion, text=said), prompt)
        if problem is None and self._chosen is None and self._step.options:
            problem = _NO_CHOICE
            self._lacks_choice = Candidate(completion, reply, problem)
        return reply, problem

    def turn(self, reply: Reply, completion: Completion, *, heard: int, usage: Usage) -> Turn:
        _, own = self._read(completion)
        choice = self._chosen if own is None else own
        first = self._lacks_choice
        if first is not None and first.completion is not completion:
            completion = replace(completion, text=f"{first.completion.text}\n{completion.text}")
        turn = super().turn(reply, completion, heard=heard, usage=usage)
        return replace(turn, question=self._step.question, steering=PositionTaken(choice=choice))

    def _read(self, completion: Completion) -> tuple[str, int | None]:
        return private_prompts.read_position(_aloud(completion), self._step.options)


class BallotRequest(_PrivateRequest):
    """A persona's vote. Everyone sees the options in an order of their own, so that none gains by its place."""

    kind = "ballot"

    def __init__(self, step: Gather, at: int, *rest: Any) -> None:
        super().__init__(step, at, *rest)
        self._order = list(range(len(step.options)))
        seeded_random(self._session.seed, f"ballot of {self._persona.name}", step.poll).shuffle(self._order)

    @property
    def temperature(self) -> float:
        return 0.0

    @property
    def max_tokens(self) -> int:
        return private_prompts.BALLOT_TOKENS

    @property
    def _shown(self) -> Sequence[str]:
        return [self._step.options[number] for number in self._order]

    def _asking(self, record: Record, problem: str = "") -> Prompt:
        step, about = self._step, (self._session, record, self._persona, self._step.question, self._shown)
        return private_prompts.ballot_prompt(*about, ranked=step.ranked, note=step.note, problem=problem)

    def judged(self, completion: Completion, prompt: Prompt) -> tuple[Reply, Objection | None]:
        ranking = private_prompts.read_ballot(_aloud(completion), self._shown, ranked=self._step.ranked)
        if ranking is None:
            form = "all the letters in order" if self._step.ranked else "one letter"
            return Reply("", ()), Objection("empty", "no_ballot", private_prompts.NOT_READ.format(form=form))
        return Reply(" > ".join(letter(self._order[shown]) for shown in ranking), ()), None

    def turn(self, reply: Reply, completion: Completion, *, heard: int, usage: Usage) -> Turn:
        ranking = ()
        if reply.text:
            read = private_prompts.read_ballot(_aloud(completion), self._shown, ranked=self._step.ranked)
            ranking = tuple(self._order[shown] for shown in read or ())
        return Turn(
            seq=0,
            kind="ballot",
            speaker=self._persona.name,
            text=reply.text,
            question=self._step.question,
            heard=heard,
            steering=BallotCast(poll=self._step.poll, ranking=ranking),
            raw=(completion.text or completion.declined)[:RAW_LIMIT],
            flags=reply.flags,
            usage=usage,
        )


def _aloud(completion: Completion) -> str:
    """An answer without what the model thought."""
    return without_reasoning(storable(completion.text))


def private_requests(step: Gather, *rest: Any) -> list[_PrivateRequest]:
    """What a gathering asks, persona by persona. `rest`: what every request gets."""
    made = PositionRequest if step.kind == "position" else BallotRequest
    return [made(step, at, *rest) for at in range(len(step.among))]


def unasked(step: Gather) -> list[Turn]:
    """The turns of those who are not asked any more, for want of tokens: no position, and abstaining."""
    steering = PositionTaken() if step.kind == "position" else BallotCast(poll=step.poll)
    return [
        Turn(0, step.kind, persona.name, "", question=step.question, steering=steering, flags=(LIMIT_FLAG,))
        for persona in step.among
    ]
