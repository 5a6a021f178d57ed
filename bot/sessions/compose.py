"""Has a turn written: the prompt that fits, the calls it takes within the budget, and what the persona said."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot.discussion.moderator import Speak, Summarise
from bot.discussion.names import addressed
from bot.discussion.prompt import Prompt, again, build_prompt, compaction, shown_name
from bot.discussion.record import Compaction, Record, Session, Turn, Usage, seats
from bot.discussion.reply import Reply, clean, is_copy
from bot.discussion.scripts import is_foreign
from bot.errors import ContextOverflow
from bot.llm.endpoint import Completion, Endpoint
from bot.sessions.budget import Budget
from bot.sessions.limits import CALLS_A_TURN, tokens_in

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
        endpoint: Endpoint,
        budget: Budget,
        max_tokens: int,
        compact: Callable[[Compaction], Awaitable[None]],
    ) -> None:
        self._session = session
        self._record = record
        self._endpoint = endpoint
        self._budget = budget
        self._max_tokens = max_tokens
        self._compact = compact
        self._calls = 0

    async def compose(self, step: Speak | Summarise) -> Draft:
        """Have the speaker's turn written, in at most CALLS_A_TURN calls. A useless answer is asked for once more;
        if that is useless too, the turn is a pass. Raises LimitReached and what the endpoint raises."""
        self._calls = 0
        await self._endpoint.discover()
        prompt = await self._fitting_prompt(step)
        revision = self._record.revision
        try:
            completion = await self._ask(prompt, step)
        except ContextOverflow:
            prompt = await self._fitting_prompt(step, overflown=True)
            revision = self._record.revision
            completion = await self._ask(prompt, step)
        reply, usage = self._read(completion, step), _usage(completion)
        useless = self._useless(reply.text, step)
        if useless and self._calls < CALLS_A_TURN:
            completion = await self._ask(again(self._session, prompt, step.persona, step.cue), step)
            reply, usage = self._read(completion, step), _usage(completion, usage)
            useless = self._useless(reply.text, step)
        text = "" if useless else reply.text
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
            flags=tuple(dict.fromkeys((*reply.flags, useless))) if useless else reply.flags,
            usage=usage,
        )
        return Draft(turn, prompt.heard, revision)

    async def _ask(self, prompt: Prompt, step: Speak | Summarise) -> Completion:
        summary = SUMMARY_TURNS * self._max_tokens
        limit = summary if isinstance(step, Summarise) else self._max_tokens
        cost = tokens_in(len(prompt.text), self._endpoint.chars_per_token)
        # The summary's prompt will be about as long as this one.
        await self._budget.book(prompt=cost, answer=limit, reserve=0 if isinstance(step, Summarise) else cost + summary)
        self._calls += 1
        completion = await self._endpoint.complete(
            prompt.text, temperature=step.persona.creativity, max_tokens=limit, stop=prompt.stop
        )
        self._budget.settle(completion, prompt=cost, chars_per_token=self._endpoint.chars_per_token)
        return completion

    def _read(self, completion: Completion, step: Speak | Summarise) -> Reply:
        others, guests = [], set[str]()
        if isinstance(step, Speak):  # a summary may well go from one speaker to the next, each on a line
            others = [p for p in seats(self._session, self._record) if p.name != step.persona.name]
            guests = {shown_name(self._session, turn) for turn in self._record if turn.kind == "guest"}
        return clean(
            completion.text,
            speaker=step.persona,
            others=others,
            guests=guests,
            finish_reason=completion.finish_reason,
        )

    def _useless(self, text: str, step: Speak | Summarise) -> str | None:
        """Why a text can't be a turn, as the flag for it; None if it can."""
        if not text:
            return "empty"
        if is_foreign(text, self._session, self._record):
            return "wrong_script"
        return "repeated" if isinstance(step, Speak) and is_copy(text, self._record) else None

    async def _fitting_prompt(self, step: Speak | Summarise, *, overflown: bool = False) -> Prompt:
        """The prompt, after a compaction if it would not fit into the window (or did not: `overflown`)."""
        prompt = build_prompt(self._session, self._record, step.persona, step.cue)
        room = self._room()
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
        return build_prompt(self._session, self._record, step.persona, step.cue)

    def _room(self) -> int | None:
        """Characters that a prompt may have, None where the window is not known."""
        if self._endpoint.window is None:
            return None
        tokens = self._endpoint.window - SUMMARY_TURNS * self._max_tokens - TEMPLATE_TOKENS
        return max(0, int(tokens * self._endpoint.chars_per_token))


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
