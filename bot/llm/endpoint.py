"""The OpenAI-compatible endpoint: one client a server, bounded in time, tries and calls in flight."""

import asyncio
import copy
import itertools
import logging
import re
import time
from dataclasses import replace
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

import aiohttp
import httpx2
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient

from bot.discussion.replies.reasoning import OPENING, is_unopened
from bot.discussion.text.links import plain_links
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused, RoundtableError
from bot.llm.completion import Completion, advertised_window, read_completion, read_json, read_models

log = logging.getLogger(__name__)

# Until the first answer says how the model counts. English prose has about four characters a token; guess low.
_CHARS_PER_TOKEN: Final = 3.5
_MODELS_TIMEOUT: Final = 10.0
# The longest wait between two tries: the SDK heeds a Retry-After up to two minutes and gives up at a longer one.
_BACKOFF: Final = 120.0
# Answers that a later try may better, besides 429 and 5xx: request timeout, conflict, too early.
_PASSING: Final = (408, 409, 425)
# Between two tries after an answer that can't be read, in seconds; doubled each time.
_REREAD: Final = 0.5
# What is asked to see whether the model answers at all; a reasoning model needs a few tokens to say anything.
_PROBE: Final = ("Say yes.", 16)
# Optional parts of a request that some models refuse: OpenAI's reasoning models take no temperature and no stop list.
_OPTIONAL: Final = ("temperature", "stop")
_UNSUPPORTED: Final = re.compile(r"unsupported|not support(ed)?\b|not (allowed|permitted)", re.I)
_OVERFLOW: Final = re.compile(
    r"context.{0,20}(length|size|window)|maximum context|too many tokens|prompt is too long", re.I
)
# OpenAI's answer, in place of an empty one, when a model has thought up to the limit.
_UNFINISHED: Final = re.compile(r"could not finish the message because max_tokens", re.I)


class _HttpClient(DefaultAioHttpClient):
    """The SDK's HTTP client with a deadline for each try: its own time-out begins anew with every byte of a body."""

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._deadline = timeout

    async def send(self, *args: Any, **options: Any) -> Any:
        try:
            async with asyncio.timeout(self._deadline):
                return await super().send(*args, **options)
        except TimeoutError as error:
            raise httpx2.ReadTimeout("the answer took too long") from error  # which the SDK tries again


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
        settings: str = "LLM",
    ) -> None:
        """`timeout` is in seconds a try; `context` is the window in tokens, else what the server advertises.

        `reasoning_tokens` come on top of each answer's for a model that is seen to reason. `settings` is how the names
        of its settings begin.
        """
        parts = urlsplit(base_url)
        self._host = parts.netloc.rpartition("@")[2]
        self.base_url = parts._replace(netloc=self._host).geturl()
        self._context = context
        self._reasoning_tokens = reasoning_tokens
        self._api_key = api_key
        self._slots = asyncio.Semaphore(concurrency)
        self._retries = retries
        self._timeout = timeout
        self._deadline = timeout * (retries + 1) + _BACKOFF * retries
        self._settings = settings
        self._model_setting = f"{settings}_MODEL"
        self._meet(model)
        self._client = AsyncOpenAI(
            base_url=self.base_url,
            # Local servers need no key, but the SDK refuses to start without one.
            api_key=api_key or "none",
            timeout=timeout,
            max_retries=retries,
            default_headers=_credentials(parts),
            http_client=_HttpClient(timeout),
        )

    async def aclose(self) -> None:
        await self._client.close()

    def of_model(self, model: str) -> "Endpoint":
        """The same server and limits, calls in flight counted together, with another model. Closed with this one."""
        other = copy.copy(self)
        other._model_setting = "the persona's “model”"
        other._meet(model)
        return other

    def setting(self, name: str) -> str:
        """The full name of one of its settings: LLM_CONTEXT, ENDPOINT_FAST_CONTEXT."""
        return f"{self._settings}_{name}"

    def _meet(self, model: str | None) -> None:
        """Know nothing yet of a model; None: of the first that the server lists."""
        self.model = self._named = model
        self.window = self._context
        self.chars_per_token = _CHARS_PER_TOKEN
        self._limit_field = "max_tokens"
        self._refused = set[str]()
        self._reasons: bool | None = None
        self._opens_thoughts = False  # its template does, so that its text begins in the middle of one
        self._known = False

    async def discover(self) -> str:
        """The model's name, asking the server for it and for its context window the first time.

        Raises EndpointDown or EndpointRefused, the latter also when the server has no model.
        """
        if self._known and self.model:
            return self.model
        # A server without /v1/models is usable when the host has named the model: no reason to insist on an answer.
        client = self._client.with_options(max_retries=0) if self._named else self._client
        try:
            async with asyncio.timeout(_MODELS_TIMEOUT):
                models = read_models((await client.models.with_raw_response.list()).http_response.json())
        except (TimeoutError, openai.OpenAIError, ValueError) as error:
            if self._named is None:
                raise self._explained(error) from error
            # Only an answer settles it: a server that is down now may tell its window later.
            self._known = isinstance(error, openai.APIStatusError) and error.status_code < 500
            return self._named
        former = self.model
        chosen = next((m for m in models if self._named in (None, m["id"])), {"id": self._named})
        if not chosen["id"]:
            raise EndpointRefused(
                f"The LLM endpoint at {self._host} offers no model. Load one, or set {self._model_setting}."
            )
        self.model = chosen["id"]
        if self.model != former:  # what the last one refused this one may take
            self._refused.clear()
            self._reasons, self._opens_thoughts = None, False
        self.window = self._context or advertised_window(chosen)
        self._known = True
        return chosen["id"]

    @property
    def thinking(self) -> int:
        """Tokens that each answer gets on top, for what the model thinks before it speaks; 0 for one that does not."""
        return self._room_to_think if self._reasons else 0

    def most(self, max_tokens: int, *, prompt: int) -> int:
        """The most tokens that `complete` may take besides the `prompt`: the first answer may be asked for twice."""
        unknown = self._reasons is None and self._room_to_think
        return max_tokens + self.thinking + (prompt + max_tokens + self._room_to_think if unknown else 0)

    @property
    def _room_to_think(self) -> int:
        # A small window is for the discussion first.
        return min(self._reasoning_tokens, self.window // 4 if self.window else self._reasoning_tokens)

    async def complete(
        self, prompt: str, *, temperature: float, max_tokens: int, stop: tuple[str, ...] = ()
    ) -> Completion:
        """Have the model continue `prompt` (one user message), and say it in at most `max_tokens` tokens.

        When a model's first answer is cut at the limit, it is asked for once more with room to think: either the model
        reasons, and gets that room from then on, or the first answer stands.

        Raises ContextOverflow, EndpointDown (nobody home, overloaded, faulty: after the retries; or an answer that
        can't be read) or EndpointRefused (key, model, quota, request).
        """
        async with self._slots:
            model = await self.discover()
            is_unknown = self._reasons is None
            request = self._request(model, prompt, temperature, max_tokens + self.thinking, stop)
            completion = await self._answer(prompt, request)
            if is_unknown and completion.may_lack_words and (room := self._room_to_think):
                request = self._request(model, prompt, temperature, max_tokens + room, stop)
                try:
                    longer = await self._answer(prompt, request, patient=self._reasons is True)
                except (ContextOverflow, EndpointDown) as problem:
                    if self._reasons:
                        raise
                    # Most likely it was just long: no reason to drop turns from the prompt, nor to wait for a slow
                    # server again.
                    self._reasons = False if isinstance(problem, EndpointDown) else None
                    return completion
                if self._reasons:
                    log.info("%s thinks before it speaks: it gets %d tokens more for that", self.model, room)
                    completion, longer = longer, completion
                completion = completion.with_cost_of(longer)
            if self._reasons is None and completion.text.strip():
                self._reasons = False
        return completion

    async def _answer(self, prompt: str, request: dict[str, Any], *, patient: bool = True) -> Completion:
        """One answer; what it shows of the model is remembered. Without patience it is tried once only."""
        started = time.perf_counter()
        client = self._client if patient else self._client.with_options(max_retries=0)
        try:
            async with asyncio.timeout(self._deadline if patient else self._timeout):
                completion = await self._ask_until_readable(client, request, self._retries if patient else 0)
        except (TimeoutError, openai.OpenAIError, ValueError) as error:
            # It may come back with another model or another window.
            self._known = isinstance(error, openai.BadRequestError)
            raise self._explained(error) from error
        if completion.prompt_tokens:
            self.chars_per_token = len(prompt) / completion.prompt_tokens
        self._reasons = completion.reasoned or self._reasons
        self._opens_thoughts = is_unopened(completion.text) or self._opens_thoughts
        text = completion.text
        if self._opens_thoughts and completion.finish_reason == "length" and not is_unopened(text):
            text = f"{OPENING}{text}"  # cut before its end, the whole of it is a thought
        return replace(completion, text=text, latency_ms=round((time.perf_counter() - started) * 1000, 1))

    async def is_well(self) -> bool:
        """Whether the model answers: the list of models and a tiny completion, each asked for once."""
        self._known = False
        prompt, max_tokens = _PROBE
        client = self._client.with_options(max_retries=0)
        try:
            async with self._slots, asyncio.timeout(self._timeout):
                model = await self.discover()
                request = self._request(model, prompt, 0.0, max_tokens, ())
                await self._ask_until_readable(client, request, 0)
        except (TimeoutError, RoundtableError, openai.OpenAIError, ValueError) as error:
            log.info("the endpoint at %s does not answer yet: %s", self._host, type(error).__name__)
            return False
        log.info("the endpoint at %s answers again", self._host)
        return True

    def _request(
        self, model: str, prompt: str, temperature: float, max_tokens: int, stop: tuple[str, ...]
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": temperature,
            self._limit_field: max_tokens,
        }
        if stop and not self._reasons:  # many servers stop at them also in the middle of a thought
            request["stop"] = list(stop)
        return {name: value for name, value in request.items() if name not in self._refused}

    async def _ask_until_readable(self, client: AsyncOpenAI, request: dict[str, Any], retries: int) -> Completion:
        """Ask; what comes with status 200 and can't be read (a proxy's page, half a body) is asked for again."""
        for tries in itertools.count():
            try:
                return read_completion(read_json((await self._ask(client, request)).content))
            except openai.BadRequestError as error:
                if not _UNFINISHED.search(str(error)):
                    raise
                return Completion("", "length", None, None, request.get(self._limit_field), 0.0, reasoned=True)
            except ValueError as error:
                if tries >= retries:
                    raise
                log.warning("unreadable answer from the endpoint, asking again: %s", error)
                await asyncio.sleep(_REREAD * 2**tries)
        raise AssertionError

    async def _ask(self, client: AsyncOpenAI, request: dict[str, Any]) -> Any:
        """The HTTP answer. A part of the request that the model does not know is left out from here on."""
        while True:
            try:
                # Raw: the SDK's models let through whatever JSON comes, and fail on it later.
                return (await client.chat.completions.with_raw_response.create(**request)).http_response
            except openai.BadRequestError as error:
                if not self._drop_unsupported(request, error):
                    raise

    def _drop_unsupported(self, request: dict[str, Any], error: openai.BadRequestError) -> bool:
        """Take out of `request`, and remember, what the server says it does not take. Out: whether there was such."""
        said = str(error)
        if _OVERFLOW.search(said):  # vLLM says both names of the limit when the prompt is too long
            return False
        # OpenAI's newer models know the limit under its new name only, most local servers under the old one only.
        if "max_tokens" in request and "max_completion_tokens" in said:
            self._limit_field = "max_completion_tokens"
            request[self._limit_field] = request.pop("max_tokens")
            return True
        for name in _OPTIONAL:
            named = error.param == name or re.search(rf"\b{name}\b", said)
            if name in request and named and _UNSUPPORTED.search(said):
                log.warning("the model refuses %s; going on without it", name)
                self._refused.add(name)
                del request[name]
                return True
        return False

    def _explained(self, error: Exception) -> Exception:
        """The error as a sentence for the channel. Server texts can quote the key, so those of 401/403 stay out."""
        at, address = f"The LLM endpoint at {self._host}", self.setting("BASE_URL")
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                key = self.setting("API_KEY")
                return EndpointRefused(f"{at} refused the key (HTTP {error.status_code}). Check {key}.")
            case openai.NotFoundError() if self.model is None:
                return EndpointRefused(
                    f"{at} has no list of models (HTTP 404). "
                    f"Check {address} (most end in /v1), or set {self._model_setting}."
                )
            case openai.NotFoundError():
                return EndpointRefused(
                    f"{at} has no model “{self.model}” (HTTP 404). Check {self._model_setting} and {address}."
                )
            case openai.BadRequestError() if _OVERFLOW.search(str(error)):
                return ContextOverflow(f"{at} says that the prompt is longer than the model's context window.")
            case openai.RateLimitError() if error.code == "insufficient_quota":
                return EndpointRefused(f"{at} says that the quota is used up (HTTP 429). Check the account's billing.")
            case openai.RateLimitError():
                return EndpointDown(f"{at} is overloaded (HTTP 429).")
            case openai.InternalServerError():
                return EndpointDown(f"{at} has a fault of its own (HTTP {error.status_code}).")
            case openai.APIStatusError() if error.status_code in _PASSING:
                return EndpointDown(f"{at} could not take the request just now (HTTP {error.status_code}).")
            case openai.APIStatusError():
                said = f": {words}" if (words := self._words_of(error)) else "."
                return EndpointRefused(f"{at} refused the request (HTTP {error.status_code}){said}")
            case openai.APITimeoutError() if _was_refused(error):
                return EndpointDown(f"{at} can't be reached.")
            case openai.APITimeoutError() | TimeoutError():
                return EndpointDown(f"{at} took too long to answer.")
            case openai.APIConnectionError():
                return EndpointDown(f"{at} can't be reached.")
            case _:
                log.warning("unreadable answer from the endpoint: %s", error)
                return EndpointDown(f"{at} gave an answer that can't be read. Check {address}.")

    def _words_of(self, error: openai.APIStatusError) -> str:
        """What the server says about its refusal, on one line, without the key; members will read it."""
        message = error.body.get("message") if isinstance(error.body, dict) else None
        words = plain_links(" ".join(message.split())) if isinstance(message, str) else ""
        return (words.replace(self._api_key, "…") if self._api_key else words)[:200]


def _credentials(address: SplitResult) -> dict[str, str]:
    """The header that `http://name:password@host/v1` asks for; it takes the place of the key's."""
    if address.username is None:
        return {}
    return {"Authorization": aiohttp.encode_basic_auth(unquote(address.username), unquote(address.password or ""))}


def _was_refused(error: BaseException | None) -> bool:
    """Whether a connection failed at once: the SDK's aiohttp transport reports that as a timeout, too."""
    while error is not None:
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            return True
        error = error.__cause__
    return False
