"""Has a turn written: the prompt that fits, the calls it takes within the budget, and what the persona said."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from bot.discussion.model.record import PRIVATE_KINDS, Record, Session, Turn
from bot.discussion.model.steerings import Compaction, PositionsRevealed
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.steps import Choose, Gather, Speak, Summarise
from bot.discussion.prompts.compaction import compaction
from bot.discussion.prompts.prompt import Prompt
from bot.errors import ContentFiltered, ContextOverflow, EndpointDown, EndpointRefused
from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_errors import SHORTER
from bot.llm.endpoint_registry import EndpointRegistry
from bot.llm.fair_queue import Caller, on_behalf_of
from bot.llm.fallback import SPOKEN_BY
from bot.sessions.composing.blame import Blame
from bot.sessions.composing.budget import Budget
from bot.sessions.composing.call_cost import of_answer, of_call, of_prompt
from bot.sessions.composing.candidates import Candidate, best
from bot.sessions.composing.draft import Draft
from bot.sessions.composing.findings import Finding, ForTheHost, NotRead
from bot.sessions.composing.limits import CALLS_A_TURN, tokens_in
from bot.sessions.composing.private_requests import private_requests
from bot.sessions.composing.requests import REQUESTS, SUMMARY_TURNS, ModelRequest

log = logging.getLogger(__name__)

# A prompt is compacted when it fills this share of what the window leaves for it.
HIGH_WATERMARK: Final = 0.9
# So many times a prompt is compacted for one turn while the server only says that it is too long, not by how much.
MOST_COMPACTIONS: Final = 3
# So many characters of transcript, some 6,000 tokens, are read at a table without a clock, whatever its model can: it
# stands for weeks, and each word at it costs all that is read before the answer.
STANDING_TRANSCRIPT: Final = 24_000
# Tokens that a chat template adds around one message, generously.
TEMPLATE_TOKENS: Final = 64


class Composer:
    """Writes the turns of one session. `compact` commits a compaction to the record, `withhold` that turns stand in no
    prompt any more."""

    def __init__(
        self,
        session: Callable[[], Session],
        record: Record,
        *,
        endpoints: EndpointRegistry,
        budget: Budget,
        max_tokens: int,
        compact: Callable[[Compaction], Awaitable[None]],
        withhold: Callable[[Collection[int]], Awaitable[None]],
    ) -> None:
        self._session_now = session
        self._record = record
        self._endpoints = endpoints
        self._budget = budget
        self._max_tokens = max_tokens
        self._compact = compact
        self._withhold = withhold
        # By server: the last turn in a prompt that it took, and the record's revision then.
        self._read: dict[str, tuple[int, int]] = {}
        self.caller = Caller(budget.guild_id)
        """In whose name it asks: whose calls wait at a model."""
        self.findings: list[Finding] = []
        """What the place is still to be told."""

    @property
    def _session(self) -> Session:
        # As it stands now: a member may have been taken out of what it is told of earlier tables.
        return self._session_now()

    def request(self, step: Speak | Summarise | Choose) -> ModelRequest:
        """What a step asks of a model."""
        return REQUESTS[type(step)](step, self._session, self._record, self._endpoints, self._max_tokens)

    def private_requests(self, step: Gather) -> Sequence[ModelRequest]:
        """What a gathering asks, of each persona, to be composed at the same time."""
        requests = private_requests(step, self._session, self._record, self._endpoints, self._max_tokens)
        for request in requests:
            request.caller = Caller(self._budget.guild_id)  # who asks makes one call at a time
        return requests

    async def compose(self, request: ModelRequest) -> Draft:
        """Have a turn written, by the first of the endpoints that may be asked which does not fail.

        Raises LimitReached and, if all of them fail, what the first that was asked raised.
        """
        chain = request.chain
        failed: EndpointDown | EndpointRefused | None = None
        for endpoint in await chain.in_turn():
            request.ask_of(endpoint)
            try:
                draft = await self._composed(request)
            except ContentFiltered:  # it is well; nobody else is asked to say what it will not
                raise
            except (EndpointDown, EndpointRefused) as problem:
                chain.failed(endpoint, problem)
                failed = failed or problem
                continue
            chain.answered(endpoint)
            if name := chain.stand_in(endpoint):
                return replace(draft, turn=replace(draft.turn, flags=(*draft.turn.flags, f"{SPOKEN_BY}{name}")))
            return draft
        assert failed is not None
        raise failed

    async def _composed(self, request: ModelRequest) -> Draft:
        """Have one endpoint write the turn, in at most CALLS_A_TURN calls; what a server refuses comes on top.

        A useless answer is asked for once more; if that is useless too, the turn is a pass. Raises LimitReached and
        what the endpoint raises.
        """
        request.calls = 0
        prompt, revision, completion = await self._answered(request)
        answers = [Candidate(completion, *request.judged(completion, prompt))]
        usage, asked_again = completion.usage, ""
        if (problem := answers[0].problem) and request.calls < CALLS_A_TURN:
            asked_again = f"asked_again:{problem.flag}"
            completion = await self._ask(request.again(prompt, problem), request)
            answers.append(Candidate(completion, *request.judged(completion, prompt)))
            usage = usage.plus(completion.usage)
        answer = best(answers, request.worth)
        said = answer.said(asked_again)
        return Draft(request.turn(said, answer.completion, heard=prompt.heard, usage=usage), prompt.heard, revision)

    async def _answered(self, request: ModelRequest) -> tuple[Prompt, int, Completion]:
        """The prompt that fits, the record's revision that it was made from, and the answer."""
        await request.endpoint.discover()
        prompt = await self._fitting_prompt(request)
        overflows = 0
        while True:
            revision = self._record.revision
            try:
                completion = await self._ask(prompt, request)
            except ContextOverflow:
                overflows += 1
                # Where the window is known one compaction is right; where it is not, each comes nearer.
                if overflows > (1 if request.endpoint.window else MOST_COMPACTIONS):
                    raise
                prompt = await self._fitting_prompt(request, overflown=True)
            except ContentFiltered as refusal:
                prompt, completion = await self._without_what_is_to_blame(request, refusal)
                return prompt, self._record.revision, completion
            else:
                if completion.is_blocked:
                    return await self._unblocked(request, prompt, revision)
                self._read[request.endpoint.base_url] = prompt.heard, revision
                return prompt, revision, completion

    async def _unblocked(self, request: ModelRequest, prompt: Prompt, revision: int) -> tuple[Prompt, int, Completion]:
        """A filter has let nothing of an answer through. That may be for what the model said; what comes to nothing
        again may be so for what it read."""
        again = await self._ask(prompt, request)
        if again.is_blocked:
            try:
                prompt, again = await self._without_what_is_to_blame(request, ContentFiltered("an empty answer"))
                revision = self._record.revision
            except ContentFiltered:
                log.info("the filter at %s lets nothing through", request.endpoint.base_url)
        return prompt, revision, again

    async def _without_what_is_to_blame(
        self, request: ModelRequest, refusal: ContentFiltered
    ) -> tuple[Prompt, Completion]:
        """A filter has refused the prompt: the prompt that it takes and the answer to that. The lines to blame are
        withheld from all prompts from here on. Raises the refusal if it is not about what was said."""
        blame = Blame(self._suspects(request))
        answered: tuple[Prompt, Completion] | None = None
        while (turns := blame.left_out) is not None:
            prompt = request.prompt(turns)
            try:
                completion = await self._ask(prompt, request)
            except ContentFiltered:
                blame.refused()
                continue
            if completion.is_blocked:
                blame.refused()
            else:
                blame.passed()
                answered = prompt, completion
        if answered is None:
            raise refusal
        log.warning("%s; withheld from prompts: turns %s", refusal, blame.found)
        self.findings.append(NotRead(tuple(dict.fromkeys(self._record.turns[seq - 1].speaker for seq in blame.found))))
        await self._withhold(blame.found)
        self._read[request.endpoint.base_url] = answered[0].heard, self._record.revision
        return answered

    def _suspects(self, request: ModelRequest) -> list[int]:
        """The turns that a refused prompt may have been refused for, the likeliest first: what the server has not read
        before, guests before personas, the newest first."""
        compaction = self._record.compaction()
        read, revision = self._read.get(request.endpoint.base_url, (0, 0))
        if revision != self._record.revision:  # an older turn may be another one now
            read = 0
        read = max(read, compaction.upto if compaction else 0)
        said = [turn for turn in self._record.after(read) if turn.text and not turn.withheld and _may_be_to_blame(turn)]
        return [turn.seq for turn in sorted(said, key=lambda turn: (turn.kind != "guest", -turn.seq))]

    async def _ask(self, prompt: Prompt, request: ModelRequest) -> Completion:
        endpoint, limit = request.endpoint, request.max_tokens
        cost = tokens_in(len(prompt.text), endpoint.ratio_for(prompt.text))
        # The summary's prompt will be about as long as this one.
        summary = cost + self._summary_tokens + endpoint.thinking
        reserve = summary if request.needs_summary_after else 0
        asked, awaited = of_prompt(endpoint, cost), of_answer(endpoint, endpoint.most(limit, prompt=cost))
        async with self._budget.booked(prompt=asked, answer=awaited, reserve=reserve):
            request.calls += 1
            with on_behalf_of(request.caller or self.caller):
                completion = await endpoint.complete(
                    prompt.text,
                    temperature=request.temperature,
                    max_tokens=limit,
                    stop=prompt.stop,
                    preamble=prompt.preamble,
                    form=prompt.form,
                )
            self._budget.settle(of_call(endpoint, completion, prompt=cost), prompt=asked)
        if warning := endpoint.take_warning():
            log.warning("%s", warning)
            self.findings.append(ForTheHost(warning))
        return completion

    async def _fitting_prompt(self, request: ModelRequest, *, overflown: bool = False) -> Prompt:
        """The prompt, after a compaction if it would not fit into the window (or did not: `overflown`)."""
        prompt = request.prompt()
        has_clock = format_of(self._session).has_clock
        if not has_clock and len(prompt.transcript) > STANDING_TRANSCRIPT:
            if drop := compaction(self._session, self._record, room=STANDING_TRANSCRIPT):
                await self._compact(drop)
            prompt = request.prompt()
        room = self._room(request.endpoint, prompt.text)
        if overflown:
            # The server counts otherwise than we do: what it refused is over its limit, whatever we think that is.
            room = min(room or len(prompt.text), int(len(prompt.text) * HIGH_WATERMARK))
        if room is None or len(prompt.text) <= room * HIGH_WATERMARK:
            return prompt
        drop = compaction(self._session, self._record, room=room - len(prompt.preamble) - len(prompt.tail))
        if drop is None and not overflown and len(prompt.text) <= room:
            return prompt
        if drop is None:
            of = f" of {request.endpoint.window:,} tokens" if request.endpoint.window else ""
            raise ContextOverflow(
                f"The character cards and the task do not fit into the model's context window{of}, beside answers of "
                f"{self._max_tokens:,} tokens (the summary: {self._summary_tokens:,}). {SHORTER}"
            )
        await self._compact(drop)
        return request.prompt()

    def _room(self, endpoint: Endpoint, prompt: str) -> int | None:
        """Characters that a prompt like this one may have, None where the window is not known."""
        if endpoint.window is None:
            return None
        tokens = endpoint.window - self._summary_tokens - endpoint.thinking - TEMPLATE_TOKENS
        return max(0, int(tokens * endpoint.ratio_for(prompt)))

    @property
    def _summary_tokens(self) -> int:
        return SUMMARY_TURNS * self._max_tokens


def _may_be_to_blame(turn: Turn) -> bool:
    """Whether it stands in prompts, and is not only the moderator's."""
    is_moderators = turn.kind == "moderator" and not isinstance(turn.steering, PositionsRevealed)
    return not is_moderators and turn.kind not in PRIVATE_KINDS
