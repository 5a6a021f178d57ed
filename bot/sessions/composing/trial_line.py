"""One line of a persona before it sits at any table: what it would answer, at the price of one call of its model."""

from typing import Final

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session
from bot.discussion.model.task import Task
from bot.discussion.prompts.prompt import Cue, Prompt, build_prompt
from bot.discussion.replies.reply import clean
from bot.errors import EndpointDown, EndpointRefused
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.llm.fair_queue import Caller, on_behalf_of
from bot.sessions.composing.call_cost import of_answer, of_call, of_prompt
from bot.sessions.composing.limits import Limits, check_day, tokens_in
from bot.store.schema import now
from bot.store.spending import Account, Spending

QUESTION: Final = "What would you tell somebody who meets you for the first time?"


class TrialLines:
    """Asks models for such lines. They count to the tokens of the server's day, and to those of all."""

    def __init__(self, spending: Spending, endpoints: EndpointRegistry, limits: Limits, *, max_tokens: int) -> None:
        self._spending = spending
        self._endpoints = endpoints
        self._limits = limits
        self._max_tokens = max_tokens

    async def say(self, guild_id: int, persona: Persona) -> str:
        """What the persona answers to QUESTION; "" where nothing of it could be used.

        Raises LimitReached, EndpointDown, EndpointRefused and ContextOverflow.
        """
        session = Session(Task(name="A first meeting", questions=(QUESTION,)), (persona,), Dials(), 0)
        prompt = build_prompt(session, Record(), persona, Cue(question=QUESTION))
        chain = self._endpoints.chain_of(persona)
        failed: EndpointDown | EndpointRefused | None = None
        for endpoint in await chain.in_turn():
            try:
                return await self._asked(guild_id, endpoint, prompt, persona)
            except (EndpointDown, EndpointRefused) as problem:
                chain.failed(endpoint, problem)
                failed = failed or problem
        assert failed is not None
        raise failed

    async def _asked(self, guild_id: int, endpoint: Endpoint, prompt: Prompt, persona: Persona) -> str:
        cost = tokens_in(len(prompt.text), endpoint.ratio_for(prompt.text))
        answer = endpoint.most(self._max_tokens, prompt=cost)
        asked, awaited = of_prompt(endpoint, cost), of_answer(endpoint, answer)
        account, need = Account(guild_id, None, now().date()), asked + awaited
        async with self._spending.booked(
            account, asked, awaits=awaited, check=lambda today: check_day(self._limits, today, need)
        ):
            with on_behalf_of(Caller(guild_id)):
                completion = await endpoint.complete(
                    prompt.text,
                    temperature=persona.creativity,
                    max_tokens=self._max_tokens,
                    stop=prompt.stop,
                    preamble=prompt.preamble,
                )
        await self._spending.add(account, of_call(endpoint, completion, prompt=cost) - asked)
        return clean(completion.text, speaker=persona, others=(), finish_reason=completion.finish_reason).text
