"""One model at one OpenAI-compatible server: what the rest of the bot asks for turns."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.errors import RoundtableError
from bot.llm import discovery, remarks
from bot.llm.asking import ask, learn_from
from bot.llm.call_record import CallRecord
from bot.llm.client import CALL_ERRORS, EndpointClient
from bot.llm.completion import Completion
from bot.llm.endpoint_errors import SettingNames, endpoint_of, explained, no_model
from bot.llm.model_profile import ModelProfile
from bot.llm.prices import TOLD_IN, Prices
from bot.llm.probe import probe
from bot.llm.request_options import AS_USUAL, RequestOptions
from bot.llm.room_to_think import with_room

log = logging.getLogger(__name__)


class Endpoint:
    """Asks one model at one server. Close it with `aclose()`."""

    def __init__(
        self,
        base_url: str,
        *,
        model: str | None = None,
        api_key: str | None = None,
        concurrency: int = 4,
        timeout: float = 120,
        retries: int = 3,
        reasoning_tokens: int = 0,
        context: int | None = None,
        turn_tokens: int = 16,
        settings: str = "LLM",
        given_as: Mapping[str, str] | None = None,
        options: RequestOptions = AS_USUAL,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        prices: Prices | None = None,
        currency: str = TOLD_IN,
    ) -> None:
        """`timeout` is in seconds a try; `context` is the window in tokens, else what the server advertises.

        `reasoning_tokens` come on top of each answer's for a model that is seen to reason. `turn_tokens`: the most that
        a turn may have. `settings` is how the names of its settings begin. `options` are for all its answers. `headers`
        and `query` go with every call; certificates in `ca_file` are trusted besides the system's. `prices` are those
        of the model, in `currency`.
        """
        self._client = EndpointClient(
            base_url,
            api_key=api_key,
            concurrency=concurrency,
            timeout=timeout,
            retries=retries,
            headers=headers,
            query=query,
            ca_file=ca_file,
            name=endpoint_of(settings),
        )
        self.options = options
        self._settings = SettingNames(settings, given_as or {})
        self.profile = ModelProfile(model, context=context, reasoning_tokens=reasoning_tokens)
        """What is known of the model."""
        self._begin(turn_tokens, prices, currency)

    def _begin(self, turn_tokens: int, prices: Prices | None, currency: str) -> None:
        self.turn_tokens = turn_tokens
        self.prices, self._currency = prices, currency
        self._looking = asyncio.Lock()
        self._resting_until = 0.0

    async def aclose(self) -> None:
        await self._client.aclose()

    def of_model(self, model: str) -> "Endpoint":
        """The same server and limits, calls in flight counted together, with another model, whose prices are others
        than those that are set. Closed with this one."""
        settings, prices = replace(self._settings, named="the persona's “model”"), self.prices
        if model != self.profile.named:
            prices = None
        return _Variant(self, settings, self.profile.of(model), self.options, prices)

    def with_options(self, options: RequestOptions) -> "Endpoint":
        """The same model, and one knowledge of it, asked in another way. Closed with this one."""
        return _Variant(self, self._settings, self.profile, options, self.prices)

    def cost(self, prompt: int, answer: int, *, cached: int = 0, told: int | None = None) -> int | None:
        """Of so many tokens, in billionths of the currency; None if the model has no known price.

        In: `cached`, how many of the prompt's the server had ready; `told`, what it says it has charged, which counts
        if that is in the same currency.
        """
        if told is not None and self._currency == TOLD_IN:
            return told
        return self.prices.cost(prompt, answer, cached) if self.prices else None

    @property
    def currency(self) -> str:
        """Of what its calls cost, in three letters."""
        return self._currency

    @property
    def base_url(self) -> str:
        """The server's address, without credentials."""
        return self._client.base_url

    @property
    def record(self) -> CallRecord:
        """How its calls have gone, those with its other models included."""
        return self._client.record

    @property
    def peculiarities(self) -> str:
        """What is set of how it is asked, for whoever hosts the bot; "" where nothing is. It holds no secret."""
        return "; ".join([*self.options.in_words, *self._client.in_words])

    @property
    def calls_waiting(self) -> int:
        """How many calls wait until the server is free for them."""
        return self._client.queue.depth

    @property
    def model(self) -> str | None:
        """The model's name; None while the server has not told it."""
        return self.profile.model

    @property
    def window(self) -> int | None:
        """The context window in tokens; None if it is not known (yet)."""
        return self.profile.window

    @property
    def chars_per_token(self) -> float:
        """As measured in the last answer."""
        return self.profile.chars_per_token

    def ratio_for(self, prompt: str) -> float:
        """Characters a token to reckon with for a prompt: as measured, else as its scripts make likely."""
        return self.profile.ratio_for(prompt)

    @property
    def rest(self) -> float:
        """For how many seconds from now the server has asked to be left alone."""
        return max(0.0, self._resting_until - time.monotonic())

    def take_warning(self) -> str | None:
        """What whoever hosts the bot should know of the model, seen just now; told once."""
        window = self.profile.take_warning()
        return remarks.of_the_cut(window, self.profile, self._client.host, self._settings) if window else None

    @property
    def remarks(self) -> list[str]:
        """What whoever hosts the bot may want to know of the model that is asked, a sentence each."""
        return remarks.of_the_model(self.profile, self._client.host, self._settings, self.turn_tokens)

    @property
    def thinking(self) -> int:
        """Tokens that each answer gets on top, for what the model thinks before it speaks; 0 for one that does not."""
        return self.profile.thinking

    def most(self, max_tokens: int, *, prompt: int) -> int:
        """The most tokens that `complete` may take besides the `prompt`: the first answer may be asked for again."""
        rooms = self.profile.rooms_to_try if self.profile.reasons is None else ()
        return max_tokens + self.thinking + sum(prompt + max_tokens + room for room in rooms)

    async def discover(self) -> str:
        """The model's name, asking the server for it and for its context window the first time.

        Raises EndpointDown or EndpointRefused, the latter also when the server has no model.
        """
        async with self._looking:  # who comes meanwhile need not ask again
            if self.model and self.profile.is_current:
                return self.model
            try:
                before, found = self.model, await discovery.discover(self._client, self.profile)
            except CALL_ERRORS as error:
                raise self._explained(error) from error
        if found != before and (choice := remarks.of_the_choice(self.profile, self._client.host, self._settings)):
            log.info("%s", choice)
        if not found:
            raise self._told(no_model(self._client, self._settings))
        return found

    async def complete(
        self,
        prompt: str,
        *,
        temperature: float,
        max_tokens: int,
        stop: tuple[str, ...] = (),
        preamble: str = "",
        form: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Have the model continue `prompt`, and say it in at most `max_tokens` tokens.

        The prompt is one user message; where the layout is another, the `preamble` that it begins with is a system
        message. A server that can do so holds the answer to the `form`, a JSON schema; others are asked without.

        When a model's first answer is cut at the limit, it is asked for again with room to think, at first with less
        where nothing shows that it does: either the model reasons, and gets all the room from then on, or the first
        answer stands. Where the server says that nothing was thought it stands at once.

        Raises ContextOverflow, EndpointDown (nobody home, overloaded, faulty: after the retries; or an answer that
        can't be read), ContentFiltered or EndpointRefused (key, model, quota, request).
        """
        profile = self.profile
        async with self._client.queue.place():
            await self.discover()
            is_unknown = profile.reasons is None
            limit = max_tokens + profile.thinking
            asked: dict[str, Any] = {
                "temperature": temperature,
                "stop": stop,
                "preamble": preamble,
                "form": form,
                "options": self.options,
            }
            request = profile.request(prompt, max_tokens=limit, **asked)
            completion = await self._answer(prompt, request)
            if is_unknown:

                async def again(room: int, patient: bool) -> Completion:
                    request = profile.request(prompt, max_tokens=max_tokens + room, **asked)
                    return await self._answer(prompt, request, patient=patient)

                return await with_room(profile, completion, again)
            if completion.text.strip():
                profile.learn_no_reasoning()
        return completion

    async def try_out(self, *, patient: bool = False) -> Completion:
        """The answer to a turn's request with a tiny prompt; without patience it is asked for once only. Raises as
        `complete` does."""
        self.profile.doubt()
        async with self._client.queue.place():
            await self.discover()
            limit = self.turn_tokens + self.profile.thinking
            prompt, request = probe(self.profile, self.options, max_tokens=limit)
            return await self._answered(prompt, request, patient=patient)

    async def is_well(self) -> bool:
        """Whether the model would take a turn: the list of models and a tiny completion, in the time of one try."""
        try:
            async with self._client.time_limit(patient=False, streams=self.options.stream):
                await self.try_out()
        except (RoundtableError, TimeoutError) as problem:
            log.info("the endpoint at %s does not answer yet: %s", self._client.host, str(problem) or "too slow")
            return False
        log.info("the endpoint at %s answers again", self._client.host)
        return True

    async def _answer(self, prompt: str, request: dict[str, Any], *, patient: bool = True) -> Completion:
        """One answer; what it shows of the model is remembered. Without patience it is tried once only."""
        completion = await self._answered(prompt, request, patient=patient)
        return self.profile.learn_answer(prompt, completion)

    async def _answered(self, prompt: str, request: dict[str, Any], *, patient: bool) -> Completion:
        started = time.perf_counter()
        try:
            async with self._client.time_limit(patient=patient, streams=self.options.stream):
                with self.record.call():
                    completion = await ask(self._client, self.profile, request, patient=patient)
        except CALL_ERRORS as error:
            if wait := learn_from(error, self.profile, prompt):
                self._resting_until = time.monotonic() + wait
            raise self._explained(error) from error
        self.record.answered(self.model, completion)
        return replace(completion, latency_ms=round((time.perf_counter() - started) * 1000, 1))

    def _explained(self, error: Exception) -> RoundtableError:
        return self._told(explained(error, self._client, self.model, self._settings))

    def _told(self, error: RoundtableError) -> RoundtableError:
        self.record.failed(self.model, error)
        return error


class _Variant(Endpoint):
    """A further model at a server that is spoken to already, or the same one asked in another way."""

    def __init__(
        self,
        of: Endpoint,
        settings: SettingNames,
        profile: ModelProfile,
        options: RequestOptions,
        prices: Prices | None,
    ) -> None:
        self._client, self._settings, self.profile, self.options = of._client, settings, profile, options
        self._begin(of.turn_tokens, prices, of._currency)
