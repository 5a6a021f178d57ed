"""Has a turn written: the prompt that fits, the calls it takes within the budget, and what the persona said."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.discussion.model.names import addressed, shown_name
from bot.discussion.model.record import Compaction, FloorChosen, Record, Session, Turn, Usage, moderator_turn, seats
from bot.discussion.moderation.dissent import DISSENT_FLAG
from bot.discussion.moderation.moderator import Choose, Speak, Summarise
from bot.discussion.prompts.compaction import compaction
from bot.discussion.prompts.prompt import Prompt, again, build_prompt
from bot.discussion.prompts.selector_prompt import CHOICE_TOKENS, read_selection, selector_prompt
from bot.discussion.replies.guards import Objection, objection
from bot.discussion.replies.reply import Reply, clean
from bot.errors import ContextOverflow
from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from bot.llm.endpoints import EndpointRegistry
from bot.sessions.composing.budget import Budget
from bot.sessions.composing.limits import CALLS_A_TURN, tokens_in

# A prompt is compacted when it fills this share of what the window leaves for it.
HIGH_WATERMARK: Final = 0.9
# Tokens that a chat template adds around one message, generously.
TEMPLATE_TOKENS: Final = 64
# A summary may be as long as several turns.
SUMMARY_TURNS: Final = 2
# So much of what the model said is kept beside the turn.
RAW_LIMIT: Final = 24_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed turn that is not yet in the record, with the state of the record it was composed from."""

    turn: Turn
    heard: int
    revision: int


class Composer:
    """Writes the turns of one session. `compact` commits a compaction to the record."""

    def __init__(
        self,
        session: Session,
        record: Record,
        *,
        endpoints: EndpointRegistry,
        budget: Budget,
        max_tokens: int,
        compact: Callable[[Compaction], Awaitable[None]],
    ) -> None:
        self._session = session
        self._record = record
        self._endpoints = endpoints
        self._budget = budget
        self._max_tokens = max_tokens
        self._compact = compact
        self._calls = 0

    async def compose(self, step: Speak | Summarise) -> Draft:
        """Have the speaker's turn written, in at most CALLS_A_TURN calls. A useless answer is asked for once more;
        if that is useless too, the turn is a pass. Raises LimitReached and what the endpoint raises."""
        self._calls = 0
        prompt, revision, completion = await self._answered(step)
        reply, problem = self._judged(completion, step, prompt.tail)
        usage, asked_again = _usage(completion), ""
        if problem and self._calls < CALLS_A_TURN:
            asked_again = f"asked_again:{problem.flag}"
            completion = await self._ask(again(self._session, prompt, step.persona, step.cue, problem.note), step)
            reply, problem = self._judged(completion, step, prompt.tail)
            usage = _usage(completion, usage)
        text = "" if problem else reply.text
        flags = [DISSENT_FLAG if step.cue.dissent else "", *reply.flags, problem.flag if problem else "", asked_again]
        table = seats(self._session, self._record)
        turn = Turn(
            seq=0,
            kind="summary" if isinstance(step, Summarise) else "persona",
            speaker=step.persona.name,
            text=text,
            question=step.cue.question,
            addressed=addressed(text, table, speaker=step.persona.name) if isinstance(step, Speak) else None,
            heard=prompt.heard,
            raw=completion.text[:RAW_LIMIT],
            flags=tuple(dict.fromkeys(filter(None, flags))),
            usage=usage,
        )
        return Draft(turn, prompt.heard, revision)

    async def choose(self, step: Choose) -> Draft:
        """Have the model choose the next speaker, in one call; an answer that names nobody leaves it to the rules.
        Raises LimitReached and what the endpoint raises."""
        prompt, revision, completion = await self._answered(step)
        name = read_selection(completion.text, self._session, self._record, step.among)
        turn = moderator_turn(self._record, FloorChosen(name=name), "")
        return Draft(replace(turn, usage=_usage(completion)), prompt.heard, revision)

    async def _answered(self, step: Speak | Summarise | Choose) -> tuple[Prompt, int, Completion]:
        """The prompt that fits, the record's revision that it was made from, and the answer."""
        await self._endpoint_of(step).discover()
        prompt = await self._fitting_prompt(step)
        revision = self._record.revision
        try:
            return prompt, revision, await self._ask(prompt, step)
        except ContextOverflow:
            prompt = await self._fitting_prompt(step, overflown=True)
            revision = self._record.revision
            return prompt, revision, await self._ask(prompt, step)

    def _prompt(self, step: Speak | Summarise | Choose) -> Prompt:
        if isinstance(step, Choose):
            return selector_prompt(self._session, self._record, step.among)
        return build_prompt(self._session, self._record, step.persona, step.cue)

    async def _ask(self, prompt: Prompt, step: Speak | Summarise | Choose) -> Completion:
        summary = SUMMARY_TURNS * self._max_tokens
        temperature = 0.0 if isinstance(step, Choose) else step.persona.creativity
        limit = {Choose: CHOICE_TOKENS, Summarise: summary}.get(type(step), self._max_tokens)
        endpoint = self._endpoint_of(step)
        cost = tokens_in(len(prompt.text), endpoint.chars_per_token)
        # The summary's prompt will be about as long as this one.
        reserve = 0 if isinstance(step, Summarise) else cost + summary + endpoint.thinking
        await self._budget.book(prompt=cost, answer=endpoint.most(limit, prompt=cost), reserve=reserve)
        self._calls += 1
        completion = await endpoint.complete(prompt.text, temperature=temperature, max_tokens=limit, stop=prompt.stop)
        self._budget.settle(completion, prompt=cost, chars_per_token=endpoint.chars_per_token)
        return completion

    def _judged(self, completion: Completion, step: Speak | Summarise, cue: str) -> tuple[Reply, Objection | None]:
        """What the persona said, and why that can't be a turn, if so."""
        others, guests = [], set[str]()
        if isinstance(step, Speak):  # a summary may well go from one speaker to the next, each on a line
            others = [p for p in seats(self._session, self._record) if p.name != step.persona.name]
            guests = {shown_name(self._session, turn) for turn in self._record if turn.kind == "guest"}
        reply = clean(
            completion.text,
            speaker=step.persona,
            others=others,
            guests=guests,
            finish_reason=completion.finish_reason,
        )
        summary = isinstance(step, Summarise)
        return reply, objection(reply, self._session, self._record, step.persona, cue=cue, summary=summary)

    async def _fitting_prompt(self, step: Speak | Summarise | Choose, *, overflown: bool = False) -> Prompt:
        """The prompt, after a compaction if it would not fit into the window (or did not: `overflown`)."""
        prompt = self._prompt(step)
        room = self._room(step)
        if overflown:
            # The server counts otherwise than we do: what it refused is over its limit, whatever we think that is.
            room = min(room or len(prompt.text), int(len(prompt.text) * HIGH_WATERMARK))
        if room is None or len(prompt.text) <= room * HIGH_WATERMARK:
            return prompt
        drop = compaction(self._session, self._record, room=room - len(prompt.preamble) - len(prompt.tail))
        if drop is None and not overflown and len(prompt.text) <= room:
            return prompt
        if drop is None:
            raise ContextOverflow(
                "The character cards and the task are longer than the model's context window. "
                "Seat fewer personas, or load the model with a larger window."
            )
        await self._compact(drop)
        return self._prompt(step)

    def _endpoint_of(self, step: Speak | Summarise | Choose) -> Endpoint:
        return self._endpoints.default if isinstance(step, Choose) else self._endpoints.of(step.persona)

    def _room(self, step: Speak | Summarise | Choose) -> int | None:
        """Characters that the prompt may have, None where the window is not known."""
        endpoint = self._endpoint_of(step)
        if endpoint.window is None:
            return None
        tokens = endpoint.window - SUMMARY_TURNS * self._max_tokens - endpoint.thinking - TEMPLATE_TOKENS
        return max(0, int(tokens * endpoint.chars_per_token))


def _usage(completion: Completion, earlier: Usage | None = None) -> Usage:
    """What a turn cost: with a second call, both together."""

    def both(a: float | None, b: float | None):
        return b if a is None else a if b is None else a + b

    if earlier is None:
        earlier = Usage()
    return Usage(
        finish_reason=completion.finish_reason,
        prompt_tokens=both(earlier.prompt_tokens, completion.prompt_tokens),  # type: ignore[arg-type]
        cached_tokens=both(earlier.cached_tokens, completion.cached_tokens),  # type: ignore[arg-type]
        completion_tokens=both(earlier.completion_tokens, completion.completion_tokens),  # type: ignore[arg-type]
        latency_ms=both(earlier.latency_ms, completion.latency_ms),
    )
