"""What each kind of step asks of a model: its prompt, endpoint and limits, and what becomes of the answer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.discussion.model import poll_words
from bot.discussion.model.names import addressed, shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll
from bot.discussion.model.record import ANSWERS_FLAG, Kind, Record, Session, Turn, Usage, moderator_turn, seats
from bot.discussion.model.steerings import FloorChosen
from bot.discussion.moderation.dissent import DISSENT_FLAG
from bot.discussion.moderation.steps import Choose, Speak, Summarise
from bot.discussion.prompts import selector_prompt
from bot.discussion.prompts.prompt import Prompt, again, build_prompt
from bot.discussion.replies.guards import Objection, objection
from bot.discussion.replies.reply import Reply, clean
from bot.discussion.replies.stated import left_out
from bot.discussion.replies.trimming import new_pairs, trimmed
from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.llm.fair_queue import Caller
from bot.llm.fallback import EndpointChain

# A summary may be as long as several turns.
SUMMARY_TURNS: Final = 2
# The model refused to answer; a filter of its server's took the rest of the answer, or all of it.
DECLINED_FLAG: Final = "declined"
FILTERED_FLAG: Final = "content_filter"
_DECLINED: Final = Objection(
    "empty", DECLINED_FLAG, "It was declined: say what can be said to this, in a sentence or two of your own."
)
# An answer is compared with so many turns before it: a table may stand for years.
COMPARED: Final = 500
# So much of what the model said is kept beside the turn.
RAW_LIMIT: Final = 24_000


class ModelRequest(ABC):
    """One step of one session, as the composer needs it."""

    speaker: Persona | None = None
    """Who is seen to be typing meanwhile."""
    needs_summary_after: bool = True
    """Whether tokens for the summary are to be kept back."""

    def __init__(self, session: Session, record: Record, endpoints: EndpointRegistry, turn_tokens: int) -> None:
        """`turn_tokens`: the most that a persona's turn may have."""
        self._session = session
        self._record = record
        self._endpoints = endpoints
        self._turn_tokens = turn_tokens
        self._asked: Endpoint | None = None
        self.caller: Caller | None = None
        """In whose name it asks, where several of a session ask at the same time."""
        self.calls = 0
        """How many were made for it at the endpoint that is asked."""

    @property
    @abstractmethod
    def chain(self) -> EndpointChain:
        """Who may be asked. Raises EndpointRefused if the settings no longer have the first of them."""

    @property
    def endpoint(self) -> Endpoint:
        """Who is asked, as of the last `ask_of`; without one the first of the chain. Raises as `chain` does."""
        return self._asked or self.chain.first

    def ask_of(self, endpoint: Endpoint) -> None:
        """Have the request made to this one of the chain."""
        self._asked = endpoint

    @property
    @abstractmethod
    def temperature(self) -> float:
        """From 0.0 (always the likeliest words) to 1.0."""

    @property
    def max_tokens(self) -> int:
        """Of the answer."""
        return self._turn_tokens

    def prompt(self, without: Collection[int] = ()) -> Prompt:
        """The prompt, from what the record says now, but for the turns of these numbers."""
        return self._prompt(self._record.without(without) if without else self._record)

    @abstractmethod
    def _prompt(self, record: Record) -> Prompt: ...

    @abstractmethod
    def again(self, prompt: Prompt, problem: Objection) -> Prompt:
        """The same prompt with a note about why the first answer was of no use."""

    @abstractmethod
    def judged(self, completion: Completion, prompt: Prompt) -> tuple[Reply, Objection | None]:
        """What was said, and why that can't be a turn, if so."""

    def worth(self, reply: Reply) -> int:
        """How much a reply has to say that is new, 0: nothing. Of two that are objected to the one with more counts."""
        return new_pairs(reply.text, self._record.lately(COMPARED))

    @abstractmethod
    def turn(self, reply: Reply, completion: Completion, *, heard: int, usage: Usage) -> Turn:
        """The turn that this makes. `heard`: the last turn that the prompt held."""


class PersonaRequest(ModelRequest):
    """Asks for what a persona says."""

    kind: Kind
    may_repeat: bool = False
    """Whether it may say what was said before, and go from one speaker to the next."""

    def __init__(self, step: Speak | Summarise, *rest: Any) -> None:
        super().__init__(*rest)
        self._cue = step.cue
        self._persona = self.speaker = step.persona

    @property
    def chain(self) -> EndpointChain:
        return self._endpoints.chain_of(self._persona)

    @property
    def temperature(self) -> float:
        return self._persona.creativity

    def _prompt(self, record: Record) -> Prompt:
        return build_prompt(self._session, record, self._persona, self._cue)

    def again(self, prompt: Prompt, problem: Objection) -> Prompt:
        return again(self._session, prompt, self._persona, self._cue, problem.note)

    def judged(self, completion: Completion, prompt: Prompt) -> tuple[Reply, Objection | None]:
        if completion.declined:
            return Reply("", (DECLINED_FLAG,)), _DECLINED
        others, guests = self._could_be_spoken_for()
        # What a filter took the rest of ends in the middle of a sentence, as at the limit.
        is_cut = completion.is_filtered
        reply = clean(
            completion.text,
            speaker=self._persona,
            others=others,
            guests=guests,
            finish_reason="length" if is_cut else completion.finish_reason,
        )
        if is_cut:
            reply = replace(reply, flags=(FILTERED_FLAG, *reply.flags))
        lately = self._record.lately(COMPARED)
        if not self.may_repeat:
            reply = trimmed(reply, self._session, lately, self._persona, cue=prompt.tail)
        problem = objection(reply, self._session, lately, self._persona, cue=prompt.tail, summary=self.may_repeat)
        return reply, problem

    def turn(self, reply: Reply, completion: Completion, *, heard: int, usage: Usage) -> Turn:
        return Turn(
            seq=0,
            kind=self.kind,
            speaker=self._persona.name,
            text=reply.text,
            question=self._cue.question,
            addressed=self._called_on(reply.text),
            heard=heard,
            raw=(completion.text or completion.declined)[:RAW_LIMIT],
            flags=(*self._asked_for(), *reply.flags),
            usage=usage,
        )

    def _asked_for(self) -> list[str]:
        """What the moderator wanted of the turn, as flags."""
        answers = [f"{ANSWERS_FLAG}{self._cue.answers}"] if self._cue.answers else []
        marked = [self._cue.flag] if self._cue.flag else []
        return [*([DISSENT_FLAG] if self._cue.dissent else []), *marked, *answers]

    def _could_be_spoken_for(self) -> tuple[list[Persona], set[str]]:
        """Whose lines end what the speaker says: the others at the table, and guests by name."""
        return [], set()

    def _called_on(self, text: str) -> str | None:
        return None


class SpeakRequest(PersonaRequest):
    """A persona's turn."""

    kind = "persona"

    def _could_be_spoken_for(self) -> tuple[list[Persona], set[str]]:
        others = [p for p in seats(self._session, self._record) if p.name != self._persona.name]
        return others, {shown_name(self._session, turn) for turn in self._record if turn.kind == "guest"}

    def _called_on(self, text: str) -> str | None:
        return addressed(text, seats(self._session, self._record), speaker=self._persona.name)


class SummaryRequest(PersonaRequest):
    """The summary: it may well go from one speaker to the next, each on a line, and says what was said before."""

    kind = "summary"
    may_repeat = True
    needs_summary_after = False

    @property
    def max_tokens(self) -> int:
        return SUMMARY_TURNS * self._turn_tokens

    def judged(self, completion: Completion, prompt: Prompt) -> tuple[Reply, Objection | None]:
        reply, problem = super().judged(completion, prompt)
        poll = self._cue.states
        return reply, problem or (_not_stated(poll) if poll and left_out(reply.text, poll) else None)


def _not_stated(poll: Poll) -> Objection:
    note = f"It did not state the result of the vote. Say it {poll_words.how_to_state(poll)}."
    return Objection("empty", "no_result", note, is_fatal=False)


class SelectionRequest(ModelRequest):
    """Who speaks next, as the model sees it; an answer that names nobody leaves it to the rules."""

    def __init__(self, step: Choose, *rest: Any) -> None:
        super().__init__(*rest)
        self._among = step.among

    @property
    def chain(self) -> EndpointChain:
        return self._endpoints.default_chain

    @property
    def temperature(self) -> float:
        return 0.0

    @property
    def max_tokens(self) -> int:
        return selector_prompt.CHOICE_TOKENS

    def _prompt(self, record: Record) -> Prompt:
        return selector_prompt.selector_prompt(self._session, record, self._among)

    def again(self, prompt: Prompt, problem: Objection) -> Prompt:
        return prompt  # never asked for: no answer is objected to

    def judged(self, completion: Completion, prompt: Prompt) -> tuple[Reply, Objection | None]:
        name = selector_prompt.read_selection(completion.text, self._session, self._record, self._among)
        return Reply(name or "", ()), None

    def turn(self, reply: Reply, completion: Completion, *, heard: int, usage: Usage) -> Turn:
        return replace(moderator_turn(self._record, FloorChosen(name=reply.text or None), ""), usage=usage)


REQUESTS: Final[Mapping[type[Speak | Summarise | Choose], Callable[..., ModelRequest]]] = {
    Speak: SpeakRequest,
    Summarise: SummaryRequest,
    Choose: SelectionRequest,
}
