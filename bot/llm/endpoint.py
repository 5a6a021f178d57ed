"""The OpenAI-compatible endpoint: one client for the process, bounded in time, tries and calls in flight."""

import asyncio
import logging
import re
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import openai
from openai import AsyncOpenAI, DefaultAioHttpClient

from bot.errors import ContextOverflow, EndpointDown, EndpointRefused

log = logging.getLogger(__name__)

# Until the first answer says how the model counts. English prose has about four characters a token; guess low.
_CHARS_PER_TOKEN: Final = 3.5
_MODELS_TIMEOUT: Final = 10.0
# The SDK waits at most a minute between two tries (longer Retry-After answers are cut to its own backoff).
_BACKOFF: Final = 60.0
_OVERFLOW: Final = re.compile(
    r"context.{0,20}(length|size|window)|maximum context|too many tokens|prompt is too long", re.I
)


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer. Token counts are the server's own (None: not said); latency in milliseconds, retries included."""

    text: str
    finish_reason: str | None
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    latency_ms: float


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
        context: int | None = None,
    ) -> None:
        """`timeout` is in seconds a try; `context` is the window in tokens where the server does not tell."""
        self.base_url = base_url
        self.model = model
        self.window = context
        self.chars_per_token = _CHARS_PER_TOKEN
        self._host = urlsplit(base_url).netloc.rpartition("@")[2]
        self._slots = asyncio.Semaphore(concurrency)
        self._deadline = (timeout + _BACKOFF) * (retries + 1)
        self._limit_field = "max_tokens"
        self._known = False
        self._client = AsyncOpenAI(
            base_url=base_url,
            # Local servers need no key, but the SDK refuses to start without one.
            api_key=api_key or "none",
            timeout=timeout,
            max_retries=retries,
            http_client=DefaultAioHttpClient(timeout=timeout),
        )

    async def aclose(self) -> None:
        await self._client.close()

    async def discover(self) -> str:
        """The model's name, asking the server for it and for its context window the first time.

        Raises EndpointDown or EndpointRefused, the latter also when the server has no model.
        """
        if self._known and self.model:
            return self.model
        try:
            async with asyncio.timeout(_MODELS_TIMEOUT):
                models = [model async for model in self._client.models.list()]
        except (TimeoutError, openai.OpenAIError, ValueError) as error:
            if self.model:  # A server without /v1/models is usable when the host has named the model.
                self._known = isinstance(error, openai.NotFoundError)
                return self.model
            raise self._explained(error) from error
        chosen = next((m for m in models if m.id == self.model), models[0] if models and not self.model else None)
        if chosen is None and not self.model:
            raise EndpointRefused(f"The LLM endpoint at {self._host} offers no model. Load one, or set LLM_MODEL.")
        if chosen is not None:
            self.model = chosen.id
            self.window = self.window or _advertised_window(chosen.model_extra or {})
        self._known = True
        assert self.model is not None
        return self.model

    async def complete(
        self, prompt: str, *, temperature: float, max_tokens: int, stop: tuple[str, ...] = ()
    ) -> Completion:
        """Have the model continue `prompt` (one user message), in at most `max_tokens` tokens.

        Raises ContextOverflow, EndpointDown (nobody home, overloaded, broken answers: after the retries) or
        EndpointRefused (key, model, request).
        """
        async with self._slots:
            model = await self.discover()
            started = time.perf_counter()
            try:
                async with asyncio.timeout(self._deadline):
                    answer = await self._ask(model, prompt, temperature, max_tokens, stop)
            except (TimeoutError, openai.OpenAIError, ValueError) as error:
                raise self._explained(error) from error
            completion = _read(answer, (time.perf_counter() - started) * 1000)
        if completion.prompt_tokens:
            self.chars_per_token = len(prompt) / completion.prompt_tokens
        return completion

    async def _ask(self, model: str, prompt: str, temperature: float, max_tokens: int, stop: tuple[str, ...]) -> Any:
        request: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": temperature,
            self._limit_field: max_tokens,
        }
        if stop:
            request["stop"] = list(stop)
        try:
            return await self._client.chat.completions.create(**request)
        except openai.BadRequestError as error:
            # OpenAI's newer models know the limit under its new name only, most local servers under the old one only.
            if self._limit_field != "max_tokens" or "max_completion_tokens" not in str(error):
                raise
            self._limit_field = "max_completion_tokens"
            return await self._ask(model, prompt, temperature, max_tokens, stop)

    def _explained(self, error: Exception) -> Exception:
        """The error as a sentence for the channel. Server texts can quote the key, so those of 401/403 stay out."""
        at = f"The LLM endpoint at {self._host}"
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return EndpointRefused(f"{at} refused the key (HTTP {error.status_code}). Check LLM_API_KEY.")
            case openai.NotFoundError():
                return EndpointRefused(
                    f"{at} has no model “{self.model}” (HTTP 404). Check LLM_MODEL and LLM_BASE_URL."
                )
            case openai.BadRequestError() if _OVERFLOW.search(str(error)):
                return ContextOverflow(f"{at} says that the prompt is longer than the model's context window.")
            case openai.RateLimitError():
                return EndpointDown(f"{at} is overloaded (HTTP 429).")
            case openai.InternalServerError():
                return EndpointDown(f"{at} has a fault of its own (HTTP {error.status_code}).")
            case openai.APIStatusError():
                return EndpointRefused(f"{at} refused the request (HTTP {error.status_code}): {error.message[:200]}")
            case openai.APITimeoutError() | TimeoutError():
                return EndpointDown(f"{at} took too long to answer.")
            case openai.APIConnectionError():
                return EndpointDown(f"{at} can't be reached.")
            case _:
                log.warning("unreadable answer from the endpoint: %s", type(error).__name__)
                return EndpointDown(f"{at} gave an answer that can't be read.")


def _read(answer: Any, latency_ms: float) -> Completion:
    # Servers that speak "OpenAI" leave out almost anything; whatever is missing must not end a session.
    choice = answer.choices[0] if getattr(answer, "choices", None) else None
    message = choice.message if choice else None
    usage = getattr(answer, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None)
    if cached is None:  # llama.cpp
        cached = (getattr(answer, "timings", None) or {}).get("cache_n")
    return Completion(
        text=(message.content if message else None) or "",
        finish_reason=choice.finish_reason if choice else None,
        prompt_tokens=getattr(usage, "prompt_tokens", None),
        cached_tokens=cached,
        completion_tokens=getattr(usage, "completion_tokens", None),
        latency_ms=round(latency_ms, 1),
    )


def _advertised_window(extra: dict[str, Any]) -> int | None:
    """The context window in tokens as vLLM (`max_model_len`) or llama.cpp (`meta.n_ctx`) tell it."""
    meta = extra.get("meta")
    window = extra.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return window if isinstance(window, int) and window > 0 else None
